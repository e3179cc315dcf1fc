// SPDX-License-Identifier: GPL-2.0-only
/*
 * LPM_TRIE: values by prefix; a look-up gives that of the longest prefix that
 * its key begins with.
 *
 * A binary trie without chains: a node stands for a prefix, its children for
 * longer ones that differ in the first bit behind it. A node that is not real
 * has no value and exists because it has two children. Prefixes are stored with
 * the bits behind them cleared.
 *
 * Look-ups take no lock; changes are made under one lock. A node's prefix never
 * changes, and its memory is used again only after an RCU grace period, so a
 * value that a program found stays that prefix's value.
 *
 * An update may need two nodes. They come from the reserve, which is filled at
 * creation (and so paid for by the creator), by the nodes that deletions give
 * back, and by the system calls, which allocate what is missing. A program
 * that finds the reserve empty gets -ENOMEM.
 */
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "module/map/area.h"
#include "module/map/lock.h"
#include "module/map/lpm_bits.h"
#include "module/map/types.h"
#include "module/map/value.h"

/* The reserve holds what the whole map could need, but at most this much memory. */
#define LPM_RESERVE_BYTES (256 * 1024)
#define LPM_NODES_PER_UPDATE 2
#define LPM_CHARGE_BYTES (16 * 1024)

struct lpm_node {
	struct lpm_node __rcu *child[2];
	struct lpm_node *next;	/* in the reserve or among the dead; not of the trie */
	u32 prefixlen;		/* bits */
	bool real;		/* it is an entry of the map */
	u8 shift;		/* how far from its end the next bit is in its word of 64 bits */
	u64 word;		/* what the prefix has in that word, as a number */
	u8 data[] __aligned(8);	/* the prefix, then the value at a multiple of 8 */
};

struct lpm_map {
	struct modbpf_map map;
	struct lpm_node __rcu *root;
	/*
	 * Of updates by system calls: what one found allocated is what it charges for, before any
	 * other allocates. A charge made of an older figure would take back what is still there.
	 */
	struct mutex charging;
	raw_spinlock_t lock;	/* the trie's shape and all that follows */
	u32 entry_cnt;
	u32 node_cnt;		/* allocated: in the trie, in the reserve, dead */
	struct lpm_node *reserve;
	u32 reserve_cnt;
	u32 reserve_target;
	struct lpm_node *dead;	/* out of the trie, readers may still be on them */
	u32 data_bytes;
	u32 value_offset;	/* from lpm_node.data */
	u32 node_bytes;
	int numa_node;
	struct irq_work reap_kick;	/* deletions happen where work cannot be queued */
	struct work_struct reap_work;
};

static struct lpm_map *lpm_of(struct modbpf_map *map)
{
	return container_of(map, struct lpm_map, map);
}

static struct lpm_node *lpm_node_alloc(const struct lpm_map *trie)
{
	return kmalloc_node(trie->node_bytes, MAP_AREA_GFP, trie->numa_node);
}

/* The lock is held, or nobody else knows of the map yet. */
static void lpm_reserve_put(struct lpm_map *trie, struct lpm_node *node)
{
	node->next = trie->reserve;
	trie->reserve = node;
	trie->reserve_cnt++;
}

static struct lpm_node *lpm_reserve_take(struct lpm_map *trie)
{
	struct lpm_node *node = trie->reserve;

	trie->reserve = node->next;
	trie->reserve_cnt--;
	return node;
}

static void lpm_account(struct lpm_map *trie, int nodes)
{
	trie->node_cnt += nodes;
	WRITE_ONCE(trie->map.memory, sizeof(*trie) + (u64)trie->node_cnt * trie->node_bytes);
}

static void lpm_free_list(struct lpm_node *node)
{
	struct lpm_node *next;

	for (; node; node = next) {
		next = node->next;
		kfree(node);
		cond_resched();
	}
}

/* Give the dead back once no reader can be on them. */
static void lpm_reap(struct work_struct *work)
{
	struct lpm_map *trie = container_of(work, struct lpm_map, reap_work);
	struct lpm_node *dead, *surplus = NULL, *node;
	unsigned long irq;

	/* Process context, so the lock is never refused. */
	if (!map_lock(&trie->lock, &irq))
		return;
	dead = trie->dead;
	trie->dead = NULL;
	map_unlock(&trie->lock, irq);
	synchronize_rcu();
	while (dead) {
		node = dead;
		dead = node->next;
		if (!map_lock(&trie->lock, &irq))
			return;
		if (trie->reserve_cnt < trie->reserve_target) {
			lpm_reserve_put(trie, node);
		} else {
			lpm_account(trie, -1);
			node->next = surplus;
			surplus = node;
		}
		map_unlock(&trie->lock, irq);
	}
	lpm_free_list(surplus);
}

