/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ids: maps, programs, links and BTF each have a name space of numbers from 1
 * up, cyclic, never reused at once. An id is published last and withdrawn
 * first; an object found by id is returned only with a reference taken while
 * it was still alive.
 */
#ifndef MODBPF_MODULE_OBJECT_H
#define MODBPF_MODULE_OBJECT_H

#include <linux/idr.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "module/quota.h"

/* Embedded in every object. */
struct object {
	refcount_t refs;
	u32 id;			/* 0: not published */
	u32 uid;		/* of the creator, initial user namespace */
	u64 load_time;		/* ktime_get_boottime_ns() */
	char name[16];		/* terminated */
	struct quota_charge charge;	/* closed when the memory is freed */
};

struct object_ids {
	struct idr idr;
	spinlock_t lock;	/* protects idr; innermost, any context but NMI */
};

#define OBJECT_IDS_INIT(name) { \
	.idr = IDR_INIT((name).idr), \
	.lock = __SPIN_LOCK_UNLOCKED((name).lock), \
}

struct caller;
struct workqueue_struct;

/* Where what sleeps is freed. */
extern struct workqueue_struct *modbpf_wq;

/* 0 or -ENOMEM. */
int objects_init(void);
/* Waits until all that was ever published has been freed. No fd is open any more. Sleeps. */
void objects_wait(void);
/* Nobody queues work any more. Sleeps. */
void objects_exit(void);

/* The first reference, the creator and the time. */
void object_init(struct object *obj, const struct caller *caller);

/* Publish: gives @obj an id. 0, -ENOMEM, -ENOSPC. Sleeps. */
int object_publish(struct object_ids *ids, struct object *obj);
/* A second time does nothing. Any context but NMI. */
void object_withdraw(struct object_ids *ids, struct object *obj);
/* The memory of an object that was published has been freed. */
void objects_forget_one(void);
/* With a reference, or NULL. */
struct object *object_get_by_id(struct object_ids *ids, u32 id);
/* The smallest id above @id, or 0. */
u32 object_next_id(struct object_ids *ids, u32 id);

/* A name from an attr: NUL-terminated within 16, [A-Za-z0-9_.] only. 0 or -EINVAL. */
int object_set_name(struct object *obj, const char name[16]);

#endif
