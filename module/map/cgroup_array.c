// SPDX-License-Identifier: GPL-2.0-only
/* CGROUP_ARRAY: control groups of the unified hierarchy (version 2), to ask tasks' places of. */
#include "module/map/cgroup_array.h"

#include <linux/err.h>
#include <linux/errno.h>

#include "module/caller.h"
#include "module/compat/cgroup.h"
#include "module/map/fd_array.h"
#include "module/map/index.h"
#include "module/map/types.h"

static void *get(const struct caller *caller, const struct modbpf_map *map, const void *value)
{
	int fd;

	memcpy(&fd, value, sizeof(fd));
	return caller_cgroup_by_fd(caller, fd);
}

static void put(void *group)
{
	compat_cgroup_put(group);
}

/* No system call tells what is inside. */
static const struct fd_array_kind kind = { get, put, NULL };

static struct modbpf_map *cgroup_array_create(const struct map_attr *params)
{
	return fd_array_create(params, &kind);
}

notrace struct cgroup *cgroup_array_at(struct modbpf_map *map, u64 index)
{
	if (unlikely(index >= map->max_entries))
		return ERR_PTR(-E2BIG);
	return fd_array_at(map, index) ? : ERR_PTR(-EAGAIN);
}

notrace long cgroup_array_has_current(struct modbpf_map *map, u64 index)
{
	struct cgroup *group = cgroup_array_at(map, index);

	return IS_ERR(group) ? PTR_ERR(group) : compat_current_is_under(group);
}

const struct map_ops map_cgroup_array_ops = {
	.type = MODBPF_MAP_CGROUP_ARRAY,
	.name = "cgroup_array",
	.create = cgroup_array_create,
	.destroy = fd_array_destroy,
	.sys_lookup = fd_array_sys_lookup,
	.sys_update = fd_array_sys_update,
	.sys_delete = fd_array_sys_delete,
	.next_key = index_next_key,
};