static void lpm_reap_kicked(struct irq_work *kick)
{
	schedule_work(&container_of(kick, struct lpm_map, reap_kick)->reap_work);
}

static int lpm_fill_reserve(struct lpm_map *trie)
{
	struct lpm_node *node;

	while (trie->reserve_cnt < trie->reserve_target) {
		node = fatal_signal_pending(current) ? NULL : lpm_node_alloc(trie);
		if (!node)
			return -ENOMEM;
		lpm_reserve_put(trie, node);
		lpm_account(trie, 1);
		cond_resched();
	}
	return 0;
}

static struct modbpf_map *lpm_create(const struct map_attr *params)
{
	struct lpm_map *trie;
	int err;

	trie = kzalloc(sizeof(*trie), GFP_KERNEL_ACCOUNT);
	if (!trie)
		return ERR_PTR(-ENOMEM);
	mutex_init(&trie->charging);
	raw_spin_lock_init(&trie->lock);
	init_irq_work(&trie->reap_kick, lpm_reap_kicked);
	INIT_WORK(&trie->reap_work, lpm_reap);
	trie->numa_node = params->numa_node;
	trie->data_bytes = params->key_size - sizeof(u32);
	trie->value_offset = round_up(trie->data_bytes, 8);
	trie->node_bytes = sizeof(struct lpm_node) + trie->value_offset +
			   value_stride(params->value_size);
	trie->reserve_target = clamp_t(u64, LPM_RESERVE_BYTES / trie->node_bytes,
				       LPM_NODES_PER_UPDATE, 2ULL * params->max_entries);
	lpm_account(trie, 0);
	err = lpm_fill_reserve(trie);
	if (err) {
		lpm_free_list(trie->reserve);
		kfree(trie);
		return ERR_PTR(err);
	}
	return &trie->map;
}

static void lpm_destroy(struct modbpf_map *map)
{
	struct lpm_map *trie = lpm_of(map);
	struct lpm_node *todo, *node, *child;
	int side;

	irq_work_sync(&trie->reap_kick);
	cancel_work_sync(&trie->reap_work);
	lpm_free_list(trie->dead);
	lpm_free_list(trie->reserve);
	todo = rcu_dereference_protected(trie->root, 1);
	if (todo)
		todo->next = NULL;
	while (todo) {
		node = todo;
		todo = node->next;
		for (side = 0; side < 2; side++) {
			child = rcu_dereference_protected(node->child[side], 1);
			if (!child)
				continue;
			child->next = todo;
			todo = child;
		}
		kfree(node);
		cond_resched();
	}
	kfree(trie);
}

static void *lpm_value(const struct lpm_map *trie, struct lpm_node *node)
{
	return node->data + trie->value_offset;
}

/* Are the words of @node in front of its last one those of the key, from word @from on? */
static notrace bool lpm_words_fit(const struct lpm_node *node, const u8 *data, u32 from)
{
	return !memcmp(node->data + from * 8, data + from * 8, (node->prefixlen / 64 - from) * 8);
}

/*
 * The key's word that a node's next bit is in is kept at hand, since most steps stay in it:
 * a child's prefix is longer than its parent's, whose words fit.
 */
static notrace void *lpm_lookup(struct modbpf_map *map, const void *key)
{
	struct lpm_map *trie = lpm_of(map);
	const u8 *data = (const u8 *)key + sizeof(u32);
	struct lpm_node *node, *best = NULL;
	u32 prefixlen, nr = 0, most;	/* most: the longest prefix that ends in this word */
	u64 word, bits;

	memcpy(&prefixlen, key, sizeof(prefixlen));
	if (prefixlen > trie->data_bytes * 8)
		return NULL;
	word = lpm_word(data, trie->data_bytes, 0);
	most = min_t(u32, prefixlen, 63);
	node = rcu_dereference_check(trie->root, 1);
	while (node) {
		if (unlikely(node->prefixlen > most)) {
			if (node->prefixlen > prefixlen || !lpm_words_fit(node, data, nr))
				break;
			nr = node->prefixlen / 64;
			word = lpm_word(data, trie->data_bytes, nr);
			most = min_t(u32, prefixlen, nr * 64 + 63);
		}
		bits = word >> node->shift;
		if (bits >> 1 != node->word)
			break;
		/* Pairs with the release in lpm_make_real(): the value is there. */
		if (smp_load_acquire(&node->real))
			best = node;
		node = rcu_dereference_check(node->child[bits & 1], 1);
	}
	return best ? lpm_value(trie, best) : NULL;
}

