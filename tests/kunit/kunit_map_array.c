// SPDX-License-Identifier: GPL-2.0-only
/* ARRAY and PERCPU_ARRAY: bounds, flags, per-CPU values, mapping-ready memory. */
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "isa/bind.h"
#include "tests/kunit/map_fixture.h"

/* 2^63 bytes: refused, not wrapped around. */
static void array_refuses_giants(struct kunit *test)
{
	struct map_attr plain = MAP_PARAMS(ARRAY, 4, INT_MAX, U32_MAX, 0);
	struct map_attr mapped = MAP_PARAMS(ARRAY, 4, INT_MAX, U32_MAX, MODBPF_F_MMAPABLE);
	struct map_attr percpu = MAP_PARAMS(PERCPU_ARRAY, 4, 8, U32_MAX, 0);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(map_fixture_try(&plain)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(map_fixture_try(&mapped)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(map_fixture_try(&percpu)), -ENOMEM);
}

static void check_bounds(struct kunit *test, struct modbpf_map *map)
{
	u32 last = map->max_entries - 1, behind = map->max_entries, far = U32_MAX, next;
	u64 *value = kunit_kzalloc(test, 8 * num_possible_cpus(), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, value);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &last, value, MODBPF_ANY), 0);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &last, value, MODBPF_EXIST), 0);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &last, value, MODBPF_NOEXIST), -EEXIST);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &last, value, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &last, value, 1ULL << 40), -EINVAL);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &behind, value, MODBPF_ANY), -E2BIG);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &far, value, MODBPF_ANY), -E2BIG);
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &behind, value, MODBPF_ANY), -E2BIG);
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &last, value, MODBPF_NOEXIST), -EEXIST);
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, &last), -EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &last, value, 0), 0);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &behind, value, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &last, value, 1), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, map->ops->lookup(map, &last));
	KUNIT_EXPECT_NULL(test, map->ops->lookup(map, &behind));
	KUNIT_EXPECT_NULL(test, map->ops->lookup(map, &far));
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, &next), 0);
	KUNIT_EXPECT_EQ(test, next, 0u);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, &far, &next), 0);
	KUNIT_EXPECT_EQ(test, next, 0u);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, &next, &next), 0);
	KUNIT_EXPECT_EQ(test, next, 1u);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, &last, &next), -ENOENT);
}

static void array_keeps_to_its_bounds(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(ARRAY, 4, 5, 7, 0));

	check_bounds(test, map);
	map_fixture_free(map);
	map = map_fixture_make(test, (struct map_attr)MAP_PARAMS(PERCPU_ARRAY, 4, 5, 7, 0));
	check_bounds(test, map);
	map_fixture_free(map);
}

/* Every value its own bytes, at the addresses that are bound, the padding untouched. */
static void check_values(struct kunit *test, u32 flags)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(ARRAY, 4, 13, 600, flags));
	struct map_bind bind = {};
	u8 value[13], got[13];
	const u8 *at;
	u32 i;

	for (i = 0; i < 600; i++) {
		memset(value, i + 1, sizeof(value));
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &i, value, MODBPF_ANY), 0);
	}
	map->ops->bind(map, &bind);
	KUNIT_EXPECT_EQ(test, bind.stride, 16u);
	KUNIT_EXPECT_EQ(test, bind.max_entries, 600u);
	KUNIT_EXPECT_EQ(test, bind.values & 7, 0ull);
	for (i = 0; i < 600; i++) {
		memset(value, i + 1, sizeof(value));
		at = (const u8 *)(unsigned long)bind.values + 16 * i;
		KUNIT_EXPECT_PTR_EQ(test, (const u8 *)map->ops->lookup(map, &i), at);
		KUNIT_EXPECT_EQ(test, memcmp(at, value, 13), 0);
		KUNIT_EXPECT_EQ(test, at[13] | at[14] | at[15], 0);
		KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &i, got, 0), 0);
		KUNIT_EXPECT_EQ(test, memcmp(got, value, 13), 0);
	}
	KUNIT_EXPECT_NULL(test, map->ops->frozen_bytes(map));
	map_fixture_free(map);
}

static void array_holds_values(struct kunit *test)
{
	check_values(test, 0);
	check_values(test, MODBPF_F_MMAPABLE);
}

static void array_gives_frozen_bytes(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(ARRAY, 4, 8, 1, MODBPF_F_RDONLY_PROG));
	u64 value = 0x1122334455667788;
	u32 key = 0;

	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, MODBPF_ANY), 0);
	KUNIT_EXPECT_EQ(test, memcmp(map->ops->frozen_bytes(map), &value, 8), 0);
	map_fixture_free(map);
}

static void array_counts_its_memory(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(ARRAY, 4, 4, 1000, 0));

	KUNIT_EXPECT_GE(test, map->memory, 8000ull);
	KUNIT_EXPECT_LT(test, map->memory, 9000ull);
	map_fixture_free(map);
	map = map_fixture_make(test, (struct map_attr)
			       MAP_PARAMS(ARRAY, 4, 4, 1000, MODBPF_F_MMAPABLE));
	KUNIT_EXPECT_GE(test, map->memory, 2ull * PAGE_SIZE);
	map_fixture_free(map);
}

/* The values of all CPUs in the buffer of a system call; more entries than one chunk holds. */
static void percpu_array_has_a_value_per_cpu(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(PERCPU_ARRAY, 4, 12, 5000, 0));
	u32 cpus = num_possible_cpus(), size = map->ops->sys_value_size(map), i, cpu, n;
	u32 keys[] = { 0, 1, 2047, 2048, 4095, 4999 };
	u8 *buf = kunit_kzalloc(test, size, GFP_KERNEL), *got = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_EQ(test, size, 16 * cpus);
	KUNIT_ASSERT_TRUE(test, buf && got);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		for (n = 0; n < size; n++)
			buf[n] = i * 64 + n;
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &keys[i], buf, MODBPF_ANY), 0);
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &keys[i], got, 0), 0);
		for (n = 0; n < size; n++)
			KUNIT_EXPECT_EQ(test, got[n], n % 16 < 12 ? (u8)(i * 64 + n) : 0);
	}
	/* What a program writes is this CPU's value alone. */
	memset(buf, 0xee, 12);
	cpu = get_cpu();
	n = map->ops->update(map, &keys[3], buf, MODBPF_ANY);
	i = memcmp(map->ops->lookup(map, &keys[3]), buf, 12);
	put_cpu();
	KUNIT_EXPECT_EQ(test, n, 0u);
	KUNIT_EXPECT_EQ(test, i, 0u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &keys[3], got, 0), 0);
	/* Possible CPUs are numbered without gaps in the test machine. */
	for (n = 0; n < size; n++)
		if (n % 16 < 12)
			KUNIT_EXPECT_EQ(test, got[n], n / 16 == cpu ? 0xee : (u8)(3 * 64 + n));
	map_fixture_free(map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(array_refuses_giants),
	KUNIT_CASE(array_keeps_to_its_bounds),
	KUNIT_CASE(array_holds_values),
	KUNIT_CASE(array_gives_frozen_bytes),
	KUNIT_CASE(array_counts_its_memory),
	KUNIT_CASE(percpu_array_has_a_value_per_cpu),
	{}
};

struct kunit_suite kunit_map_array_suite = {
	.name = "map_array",
	.test_cases = cases,
};
