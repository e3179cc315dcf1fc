// SPDX-License-Identifier: GPL-2.0-only
/*
 * LRU_HASH: what goes when there is no room, and that nothing else goes: no element is
 * lost, none found under another's key, none too many.
 */
#include <linux/cpumask.h>
#include <linux/kprobes.h>
#include <linux/prandom.h>
#include <linux/preempt.h>

#include "module/map/hash.h"
#include "module/map/lock.h"
#include "tests/kunit/map_fixture.h"

static struct modbpf_map *lru_make(struct kunit *test, u32 entries, u32 flags)
{
	return map_fixture_make(test, (struct map_attr)
				MAP_PARAMS(LRU_HASH, 4, 8, entries, flags));
}

/* A value tells its key. */
static long put(struct modbpf_map *map, u32 key)
{
	u64 value = (u64)~key << 32 | key;

	return map_fixture_update(map, &key, &value, MODBPF_ANY);
}

/* As user space looks it up: without a trace. */
static bool has(struct modbpf_map *map, u32 key)
{
	u64 value;

	return !map->ops->sys_lookup(map, &key, &value, 0);
}

static bool use(struct modbpf_map *map, u32 key)
{
	return map->ops->lookup(map, &key);
}

static u32 count(struct modbpf_map *map)
{
	u32 key, next, cnt = 0;
	bool is_first = true;

	while (!map_fixture_next(map, is_first ? NULL : &key, &next)) {
		key = next;
		is_first = false;
		cnt++;
	}
	return cnt;
}

/* All that is there can go, and then max_entries come without driving one out. */
static void expect_whole(struct kunit *test, struct modbpf_map *map)
{
	u32 key, i;

	KUNIT_EXPECT_LE(test, count(map), map->max_entries);
	while (!map_fixture_next(map, NULL, &key))
		KUNIT_ASSERT_EQ(test, map->ops->delete(map, &key), 0);
	for (i = 0; i < map->max_entries; i++)
		KUNIT_ASSERT_EQ(test, put(map, i), 0);
	KUNIT_EXPECT_EQ(test, count(map), map->max_entries);
}

/* The oldest goes, unless a program has looked it up since; user space may look. */
static void lru_spares_what_is_used(struct kunit *test)
{
	struct modbpf_map *map = lru_make(test, 8, 0);
	u32 key;

	for (key = 0; key < 8; key++)
		KUNIT_EXPECT_EQ(test, put(map, key), 0);
	KUNIT_EXPECT_TRUE(test, use(map, 0));
	KUNIT_EXPECT_TRUE(test, has(map, 1));
	KUNIT_EXPECT_EQ(test, put(map, 2), 0);	/* writing is a use */
	KUNIT_EXPECT_EQ(test, put(map, 100), 0);
	KUNIT_EXPECT_FALSE(test, has(map, 1));
	KUNIT_EXPECT_EQ(test, put(map, 101), 0);
	KUNIT_EXPECT_FALSE(test, has(map, 3));
	KUNIT_EXPECT_TRUE(test, has(map, 0) && has(map, 2) && has(map, 100) && has(map, 101));
	KUNIT_EXPECT_EQ(test, count(map), 8u);
	expect_whole(test, map);
	map_fixture_free(map);
}

static void lru_keeps_one_that_is_always_used(struct kunit *test)
{
	struct modbpf_map *map = lru_make(test, 100, 0);
	u32 key;

	for (key = 0; key < 2000; key++) {
		KUNIT_ASSERT_EQ(test, put(map, key), 0);
		KUNIT_ASSERT_TRUE(test, has(map, key));
		KUNIT_ASSERT_TRUE(test, use(map, 0));
		KUNIT_ASSERT_LE(test, key, has(map, 50) ? 1100u : 2000u);
	}
	KUNIT_EXPECT_EQ(test, count(map), 100u);
	expect_whole(test, map);
	map_fixture_free(map);
}