/* Under the lock, so that no update of the value is half seen. */
static int lpm_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	struct lpm_map *trie = lpm_of(map);
	const void *found;
	unsigned long irq;

	if (flags)
		return -EINVAL;
	if (!map_lock(&trie->lock, &irq))
		return -EBUSY;
	found = lpm_lookup(map, key);
	if (found)
		value_copy(value, found, map->value_size);
	map_unlock(&trie->lock, irq);
	return found ? 0 : -ENOENT;
}

/* -EINVAL: no such prefix can be here. */
static int lpm_key_copy(const struct lpm_map *trie, struct lpm_key *key, const void *from)
{
	memcpy(&key->prefixlen, from, sizeof(key->prefixlen));
	if (key->prefixlen > trie->data_bytes * 8)
		return -EINVAL;
	memset(key->data, 0, sizeof(key->data));
	memcpy(key->data, (const u8 *)from + sizeof(u32), trie->data_bytes);
	lpm_clear_behind(key->data, trie->data_bytes, key->prefixlen);
	return 0;
}

static struct lpm_node *lpm_node_make(struct lpm_map *trie, const struct lpm_key *key,
				      u32 prefixlen)
{
	struct lpm_node *node = lpm_reserve_take(trie);

	RCU_INIT_POINTER(node->child[0], NULL);
	RCU_INIT_POINTER(node->child[1], NULL);
	node->prefixlen = prefixlen;
	node->real = false;
	memcpy(node->data, key->data, trie->data_bytes);
	lpm_clear_behind(node->data, trie->data_bytes, prefixlen);
	node->shift = 63 - prefixlen % 64;
	node->word = lpm_word(node->data, trie->data_bytes, prefixlen / 64) >> node->shift >> 1;
	return node;
}

static void lpm_make_real(struct lpm_map *trie, struct lpm_node *node, const void *value)
{
	value_copy(lpm_value(trie, node), value, trie->map.value_size);
	/* Pairs with the acquire in lpm_lookup(). */
	smp_store_release(&node->real, true);
	trie->entry_cnt++;
}

/*
 * Insert @key, which is not there, at @link, where @node is now; they have
 * @common bits in common. 0, -ENOSPC, -ENOMEM.
 */
static int lpm_insert(struct lpm_map *trie, struct lpm_node __rcu **link, struct lpm_node *node,
		      const struct lpm_key *key, u32 common, const void *value)
{
	bool fork = node && common < key->prefixlen;
	struct lpm_node *leaf, *top;

	if (trie->entry_cnt >= trie->map.max_entries)
		return -ENOSPC;
	if (node && common == key->prefixlen && node->prefixlen == key->prefixlen) {
		lpm_make_real(trie, node, value);
		return 0;
	}
	if (trie->reserve_cnt < (fork ? 2 : 1))
		return -ENOMEM;
	leaf = lpm_node_make(trie, key, key->prefixlen);
	lpm_make_real(trie, leaf, value);
	top = leaf;
	if (fork) {
		top = lpm_node_make(trie, key, common);
		RCU_INIT_POINTER(top->child[lpm_bit(key->data, common)], leaf);
	}
	if (node)
		RCU_INIT_POINTER(top->child[lpm_bit(node->data, common)], node);
	rcu_assign_pointer(*link, top);
	return 0;
}

/* The lock is held. */
static long lpm_update_locked(struct lpm_map *trie, const struct lpm_key *key, const void *value,
			      u64 flags)
{
	struct lpm_node __rcu **link = &trie->root;
	struct lpm_node *node;
	u32 common = 0;

	for (;;) {
		node = rcu_dereference_protected(*link, 1);
		if (!node)
			break;
		common = lpm_common(node->data, key->data, min(node->prefixlen, key->prefixlen));
		if (common < node->prefixlen || common == key->prefixlen)
			break;
		link = &node->child[lpm_bit(key->data, common)];
	}
	if (node && node->prefixlen == key->prefixlen && common == key->prefixlen && node->real) {
		if (flags == MODBPF_NOEXIST)
			return -EEXIST;
		value_copy(lpm_value(trie, node), value, trie->map.value_size);
		return 0;
	}
	if (flags == MODBPF_EXIST)
		return -ENOENT;
	return lpm_insert(trie, link, node, key, common, value);
}

