// SPDX-License-Identifier: GPL-2.0-only
/* How are objects numbered, found and named, and when is the last of them gone? */
#include "module/object.h"

#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "module/caller.h"

/* More generations than there are kinds of objects mean that a reference was lost. */
#define ROUNDS_TO_COMPLAIN 100

struct workqueue_struct *modbpf_wq;
static atomic_t objects_alive;	/* published and not yet freed */

int objects_init(void)
{
	modbpf_wq = alloc_workqueue("modbpf", WQ_UNBOUND, 0);
	return modbpf_wq ? 0 : -ENOMEM;
}

/*
 * No fd is left, so nobody takes a reference any more; but freeing is
 * asynchronous, and a program that is freed puts maps, which are freed in
 * turn. Each round lets one generation go.
 */
void objects_wait(void)
{
	u32 rounds;
	int alive;

	for (rounds = 1;; rounds++) {
		rcu_barrier();	/* queue_rcu_work()'s callbacks have run */
		flush_workqueue(modbpf_wq);
		alive = atomic_read(&objects_alive);
		if (!alive)
			break;
		if (rounds == ROUNDS_TO_COMPLAIN)
			pr_err("modbpf: %d objects are never freed; the module cannot go\n", alive);
		if (rounds >= ROUNDS_TO_COMPLAIN)
			ssleep(1);
	}
}

void objects_exit(void)
{
	destroy_workqueue(modbpf_wq);
}

void object_init(struct object *obj, const struct caller *caller)
{
	refcount_set(&obj->refs, 1);
	obj->uid = from_kuid_munged(&init_user_ns, caller->cred->uid);
	obj->load_time = ktime_get_boottime_ns();
}

int object_publish(struct object_ids *ids, struct object *obj)
{
	unsigned long flags;
	int id;

	idr_preload(GFP_KERNEL);
	spin_lock_irqsave(&ids->lock, flags);
	id = idr_alloc_cyclic(&ids->idr, obj, 1, INT_MAX, GFP_ATOMIC);
	if (id > 0)
		obj->id = id;
	spin_unlock_irqrestore(&ids->lock, flags);
	idr_preload_end();
	if (id < 0)
		return id;
	atomic_inc(&objects_alive);
	return 0;
}

void object_withdraw(struct object_ids *ids, struct object *obj)
{
	unsigned long flags;

	spin_lock_irqsave(&ids->lock, flags);
	if (idr_find(&ids->idr, obj->id) == obj)
		idr_remove(&ids->idr, obj->id);
	spin_unlock_irqrestore(&ids->lock, flags);
}

void objects_forget_one(void)
{
	atomic_dec(&objects_alive);
}

struct object *object_get_by_id(struct object_ids *ids, u32 id)
{
	struct object *obj;
	unsigned long flags;

	spin_lock_irqsave(&ids->lock, flags);
	obj = idr_find(&ids->idr, id);
	/* The last put withdraws the id after its reference has become 0. */
	if (obj && !refcount_inc_not_zero(&obj->refs))
		obj = NULL;
	spin_unlock_irqrestore(&ids->lock, flags);
	return obj;
}

u32 object_next_id(struct object_ids *ids, u32 id)
{
	unsigned long flags;
	int next = id;

	if (id >= INT_MAX)
		return 0;
	next++;
	spin_lock_irqsave(&ids->lock, flags);
	if (!idr_get_next(&ids->idr, &next))
		next = 0;
	spin_unlock_irqrestore(&ids->lock, flags);
	return next;
}

int object_set_name(struct object *obj, const char name[16])
{
	size_t i;

	for (i = 0; i < sizeof(obj->name) && name[i]; i++)
		if (!isalnum(name[i]) && name[i] != '_' && name[i] != '.')
			return -EINVAL;
	if (i == sizeof(obj->name))
		return -EINVAL;
	memset(obj->name, 0, sizeof(obj->name));
	memcpy(obj->name, name, i);
	return 0;
}
