/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program does with a PERF_EVENT_ARRAY. */
#ifndef MODBPF_MODULE_MAP_PERF_EVENT_ARRAY_H
#define MODBPF_MODULE_MAP_PERF_EVENT_ARRAY_H

#include "module/map.h"

/*
 * A sample for the event at @index: as event_output(), or -E2BIG, -ENOENT. Under
 * rcu_read_lock, preemption off; any context, NMI included.
 */
int perf_event_array_output(struct modbpf_map *map, u64 index, const void *data, u64 bytes);
/*
 * What the event at @index has counted: 0; -E2BIG, -ENOENT; -EINVAL: it does not count, or
 * not here. Context as above.
 */
int perf_event_array_read(struct modbpf_map *map, u64 index, u64 *count);

#endif
