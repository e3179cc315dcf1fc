/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map: its description, its operations, its life.
 *
 * One reference per fd, per program that uses it and per mmap. The last put may
 * come from any context; a map is destroyed from a workqueue after an RCU grace
 * period, so that what a running program holds under rcu_read_lock stays valid.
 *
 * A map type is one file in module/map/ and one row in module/map/types.c.
 */
#ifndef MODBPF_MODULE_MAP_H
#define MODBPF_MODULE_MAP_H

#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "isa/abi.h"
#include "jit/jit.h"
#include "module/object.h"
#include "verifier/map_attr.h"
#include "verifier/verifier.h"

struct caller;
struct file;
struct map_ops;
struct map_timer;
struct modbpf_btf;
struct seq_file;
struct vm_area_struct;

/* What the maps in a map of maps are like. */
struct map_inner {
	struct map_attr attr;	/* to see which may come in */
	struct map_desc desc;	/* to tell the verifier */
};

struct modbpf_map {
	struct object obj;
	const struct map_ops *ops;
	u32 type;		/* enum modbpf_map_type */
	u32 key_size;		/* bytes */
	u32 value_size;		/* bytes */
	u32 max_entries;
	u32 flags;		/* MODBPF_F_*, those of creation */
	u64 extra;		/* map_extra */
	u32 btf_key_type_id;
	u32 btf_value_type_id;
	struct modbpf_btf *btf;	/* reference, or NULL */
	u32 field_end[MAP_FIELD_COUNT];	/* as struct map_desc */
	struct map_timer *timers;	/* one per element, or NULL: values have none */
	struct map_inner *inner;	/* of a map of maps, else NULL */
	u64 memory;		/* bytes that it holds, for fdinfo's memlock */
	bool frozen;		/* written under lock; no syscall may write any more */
	u32 writers;		/* writable mmaps and syscall writes in progress; under lock */
	struct mutex lock;	/* frozen, writers; taken under mmap_lock: no user copy inside */
	atomic_t fds;		/* open files; the last one gone calls release_fds */
	struct rcu_work free_work;
};

typedef bool (*map_visit_fn)(void *cookie, struct modbpf_map *map, const void *key, void *value);

enum {
	MAP_BATCH_LOOKUP = 1 << 0,
	MAP_BATCH_UPDATE = 1 << 1,
	MAP_BATCH_DELETE = 1 << 2,
	MAP_BATCH_TAKE = 1 << 3,	/* needs read_bucket */
};

enum {
	MAP_READ_TAKE = 1 << 0,		/* and remove them */
	MAP_READ_LOCKED = 1 << 1,	/* each value under its lock */
};

struct map_ops {
	u32 type;
	const char *name;	/* as bpftool prints it */
	/*
	 * Process context, may sleep. Allocate a map whose attributes map_attr_check()
	 * has passed; numa_node is NUMA_NO_NODE or a node that is online. The
	 * type's struct embeds modbpf_map as its first member.
	 * Fills the type's own fields and ->memory only, and ->max_entries where it
	 * is not what was asked for. ERR_PTR(-ENOMEM).
	 */
	struct modbpf_map *(*create)(const struct map_attr *params);
	/* Free everything, the struct included. Process context, no program runs. */
	void (*destroy)(struct modbpf_map *map);

	/*
	 * From programs and from the syscalls, under rcu_read_lock, in any
	 * context, NMI included; never sleep, never allocate from the slab.
	 * NULL: the type does not offer it. lookup returns the value's address
	 * (this CPU's, for per-CPU types) or NULL. update and delete: 0, -EEXIST,
	 * -ENOENT, -E2BIG, -EINVAL, -EBUSY (cannot be done now), -ENOMEM.
	 */
	void *(*lookup)(struct modbpf_map *map, const void *key);
	/* The value of @cpu; NULL: no such element, no such CPU. */
	void *(*lookup_percpu)(struct modbpf_map *map, const void *key, u32 cpu);
	long (*update)(struct modbpf_map *map, const void *key, const void *value, u64 flags);
	long (*delete)(struct modbpf_map *map, const void *key);
	/*
	 * Of types whose values may have timers, any context: the value of the element at
	 * @index, below max_entries, in the map or not; *@key stays if the index is the key.
	 */
	void *(*elem_at)(struct modbpf_map *map, u32 index, const void **key);
	/*
	 * Maps without keys; context as above, and the syscalls' update, lookup, and
	 * lookup-and-delete. push: 0, -EINVAL, -E2BIG, -EBUSY. pop and peek fill all
	 * of @value, with zeros after an error (-ENOENT, -EBUSY); where the type's
	 * map_rule says asked, peek reads @value, and says 0 (it is there) or -ENOENT.
	 */
	long (*push)(struct modbpf_map *map, const void *value, u64 flags);
	long (*pop)(struct modbpf_map *map, void *value);
	long (*peek)(struct modbpf_map *map, void *value);

