// SPDX-License-Identifier: GPL-2.0-only
/* What do all maps whose keys are an index have in common? */
#include "module/map/index.h"

int index_next_key(struct modbpf_map *map, const void *key, void *next)
{
	u32 index = key ? index_of_key(key) : U32_MAX;

	if (index >= map->max_entries)
		index = 0;
	else if (index == map->max_entries - 1)
		return -ENOENT;
	else
		index++;
	memcpy(next, &index, sizeof(index));
	return 0;
}

long index_delete(struct modbpf_map *map, const void *key)
{
	return -EINVAL;
}

int index_check_update(const struct modbpf_map *map, u32 index, u64 flags)
{
	if (flags > MODBPF_EXIST)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	return flags == MODBPF_NOEXIST ? -EEXIST : 0;
}

notrace long index_for_each(struct modbpf_map *map, map_visit_fn visit, void *cookie)
{
	u32 i;

	for (i = 0; i < map->max_entries; i++)
		if (visit(cookie, map, &i, map->ops->lookup(map, &i)))
			return (long)i + 1;
	return i;
}
