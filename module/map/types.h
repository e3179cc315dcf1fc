/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations of each map type, for the table in types.c. */
#ifndef MODBPF_MODULE_MAP_TYPES_H
#define MODBPF_MODULE_MAP_TYPES_H

#include "module/map.h"

extern const struct map_ops array_map_ops;
extern const struct map_ops array_of_maps_map_ops;
extern const struct map_ops bloom_filter_map_ops;
extern const struct map_ops cgroup_array_map_ops;
extern const struct map_ops hash_map_ops;
extern const struct map_ops hash_of_maps_map_ops;
extern const struct map_ops lpm_trie_map_ops;
extern const struct map_ops lru_hash_map_ops;
extern const struct map_ops lru_percpu_hash_map_ops;
extern const struct map_ops percpu_array_map_ops;
extern const struct map_ops percpu_hash_map_ops;
extern const struct map_ops perf_event_array_map_ops;
extern const struct map_ops prog_array_map_ops;
extern const struct map_ops queue_map_ops;
extern const struct map_ops ringbuf_map_ops;
extern const struct map_ops stack_map_ops;
extern const struct map_ops stack_trace_map_ops;
extern const struct map_ops user_ringbuf_map_ops;

#endif
