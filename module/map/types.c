// SPDX-License-Identifier: GPL-2.0-only
/* Which map types are there? One row each. */
#include "module/map/types.h"

#include <linux/kernel.h>

static const struct map_ops *const map_types[] = {
	&map_array_ops,
	&map_array_of_maps_ops,
	&map_bloom_filter_ops,
	&map_cgroup_array_ops,
	&map_hash_ops,
	&map_hash_of_maps_ops,
	&map_lpm_trie_ops,
	&map_lru_hash_ops,
	&map_lru_percpu_hash_ops,
	&map_percpu_array_ops,
	&map_percpu_hash_ops,
	&map_perf_event_array_ops,
	&map_prog_array_ops,
	&map_queue_ops,
	&map_ringbuf_ops,
	&map_stack_ops,
	&map_stack_trace_ops,
	&map_user_ringbuf_ops,
};

const struct map_ops *map_ops_of_type(u32 type)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(map_types); i++)
		if (map_types[i]->type == type)
			return map_types[i];
	return NULL;
}
