// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where does a hash's next element come from? All are allocated with the map. What
 * is not in the map is in a share's list of free ones, or in the hands of one who
 * evicted it and has not put it in yet; nothing else becomes of an element.
 *
 * LRU hashes evict by a clock (Corbató, "A paging experiment with the Multics
 * system", 1968): a hand goes round over the elements; one that was looked up since
 * it last came by is passed over once. At most MAX_PROBES elements are looked at,
 * and the last few are not spared, so that marking all elements holds nobody up.
 *
 * With F_NO_COMMON_LRU each CPU inserts into and evicts from a part of its own; an
 * element always belongs to the same part.
 */
#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "module/map/area.h"
#include "module/map/hash.h"
#include "module/map/lock.h"
#include "module/map/value.h"

#define MAX_PROBES 128
#define SPARING_PROBES 112

/* What is charged for before it is allocated must not be more than is allocated. */
static_assert(MAP_ATTR_HASH_ENTRY_BYTES <= sizeof(struct hash_elem));
static_assert(MAP_ATTR_HASH_BUCKET_BYTES <= sizeof(struct hash_bucket));
static_assert(MAP_ATTR_ADDRESS_BYTES <= sizeof(void __percpu *));

static bool has_percpu_values(u32 type)
{
	return type == MODBPF_MAP_PERCPU_HASH || type == MODBPF_MAP_LRU_PERCPU_HASH;
}

static bool is_lru(u32 type)
{
	return type == MODBPF_MAP_LRU_HASH || type == MODBPF_MAP_LRU_PERCPU_HASH;
}

static int alloc_shares(struct hash_map *hash, u32 elem_cnt)
{
	u64 bytes = (u64)hash->share_cnt * sizeof(*hash->shares);
	u32 i;

	hash->shares = map_area_alloc(bytes, NUMA_NO_NODE);
	if (!hash->shares)
		return -ENOMEM;
	hash->map.memory += bytes;
	for (i = 0; i < hash->share_cnt; i++) {
		struct hash_share *share = &hash->shares[i];

		raw_spin_lock_init(&share->lock);
		share->begin = i * hash->share_size;
		share->cnt = hash->share_size;
		share->first_free = share->begin + 1;
		atomic_set(&share->hand, -1);
	}
	return 0;
}

static int alloc_elems(struct hash_map *hash, const struct map_attr *params, u32 cnt)
{
	bool is_percpu = has_percpu_values(params->type);
	u32 value_bytes = is_percpu ? sizeof(void __percpu *) : value_stride(params->value_size);
	u64 bytes;

	hash->value_offset = round_up(params->key_size, 8);
	hash->elem_size = sizeof(struct hash_elem) + hash->value_offset + value_bytes;
	if (is_lru(params->type)) {
		hash->mark_offset = hash->value_offset + value_bytes;
		hash->elem_size += MAP_ATTR_HASH_MARK_BYTES;
	}
	bytes = hash->elem_size * cnt;
	hash->elems = map_area_alloc(bytes, params->numa_node);
	if (!hash->elems)
		return -ENOMEM;
	hash->map.memory += bytes;
	return is_percpu ? percpu_area_alloc(&hash->percpu, cnt, params->value_size,
					     &hash->map.memory) : 0;
}

/* The first element of a share is the first to be used. */
static void free_all(struct hash_map *hash, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt; i++) {
		struct hash_elem *elem = hash_elem_at(hash, i);
		bool is_last = (i + 1) % hash->share_size == 0;

		elem->slot = is_last ? 0 : i + 2;
		if (hash->percpu.chunks)
			*(void __percpu **)hash_value(hash, elem) = percpu_area_at(&hash->percpu, i);
		if (!(i & 0xffff))
			cond_resched();
	}
}

int hash_reserve_create(struct hash_map *hash, const struct map_attr *params)
{
	u32 cnt = params->max_entries;
	int err;

	hash->share_cnt = params->flags & MODBPF_F_NO_COMMON_LRU ? num_possible_cpus() : 1;
	/* Every CPU has as many, and at least one: max_entries is rounded up, as in bpf(2). */
	hash->share_size = DIV_ROUND_UP(cnt, hash->share_cnt);
	cnt = hash->share_size * hash->share_cnt;
	hash->map.max_entries = cnt;
	err = alloc_shares(hash, cnt);
	if (!err)
		err = alloc_elems(hash, params, cnt);
	if (!err)
		free_all(hash, cnt);
	return err;
}

void hash_reserve_destroy(struct hash_map *hash)
{
	percpu_area_free(&hash->percpu);
	map_area_free(hash->elems);
	map_area_free(hash->shares);
}

/* Another CPU's may serve as well, if the caller migrates meanwhile. */
static struct hash_share *this_share(const struct hash_map *hash)
{
	return &hash->shares[hash->share_cnt == 1 ? 0 : raw_smp_processor_id() % hash->share_cnt];
}

static struct hash_share *share_of(const struct hash_map *hash, u32 slot)
{
	return &hash->shares[hash->share_cnt == 1 ? 0 : (slot - 1) / hash->share_size];
}

notrace u32 hash_reserve_take(struct hash_map *hash, int *err)
{
	struct hash_share *share = this_share(hash);
	u32 slot;

	*err = 0;
	if (!map_lock_nest(&share->lock)) {
		*err = -EBUSY;
		return 0;
	}
	slot = share->first_free;
	if (unlikely(!slot) && READ_ONCE(share->given_back))
		slot = xchg(&share->given_back, 0);
	if (slot)
		share->first_free = hash_elem_at(hash, slot - 1)->slot;
	map_unlock_nest(&share->lock);
	return slot;
}

notrace struct hash_share *hash_reserve_lock(struct hash_map *hash, u32 slot)
{
	struct hash_share *share = share_of(hash, slot);

	return map_lock_nest(&share->lock) ? share : NULL;
}

/*
 * Without the lock, which cannot be waited for everywhere. Whoever takes from this list
 * takes all of it, so an element cannot leave it and come back while another is pushed.
 */
notrace void hash_reserve_give_back(struct hash_map *hash, u32 slot)
{
	struct hash_share *share = share_of(hash, slot);
	struct hash_elem *elem = hash_elem_at(hash, slot - 1);
	u32 first;

	do {
		first = READ_ONCE(share->given_back);
		WRITE_ONCE(elem->slot, first);
	} while (cmpxchg(&share->given_back, first, slot) != first);
}

notrace int hash_reserve_evict(struct hash_map *hash, u32 *slot)
{
	struct hash_share *share = this_share(hash);
	int result = -ENOMEM, err;
	u32 probe, index;

	for (probe = 0; probe < MAX_PROBES; probe++) {
		struct hash_elem *elem;
		u8 *mark;

		index = share->begin + (u32)atomic_inc_return(&share->hand) % share->cnt;
		elem = hash_elem_at(hash, index);
		if (READ_ONCE(elem->slot) != index + 1)
			continue;
		mark = hash_mark(hash, elem);
		if (READ_ONCE(*mark) && probe < SPARING_PROBES) {
			WRITE_ONCE(*mark, 0);
			continue;
		}
		err = hash_evict(hash, index);
		if (!err) {
			*slot = index + 1;
			return 0;
		}
		if (err == -EBUSY)
			result = err;
	}
	return result;
}

notrace void *hash_elem_value_at(struct modbpf_map *map, u32 index, const void **key)
{
	struct hash_elem *elem = hash_elem_at(hash_of(map), index);

	*key = elem->key;
	return hash_value(hash_of(map), elem);
}
