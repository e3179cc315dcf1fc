// SPDX-License-Identifier: GPL-2.0-only
/*
 * HASH and its kin: values by key, at most max_entries of them, in any context.
 *
 * All elements are allocated with the map (hash_reserve.c), so nothing is allocated
 * later. Elements live in chains, one per bucket; changes happen under the bucket's
 * lock, look-ups take no lock. A removed element is free for the next insertion
 * at once, of any key: a look-up that walks a chain can find itself in another
 * one. It notices by the bucket's generation, which counts removals: nothing
 * that has been read counts unless the generation is still what it was when
 * the walk began. So a look-up never gives another key's value and never misses
 * a key that was there all the time.
 *
 * What a program got from a look-up stays memory of this map as long as the
 * program runs, but after a deletion or an eviction it may become the value of another
 * key; as in Linux's preallocated hash. An update of a key that is there writes the
 * value in place, word by word, so that its address stays good.
 *
 * PERCPU: the element holds the address of each CPU's value, always the same.
 * LRU: a full map makes room, in two steps: one bucket's lock is held at a time, so
 * an element is evicted before the bucket that wants it is locked (again), and waits
 * in the hands of its CPU. Meanwhile the map has room for one less.
 *
 * A chain is sorted by hash and key. So is what batches go through; a key that is not
 * there is followed by the first of all, as in bpf(2).
 *
 * F_NO_PREALLOC is taken and means nothing here: memory must not be allocated
 * while a program runs, and a reserve that is refilled could run dry.
 */
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/hash.h"
#include "module/map/lock.h"
#include "module/map/timer.h"
#include "module/map/types.h"
#include "module/map/value.h"
#include "module/map/value_lock.h"

static int hash_alloc_buckets(struct hash_map *hash, const struct map_attr *params)
{
	u32 bucket_cnt = roundup_pow_of_two(params->max_entries), i;
	u64 bytes = (u64)bucket_cnt * sizeof(*hash->buckets);

	hash->buckets = map_area_alloc(bytes, params->numa_node);
	if (!hash->buckets)
		return -ENOMEM;
	hash->mask = bucket_cnt - 1;
	hash->map.memory += bytes;
	for (i = 0; i < bucket_cnt; i++) {
		raw_spin_lock_init(&hash->buckets[i].lock);
		if (!(i & 0xffff))
			cond_resched();
	}
	return 0;
}

static void hash_free(struct hash_map *hash)
{
	hash_reserve_destroy(hash);
	map_area_free(hash->buckets);
	kfree(hash);
}

static struct modbpf_map *hash_create(const struct map_attr *params)
{
	struct hash_map *hash;
	int err;

	hash = kzalloc(sizeof(*hash), GFP_KERNEL_ACCOUNT);
	if (!hash)
		return ERR_PTR(-ENOMEM);
	hash->map.memory = sizeof(*hash);
	hash_secret_make(&hash->secret, params->flags & MODBPF_F_ZERO_SEED);
	err = hash_alloc_buckets(hash, params);
	if (!err)
		err = hash_reserve_create(hash, params);
	if (err) {
		hash_free(hash);
		return ERR_PTR(err);
	}
	return &hash->map;
}

static void hash_destroy(struct modbpf_map *map)
{
	hash_free(hash_of(map));
}

static __always_inline u32 hash_key(const struct hash_map *hash, const void *key)
{
	return hash_bytes(&hash->secret, key, hash->map.key_size);
}

static __always_inline bool hash_elem_is(const struct hash_map *hash, const struct hash_elem *elem,
					 u32 key_hash, const void *key)
{
	return READ_ONCE(elem->hash) == key_hash &&
	       keys_are_equal(elem->key, key, hash->map.key_size);
}

/*
 * Without the lock. What is found was in the map, under this key, at the moment
 * of the second reading of the generation; what is missed was not. A walk that
 * strays ends all the same: each step is made along a pointer that was current,
 * and chains have no cycles; the count is for the case that elements are moved
 * in front of it for ever.
 */
static struct hash_elem *hash_find(struct hash_map *hash, u32 key_hash, const void *key)
{
	struct hash_bucket *bucket = &hash->buckets[key_hash & hash->mask];
	struct hash_elem *elem;
	u32 generation, steps;

