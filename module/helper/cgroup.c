// SPDX-License-Identifier: GPL-2.0-only
/* In which control group of the unified hierarchy (version 2) is the running task? */
#include "module/helper/functions.h"

#include "module/compat/cgroup.h"
#include "module/map/cgroup_array.h"

/* map, index */
notrace u64 helper_current_task_under_cgroup(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return cgroup_array_has_current((struct modbpf_map *)(unsigned long)r1, (u32)r2);
}

notrace u64 helper_get_current_cgroup_id(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return compat_current_cgroup_id();
}

/* level: 0 is the root; deeper than the task's own: 0 */
notrace u64 helper_get_current_ancestor_cgroup_id(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return compat_current_ancestor_id(r1);
}