	/*
	 * From programs, context as above: call @visit for each element, until it says
	 * true. Returns how many it was called for. Ends, whatever @visit does.
	 */
	long (*for_each)(struct modbpf_map *map, map_visit_fn visit, void *cookie);

	/*
	 * From the syscalls: process context, may sleep, values are kernel
	 * buffers of map_sys_value_size(). NULL: lookup/update are used, under
	 * rcu_read_lock. sys_lookup: -ENOENT.
	 */
	int (*sys_lookup)(struct modbpf_map *map, const void *key, void *value, u64 flags);
	int (*sys_update)(struct caller const *caller, struct modbpf_map *map, const void *key,
			  const void *value, u64 flags);
	int (*sys_delete)(struct modbpf_map *map, const void *key);
	/*
	 * Lookup and delete as one step: of two callers one gets the value. 0, -ENOENT,
	 * -EBUSY. NULL: the type does not offer it. Under rcu_read_lock.
	 */
	int (*sys_take)(struct modbpf_map *map, const void *key, void *value);
	/* @key NULL: the first. 0 or -ENOENT. Under rcu_read_lock, which it may leave on its way: sleeps. */
	int (*next_key)(struct modbpf_map *map, const void *key, void *next);
	/*
	 * MAP_BATCH_*: the batches that the type has. They go key by key, unless there
	 * is read_bucket: copy all *@cnt elements of @bucket, as MAP_READ_* in @how say,
	 * or none: -ENOSPC if they are more than @room, -ENOENT if there is no such
	 * bucket, -EBUSY. Buckets are numbered from 0 to bucket_cnt - 1.
	 */
	u8 batches;
	int (*read_bucket)(struct modbpf_map *map, u32 bucket, void *keys, void *values,
			   u32 room, u32 *cnt, u32 how);
	u32 (*bucket_cnt)(const struct modbpf_map *map);
	/* Bytes of a value as the syscalls see it; NULL: value_size. */
	u32 (*sys_value_size)(const struct modbpf_map *map);

	int (*mmap)(struct modbpf_map *map, struct vm_area_struct *vma);
	__poll_t (*poll)(struct modbpf_map *map, struct file *file, struct poll_table_struct *wait);
	/* What the JIT and the interpreter bind to; fills ->values and so on. NULL: address only. */
	void (*bind)(struct modbpf_map *map, struct map_bind *bind);
	/* The bytes of a frozen single-value map, for constant loads; NULL: none. */
	const u8 *(*frozen_bytes)(struct modbpf_map *map);
	void (*show_fdinfo)(struct modbpf_map *map, struct seq_file *m);	/* sleeps */
	/* The user's last fd is gone (program arrays drop their programs). */
	void (*release_fds)(struct modbpf_map *map);
};

extern struct object_ids modbpf_map_ids;
extern const struct file_operations modbpf_map_fops;

/* The fields that all types have, of one that ops->create() made. It has no number yet. */
void map_init(struct modbpf_map *map, const struct map_ops *ops, const struct map_attr *params);

/* NULL: no such type here. */
const struct map_ops *map_ops_of_type(u32 type);

u32 map_sys_value_size(const struct modbpf_map *map);

static inline struct modbpf_map *map_get(struct modbpf_map *map)
{
	refcount_inc(&map->obj.refs);
	return map;
}

/* Leave rcu_read_lock, in which nothing else is held, for a moment. What was found inside may be gone. */
static inline void map_let_others_run(void)
{
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
}

/* Any context. */
void map_put(struct modbpf_map *map);

/*
 * A map's file, with a reference; ERR_PTR(-EBADF: no fd, -EINVAL: not a map, -EPERM: not open for
 * all of @mode, FMODE_READ and FMODE_WRITE).
 */
struct file *map_file_of_fd(const struct caller *caller, int fd, fmode_t mode);
/* With a reference; ERR_PTR(-EBADF: no fd, -EINVAL: not a map). */
struct modbpf_map *map_get_by_fd(const struct caller *caller, int fd);
/*
 * The same for a map that programs of the caller will reach. Without CAP_BPF he may do no more by
 * them than the fd lets him do himself: ERR_PTR(-EPERM).
 */
struct modbpf_map *map_get_for_programs(const struct caller *caller, int fd);

/* O_* for the fd of a map with MODBPF_F_RDONLY, _WRONLY in @flags, or -EINVAL for both. */
int map_fd_flags(u32 flags);
/* A new fd, or -errno; takes the caller's reference in any case. Call it last. */
int map_fd_install(const struct caller *caller, struct modbpf_map *map, int flags);

/* Write accounting against MAP_FREEZE: 0 or -EPERM if frozen. */
int map_write_begin(struct modbpf_map *map);
void map_write_end(struct modbpf_map *map);

/* What it was made with, but for the node. */
void map_attr_of(const struct modbpf_map *map, struct map_attr *attr);
void map_describe(struct modbpf_map *map, struct map_desc *desc);

#endif
