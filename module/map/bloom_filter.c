// SPDX-License-Identifier: GPL-2.0-only
/*
 * BLOOM_FILTER: was this value put in? "No" is certain, "yes" is likely.
 *
 * A value is a few bits of a field, each chosen by a hash of it. Bits are only ever
 * set, one atomically, so there is no lock and every context may do everything. How
 * many bits there are is map_attr.c's to say.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/types.h"

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

static_assert(BITS_PER_LONG == 64);	/* the fewest bits */

static struct modbpf_map *bloom_create(const struct map_attr *params)
{
	struct bloom_map *bloom;
	u64 bit_cnt;

	bloom = kzalloc(sizeof(*bloom), GFP_KERNEL_ACCOUNT);
	if (!bloom)
		return ERR_PTR(-ENOMEM);
	bloom->hash_cnt = map_attr_bloom_hashes(params);
	bit_cnt = map_attr_bloom_bits(params);
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
