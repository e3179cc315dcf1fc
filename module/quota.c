// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does each user have, and is it too much? One record per user who has anything. Charges
 * change under one lock, which nothing that a program does takes.
 */
#include "module/quota.h"

#include <linux/cred.h>
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "module/caller.h"

#define ROOT 1		/* the place of a limit that is root's */

static unsigned long limit_map_bytes[] = { 256ul << 20, ULONG_MAX };
module_param_array(limit_map_bytes, ulong, NULL, 0644);
MODULE_PARM_DESC(limit_map_bytes, "bytes of maps, perf buffers and BTF that each user, and root, may have "
		 "(default 256 MiB, no limit)");

static unsigned long limit_jit_bytes[] = { MODBPF_ARENA_KIB * 1024ul / 4, ULONG_MAX };
module_param_array(limit_jit_bytes, ulong, NULL, 0644);
MODULE_PARM_DESC(limit_jit_bytes, "bytes of machine code that each user, and root, may have "
		 "(default a quarter of the arena, all of it)");

static unsigned long limit_objects[] = { 4096, 1ul << 20 };
module_param_array(limit_objects, ulong, NULL, 0644);
MODULE_PARM_DESC(limit_objects, "maps, programs, links, BTF objects and events that each user, and root, may have "
		 "(default 4096, 1048576)");

static const struct {
	const unsigned long *limits;
	const char *param;
	int err;
} kinds[QUOTA_KINDS] = {
	[QUOTA_MAP_BYTES] = { limit_map_bytes, "limit_map_bytes", -ENOMEM },
	[QUOTA_JIT_BYTES] = { limit_jit_bytes, "limit_jit_bytes", -ENOMEM },
	[QUOTA_OBJECTS] = { limit_objects, "limit_objects", -EPERM },
};

struct quota_user {
	struct hlist_node node;
	u32 uid;
	u32 charges;		/* that count here; 0: the record goes */
	u64 used[QUOTA_KINDS];	/* the sum of theirs */
};

/* Protects users, their records, and what charges say. Innermost. */
static DEFINE_SPINLOCK(quota_lock);
static DEFINE_HASHTABLE(users, 6);

static struct quota_user *user_find(u32 uid)
{
	struct quota_user *user;

	lockdep_assert_held(&quota_lock);
	hash_for_each_possible(users, user, node, uid)
		if (user->uid == uid)
			return user;
	return NULL;
}

static u64 limit_of(const struct quota_user *user, enum quota_kind kind)
{
	return READ_ONCE(kinds[kind].limits[user->uid ? !ROOT : ROOT]);
}

static int set_locked(struct quota_charge *charge, enum quota_kind kind, u64 amount)
{
	struct quota_user *user = charge->user;
	u64 others = user->used[kind] - charge->used[kind];
	u64 limit = limit_of(user, kind);

	lockdep_assert_held(&quota_lock);
	if (amount > charge->used[kind] && (others > limit || amount > limit - others))
		return kinds[kind].err;
	user->used[kind] = others + amount;
	WRITE_ONCE(charge->used[kind], amount);
	return 0;
}

static void say_refused(u32 uid, enum quota_kind kind)
{
	pr_notice_ratelimited("modbpf: user %u has what may be had: see the module's parameter %s\n",
			      uid, kinds[kind].param);
}

/* The record goes with its last charge; it is returned to be freed. */
static struct quota_user *drop_locked(struct quota_user *user)
{
	lockdep_assert_held(&quota_lock);
	if (--user->charges)
		return NULL;
	hash_del(&user->node);
	return user;
}

/*
 * Who makes a user namespace is whom he likes there, of the uids that are subordinate to him: what
 * is made inside is his. Not so root, who makes them for others, and whose limits are not theirs.
 */
static u32 uid_of_payer(const struct cred *cred)
{
	const struct user_namespace *ns = cred->user_ns;
	kuid_t uid = cred->uid;

	if (ns != &init_user_ns) {
		while (ns->parent != &init_user_ns)
			ns = ns->parent;
		if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
			uid = ns->owner;
	}
	return from_kuid_munged(&init_user_ns, uid);
}

int quota_open(struct quota_charge *charge, const struct caller *caller)
{
	struct quota_user *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT), *user;
	u32 uid = uid_of_payer(caller->cred);
	unsigned long flags;
	int err;

	memset(charge, 0, sizeof(*charge));
	if (!fresh)
		return -ENOMEM;
	fresh->uid = uid;
	spin_lock_irqsave(&quota_lock, flags);
	user = user_find(uid);
	if (!user) {
		hash_add(users, &fresh->node, uid);
		user = fresh;
		fresh = NULL;
	}
	user->charges++;
	charge->user = user;
	err = set_locked(charge, QUOTA_OBJECTS, 1);
	if (err) {
		charge->user = NULL;
		user = drop_locked(user);
	}
	spin_unlock_irqrestore(&quota_lock, flags);
	kfree(fresh);
	if (err) {
		kfree(user);
		say_refused(uid, QUOTA_OBJECTS);
	}
	return err;
}

int quota_set(struct quota_charge *charge, enum quota_kind kind, u64 amount)
{
	unsigned long flags;
	int err;

	if (!charge->user || READ_ONCE(charge->used[kind]) == amount)
		return 0;
	spin_lock_irqsave(&quota_lock, flags);
	err = set_locked(charge, kind, amount);
	spin_unlock_irqrestore(&quota_lock, flags);
	if (err)
		say_refused(charge->user->uid, kind);
	return err;
}

void quota_close(struct quota_charge *charge)
{
	struct quota_user *user = charge->user;
	unsigned long flags;
	u32 kind;

	if (!user)
		return;
	spin_lock_irqsave(&quota_lock, flags);
	for (kind = 0; kind < QUOTA_KINDS; kind++)
		user->used[kind] -= charge->used[kind];
	memset(charge, 0, sizeof(*charge));
	user = drop_locked(user);
	spin_unlock_irqrestore(&quota_lock, flags);
	if (user)
		WARN_ON_ONCE(memchr_inv(user->used, 0, sizeof(user->used)));
	kfree(user);
}

static int users_show(struct seq_file *seq, void *v)
{
	struct quota_user *user;
	unsigned long flags;
	int bucket;

	spin_lock_irqsave(&quota_lock, flags);
	hash_for_each(users, bucket, user, node)
		seq_printf(seq, "%u %llu %llu %llu\n", user->uid, user->used[QUOTA_MAP_BYTES],
			   user->used[QUOTA_JIT_BYTES], user->used[QUOTA_OBJECTS]);
	spin_unlock_irqrestore(&quota_lock, flags);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(users);

void quota_init(struct dentry *dir)
{
	debugfs_create_file("users", 0400, dir, NULL, &users_fops);
}

void quota_exit(void)
{
	WARN_ON(!hash_empty(users));
}