/* If all are used, one goes all the same, and soon. */
static void lru_takes_one_of_many_used(struct kunit *test)
{
	struct modbpf_map *map = lru_make(test, 5000, 0);
	u32 key;

	for (key = 0; key < 5000; key++)
		KUNIT_ASSERT_EQ(test, put(map, key), 0);
	for (key = 0; key < 5000; key++)
		KUNIT_ASSERT_TRUE(test, use(map, key));
	KUNIT_EXPECT_EQ(test, put(map, 5000), 0);
	KUNIT_EXPECT_TRUE(test, has(map, 5000));
	KUNIT_EXPECT_EQ(test, count(map), 5000u);
	map_fixture_free(map);
}

static void lru_updates_drive_nobody_out(struct kunit *test)
{
	struct modbpf_map *map = lru_make(test, 4, 0);
	u32 key = 77, i;
	u64 value = 1;

	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, put(map, i), 0);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, put(map, i % 4), 0);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, MODBPF_EXIST), -ENOENT);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, 3), -EINVAL);
	key = 0;
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, MODBPF_NOEXIST), -EEXIST);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test, has(map, i));
	map_fixture_free(map);
}

static void lru_of_one(struct kunit *test)
{
	struct modbpf_map *map = lru_make(test, 1, 0);
	u32 key;

	for (key = 0; key < 100; key++) {
		KUNIT_EXPECT_EQ(test, put(map, key), 0);
		KUNIT_EXPECT_TRUE(test, use(map, key));
		KUNIT_EXPECT_EQ(test, count(map), 1u);
	}
	map_fixture_free(map);
}

/* With a part for each CPU one CPU fills its own, and drives out its own. */
static void lru_has_parts(struct kunit *test)
{
	struct modbpf_map *map = lru_make(test, 10 * num_possible_cpus() - 1, MODBPF_F_NO_COMMON_LRU);
	u32 key;

	KUNIT_EXPECT_EQ(test, map->max_entries, 10 * num_possible_cpus());
	preempt_disable();
	for (key = 0; key < 100; key++)
		KUNIT_EXPECT_EQ(test, put(map, key), 0);
	KUNIT_EXPECT_EQ(test, count(map), 10u);
	for (key = 0; key < 90; key++)
		KUNIT_EXPECT_FALSE(test, has(map, key));
	/* What another CPU deletes goes back to whose it was. */
	for (key = 90; key < 100; key++)
		KUNIT_EXPECT_EQ(test, map->ops->delete(map, &key), 0);
	for (key = 0; key < 10; key++)
		KUNIT_EXPECT_EQ(test, put(map, key), 0);
	KUNIT_EXPECT_EQ(test, count(map), 10u);
	preempt_enable();
	map_fixture_free(map);
}

/* --- re-entered ---------------------------------------------------------------- */

static struct {
	struct modbpf_map *map;
	u32 key, hits;
	long err, other_err;
} reentry;

/* The update that is about to evict finds that the key has come meanwhile. */
static int put_it_first(struct kprobe *probe, struct pt_regs *regs)
{
	if (!reentry.hits++)
		reentry.err = put(reentry.map, reentry.key);
	return 0;
}

static void lru_gives_back_what_it_does_not_need(struct kunit *test)
{
	struct kprobe probe = { .addr = (kprobe_opcode_t *)hash_evict, .pre_handler = put_it_first };
	u32 key;

	memset(&reentry, 0, sizeof(reentry));
	reentry.map = lru_make(test, 4, 0);
	reentry.key = 50;
	for (key = 0; key < 4; key++)
		KUNIT_EXPECT_EQ(test, put(reentry.map, key), 0);
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	KUNIT_EXPECT_EQ(test, put(reentry.map, reentry.key), 0);
	unregister_kprobe(&probe);
	KUNIT_EXPECT_EQ(test, reentry.hits, 1u);
	KUNIT_EXPECT_EQ(test, reentry.err, 0l);
	KUNIT_EXPECT_TRUE(test, has(reentry.map, 50));
	/* Two were driven out for one; the next one needs nobody's place. */
	KUNIT_EXPECT_EQ(test, count(reentry.map), 3u);
	KUNIT_EXPECT_EQ(test, put(reentry.map, 51), 0);
	KUNIT_EXPECT_EQ(test, count(reentry.map), 4u);
	expect_whole(test, reentry.map);
	map_fixture_free(reentry.map);
}

