// SPDX-License-Identifier: GPL-2.0-only
/*
 * PERF_EVENT_ARRAY: the events that programs put records out to, mostly one per CPU.
 * A running program reads a slot under RCU; an event outlives its last reference by a
 * grace period. The slots are emptied when the user has closed the last descriptor of
 * the map, unless it was made to keep them.
 */
#include "module/map/perf_event_array.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "module/event.h"
#include "module/event/output.h"
#include "module/map/area.h"
#include "module/map/index.h"
#include "module/map/types.h"

struct perf_event_array_map {
	struct modbpf_map map;
	struct modbpf_event __rcu **events;	/* references; NULL: empty */
	struct mutex change;
};

static struct perf_event_array_map *perf_event_array_of(struct modbpf_map *map)
{
	return container_of(map, struct perf_event_array_map, map);
}

static struct modbpf_map *perf_event_array_create(const struct map_attr *params)
{
	u64 bytes = (u64)params->max_entries * sizeof(struct modbpf_event *);
	struct perf_event_array_map *array = kzalloc(sizeof(*array), GFP_KERNEL_ACCOUNT);

	if (!array)
		return ERR_PTR(-ENOMEM);
	array->events = map_area_alloc(bytes, params->numa_node);
	if (!array->events) {
		kfree(array);
		return ERR_PTR(-ENOMEM);
	}
	mutex_init(&array->change);
	array->map.memory = sizeof(*array) + bytes;
	return &array->map;
}

/* Put @event, or nothing, into a slot; was there one before? */
static bool perf_event_array_swap(struct perf_event_array_map *array, u32 index,
				  struct modbpf_event *event)
{
	struct modbpf_event *old;

	mutex_lock(&array->change);
	old = rcu_replace_pointer(array->events[index], event, lockdep_is_held(&array->change));
	mutex_unlock(&array->change);
	if (old)
		event_put(old);
	return old;
}

static int perf_event_array_sys_update(const struct caller *caller, struct modbpf_map *map,
				       const void *key, const void *value, u64 flags)
{
	struct modbpf_event *event;
	u32 index = index_of_key(key);
	int fd;

	if (flags != MODBPF_ANY)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	memcpy(&fd, value, sizeof(fd));
	event = event_get_by_fd(caller, fd);
	if (IS_ERR(event))
		return PTR_ERR(event);
	if (!event_takes_output(event)) {
		event_put(event);
		return -EOPNOTSUPP;
	}
	perf_event_array_swap(perf_event_array_of(map), index, event);
	return 0;
}

static int perf_event_array_sys_delete(struct modbpf_map *map, const void *key)
{
	u32 index = index_of_key(key);

	if (index >= map->max_entries)
		return -E2BIG;
	return perf_event_array_swap(perf_event_array_of(map), index, NULL) ? 0 : -ENOENT;
}

/* An event has no number by which others would know it. */
static int perf_event_array_sys_lookup(struct modbpf_map *map, const void *key, void *value,
				       u64 flags)
{
	return -ENOTSUPP;
}

static void perf_event_array_clear(struct modbpf_map *map)
{
	struct perf_event_array_map *array = perf_event_array_of(map);
	u32 i;

	for (i = 0; i < map->max_entries; i++) {
		if (rcu_access_pointer(array->events[i]))
			perf_event_array_swap(array, i, NULL);
		if (!(i & 0xfff))
			cond_resched();
	}
}

static void perf_event_array_release_fds(struct modbpf_map *map)
{
	if (!(map->flags & MODBPF_F_PRESERVE_ELEMS))
		perf_event_array_clear(map);
}

static void perf_event_array_destroy(struct modbpf_map *map)
{
	struct perf_event_array_map *array = perf_event_array_of(map);

	perf_event_array_clear(map);
	map_area_free((void *)array->events);
	mutex_destroy(&array->change);
	kfree(array);
}

notrace int perf_event_array_output(struct modbpf_map *map, u64 index, const void *data, u64 bytes)
{
	struct modbpf_event *event;

	if (unlikely(index >= map->max_entries))
		return -E2BIG;
	index = array_index_nospec(index, map->max_entries);
	event = rcu_dereference(perf_event_array_of(map)->events[index]);
	return event ? event_output(event, data, bytes) : -ENOENT;
}

const struct map_ops perf_event_array_map_ops = {
	.type = MODBPF_MAP_PERF_EVENT_ARRAY,
	.name = "perf_event_array",
	.create = perf_event_array_create,
	.destroy = perf_event_array_destroy,
	.sys_lookup = perf_event_array_sys_lookup,
	.sys_update = perf_event_array_sys_update,
	.sys_delete = perf_event_array_sys_delete,
	.next_key = index_next_key,
	.release_fds = perf_event_array_release_fds,
};
