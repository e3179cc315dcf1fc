// SPDX-License-Identifier: GPL-2.0-only
/* ARRAY_OF_MAPS: slots that hold maps. What a program found there it can use to its end. */
#include "module/map/fd_array.h"
#include "module/map/index.h"
#include "module/map/of_maps.h"
#include "module/map/types.h"

static void *get(const struct caller *caller, const struct modbpf_map *map, const void *value)
{
	return inner_map_get(caller, map, value);
}

static void put(void *inner)
{
	map_put(inner);
}

static u32 id(const void *inner)
{
	return inner_map_id(inner);
}

static const struct fd_array_kind kind = { get, put, id };

static struct modbpf_map *array_of_maps_create(const struct map_attr *params)
{
	return fd_array_create(params, &kind);
}

static notrace void *array_of_maps_lookup(struct modbpf_map *map, const void *key)
{
	u32 index = index_of_key(key);

	return likely(index < map->max_entries) ? fd_array_at(map, index) : NULL;
}

const struct map_ops map_array_of_maps_ops = {
	.type = MODBPF_MAP_ARRAY_OF_MAPS,
	.name = "array_of_maps",
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE,
	.create = array_of_maps_create,
	.destroy = fd_array_destroy,
	.lookup = array_of_maps_lookup,
	.sys_lookup = fd_array_sys_lookup,
	.sys_update = fd_array_sys_update,
	.sys_delete = fd_array_sys_delete,
	.next_key = index_next_key,
};
