/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys that are an index of 4 bytes, as arrays have them. */
#ifndef MODBPF_MODULE_MAP_INDEX_H
#define MODBPF_MODULE_MAP_INDEX_H

#include "module/map.h"

static inline u32 index_of_key(const void *key)
{
	u32 index;

	memcpy(&index, key, sizeof(index));
	return index;
}

/* map_ops.next_key: an index that is out of range is followed by 0, as in bpf(2). */
int index_next_key(struct modbpf_map *map, const void *key, void *next);
/* map_ops.delete: an array has all its values, always. */
long index_delete(struct modbpf_map *map, const void *key);
/* 0, or what an update of @index with @flags gets: -EINVAL, -E2BIG, -EEXIST. */
int index_check_update(const struct modbpf_map *map, u32 index, u64 flags);

/* map_ops.for_each of maps with an index for a key. */
long index_for_each(struct modbpf_map *map, map_visit_fn visit, void *cookie);

#endif
