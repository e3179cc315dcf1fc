// SPDX-License-Identifier: GPL-2.0-only
/*
 * HASH: values by key, at most max_entries of them, in any context.
 *
 * All elements are allocated with the map, so nothing is allocated later.
 * Elements live in chains, one per bucket; changes happen under the bucket's
 * lock, look-ups take no lock. A removed element is free for the next insertion
 * at once, of any key: a look-up that walks a chain can find itself in another
 * one. It notices by the bucket's generation, which counts removals: nothing
 * that has been read counts unless the generation is still what it was when
 * the walk began. So a look-up never gives another key's value and never misses
 * a key that was there all the time.
 *
 * What a program got from a look-up stays memory of this map as long as the
 * program runs, but after a deletion it may become the value of another key; as
 * in Linux's preallocated hash. An update of a key that is there writes the
 * value in place, word by word, so that its address stays good.
 *
 * A chain is sorted by hash and key. With the buckets in their order that is a
 * total order of all possible keys, by which iteration goes on after a key that
 * is no longer there, visits nothing twice, and ends.
 *
 * F_NO_PREALLOC is taken and means nothing here: memory must not be allocated
 * while a program runs, and a reserve that is refilled could run dry.
 */
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/lock.h"
#include "module/map/types.h"
#include "module/map/value.h"

struct hash_elem {
	struct hash_elem __rcu *next;	/* in the chain */
	u32 hash;
	u32 slot;			/* in use: its own index + 1; free: that of the next free one, or 0 */
	u8 key[] __aligned(8);		/* then the value, at a multiple of 8 */
};

struct hash_bucket {
	struct hash_elem __rcu *first;
	raw_spinlock_t lock;		/* the chain, and generation */
	u32 generation;			/* removals; see hash_find() */
};

struct hash_map {
	struct modbpf_map map;
	struct hash_bucket *buckets;
	u8 *elems;
	u64 elem_size;
	u32 mask;			/* buckets - 1 */
	u32 seed;
	u32 value_offset;		/* from hash_elem.key */
	raw_spinlock_t free_lock;	/* first_free, slot of free elements; inside a bucket's lock */
	u32 first_free;			/* index + 1; 0: the map is full */
};

static struct hash_map *hash_of(struct modbpf_map *map)
{
	return container_of(map, struct hash_map, map);
}

static struct hash_elem *hash_elem_at(struct hash_map *hash, u32 index)
{
	return (struct hash_elem *)(hash->elems + index * hash->elem_size);
}

static int hash_alloc(struct hash_map *hash, const struct map_attr *params)
{
	u32 bucket_cnt = roundup_pow_of_two(params->max_entries), i;
	u64 bucket_bytes = (u64)bucket_cnt * sizeof(*hash->buckets);
	u64 elem_bytes = hash->elem_size * params->max_entries;

	hash->buckets = map_area_alloc(bucket_bytes, params->numa_node);
	if (!hash->buckets)
		return -ENOMEM;
	hash->elems = map_area_alloc(elem_bytes, params->numa_node);
	if (!hash->elems)
		return -ENOMEM;
	hash->mask = bucket_cnt - 1;
	hash->map.memory = sizeof(*hash) + bucket_bytes + elem_bytes;
	for (i = 0; i < bucket_cnt; i++) {
		raw_spin_lock_init(&hash->buckets[i].lock);
		if (!(i & 0xffff))
			cond_resched();
	}
	/* The first element is the first to be used. */
	for (i = 0; i < params->max_entries; i++) {
		hash_elem_at(hash, i)->slot = i + 1 < params->max_entries ? i + 2 : 0;
		if (!(i & 0xffff))
			cond_resched();
	}
	hash->first_free = 1;
	return 0;
}