	for (;;) {
		/* Pairs with the release in hash_unlink(). */
		generation = smp_load_acquire(&bucket->generation);
		steps = hash->map.max_entries;
		elem = rcu_dereference_check(bucket->first, 1);
		while (elem && !hash_elem_is(hash, elem, key_hash, key) && steps--)
			elem = rcu_dereference_check(elem->next, 1);
		/*
		 * Pairs with the barrier in hash_insert(): if a step or the
		 * comparison met an element that is in new use, its removal is
		 * seen here.
		 */
		smp_rmb();
		if (likely(READ_ONCE(bucket->generation) == generation))
			return elem;
		cpu_relax();
	}
}

static notrace void *hash_lookup(struct modbpf_map *map, const void *key)
{
	struct hash_map *hash = hash_of(map);
	struct hash_elem *elem = hash_find(hash, hash_key(hash, key), key);

	return elem ? hash_value(hash, elem) : NULL;
}

/* Not written again and again: other CPUs read it, too. */
static void mark_used(struct hash_map *hash, struct hash_elem *elem)
{
	u8 *mark = hash_mark(hash, elem);

	if (hash->mark_offset && !READ_ONCE(*mark))
		WRITE_ONCE(*mark, 1);
}

static notrace void *hash_lru_lookup(struct modbpf_map *map, const void *key)
{
	struct hash_map *hash = hash_of(map);
	struct hash_elem *elem = hash_find(hash, hash_key(hash, key), key);

	if (!elem)
		return NULL;
	mark_used(hash, elem);
	return hash_value(hash, elem);
}

/* The caller cannot migrate. */
static notrace void *hash_lookup_here(struct modbpf_map *map, const void *key)
{
	struct hash_map *hash = hash_of(map);
	struct hash_elem *elem = hash_find(hash, hash_key(hash, key), key);

	if (!elem)
		return NULL;
	mark_used(hash, elem);
	return raw_cpu_ptr(hash_percpu_values(hash, elem));
}

static notrace void *hash_lookup_percpu(struct modbpf_map *map, const void *key, u32 cpu)
{
	struct hash_map *hash = hash_of(map);
	struct hash_elem *elem = hash_find(hash, hash_key(hash, key), key);

	if (!elem)
		return NULL;
	mark_used(hash, elem);
	return percpu_value_of(hash_percpu_values(hash, elem), cpu);
}

/* < 0: @elem comes before the key, in its bucket. */
static int hash_elem_order(const struct hash_map *hash, const struct hash_elem *elem,
			   u32 key_hash, const void *key)
{
	if (elem->hash != key_hash)
		return elem->hash < key_hash ? -1 : 1;
	if (keys_are_equal(elem->key, key, hash->map.key_size))
		return 0;
	return memcmp(elem->key, key, hash->map.key_size);
}

/*
 * The link to the first element that does not come before the key; its bucket
 * is locked. *@same: that element is the key's.
 */
static struct hash_elem __rcu **hash_seek(struct hash_map *hash, struct hash_bucket *bucket,
					  u32 key_hash, const void *key, bool *same)
{
	struct hash_elem __rcu **link = &bucket->first;
	struct hash_elem *elem;
	int order = 1;

	for (;;) {
		elem = rcu_dereference_protected(*link, 1);
		if (elem)
			order = hash_elem_order(hash, elem, key_hash, key);
		if (!elem || order >= 0)
			break;
		link = &elem->next;
	}
	*same = elem && !order;
	return link;
}

/*
 * Does @elem, whose key nobody can change, belong at @link of its chain? In the
 * wrong chain it could never be found again; out of order or twice, iteration
 * would not end.
 */
static bool hash_fits(struct hash_map *hash, struct hash_elem __rcu **link,
		      const struct hash_elem *elem)
{
	struct hash_bucket *bucket = &hash->buckets[elem->hash & hash->mask];
	struct hash_elem *behind = rcu_dereference_protected(*link, 1);
	struct hash_elem *before;

	if (hash_key(hash, elem->key) != elem->hash)
		return false;
	if (behind && hash_elem_order(hash, behind, elem->hash, elem->key) <= 0)
		return false;
	if (link == &bucket->first)
		return true;
	before = container_of(link, struct hash_elem, next);
	return hash_elem_order(hash, before, elem->hash, elem->key) < 0;
}

