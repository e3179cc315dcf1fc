/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps for tests of map types, made as MAP_CREATE makes them, but without a descriptor. */
#ifndef MODBPF_TESTS_KUNIT_MAP_FIXTURE_H
#define MODBPF_TESTS_KUNIT_MAP_FIXTURE_H

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/numa.h>
#include <linux/rcupdate.h>

#include "module/map.h"

#define MAP_PARAMS(kind, key, value, entries, more) { \
	.type = MODBPF_MAP_##kind, .key_size = (key), .value_size = (value), \
	.max_entries = (entries), .flags = (more), .numa_node = NUMA_NO_NODE }

static inline int map_fixture_check(const struct map_attr *params)
{
	return map_attr_check(params);
}

static inline struct modbpf_map *map_fixture_try(const struct map_attr *params)
{
	struct modbpf_map *map = map_ops_of_type(params->type)->create(params);

	if (IS_ERR(map))
		return map;
	map->ops = map_ops_of_type(params->type);
	map->type = params->type;
	map->key_size = params->key_size;
	map->value_size = params->value_size;
	if (!map->max_entries)
		map->max_entries = params->max_entries;
	map->flags = params->flags;
	return map;
}

static inline struct modbpf_map *map_fixture_make(struct kunit *test, struct map_attr params)
{
	struct modbpf_map *map;

	KUNIT_ASSERT_EQ(test, map_fixture_check(&params), 0);
	map = map_fixture_try(&params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	return map;
}

/* No program of this map runs any more. */
static inline void map_fixture_free(struct modbpf_map *map)
{
	synchronize_rcu();
	map->ops->destroy(map);
}

/* As the system calls do it. */
static inline long map_fixture_update(struct modbpf_map *map, const void *key, const void *value,
				      u64 flags)
{
	long err;

	if (map->ops->sys_update)
		return map->ops->sys_update(NULL, map, key, value, flags);
	rcu_read_lock();
	err = map->ops->update(map, key, value, flags);
	rcu_read_unlock();
	return err;
}

static inline int map_fixture_next(struct modbpf_map *map, const void *key, void *next)
{
	int err;

	rcu_read_lock();
	err = map->ops->next_key(map, key, next);
	rcu_read_unlock();
	return err;
}

/* Threads that all do something with one map. */
struct map_storm {
	struct modbpf_map *map;
	void (*thread)(struct map_storm *storm, u32 number);	/* from 0 on */
	atomic_t started, running;
	atomic_t wrong;		/* counted by the threads */
};

static inline int map_storm_thread(void *arg)
{
	struct map_storm *storm = arg;

	storm->thread(storm, atomic_inc_return(&storm->started) - 1);
	atomic_dec(&storm->running);
	return 0;
}

/* Start @cnt of them, and wait for all. */
static inline void map_storm_over(struct kunit *test, struct map_storm *storm, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt; i++) {
		atomic_inc(&storm->running);
		if (IS_ERR(kthread_run(map_storm_thread, storm, "map-storm/%u", i))) {
			atomic_dec(&storm->running);
			KUNIT_FAIL(test, "no thread");
		}
	}
	while (atomic_read(&storm->running))
		msleep(10);
	KUNIT_EXPECT_EQ(test, atomic_read(&storm->wrong), 0);
}

#endif