static notrace long lpm_update(struct modbpf_map *map, const void *key, const void *value,
			       u64 flags)
{
	struct lpm_map *trie = lpm_of(map);
	struct lpm_key copy;
	unsigned long irq;
	long err;

	if (flags > MODBPF_EXIST || lpm_key_copy(trie, &copy, key))
		return -EINVAL;
	if (!map_lock(&trie->lock, &irq))
		return -EBUSY;
	err = lpm_update_locked(trie, &copy, value, flags);
	map_unlock(&trie->lock, irq);
	return err;
}

/* Update with @fresh nodes, LPM_NODES_PER_UPDATE of them; what the reserve does not need is freed. */
static long lpm_update_with(struct lpm_map *trie, const struct lpm_key *key, const void *value,
			    u64 flags, struct lpm_node *fresh)
{
	struct lpm_node *node, *surplus = NULL;
	unsigned long irq;
	long err;

	if (!map_lock(&trie->lock, &irq)) {
		lpm_free_list(fresh);
		return -EBUSY;
	}
	while (fresh) {
		node = fresh;
		fresh = node->next;
		lpm_reserve_put(trie, node);
		lpm_account(trie, 1);
	}
	err = lpm_update_locked(trie, key, value, flags);
	while (trie->reserve_cnt > trie->reserve_target) {
		node = lpm_reserve_take(trie);
		lpm_account(trie, -1);
		node->next = surplus;
		surplus = node;
	}
	map_unlock(&trie->lock, irq);
	lpm_free_list(surplus);
	return err;
}

/* LPM_NODES_PER_UPDATE nodes, which the map's owner has been charged for; NULL: no memory, or no more for him. */
static struct lpm_node *lpm_fresh_nodes(struct lpm_map *trie)
{
	u64 bytes = READ_ONCE(trie->map.memory) + LPM_NODES_PER_UPDATE * trie->node_bytes;
	struct lpm_node *fresh = NULL, *node;
	u32 i;

	/* In steps, so that few updates change what the map's owner is charged for. */
	if (quota_set(&trie->map.obj.charge, QUOTA_MAP_BYTES, round_up(bytes, LPM_CHARGE_BYTES)))
		return NULL;
	for (i = 0; i < LPM_NODES_PER_UPDATE; i++) {
		node = lpm_node_alloc(trie);
		if (!node) {
			lpm_free_list(fresh);
			return NULL;
		}
		node->next = fresh;
		fresh = node;
	}
	return fresh;
}

static int lpm_sys_update(const struct caller *caller, struct modbpf_map *map, const void *key,
			  const void *value, u64 flags)
{
	struct lpm_map *trie = lpm_of(map);
	struct lpm_node *fresh;
	struct lpm_key copy;
	int err = -ENOMEM;

	if (flags > MODBPF_EXIST || lpm_key_copy(trie, &copy, key))
		return -EINVAL;
	mutex_lock(&trie->charging);
	fresh = lpm_fresh_nodes(trie);	/* the reserve is left to the programs */
	if (fresh)
		err = lpm_update_with(trie, &copy, value, flags, fresh);
	mutex_unlock(&trie->charging);
	return err;
}

static void lpm_bury(struct lpm_map *trie, struct lpm_node *node)
{
	node->next = trie->dead;
	trie->dead = node;
}

/* Take @node, at @link and below @parent (NULL: the root) at @parent_link, out of the trie. */
static void lpm_unlink(struct lpm_map *trie, struct lpm_node *node, struct lpm_node __rcu **link,
		       struct lpm_node *parent, struct lpm_node __rcu **parent_link)
{
	struct lpm_node *left = rcu_dereference_protected(node->child[0], 1);
	struct lpm_node *right = rcu_dereference_protected(node->child[1], 1);
	int sibling;

	trie->entry_cnt--;
	/* Two children need the node to tell them apart. */
	if (left && right) {
		WRITE_ONCE(node->real, false);
		return;
	}
	lpm_bury(trie, node);
	if (left || right || !parent || parent->real) {
		rcu_assign_pointer(*link, left ?: right);
		return;
	}
	/* A parent that was there for two children's sake goes with one of them. */
	sibling = link == &parent->child[0];
	rcu_assign_pointer(*parent_link, rcu_dereference_protected(parent->child[sibling], 1));
	lpm_bury(trie, parent);
}