/* Where a section ends, with the bucket still locked. */
static int put_inside(struct kprobe *probe, struct pt_regs *regs)
{
	reentry.hits++;
	if (put(reentry.map, reentry.key) == -EBUSY)
		reentry.err = -EBUSY;
	reentry.other_err = put(reentry.map, 1000 + reentry.hits);
	return 0;
}

static void lru_loses_nothing_when_reentered(struct kunit *test)
{
	struct kprobe probe = { .addr = (kprobe_opcode_t *)map_section_ends, .pre_handler = put_inside };
	u32 key;

	memset(&reentry, 0, sizeof(reentry));
	reentry.map = lru_make(test, 16, 0);
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	for (key = 0; key < 200; key++) {
		reentry.key = key;
		KUNIT_EXPECT_EQ(test, put(reentry.map, key), 0);
	}
	unregister_kprobe(&probe);
	KUNIT_EXPECT_GE(test, reentry.hits, 200u);
	/* The bucket of the key itself is locked at least once. */
	KUNIT_EXPECT_EQ(test, reentry.err, -EBUSY);
	expect_whole(test, reentry.map);
	map_fixture_free(reentry.map);
}

/* --- all at once ------------------------------------------------------------------ */

#define STORM_THREADS 4
#define STORM_KEYS 200
#define STORM_ROUNDS 15000

static bool see(void *cookie, struct modbpf_map *map, const void *key, void *value)
{
	++*(u32 *)cookie;
	return false;
}

static void storm_thread(struct map_storm *storm, u32 number)
{
	struct modbpf_map *map = storm->map;
	struct rnd_state random;
	u32 i, key, seen;
	u64 value, *at;
	long err;

	prandom_seed_state(&random, number + 1);
	for (i = 0; i < STORM_ROUNDS; i++) {
		key = prandom_u32_state(&random) % STORM_KEYS;
		rcu_read_lock();
		err = i % 8 == 7 ? map->ops->delete(map, &key) : put(map, key);
		if (err && err != (i % 8 == 7 ? -ENOENT : -ENOMEM))
			atomic_inc(&storm->wrong);
		key = prandom_u32_state(&random) % STORM_KEYS;
		/* Copied under the lock: its own key's value. */
		if (!map->ops->sys_lookup(map, &key, &value, 0) && value != ((u64)~key << 32 | key))
			atomic_inc(&storm->wrong);
		/* Of whatever key, and whole. */
		at = map->ops->lookup(map, &key);
		value = at ? READ_ONCE(*at) : (u64)~key << 32 | key;
		if ((u32)(value >> 32) != ~(u32)value)
			atomic_inc(&storm->wrong);
		seen = 0;
		if (i % 64 == 0 && map->ops->for_each(map, see, &seen) > map->max_entries)
			atomic_inc(&storm->wrong);
		rcu_read_unlock();
		if (i % 128 == 0)
			cond_resched();
	}
}

static void storm_over(struct kunit *test, u32 entries, u32 flags)
{
	struct map_storm storm = { .thread = storm_thread };

	storm.map = lru_make(test, entries, flags);
	map_storm_over(test, &storm, STORM_THREADS);
	if (!flags)
		expect_whole(test, storm.map);
	map_fixture_free(storm.map);
}

static void lru_survives_a_storm(struct kunit *test)
{
	storm_over(test, 48, 0);
	storm_over(test, 3, 0);
	storm_over(test, 48, MODBPF_F_NO_COMMON_LRU);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lru_spares_what_is_used),
	KUNIT_CASE(lru_keeps_one_that_is_always_used),
	KUNIT_CASE(lru_takes_one_of_many_used),
	KUNIT_CASE(lru_updates_drive_nobody_out),
	KUNIT_CASE(lru_of_one),
	KUNIT_CASE(lru_has_parts),
	KUNIT_CASE(lru_gives_back_what_it_does_not_need),
	KUNIT_CASE(lru_loses_nothing_when_reentered),
	KUNIT_CASE(lru_survives_a_storm),
	{}
};

struct kunit_suite kunit_map_lru_hash_suite = {
	.name = "map_lru_hash",
	.test_cases = cases,
};