static void hash_free(struct hash_map *hash)
{
	map_area_free(hash->elems);
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
	raw_spin_lock_init(&hash->free_lock);
	hash->value_offset = round_up(params->key_size, 8);
	hash->elem_size = sizeof(struct hash_elem) + hash->value_offset +
			  value_stride(params->value_size);
	if (!(params->flags & MODBPF_F_ZERO_SEED))
		get_random_bytes(&hash->seed, sizeof(hash->seed));
	err = hash_alloc(hash, params);
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

static u32 hash_key(const struct hash_map *hash, const void *key)
{
	u32 bytes = hash->map.key_size;

	if (!(bytes & 3))
		return jhash2(key, bytes / 4, hash->seed);
	return jhash(key, bytes, hash->seed);
}

static void *hash_value(const struct hash_map *hash, struct hash_elem *elem)
{
	return elem->key + hash->value_offset;
}

static bool hash_elem_is(const struct hash_map *hash, const struct hash_elem *elem,
			 u32 key_hash, const void *key)
{
	return READ_ONCE(elem->hash) == key_hash && !memcmp(elem->key, key, hash->map.key_size);
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
		/* Pairs with the release in hash_delete(). */
		generation = smp_load_acquire(&bucket->generation);
		steps = hash->map.max_entries;
		elem = rcu_dereference_check(bucket->first, 1);
		while (elem && !hash_elem_is(hash, elem, key_hash, key) && steps--)
			elem = rcu_dereference_check(elem->next, 1);
		/*
		 * Pairs with the barrier in hash_take_free(): if a step or the
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

/* < 0: @elem comes before the key, in its bucket. */
static int hash_elem_order(const struct hash_map *hash, const struct hash_elem *elem,
			   u32 key_hash, const void *key)
{
	if (elem->hash != key_hash)
		return elem->hash < key_hash ? -1 : 1;
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

/*
 * A free element that holds the key, to be put in at @link, not in a chain yet.
 * Inside a section. ERR_PTR(-E2BIG: the map is full, -EBUSY).
 */
static struct hash_elem *hash_take_free(struct hash_map *hash, struct hash_elem __rcu **link,
					u32 key_hash, const void *key)
{
	struct hash_elem *elem = ERR_PTR(-E2BIG);
	u32 slot;

	if (!map_lock_nest(&hash->free_lock))
		return ERR_PTR(-EBUSY);
	slot = hash->first_free;
	if (!slot)
		goto unlock;
	/*
	 * Whoever sees what is written to the element from here on sees the
	 * removal that freed it, too. Pairs with the barrier in hash_find().
	 */
	smp_mb__after_spinlock();
	elem = hash_elem_at(hash, slot - 1);
	WRITE_ONCE(elem->hash, key_hash);
	value_copy(elem->key, key, hash->map.key_size);
	/* A key in shared memory may have changed since its place was looked for. */
	if (unlikely(!hash_fits(hash, link, elem))) {
		elem = ERR_PTR(-EBUSY);
		goto unlock;
	}
	hash->first_free = elem->slot;
	elem->slot = slot;
unlock:
	map_unlock_nest(&hash->free_lock);
	return elem;
}

static int hash_insert(struct hash_map *hash, struct hash_elem __rcu **link, u32 key_hash,
		       const void *key, const void *value)
{
	struct hash_elem *elem = hash_take_free(hash, link, key_hash, key);

	if (IS_ERR(elem))
		return PTR_ERR(elem);
	value_copy(hash_value(hash, elem), value, hash->map.value_size);
	/* A reader that strayed may be on this element: its next step stays inside the map. */
	rcu_assign_pointer(elem->next, rcu_dereference_protected(*link, 1));
	rcu_assign_pointer(*link, elem);
	return 0;
}

static notrace long hash_update(struct modbpf_map *map, const void *key, const void *value,
				u64 flags)
{
	struct hash_map *hash = hash_of(map);
	struct hash_elem __rcu **link;
	struct hash_bucket *bucket;
	unsigned long irq;
	long err = 0;
	u32 key_hash;
	bool same;

	if (unlikely(flags > MODBPF_EXIST))
		return -EINVAL;
	key_hash = hash_key(hash, key);
	bucket = &hash->buckets[key_hash & hash->mask];
	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	link = hash_seek(hash, bucket, key_hash, key, &same);
	if (same && flags == MODBPF_NOEXIST)
		err = -EEXIST;
	else if (same)
		value_copy(hash_value(hash, rcu_dereference_protected(*link, 1)), value,
			   map->value_size);
	else if (flags == MODBPF_EXIST)
		err = -ENOENT;
	else
		err = hash_insert(hash, link, key_hash, key, value);
	map_unlock(&bucket->lock, irq);
	return err;
}

/* Both locks are held. */
static void hash_remove(struct hash_map *hash, struct hash_bucket *bucket,
			struct hash_elem __rcu **link)
{
	struct hash_elem *elem = rcu_dereference_protected(*link, 1);

	/* The element's own link stays: a reader may stand on it. */
	rcu_assign_pointer(*link, rcu_dereference_protected(elem->next, 1));
	/*
	 * After the unlinking: who sees the new generation at the start of a
	 * walk does not come by this element. Pairs with the acquire in hash_find().
	 */
	smp_store_release(&bucket->generation, bucket->generation + 1);
	swap(elem->slot, hash->first_free);
}

/* @value, unless NULL, gets what the key had at the moment of its removal. */
static notrace long hash_take_out(struct hash_map *hash, const void *key, void *value)
{
	u32 key_hash = hash_key(hash, key);
	struct hash_bucket *bucket = &hash->buckets[key_hash & hash->mask];
	struct hash_elem __rcu **link;
	unsigned long irq;
	long err = 0;
	bool same;

	if (!map_lock(&bucket->lock, &irq))
		return -EBUSY;
	link = hash_seek(hash, bucket, key_hash, key, &same);
	if (!same) {
		err = -ENOENT;
	} else if (!map_lock_nest(&hash->free_lock)) {
		err = -EBUSY;
	} else {
		if (value)
			value_copy(value, hash_value(hash, rcu_dereference_protected(*link, 1)),
				   hash->map.value_size);
		hash_remove(hash, bucket, link);
		map_unlock_nest(&hash->free_lock);
	}
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

/* Under the bucket's lock, so that the value is the key's and no update is half seen. */
static int hash_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
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
		value_copy(value, hash_value(hash, rcu_dereference_protected(*link, 1)),
			   map->value_size);
	map_unlock(&bucket->lock, irq);
	return same ? 0 : -ENOENT;
}

/* The first key of @bucket that comes after @key (NULL: the first). */
static int hash_next_in_bucket(struct hash_map *hash, struct hash_bucket *bucket, u32 key_hash,
			       const void *key, void *next)
{
	struct hash_elem *elem;
	unsigned long irq;
	bool same;

	if (!rcu_access_pointer(bucket->first))
		return -ENOENT;
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
	if (elem)
		memcpy(next, elem->key, hash->map.key_size);
	map_unlock(&bucket->lock, irq);
	return elem ? 0 : -ENOENT;
}

static int hash_next_key(struct modbpf_map *map, const void *key, void *next)
{
	struct hash_map *hash = hash_of(map);
	u32 key_hash = key ? hash_key(hash, key) : 0, i;
	int err;

	for (i = key_hash & hash->mask;; i++) {
		err = hash_next_in_bucket(hash, &hash->buckets[i], key_hash, key, next);
		if (err != -ENOENT || i == hash->mask)
			return err;
		key = NULL;
	}
}

/*
 * By place, not by chain: what @visit or others add and remove meanwhile may be seen
 * or not, and no element is visited twice. An element that is removed while it is
 * looked at stays memory of the map.
 */
static notrace long hash_for_each(struct modbpf_map *map, map_visit_fn visit, void *cookie)
{
	struct hash_map *hash = hash_of(map);
	long visited = 0;
	u32 i;

	for (i = 0; i < map->max_entries; i++) {
		struct hash_elem *elem = hash_elem_at(hash, i);

		if (READ_ONCE(elem->slot) != i + 1)
			continue;
		visited++;
		if (visit(cookie, map, elem->key, hash_value(hash, elem)))
			break;
	}
	return visited;
}

const struct map_ops hash_map_ops = {
	.type = MODBPF_MAP_HASH,
	.name = "hash",
	.create = hash_create,
	.destroy = hash_destroy,
	.lookup = hash_lookup,
	.update = hash_update,
	.delete = hash_delete,
	.for_each = hash_for_each,
	.sys_lookup = hash_sys_lookup,
	.sys_take = hash_sys_take,
	.next_key = hash_next_key,
};
