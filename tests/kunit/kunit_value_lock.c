// SPDX-License-Identifier: GPL-2.0-only
/* Locks in values: what is copied around them, who waits, and what an element keeps. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>

#include "module/helper.h"
#include "module/map/value_lock.h"
#include "tests/kunit/map_fixture.h"

#define P(address) ((u64)(unsigned long)(address))
#define BYTES 24

static struct modbpf_map *make(struct kunit *test, struct map_attr attr, u32 lock_end)
{
	struct modbpf_map *map = map_fixture_make(test, attr);

	map->field_end[MAP_FIELD_LOCK] = lock_end;
	return map;
}

/* At each place of each size: the four bytes stay, all others are copied. */
static void copies_leave_the_lock_alone(struct kunit *test)
{
	struct modbpf_map map = {};
	u8 from[BYTES] __aligned(8), to[BYTES] __aligned(8), back[BYTES] __aligned(8);
	u32 size, at, i;

	for (i = 0; i < BYTES; i++)
		from[i] = i + 1;
	for (size = 4; size <= BYTES; size++) {
		for (at = 0; at + 4 <= size; at += 4) {
			map.value_size = size;
			map.field_end[MAP_FIELD_LOCK] = at + 4;
			memset(to, 0xff, sizeof(to));
			memset(to + at, 0, 4);
			memset(back, 0xff, sizeof(back));
			map_value_write(&map, to, from, true);
			map_value_read(&map, back, to, true);
			for (i = 0; i < BYTES; i++) {
				bool is_lock = i >= at && i < at + 4;

				KUNIT_ASSERT_EQ(test, to[i], is_lock ? 0 : i < size ? i + 1 : 0xff);
				KUNIT_ASSERT_EQ(test, back[i], is_lock ? 0 : i < size ? i + 1 : 0xff);
			}
		}
	}
}

/* A lock that is held is not seen, and not written over. */
static void check_held(struct kunit *test, struct modbpf_map *map)
{
	u32 value[4] = { 1, 2, 3, 4 }, seen[4], key = 0, *in_map;

	KUNIT_ASSERT_EQ(test, map->ops->update(map, &key, value, 0), 0l);
	in_map = map->ops->lookup(map, &key);
	KUNIT_ASSERT_NOT_NULL(test, in_map);
	KUNIT_EXPECT_EQ(test, in_map[1], 0u);
	KUNIT_EXPECT_EQ(test, in_map[3], 4u);
	in_map[1] = 1;
	value[0] = 5;
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &key, value, 0), 0l);
	KUNIT_EXPECT_EQ(test, in_map[1], 1u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, seen, 0), 0);
	KUNIT_EXPECT_EQ(test, seen[0], 5u);
	KUNIT_EXPECT_EQ(test, seen[1], 0u);
	KUNIT_EXPECT_EQ(test, seen[2], 3u);
	in_map[1] = 0;
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, seen, MODBPF_F_LOCK), 0);
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &key, value, MODBPF_F_LOCK | MODBPF_EXIST), 0l);
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &key, value, MODBPF_F_LOCK | 3), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, seen, MODBPF_F_LOCK | 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, in_map[1], 0u);
}

static void arrays_keep_the_lock(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, 16, 2, 0), 8);

	check_held(test, map);
	map_fixture_free(map);
}

/* Who found an element holds its lock, though it is another key's by now. */
static void hashes_keep_the_lock(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(HASH, 4, 16, 1, 0), 8);
	u32 value[4] = { 1, 2, 3, 4 }, key = 0, other = 1, *in_map;

	check_held(test, map);
	in_map = map->ops->lookup(map, &key);
	in_map[1] = 1;
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, &key), 0l);
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &other, value, 0), 0l);
	KUNIT_EXPECT_PTR_EQ(test, (u32 *)map->ops->lookup(map, &other), in_map);
	KUNIT_EXPECT_EQ(test, in_map[1], 1u);
	in_map[1] = 0;
	map_fixture_free(map);
}

static void maps_without_locks_refuse_the_flag(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(HASH, 4, 16, 1, 0), 0);
	struct modbpf_map *array = make(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, 16, 1, 0), 0);
	u32 value[4] = {}, key = 0;

	KUNIT_EXPECT_EQ(test, map->ops->update(map, &key, value, MODBPF_F_LOCK), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, array->ops->update(array, &key, value, MODBPF_F_LOCK), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, array->ops->sys_lookup(array, &key, value, MODBPF_F_LOCK), -EINVAL);
	map_fixture_free(map);
	map_fixture_free(array);
}

struct contender {
	u32 *lock;
	u64 *number;
	struct completion done;
};

#define ROUNDS 20000

/* As programs do it, without an atomic addition. */
static int contend(void *cookie)
{
	struct contender *one = cookie;
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		preempt_disable();
		modbpf_helpers[MODBPF_FUNC_spin_lock](P(one->lock), 0, 0, 0, 0);
		WRITE_ONCE(*one->number, READ_ONCE(*one->number) + 1);
		modbpf_helpers[MODBPF_FUNC_spin_unlock](P(one->lock), 0, 0, 0, 0);
		preempt_enable();
		if (!(i & 0xff))
			cond_resched();
	}
	complete(&one->done);
	return 0;
}

static void helpers_keep_others_out(struct kunit *test)
{
	struct contender two[2];
	u32 lock = 0, i;
	u64 number = 0;

	for (i = 0; i < 2; i++) {
		two[i] = (struct contender){ .lock = &lock, .number = &number };
		init_completion(&two[i].done);
		KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(contend, &two[i], "modbpf_lock")));
	}
	for (i = 0; i < 2; i++)
		wait_for_completion(&two[i].done);
	KUNIT_EXPECT_EQ(test, number, 2ull * ROUNDS);
	KUNIT_EXPECT_EQ(test, lock, 0u);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static struct kunit_case cases[] = {
	KUNIT_CASE(copies_leave_the_lock_alone),
	KUNIT_CASE(arrays_keep_the_lock),
	KUNIT_CASE(hashes_keep_the_lock),
	KUNIT_CASE(maps_without_locks_refuse_the_flag),
	KUNIT_CASE(helpers_keep_others_out),
	{}
};

struct kunit_suite kunit_value_lock_suite = {
	.name = "value_lock",
	.test_cases = cases,
};
