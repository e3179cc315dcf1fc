/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table behind all hashes: HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH.
 *
 * hash.c: what is in it, and how it changes. hash_reserve.c: elements that are not,
 * and which one goes when there is none.
 */
#ifndef MODBPF_MODULE_MAP_HASH_H
#define MODBPF_MODULE_MAP_HASH_H

#include <linux/spinlock.h>

#include "module/map.h"
#include "module/map/hash_key.h"
#include "module/map/percpu_area.h"

struct hash_elem {
	struct hash_elem __rcu *next;	/* in the chain */
	u32 hash;
	u32 slot;	/* in the map: its own index + 1; free: that of the next free one, or 0 */
	/* Then the value, at a multiple of 8: its bytes, or the address of those of all CPUs. */
	u8 key[] __aligned(8);
};

struct hash_bucket {
	struct hash_elem __rcu *first;
	raw_spinlock_t lock;		/* the chain, and generation */
	u32 generation;			/* removals; see hash_find() */
};

/* Elements that are kept together: all of them, or one CPU's part. */
struct hash_share {
	raw_spinlock_t lock;	/* first_free, slot of free elements; inside a bucket's lock */
	u32 first_free;		/* index + 1; 0: none here */
	u32 given_back;		/* as first_free; put there without the lock */
	u32 begin, cnt;		/* indices */
	atomic_t hand;		/* where the search for one to evict goes on */
} ____cacheline_aligned_in_smp;

struct hash_map {
	struct modbpf_map map;
	struct hash_bucket *buckets;
	struct hash_secret secret;
	u8 *elems;
	u64 elem_size;
	u32 mask;		/* buckets - 1 */
	u32 value_offset;	/* from hash_elem.key */
	u32 mark_offset;	/* from hash_elem.key to the byte that says "used lately"; 0: no LRU */
	struct percpu_area percpu;	/* of a per-CPU hash: the values */
	struct hash_share *shares;
	u32 share_cnt;
	u32 share_size;		/* elements of each */
};

static inline struct hash_map *hash_of(struct modbpf_map *map)
{
	return container_of(map, struct hash_map, map);
}

static inline struct hash_elem *hash_elem_at(const struct hash_map *hash, u32 index)
{
	return (struct hash_elem *)(hash->elems + index * hash->elem_size);
}

static inline void *hash_value(const struct hash_map *hash, struct hash_elem *elem)
{
	return elem->key + hash->value_offset;
}

/* Of a per-CPU hash. An element has the same values for ever. */
static inline void __percpu *hash_percpu_values(const struct hash_map *hash, struct hash_elem *elem)
{
	return *(void __percpu **)hash_value(hash, elem);
}

static inline u8 *hash_mark(const struct hash_map *hash, struct hash_elem *elem)
{
	return elem->key + hash->mark_offset;
}

/*
 * Take the element of @index out of the map, if it is in. 0: its slot is 0, and it is
 * the caller's. -ENOENT, -EBUSY. Any context, outside of a section.
 */
int hash_evict(struct hash_map *hash, u32 index);

/* --- hash_reserve.c ---------------------------------------------------------- */

/* All elements, free; what they take is added to map.memory. 0 or -ENOMEM. */
int hash_reserve_create(struct hash_map *hash, const struct map_attr *params);
void hash_reserve_destroy(struct hash_map *hash);

/*
 * A free element's index + 1 for this CPU, 0: there is none. -EBUSY in *@err, else 0.
 * Inside a section.
 */
u32 hash_reserve_take(struct hash_map *hash, int *err);
/* The share of an element that is about to be free: inside a section, its lock is held. */
struct hash_share *hash_reserve_lock(struct hash_map *hash, u32 slot);
/* Free the element of index @slot - 1, which is in no chain. Any context, never fails. */
void hash_reserve_give_back(struct hash_map *hash, u32 slot);
/*
 * LRU: drive one out for this CPU; *@slot is its index + 1. 0, -EBUSY, -ENOMEM: all
 * are in others' hands. Any context, outside of a section.
 */
int hash_reserve_evict(struct hash_map *hash, u32 *slot);

/* map_ops.elem_at. */
void *hash_elem_value_at(struct modbpf_map *map, u32 index, const void **key);

#endif
