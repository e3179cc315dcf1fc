/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program does with a CGROUP_ARRAY. */
#ifndef MODBPF_MODULE_MAP_CGROUP_ARRAY_H
#define MODBPF_MODULE_MAP_CGROUP_ARRAY_H

#include "module/map.h"

struct cgroup;

/*
 * Is the running task in the control group at @index, or below it? 0, 1, -E2BIG, -EAGAIN: no
 * group is there. Under rcu_read_lock; any context, NMI included.
 */
long cgroup_array_has_current(struct modbpf_map *map, u64 index);
/* The group at @index: ERR_PTR(-E2BIG, -EAGAIN). As above. */
struct cgroup *cgroup_array_at(struct modbpf_map *map, u64 index);

#endif
