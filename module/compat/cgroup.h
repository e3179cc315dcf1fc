/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control groups of the unified hierarchy, and the running task's place there; of kernels
 * that are built without them, that there are none.
 */
#ifndef MODBPF_MODULE_COMPAT_CGROUP_H
#define MODBPF_MODULE_COMPAT_CGROUP_H

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/sched.h>

#ifdef CONFIG_CGROUPS

/* Under rcu_read_lock, any context. */
static inline bool compat_current_is_under(struct cgroup *group)
{
	return task_under_cgroup_hierarchy(current, group);
}

static inline u64 compat_current_cgroup_id(void)
{
	return cgroup_id(task_dfl_cgroup(current));
}

/* At @level, 0 being the root; 0: the task's own group is not that deep. */
static inline u64 compat_current_ancestor_id(int level)
{
	struct cgroup *group = cgroup_ancestor(task_dfl_cgroup(current), level);

	return group ? cgroup_id(group) : 0;
}

/* An fd of `current`. With a reference, or ERR_PTR(-EBADF, ...). Sleeps. */
static inline struct cgroup *compat_cgroup_by_fd(int fd)
{
	return cgroup_get_from_fd(fd);
}

static inline void compat_cgroup_put(struct cgroup *group)
{
	cgroup_put(group);
}

#else

static inline bool compat_current_is_under(struct cgroup *group)
{
	return false;
}

static inline u64 compat_current_cgroup_id(void)
{
	return 0;
}

static inline u64 compat_current_ancestor_id(int level)
{
	return 0;
}

static inline struct cgroup *compat_cgroup_by_fd(int fd)
{
	return ERR_PTR(-EBADF);
}

static inline void compat_cgroup_put(struct cgroup *group)
{
}

#endif
#endif