/* Whose value does an update write? */
enum hash_write {
	WRITE_ONE,	/* the only one */
	WRITE_LOCKED,	/* the only one, under its lock */
	WRITE_HERE,	/* this CPU's; those of others are zero in a new element */
	WRITE_ALL,	/* that of each possible CPU */
};

static void write_here(struct hash_map *hash, void __percpu *values, const void *value,
		       bool is_new)
{
	u32 bytes = hash->map.value_size;
	int cpu;

	if (is_new)
		for_each_possible_cpu(cpu)
			if (cpu != raw_smp_processor_id())
				memset(per_cpu_ptr(values, cpu), 0, bytes);
	value_copy(raw_cpu_ptr(values), value, bytes);
}

/* Inside a section. */
static __always_inline void hash_write_value(struct hash_map *hash, struct hash_elem *elem,
					     const void *value, enum hash_write what, bool is_new)
{
	/*
	 * In a new element the lock stays as it is, too: whoever found it under another key
	 * may hold it.
	 */
	if (what == WRITE_ONE || what == WRITE_LOCKED)
		map_value_write(&hash->map, hash_value(hash, elem), value, what == WRITE_LOCKED);
	else if (what == WRITE_HERE)
		write_here(hash, hash_percpu_values(hash, elem), value, is_new);
	else
		percpu_value_set(hash_percpu_values(hash, elem), value, hash->map.value_size);
}

/* What the system calls see of it. */
static void hash_read_value(struct hash_map *hash, struct hash_elem *elem, void *value,
			    bool is_locked)
{
	if (hash->percpu.chunks)
		percpu_value_get(value, hash_percpu_values(hash, elem), hash->map.value_size);
	else
		map_value_read(&hash->map, value, hash_value(hash, elem), is_locked);
}

/*
 * Put the element of index *@slot - 1, which is in no chain (0: one of the reserve), in at
 * @link. *@slot is 0 then, or what is left to be given back. -E2BIG, -EBUSY.
 */
static __always_inline int hash_insert(struct hash_map *hash, struct hash_elem __rcu **link,
				       u32 key_hash, const void *key, const void *value,
				       enum hash_write what, u32 *slot)
{
	struct hash_elem *elem;
	int err;

	if (likely(!*slot)) {
		*slot = hash_reserve_take(hash, &err);
		if (unlikely(!*slot))
			return err ? : -E2BIG;
	}
	/*
	 * Whoever sees what is written to the element from here on sees the
	 * removal that freed it, too: it was before a lock that this CPU took since, or
	 * its own. Pairs with the barrier in hash_find().
	 */
	smp_mb__after_spinlock();
	elem = hash_elem_at(hash, *slot - 1);
	WRITE_ONCE(elem->hash, key_hash);
	value_copy(elem->key, key, hash->map.key_size);
	/* A key in shared memory may have changed since its place was looked for. */
	if (unlikely(!hash_fits(hash, link, elem)))
		return -EBUSY;
	hash_write_value(hash, elem, value, what, true);
	if (hash->mark_offset)
		WRITE_ONCE(*hash_mark(hash, elem), 0);
	/* Pairs with the acquire in hash_for_each(). */
	smp_store_release(&elem->slot, *slot);
	/* A reader that strayed may be on this element: its next step stays inside the map. */
	rcu_assign_pointer(elem->next, rcu_dereference_protected(*link, 1));
	rcu_assign_pointer(*link, elem);
	*slot = 0;
	return 0;
}

