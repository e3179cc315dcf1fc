// SPDX-License-Identifier: GPL-2.0-only
/* Which map types are there? One row each. */
#include "module/map/types.h"

#include <linux/kernel.h>

static const struct map_ops *const map_types[] = {
	&array_map_ops,
	&array_of_maps_map_ops,
	&bloom_filter_map_ops,
	&cgroup_array_map_ops,
	&hash_map_ops,
	&hash_of_maps_map_ops,
	&lpm_trie_map_ops,
	&lru_hash_map_ops,
	&lru_percpu_hash_map_ops,
	&percpu_array_map_ops,
	&percpu_hash_map_ops,
	&perf_event_array_map_ops,
	&prog_array_map_ops,
	&queue_map_ops,
	&ringbuf_map_ops,
	&stack_map_ops,
	&stack_trace_map_ops,
	&user_ringbuf_map_ops,
};

const struct map_ops *map_ops_of_type(u32 type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(map_types); i++)
		if (map_types[i]->type == type)
			return map_types[i];
	return NULL;
}
