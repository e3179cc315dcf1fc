// SPDX-License-Identifier: GPL-2.0-only
/* PERCPU_HASH and LRU_PERCPU_HASH: which CPU's value is whose, and what a new element has. */
#include <linux/cpumask.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "tests/kunit/map_fixture.h"

/* Values of 12 bytes: 16 from one CPU's to the next. */
#define VALUE_BYTES 12
#define STRIDE 16

static u32 *all_values(struct kunit *test)
{
	u32 *values = kunit_kzalloc(test, STRIDE * num_possible_cpus(), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, values);
	return values;
}

/* As a program on the CPU that it runs on. */
static long update_here(struct modbpf_map *map, u64 key, u32 number, u64 flags)
{
	u32 value[3] = { number, number + 1, number + 2 };
	long err;

	preempt_disable();
	err = map->ops->update(map, &key, value, flags);
	preempt_enable();
	return err;
}

struct update_on {
	struct modbpf_map *map;
	u64 key;
	u32 number;
	long err;
};

static void update_on_cpu(void *arg)
{
	struct update_on *update = arg;

	update->err = update_here(update->map, update->key, update->number, MODBPF_ANY);
}

/* CPU @cpu has @number and the next two, and zeros behind. */
static void expect_value(struct kunit *test, const u32 *all, u32 nth, u32 number)
{
	const u32 *value = all + nth * STRIDE / 4;
	u32 i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, value[i], number ? number + i : 0);
	KUNIT_EXPECT_EQ(test, value[3], 0u);
}

static void run_on_all(struct kunit *test, u32 type)
{
	struct map_attr params = MAP_PARAMS(PERCPU_HASH, 8, VALUE_BYTES, 4, 0);
	u32 *all = all_values(test), nth, cpu, *at;
	struct update_on update = { .key = 5 };
	struct modbpf_map *map;
	u64 key = 5;

	params.type = type;
	map = map_fixture_make(test, params);
	update.map = map;
	KUNIT_EXPECT_EQ(test, map_sys_value_size(map), (u32)STRIDE * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, all, 0), -ENOENT);
	/* From user space: to all. */
	for (nth = 0; nth < num_possible_cpus(); nth++) {
		for (cpu = 0; cpu < 3; cpu++)
			all[nth * STRIDE / 4 + cpu] = 1000 * (nth + 1) + cpu;
		all[nth * STRIDE / 4 + 3] = 0xeeeeeeee;
	}
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, all, MODBPF_EXIST), -ENOENT);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, all, MODBPF_NOEXIST), 0);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, all, MODBPF_NOEXIST), -EEXIST);
	memset(all, 0xee, STRIDE * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, all, 0), 0);
	for (nth = 0; nth < num_possible_cpus(); nth++)
		expect_value(test, all, nth, 1000 * (nth + 1));
	/* From a program: to one, each in its turn. */
	for_each_online_cpu(cpu) {
		update.number = 7000 + 10 * cpu;
		smp_call_function_single(cpu, update_on_cpu, &update, 1);
		KUNIT_EXPECT_EQ(test, update.err, 0l);
	}
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, all, 0), 0);
	nth = 0;
	for_each_possible_cpu(cpu) {
		expect_value(test, all, nth, cpu_online(cpu) ? 7000 + 10 * cpu : 1000 * (nth + 1));
		at = map->ops->lookup_percpu(map, &key, cpu);
		KUNIT_ASSERT_NOT_NULL(test, at);
		KUNIT_EXPECT_EQ(test, *at, all[nth * STRIDE / 4]);
		nth++;
	}
	KUNIT_EXPECT_NULL(test, map->ops->lookup_percpu(map, &key, nr_cpu_ids));
	KUNIT_EXPECT_NULL(test, map->ops->lookup_percpu(map, &key, U32_MAX));
	preempt_disable();
	at = map->ops->lookup(map, &key);
	KUNIT_EXPECT_TRUE(test, at && *at == 7000 + 10 * smp_processor_id());
	preempt_enable();
	/* Taken away, with what all had. */
	memset(all, 0, STRIDE * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, map->ops->sys_take(map, &key, all), 0);
	expect_value(test, all, 0, 7000);
	KUNIT_EXPECT_EQ(test, map->ops->sys_take(map, &key, all), -ENOENT);
	map_fixture_free(map);
}

static void each_cpu_has_its_value(struct kunit *test)
{
	run_on_all(test, MODBPF_MAP_PERCPU_HASH);
	run_on_all(test, MODBPF_MAP_LRU_PERCPU_HASH);
}

/* An element that had values is used again: no CPU finds another key's. */
static void new_elements_are_zero_elsewhere(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(PERCPU_HASH, 8, VALUE_BYTES, 1, 0));
	u32 *all = all_values(test), nth = 0, cpu, here;
	u64 key = 1;

	memset(all, 0x11, STRIDE * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, all, MODBPF_ANY), 0);
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, &key), 0);
	key = 2;
	preempt_disable();
	here = smp_processor_id();
	KUNIT_EXPECT_EQ(test, update_here(map, key, 500, MODBPF_ANY), 0);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, all, 0), 0);
	for_each_possible_cpu(cpu)
		expect_value(test, all, nth++, cpu == here ? 500 : 0);
	map_fixture_free(map);
}

static bool sum_here(void *cookie, struct modbpf_map *map, const void *key, void *value)
{
	*(u64 *)cookie += *(u32 *)value;
	return false;
}

static void iteration_sees_this_cpus_values(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(PERCPU_HASH, 8, VALUE_BYTES, 10, 0));
	u64 key, sum = 0;
	u32 *all = all_values(test);

	memset(all, 0x11, STRIDE * num_possible_cpus());
	preempt_disable();
	for (key = 1; key <= 10; key++) {
		map_fixture_update(map, &key, all, MODBPF_ANY);
		KUNIT_EXPECT_EQ(test, update_here(map, key, key, MODBPF_EXIST), 0);
	}
	KUNIT_EXPECT_EQ(test, map->ops->for_each(map, sum_here, &sum), 10);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, sum, 55ull);
	map_fixture_free(map);
}

/* Arrays have it, too. */
static void array_values_are_looked_up_by_cpu(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(PERCPU_ARRAY, 4, VALUE_BYTES, 3, 0));
	u32 *all = all_values(test), key = 2, nth = 0, cpu;

	for (nth = 0; nth < num_possible_cpus(); nth++)
		all[nth * STRIDE / 4] = nth + 1;
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, all, MODBPF_ANY), 0);
	nth = 0;
	for_each_possible_cpu(cpu) {
		u32 *at = map->ops->lookup_percpu(map, &key, cpu);

		KUNIT_ASSERT_NOT_NULL(test, at);
		KUNIT_EXPECT_EQ(test, *at, ++nth);
	}
	KUNIT_EXPECT_NULL(test, map->ops->lookup_percpu(map, &key, nr_cpu_ids));
	key = 3;
	KUNIT_EXPECT_NULL(test, map->ops->lookup_percpu(map, &key, 0));
	map_fixture_free(map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(each_cpu_has_its_value),
	KUNIT_CASE(new_elements_are_zero_elsewhere),
	KUNIT_CASE(iteration_sees_this_cpus_values),
	KUNIT_CASE(array_values_are_looked_up_by_cpu),
	{}
};

struct kunit_suite kunit_map_percpu_hash_suite = {
	.name = "map_percpu_hash",
	.test_cases = cases,
};