/* The bucket is locked. */
static __always_inline int hash_put_at(struct hash_map *hash, struct hash_bucket *bucket,
				       u32 key_hash, const void *key, const void *value,
				       u64 flags, enum hash_write what, u32 *slot)
{
	struct hash_elem __rcu **link;
	struct hash_elem *elem;
	bool same;

	link = hash_seek(hash, bucket, key_hash, key, &same);
	if (!same && flags == MODBPF_EXIST)
		return -ENOENT;
	if (!same)
		return hash_insert(hash, link, key_hash, key, value, what, slot);
	if (flags == MODBPF_NOEXIST)
		return -EEXIST;
	elem = rcu_dereference_protected(*link, 1);
	if (!map_timer_drop_nested(&hash->map, hash_value(hash, elem)))
		return -EBUSY;
	hash_write_value(hash, elem, value, what, false);
	mark_used(hash, elem);
	return 0;
}

static __always_inline long hash_put(struct modbpf_map *map, const void *key, const void *value,
				     u64 flags, enum hash_write what)
{
	struct hash_map *hash = hash_of(map);
	struct hash_bucket *bucket;
	unsigned long irq;
	u32 key_hash, slot = 0;
	bool once_more;
	long err;

	if (unlikely(map_flags_take_lock(map, &flags)))
		what = WRITE_LOCKED;
	if (unlikely(flags > MODBPF_EXIST))
		return -EINVAL;
	key_hash = hash_key(hash, key);
	bucket = &hash->buckets[key_hash & hash->mask];
	do {
		once_more = false;
		if (!map_lock(&bucket->lock, &irq)) {
			err = -EBUSY;
			break;
		}
		err = hash_put_at(hash, bucket, key_hash, key, value, flags, what, &slot);
		map_unlock(&bucket->lock, irq);
		if (unlikely(err == -E2BIG) && hash->mark_offset) {
			err = hash_reserve_evict(hash, &slot);
			once_more = !err;
		}
	} while (once_more);
	if (unlikely(slot))
		hash_reserve_give_back(hash, slot);
	return err;
}

static notrace long hash_update(struct modbpf_map *map, const void *key, const void *value,
				u64 flags)
{
	return hash_put(map, key, value, flags, WRITE_ONE);
}

/* The caller cannot migrate. */
static notrace long hash_update_here(struct modbpf_map *map, const void *key, const void *value,
				     u64 flags)
{
	return hash_put(map, key, value, flags, WRITE_HERE);
}

static int hash_update_all(const struct caller *caller, struct modbpf_map *map, const void *key,
			   const void *value, u64 flags)
{
	return hash_put(map, key, value, flags, WRITE_ALL);
}

/* The bucket is locked. */
static void hash_unlink(struct hash_bucket *bucket, struct hash_elem __rcu **link)
{
	struct hash_elem *elem = rcu_dereference_protected(*link, 1);

	/* The element's own link stays: a reader may stand on it. */
	rcu_assign_pointer(*link, rcu_dereference_protected(elem->next, 1));
	/*
	 * After the unlinking: who sees the new generation at the start of a
	 * walk does not come by this element. Pairs with the acquire in hash_find().
	 */
	smp_store_release(&bucket->generation, bucket->generation + 1);
}

/* The bucket is locked. @value, unless NULL, gets what the element held. 0 or -EBUSY. */
static int hash_remove(struct hash_map *hash, struct hash_bucket *bucket,
		       struct hash_elem __rcu **link, void *value)
{
	struct hash_elem *elem = rcu_dereference_protected(*link, 1);
	struct hash_share *share = hash_reserve_lock(hash, elem->slot);

	if (!share)
		return -EBUSY;
	if (!map_timer_drop_nested(&hash->map, hash_value(hash, elem))) {
		map_unlock_nest(&share->lock);
		return -EBUSY;
	}
	if (value)
		hash_read_value(hash, elem, value, true);
	hash_unlink(bucket, link);
	swap(elem->slot, share->first_free);
	map_unlock_nest(&share->lock);
	return 0;
}

notrace int hash_evict(struct hash_map *hash, u32 index)
{
	struct hash_elem *elem = hash_elem_at(hash, index);
	struct hash_bucket *bucket = &hash->buckets[READ_ONCE(elem->hash) & hash->mask];
	struct hash_elem __rcu **link = &bucket->first;
	struct hash_elem *other;
	unsigned long irq;
	int err = -ENOENT;

	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	/* Its hash may have been another one: it is here if it is in this chain. */
	while ((other = rcu_dereference_protected(*link, 1)) && other != elem)
		link = &other->next;
	if (other)
		err = map_timer_drop_nested(&hash->map, hash_value(hash, elem)) ? 0 : -EBUSY;
	if (!err) {
		hash_unlink(bucket, link);
		WRITE_ONCE(elem->slot, 0);
	}
	map_unlock(&bucket->lock, irq);
	return err;
}

