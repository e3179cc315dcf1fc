// SPDX-License-Identifier: GPL-2.0-only
/*
 * BLOOM_FILTER: was this value put in? "No" is certain, "yes" is likely.
 *
 * A value is a few bits of a field, each chosen by a hash of it. Bits are only ever
 * set, one atomically, so there is no lock and every context may do everything. A
 * field that is half full when max_entries values are in has the fewest wrong
 * answers for its size: n values with k hashes need n * k / ln 2 bits, and 7/5 is
 * near enough to 1 / ln 2 (Bloom, "Space/time trade-offs in hash coding", 1970).
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/types.h"

#define DEFAULT_HASHES 5
#define MAX_BITS (1ULL << 32)	/* what a hash of 32 bits can tell apart */

struct bloom_map {
	struct modbpf_map map;
	unsigned long *bits;
	u32 mask;		/* number of bits - 1 */
	u32 hash_cnt;		/* 1 to 15 */
	u32 seed;
};

static struct bloom_map *bloom_of(struct modbpf_map *map)
{
	return container_of(map, struct bloom_map, map);
}

/* A power of two from BITS_PER_LONG to MAX_BITS. */
static u64 bit_cnt_of(u32 max_entries, u32 hash_cnt)
{
	u64 bits = div_u64((u64)max_entries * hash_cnt * 7, 5);

	if (bits > MAX_BITS / 2)
		return MAX_BITS;
	return roundup_pow_of_two(max_t(u64, bits, BITS_PER_LONG));
}

static struct modbpf_map *bloom_create(const struct map_attr *params)
{
	struct bloom_map *bloom;
	u64 bit_cnt;

	bloom = kzalloc(sizeof(*bloom), GFP_KERNEL_ACCOUNT);
	if (!bloom)
		return ERR_PTR(-ENOMEM);
	bloom->hash_cnt = params->extra ? : DEFAULT_HASHES;
	bit_cnt = bit_cnt_of(params->max_entries, bloom->hash_cnt);
	bloom->mask = bit_cnt - 1;
	if (!(params->flags & MODBPF_F_ZERO_SEED))
		get_random_bytes(&bloom->seed, sizeof(bloom->seed));
	bloom->bits = map_area_alloc(bit_cnt / 8, params->numa_node);
	if (!bloom->bits) {
		kfree(bloom);
		return ERR_PTR(-ENOMEM);
	}
	bloom->map.memory = sizeof(*bloom) + bit_cnt / 8;
	return &bloom->map;
}

static void bloom_destroy(struct modbpf_map *map)
{
	struct bloom_map *bloom = bloom_of(map);

	map_area_free(bloom->bits);
	kfree(bloom);
}

static u32 bloom_bit(const struct bloom_map *bloom, const void *value, u32 hash)
{
	u32 bytes = bloom->map.value_size;

	if (!(bytes & 3))
		return jhash2(value, bytes / 4, bloom->seed + hash) & bloom->mask;
	return jhash(value, bytes, bloom->seed + hash) & bloom->mask;
}

static notrace long bloom_push(struct modbpf_map *map, const void *value, u64 flags)
{
	struct bloom_map *bloom = bloom_of(map);
	u32 i;

	if (flags != MODBPF_ANY)
		return -EINVAL;
	for (i = 0; i < bloom->hash_cnt; i++)
		set_bit(bloom_bit(bloom, value, i), bloom->bits);
	return 0;
}

/* @value is asked for, and stays as it is. */
static notrace long bloom_peek(struct modbpf_map *map, void *value)
{
	struct bloom_map *bloom = bloom_of(map);
	u32 i;

	for (i = 0; i < bloom->hash_cnt; i++)
		if (!test_bit(bloom_bit(bloom, value, i), bloom->bits))
			return -ENOENT;
	return 0;
}

static long bloom_delete(struct modbpf_map *map, const void *key)
{
	return -EOPNOTSUPP;
}

static int bloom_next_key(struct modbpf_map *map, const void *key, void *next)
{
	return -EOPNOTSUPP;
}

const struct map_ops map_bloom_filter_ops = {
	.type = MODBPF_MAP_BLOOM_FILTER,
	.name = "bloom_filter",
	.create = bloom_create,
	.destroy = bloom_destroy,
	.push = bloom_push,
	.peek = bloom_peek,
	.delete = bloom_delete,
	.next_key = bloom_next_key,
};
