// SPDX-License-Identifier: GPL-2.0-only
/* PERCPU_ARRAY: an array of which each CPU has its own copy; see percpu_area.h. */
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include "module/map/index.h"
#include "module/map/percpu_area.h"
#include "module/map/types.h"
#include "module/map/value.h"

struct percpu_array_map {
	struct modbpf_map map;
	struct percpu_area values;
};

static struct percpu_array_map *percpu_array_of(struct modbpf_map *map)
{
	return container_of(map, struct percpu_array_map, map);
}

static struct modbpf_map *percpu_array_create(const struct map_attr *params)
{
	struct percpu_array_map *array;
	int err;

	array = kzalloc(sizeof(*array), GFP_KERNEL_ACCOUNT);
	if (!array)
		return ERR_PTR(-ENOMEM);
	array->map.memory = sizeof(*array);
	err = percpu_area_alloc(&array->values, params->max_entries, params->value_size,
				&array->map.memory);
	if (err) {
		percpu_area_free(&array->values);
		kfree(array);
		return ERR_PTR(err);
	}
	return &array->map;
}

static void percpu_array_destroy(struct modbpf_map *map)
{
	struct percpu_array_map *array = percpu_array_of(map);

	percpu_area_free(&array->values);
	kfree(array);
}

/* @index is below max_entries. */
static void __percpu *percpu_array_value(struct percpu_array_map *array, u32 index)
{
	return percpu_area_at(&array->values, array_index_nospec(index, array->map.max_entries));
}

/* The caller cannot migrate. */
static notrace void *percpu_array_lookup(struct modbpf_map *map, const void *key)
{
	u32 index = index_of_key(key);

	if (unlikely(index >= map->max_entries))
		return NULL;
	return raw_cpu_ptr(percpu_array_value(percpu_array_of(map), index));
}

static notrace void *percpu_array_lookup_percpu(struct modbpf_map *map, const void *key, u32 cpu)
{
	u32 index = index_of_key(key);

	if (unlikely(index >= map->max_entries))
		return NULL;
	return percpu_value_of(percpu_array_value(percpu_array_of(map), index), cpu);
}

static notrace long percpu_array_update(struct modbpf_map *map, const void *key,
					const void *value, u64 flags)
{
	u32 index = index_of_key(key);
	int err = index_check_update(map, index, flags);

	if (unlikely(err))
		return err;
	value_copy(raw_cpu_ptr(percpu_array_value(percpu_array_of(map), index)), value,
		   map->value_size);
	return 0;
}

static int percpu_array_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	u32 index = index_of_key(key);

	if (flags)
		return -EINVAL;
	if (index >= map->max_entries)
		return -ENOENT;
	percpu_value_get(value, percpu_array_value(percpu_array_of(map), index), map->value_size);
	return 0;
}

static int percpu_array_sys_update(const struct caller *caller, struct modbpf_map *map,
				   const void *key, const void *value, u64 flags)
{
	u32 index = index_of_key(key);
	int err = index_check_update(map, index, flags);

	if (!err)
		percpu_value_set(percpu_array_value(percpu_array_of(map), index), value,
				 map->value_size);
	return err;
}

static void percpu_array_bind(struct modbpf_map *map, struct map_bind *bind)
{
	struct percpu_array_map *array = percpu_array_of(map);

	if (array->values.chunk_cnt > 1)
		return;
	bind->values = (__force unsigned long)array->values.chunks[0];
	bind->stride = array->values.stride;
	bind->is_percpu = true;
}

const struct map_ops map_percpu_array_ops = {
	.type = MODBPF_MAP_PERCPU_ARRAY,
	.name = "percpu_array",
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE,
	.create = percpu_array_create,
	.destroy = percpu_array_destroy,
	.lookup = percpu_array_lookup,
	.lookup_percpu = percpu_array_lookup_percpu,
	.update = percpu_array_update,
	.for_each = index_for_each,
	.delete = index_delete,
	.sys_lookup = percpu_array_sys_lookup,
	.sys_update = percpu_array_sys_update,
	.sys_value_size = percpu_sys_value_size,
	.next_key = index_next_key,
	.bind = percpu_array_bind,
};