/* @value, unless NULL, gets what the key had at the moment of its removal. */
static notrace long hash_take_out(struct hash_map *hash, const void *key, void *value)
{
	u32 key_hash = hash_key(hash, key);
	struct hash_bucket *bucket = &hash->buckets[key_hash & hash->mask];
	struct hash_elem __rcu **link;
	unsigned long irq;
	bool same;
	long err;

	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	link = hash_seek(hash, bucket, key_hash, key, &same);
	err = same ? hash_remove(hash, bucket, link, value) : -ENOENT;
	map_unlock(&bucket->lock, irq);
	return err;
}

static notrace long hash_delete(struct modbpf_map *map, const void *key)
{
	return hash_take_out(hash_of(map), key, NULL);
}

static int hash_sys_take(struct modbpf_map *map, const void *key, void *value)
{
	return hash_take_out(hash_of(map), key, value);
}

/*
 * Under the bucket's lock, so that the value is the key's and no update is half seen. It
 * does not count as a use: looking at a map must not change what it evicts.
 */
static int hash_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	bool is_locked = map_flags_take_lock(map, &flags);
	struct hash_map *hash = hash_of(map);
	u32 key_hash = hash_key(hash, key);
	struct hash_bucket *bucket = &hash->buckets[key_hash & hash->mask];
	struct hash_elem __rcu **link;
	unsigned long irq;
	bool same;

	if (flags)
		return -EINVAL;
	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	link = hash_seek(hash, bucket, key_hash, key, &same);
	if (same)
		hash_read_value(hash, rcu_dereference_protected(*link, 1), value, is_locked);
	map_unlock(&bucket->lock, irq);
	return same ? 0 : -ENOENT;
}

/*
 * The first key of a bucket (@key NULL), or the one that comes after @key. -ENOENT:
 * there is none in this bucket; -ESRCH: nor is @key itself.
 */
static int hash_next_in_bucket(struct hash_map *hash, struct hash_bucket *bucket, u32 key_hash,
			       const void *key, void *next)
{
	struct hash_elem *elem;
	unsigned long irq;
	bool same = true;

	if (!rcu_access_pointer(bucket->first))
		return key ? -ESRCH : -ENOENT;
	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	if (key) {
		struct hash_elem __rcu **link = hash_seek(hash, bucket, key_hash, key, &same);

		elem = rcu_dereference_protected(*link, 1);
		if (same)
			elem = rcu_dereference_protected(elem->next, 1);
	} else {
		elem = rcu_dereference_protected(bucket->first, 1);
	}
	if (elem && same)
		memcpy(next, elem->key, hash->map.key_size);
	map_unlock(&bucket->lock, irq);
	if (!same)
		return -ESRCH;
	return elem ? 0 : -ENOENT;
}

/* A key that is not there is followed by the first of all, as in bpf(2). */
static int hash_next_key(struct modbpf_map *map, const void *key, void *next)
{
	struct hash_map *hash = hash_of(map);
	u32 key_hash = key ? hash_key(hash, key) : 0, i = key_hash & hash->mask;
	int err;

	for (;; key = NULL) {
		err = hash_next_in_bucket(hash, &hash->buckets[i], key_hash, key, next);
		if (err == -ESRCH)
			i = 0;
		else if (err != -ENOENT || i == hash->mask)
			return err;
		else if (!(++i & 0xffff))
			map_let_others_run();
	}
}

/*
 * By place, not by chain: what @visit or others add and remove meanwhile may be seen
 * or not, and no element is visited twice. An element that is removed while it is
 * looked at stays memory of the map. The caller cannot migrate.
 */
