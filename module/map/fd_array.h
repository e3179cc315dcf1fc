/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays whose values are objects that a system call names by descriptor: an update takes
 * a reference, the array holds it. A running program reads a slot under RCU; the object
 * outlives its last reference by a grace period.
 */
#ifndef MODBPF_MODULE_MAP_FD_ARRAY_H
#define MODBPF_MODULE_MAP_FD_ARRAY_H

#include "module/map.h"

struct fd_array_kind {
	/* The object behind the fd at @value, with a reference, or ERR_PTR(-errno). Sleeps. */
	void *(*get)(const struct caller *caller, const struct modbpf_map *map, const void *value);
	void (*put)(void *object);
	/* What a look-up by a system call gives. NULL: there is none, -ENOTSUPP. */
	u32 (*id)(const void *object);
};

/* map_ops of such maps; create() and lookup are theirs. */
struct modbpf_map *fd_array_create(const struct map_attr *params, const struct fd_array_kind *kind);
void fd_array_destroy(struct modbpf_map *map);
/* Put all references. Sleeps; system calls may go on. */
void fd_array_clear(struct modbpf_map *map);
int fd_array_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags);
int fd_array_sys_update(const struct caller *caller, struct modbpf_map *map, const void *key,
			const void *value, u64 flags);
int fd_array_sys_delete(struct modbpf_map *map, const void *key);

/* The object at @index, below max_entries; NULL: none. Under rcu_read_lock, any context. */
void *fd_array_at(struct modbpf_map *map, u32 index);

#endif