static long lpm_delete_locked(struct lpm_map *trie, const struct lpm_key *key)
{
	struct lpm_node __rcu **link = &trie->root, **parent_link = NULL;
	struct lpm_node *node, *parent = NULL;

	for (;;) {
		node = rcu_dereference_protected(*link, 1);
		if (!node || node->prefixlen > key->prefixlen)
			return -ENOENT;
		if (lpm_common(node->data, key->data, node->prefixlen) < node->prefixlen)
			return -ENOENT;
		if (node->prefixlen == key->prefixlen)
			break;
		parent = node;
		parent_link = link;
		link = &node->child[lpm_bit(key->data, node->prefixlen)];
	}
	if (!node->real)
		return -ENOENT;
	lpm_unlink(trie, node, link, parent, parent_link);
	return 0;
}

static notrace long lpm_delete(struct modbpf_map *map, const void *key)
{
	struct lpm_map *trie = lpm_of(map);
	struct lpm_key copy;
	unsigned long irq;
	bool dead;
	long err;

	if (lpm_key_copy(trie, &copy, key))
		return -EINVAL;
	if (!map_lock(&trie->lock, &irq))
		return -EBUSY;
	err = lpm_delete_locked(trie, &copy);
	dead = trie->dead;
	map_unlock(&trie->lock, irq);
	if (dead)
		irq_work_queue(&trie->reap_kick);
	return err;
}

/* The first real node at or below @node in the order of lpm_next_key(). */
static struct lpm_node *lpm_first_below(struct lpm_node *node)
{
	struct lpm_node *child = node;

	while (child) {
		node = child;
		child = rcu_dereference_protected(node->child[0], 1);
		if (!child)
			child = rcu_dereference_protected(node->child[1], 1);
	}
	return node;
}

/* The first real node behind @key, which need not be there; the lock is held. */
static struct lpm_node *lpm_behind(struct lpm_map *trie, const struct lpm_key *key)
{
	struct lpm_node *node = rcu_dereference_protected(trie->root, 1);
	struct lpm_node *next = NULL, *right;
	u32 common;
	int bit;

	while (node) {
		common = lpm_common(node->data, key->data, min(node->prefixlen, key->prefixlen));
		/* The node is the key, or all from it down is longer and was before. */
		if (common == key->prefixlen)
			break;
		bit = lpm_bit(key->data, common);
		if (common < node->prefixlen)
			return bit ? next : lpm_first_below(node);
		/* The node's prefix is a beginning of the key. */
		right = rcu_dereference_protected(node->child[1], 1);
		if (!bit && right)
			next = lpm_first_below(right);
		else if (node->real)
			next = node;
		node = rcu_dereference_protected(node->child[bit], 1);
	}
	return next;
}

/*
 * In the order of bits, but longer prefixes before the shorter ones that they
 * begin with, as in Linux. It is a total order of all prefixes, so a key that
 * was deleted meanwhile is followed by what would have followed it.
 */
static int lpm_next_key(struct modbpf_map *map, const void *key, void *next)
{
	struct lpm_map *trie = lpm_of(map);
	struct lpm_node *node;
	struct lpm_key copy;
	unsigned long irq;

	/* A key that cannot be here is followed by the first, as bpf(2) has it. */
	if (key && lpm_key_copy(trie, &copy, key))
		key = NULL;
	if (!map_lock(&trie->lock, &irq))
		return -EBUSY;
	node = rcu_dereference_protected(trie->root, 1);
	if (node)
		node = key ? lpm_behind(trie, &copy) : lpm_first_below(node);
	if (node) {
		memcpy(next, &node->prefixlen, sizeof(u32));
		memcpy((u8 *)next + sizeof(u32), node->data, trie->data_bytes);
	}
	map_unlock(&trie->lock, irq);
	return node ? 0 : -ENOENT;
}

const struct map_ops map_lpm_trie_ops = {
	.type = MODBPF_MAP_LPM_TRIE,
	.name = "lpm_trie",
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE | MAP_BATCH_DELETE,
	.create = lpm_create,
	.destroy = lpm_destroy,
	.lookup = lpm_lookup,
	.update = lpm_update,
	.delete = lpm_delete,
	.sys_lookup = lpm_sys_lookup,
	.sys_update = lpm_sys_update,
	.next_key = lpm_next_key,
};