static notrace long hash_for_each(struct modbpf_map *map, map_visit_fn visit, void *cookie)
{
	struct hash_map *hash = hash_of(map);
	long visited = 0;
	void *value;
	u32 i;

	for (i = 0; i < map->max_entries; i++) {
		struct hash_elem *elem = hash_elem_at(hash, i);

		/* Pairs with the release in hash_insert(). */
		if (smp_load_acquire(&elem->slot) != i + 1)
			continue;
		visited++;
		value = hash->percpu.chunks ? raw_cpu_ptr(hash_percpu_values(hash, elem)) :
			hash_value(hash, elem);
		if (visit(cookie, map, elem->key, value))
			break;
	}
	return visited;
}

/* The bucket is locked, and holds @cnt elements. */
static int hash_copy_bucket(struct hash_map *hash, struct hash_bucket *bucket, u8 *keys,
			    u8 *values, u32 cnt, u32 how)
{
	size_t value_size = map_sys_value_size(&hash->map), i;
	struct hash_elem __rcu **link = &bucket->first;
	int err = 0;

	for (i = 0; !err && i < cnt; i++) {
		struct hash_elem *elem = rcu_dereference_protected(*link, 1);

		memcpy(keys + i * hash->map.key_size, elem->key, hash->map.key_size);
		hash_read_value(hash, elem, values + i * value_size, how & MAP_READ_LOCKED);
		if (how & MAP_READ_TAKE)
			err = hash_remove(hash, bucket, link, NULL);
		else
			link = &elem->next;
	}
	return err;
}

/* Process context: no section is open on this CPU, so all locks can be waited for. */
static int hash_read_bucket(struct modbpf_map *map, u32 nr, void *keys, void *values, u32 room,
			    u32 *cnt, u32 how)
{
	struct hash_map *hash = hash_of(map);
	struct hash_bucket *bucket = &hash->buckets[nr & hash->mask];
	struct hash_elem *elem;
	unsigned long irq;
	int err;

	*cnt = 0;
	if (nr > hash->mask)
		return -ENOENT;
	if (!rcu_access_pointer(bucket->first))
		return 0;
	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	for (elem = rcu_dereference_protected(bucket->first, 1); elem;
	     elem = rcu_dereference_protected(elem->next, 1))
		++*cnt;
	err = *cnt > room ? -ENOSPC :
	      hash_copy_bucket(hash, bucket, keys, values, *cnt, how);
	map_unlock(&bucket->lock, irq);
	return err;
}

static u32 hash_bucket_cnt(const struct modbpf_map *map)
{
	return container_of(map, struct hash_map, map)->mask + 1;
}

#define HASH_OPS \
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE | MAP_BATCH_DELETE | MAP_BATCH_TAKE, \
	.read_bucket = hash_read_bucket, \
	.bucket_cnt = hash_bucket_cnt, \
	.create = hash_create, \
	.destroy = hash_destroy, \
	.delete = hash_delete, \
	.for_each = hash_for_each, \
	.sys_lookup = hash_sys_lookup, \
	.sys_take = hash_sys_take, \
	.next_key = hash_next_key

#define PERCPU_HASH_OPS \
	HASH_OPS, \
	.lookup = hash_lookup_here, \
	.lookup_percpu = hash_lookup_percpu, \
	.update = hash_update_here, \
	.sys_update = hash_update_all, \
	.sys_value_size = percpu_sys_value_size

const struct map_ops map_hash_ops = {
	.type = MODBPF_MAP_HASH,
	.name = "hash",
	.lookup = hash_lookup,
	.elem_at = hash_elem_value_at,
	.update = hash_update,
	HASH_OPS,
};

const struct map_ops map_percpu_hash_ops = {
	.type = MODBPF_MAP_PERCPU_HASH,
	.name = "percpu_hash",
	PERCPU_HASH_OPS,
};

const struct map_ops map_lru_hash_ops = {
	.type = MODBPF_MAP_LRU_HASH,
	.name = "lru_hash",
	.lookup = hash_lru_lookup,
	.elem_at = hash_elem_value_at,
	.update = hash_update,
	HASH_OPS,
};

const struct map_ops map_lru_percpu_hash_ops = {
	.type = MODBPF_MAP_LRU_PERCPU_HASH,
	.name = "lru_percpu_hash",
	PERCPU_HASH_OPS,
};
