// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which attributes may a map of each type have? One row per type that is supported. */
#include "verifier/map_attr.h"

#include "isa/btf/layout.h"

#define FD_ACCESS (MODBPF_F_RDONLY | MODBPF_F_WRONLY)
#define PROG_ACCESS (MODBPF_F_RDONLY_PROG | MODBPF_F_WRONLY_PROG)
#define ACCESS (FD_ACCESS | PROG_ACCESS)
#define NODE MODBPF_F_NUMA_NODE
#define HASH_FLAGS (ACCESS | NODE | MODBPF_F_NO_PREALLOC | MODBPF_F_ZERO_SEED)
#define LRU_FLAGS (HASH_FLAGS | MODBPF_F_NO_COMMON_LRU)
#define FD_ARRAY_FLAGS (FD_ACCESS | NODE)

#define BLOOM_EXTRA 0xf		/* how many hash functions */
#define BLOOM_HASHES 5u		/* if it is not said */
#define BLOOM_MIN_BITS 64u
#define BLOOM_MAX_BITS (1ull << 32)	/* what a hash of 32 bits can tell apart */

#define MAX_INT 0x7fffffffu
#define MAX_UINT 0xffffffffu
#define PAGE_BYTES 4096u
#define STACK_DEPTH_MAX 127u	/* Linux's default of kernel.perf_event_max_stack */
/* What one allocation holds beside a key and a value. */
#define ELEMENT_BYTES 512u
#define LPM_KEY_MIN 5u		/* the length of the prefix, and a byte of it */
#define LPM_KEY_MAX (4u + 256u)

/* What a type asks beyond its sizes. */
enum {
	ASKS_PAIR = 1 << 0,	/* key and value fit in one allocation; 2^31 entries */
	ASKS_RING = 1 << 1,	/* max_entries is a number of bytes: whole pages, a power of two */
	ASKS_BUCKETS = 1 << 2,	/* max_entries is rounded up to a power of two in 32 bits */
	ASKS_PREALLOC = 1 << 3,	/* F_NO_PREALLOC is known, and refused */
	ASKS_MAPS = 1 << 5,	/* its values are maps */
	ASKS_WORDS = 1 << 4,	/* a value is addresses, 8 bytes each */
	ASKS_LATER = 1 << 6,	/* elements take memory when they come */
	ASKS_BITS = 1 << 7,	/* elements have no memory of their own, but share bits */
};

/* How maps of a type stand in a map of maps. */
enum {
	INSIDE_ALL,		/* with any number of entries */
	INSIDE_OF_ONE_SIZE,	/* with as many as the first, but for F_INNER_MAP */
	INSIDE_NO_MAP,		/* not: maps of maps do not nest */
	INSIDE_NOTHING,		/* not: who uses it must be known when a program is loaded */
};

struct map_attr_row {
	u32 flags;		/* allowed */
	u32 needs;		/* flags that must be there */
	u32 extra;		/* bits that map_extra may have */
	u32 key_min, key_max;	/* bytes */
	u32 value_min, value_max;
	s16 too_large;		/* of a value above value_max */
	u8 asks;		/* ASKS_* */
	u32 per_cpu_flags;	/* with any of these, it is */
	u8 inside;		/* INSIDE_* */
	u8 entry_bytes;		/* at least, of an entry beside its key and its value */
	u8 bucket_bytes;	/* at least; buckets are a power of two, no less than entries */
	bool per_cpu;		/* a node of memory has no meaning where each CPU has its own */
};

#define KEYS(min, max) .key_min = (min), .key_max = (max)
#define VALUES(min, max, err) .value_min = (min), .value_max = (max), .too_large = (err)
#define QUEUE .flags = ACCESS | NODE, VALUES(1, MAP_ATTR_ALLOC_BYTES, -E2BIG)
#define RING .flags = NODE, VALUES(0, 0, -EINVAL), .asks = ASKS_RING
#define FD_ARRAY .flags = FD_ARRAY_FLAGS, KEYS(4, 4), VALUES(4, 4, -EINVAL)
#define TAKES(entry, bucket) .entry_bytes = (entry), .bucket_bytes = (bucket)
#define HASH_TAKES(more) TAKES(MAP_ATTR_HASH_ENTRY_BYTES + (more), MAP_ATTR_HASH_BUCKET_BYTES)

static const struct map_attr_row rows[MODBPF_MAP_TYPE_COUNT] = {
	[MODBPF_MAP_HASH] = {
		.flags = HASH_FLAGS, KEYS(1, MAX_UINT), VALUES(1, MAX_UINT, -E2BIG),
		.asks = ASKS_PAIR | ASKS_BUCKETS, HASH_TAKES(0),
	},
	[MODBPF_MAP_PERCPU_HASH] = {
		.flags = HASH_FLAGS, KEYS(1, MAX_UINT), VALUES(1, MAP_ATTR_PERCPU_BYTES, -E2BIG),
		.asks = ASKS_PAIR | ASKS_BUCKETS, .per_cpu = true,
		HASH_TAKES(MAP_ATTR_ADDRESS_BYTES),
	},
	[MODBPF_MAP_LRU_HASH] = {
		.flags = LRU_FLAGS, KEYS(1, MAX_UINT), VALUES(1, MAX_UINT, -E2BIG),
		.asks = ASKS_PAIR | ASKS_BUCKETS | ASKS_PREALLOC,
		.per_cpu_flags = MODBPF_F_NO_COMMON_LRU, HASH_TAKES(MAP_ATTR_HASH_MARK_BYTES),
	},
	[MODBPF_MAP_LRU_PERCPU_HASH] = {
		.flags = LRU_FLAGS, KEYS(1, MAX_UINT), VALUES(1, MAP_ATTR_PERCPU_BYTES, -E2BIG),
		.asks = ASKS_PAIR | ASKS_BUCKETS | ASKS_PREALLOC, .per_cpu = true,
		HASH_TAKES(MAP_ATTR_ADDRESS_BYTES + MAP_ATTR_HASH_MARK_BYTES),
	},
	[MODBPF_MAP_ARRAY] = {
		.flags = ACCESS | NODE | MODBPF_F_MMAPABLE | MODBPF_F_INNER_MAP,
		KEYS(4, 4), VALUES(1, MAX_INT, -E2BIG), .inside = INSIDE_OF_ONE_SIZE,
	},
	[MODBPF_MAP_PROG_ARRAY] = {
		FD_ARRAY, .inside = INSIDE_NOTHING, TAKES(MAP_ATTR_ADDRESS_BYTES, 0),
	},
	[MODBPF_MAP_CGROUP_ARRAY] = { FD_ARRAY },
	[MODBPF_MAP_ARRAY_OF_MAPS] = { FD_ARRAY, .asks = ASKS_MAPS, .inside = INSIDE_NO_MAP },
	[MODBPF_MAP_HASH_OF_MAPS] = {
		.flags = HASH_FLAGS, KEYS(1, MAX_UINT), VALUES(4, 4, -EINVAL),
		.asks = ASKS_PAIR | ASKS_BUCKETS | ASKS_MAPS, .inside = INSIDE_NO_MAP,
		HASH_TAKES(0),
	},
	[MODBPF_MAP_PERF_EVENT_ARRAY] = {
		.flags = FD_ARRAY_FLAGS | MODBPF_F_PRESERVE_ELEMS,
		KEYS(4, 4), VALUES(4, 4, -EINVAL),
	},
	[MODBPF_MAP_PERCPU_ARRAY] = {
		.flags = ACCESS | NODE, KEYS(4, 4), VALUES(1, MAP_ATTR_PERCPU_BYTES, -E2BIG),
		.per_cpu = true,
	},
	[MODBPF_MAP_STACK_TRACE] = {
		.flags = FD_ACCESS | NODE, KEYS(4, 4), VALUES(8, 8 * STACK_DEPTH_MAX, -EINVAL),
		.asks = ASKS_WORDS | ASKS_BUCKETS,
		TAKES(MAP_ATTR_STACK_ENTRY_BYTES, MAP_ATTR_STACK_BUCKET_BYTES),
	},
	[MODBPF_MAP_LPM_TRIE] = {
		.flags = ACCESS | NODE | MODBPF_F_NO_PREALLOC, .needs = MODBPF_F_NO_PREALLOC,
		KEYS(LPM_KEY_MIN, LPM_KEY_MAX), .asks = ASKS_LATER,
		VALUES(1, MAP_ATTR_ALLOC_BYTES - ELEMENT_BYTES, -EINVAL),
	},
	[MODBPF_MAP_QUEUE] = { QUEUE },
	[MODBPF_MAP_STACK] = { QUEUE },
	[MODBPF_MAP_RINGBUF] = { RING },
	[MODBPF_MAP_USER_RINGBUF] = { RING },
	[MODBPF_MAP_BLOOM_FILTER] = {
		.flags = ACCESS | NODE | MODBPF_F_ZERO_SEED, .extra = BLOOM_EXTRA,
		VALUES(1, MAP_ATTR_ALLOC_BYTES, -E2BIG), .asks = ASKS_BITS,
	},
};

static const struct map_attr_row *row_of(u32 type)
{
	if (type >= MODBPF_MAP_TYPE_COUNT || !rows[type].flags)
		return NULL;
	return &rows[type];
}

static bool has_both(u32 flags, u32 pair)
{
	return (flags & pair) == pair;
}

static int check_flags(const struct map_attr_row *row, const struct map_attr *attr)
{
	bool has_node = attr->flags & NODE && attr->numa_node != MAP_ATTR_NO_NODE;

	/* Both at once leave nobody who may read and write. */
	if (attr->flags & ~row->flags || row->needs & ~attr->flags ||
	    has_both(attr->flags, PROG_ACCESS) || has_both(attr->flags, FD_ACCESS))
		return -EINVAL;
	if (row->asks & ASKS_PREALLOC && attr->flags & MODBPF_F_NO_PREALLOC)
		return -MODBPF_ENOTSUPP;
	if (has_node && (row->per_cpu || attr->flags & row->per_cpu_flags))
		return -EINVAL;
	return attr->extra & ~(u64)row->extra ? -EINVAL : 0;
}

static int check_sizes(const struct map_attr_row *row, const struct map_attr *attr)
{
	u64 pair = (u64)attr->key_size + attr->value_size;

	if (!attr->max_entries || attr->key_size < row->key_min ||
	    attr->key_size > row->key_max || attr->value_size < row->value_min)
		return -EINVAL;
	if (attr->value_size > row->value_max)
		return row->too_large;
	if (row->asks & ASKS_PAIR && pair >= MAP_ATTR_ALLOC_BYTES - ELEMENT_BYTES)
		return -E2BIG;
	if (row->asks & ASKS_WORDS && attr->value_size % 8)
		return -EINVAL;
	if (row->asks & ASKS_BUCKETS && attr->max_entries > 1u << 31)
		return -E2BIG;
	if (row->asks & ASKS_RING && (attr->max_entries & (attr->max_entries - 1) ||
				      attr->max_entries % PAGE_BYTES))
		return -EINVAL;
	return 0;
}

static int check_inner(const struct map_attr_row *row, const struct map_attr *inner)
{
	const struct map_attr_row *inside;

	if (!(row->asks & ASKS_MAPS))
		return 0;
	inside = inner ? row_of(inner->type) : NULL;
	if (!inside || inside->inside == INSIDE_NO_MAP)
		return -EINVAL;
	return inside->inside == INSIDE_NOTHING ? -MODBPF_ENOTSUPP : 0;
}

int map_attr_check(const struct map_attr *attr)
{
	const struct map_attr_row *row = row_of(attr->type);
	int err;

	if (!row)
		return -EINVAL;
	err = check_flags(row, attr);
	if (!err)
		err = check_sizes(row, attr);
	return err ? err : check_inner(row, attr->inner);
}

bool map_attr_fits(const struct map_attr *inner, const struct map_attr *map)
{
	const struct map_attr_row *row = row_of(map->type);

	if (!row || inner->type != map->type || inner->key_size != map->key_size ||
	    inner->value_size != map->value_size || inner->flags != map->flags)
		return false;
	return row->inside != INSIDE_OF_ONE_SIZE || inner->flags & MODBPF_F_INNER_MAP ||
	       inner->max_entries == map->max_entries;
}

bool map_attr_holds_maps(u32 type)
{
	const struct map_attr_row *row = row_of(type);

	return row && row->asks & ASKS_MAPS;
}

static u64 round_up_to_power(u64 number)
{
	u64 power = 1;

	while (power < number)
		power *= 2;
	return power;
}

u32 map_attr_bloom_hashes(const struct map_attr *attr)
{
	return attr->extra ? (u32)attr->extra : BLOOM_HASHES;
}

/*
 * A field that is half full when max_entries values are in has the fewest wrong answers for
 * its size: n values with k hashes need n * k / ln 2 bits, and 7/5 is near enough to 1 / ln 2
 * (Bloom, "Space/time trade-offs in hash coding", 1970).
 */
u64 map_attr_bloom_bits(const struct map_attr *attr)
{
	u64 bits = (u64)attr->max_entries * map_attr_bloom_hashes(attr) * 7 / 5;

	if (bits > BLOOM_MAX_BITS / 2)
		return BLOOM_MAX_BITS;
	return round_up_to_power(bits > BLOOM_MIN_BITS ? bits : BLOOM_MIN_BITS);
}

/* Each value, and each key that is kept, begins at a multiple of 8. */
static u64 stride_of(u32 bytes)
{
	return ((u64)bytes + 7) & ~7ull;
}

u64 map_attr_least_bytes(const struct map_attr *attr, u32 cpu_cnt)
{
	const struct map_attr_row *row = row_of(attr->type);
	u64 entry = stride_of(attr->value_size);

	if (!row || row->asks & ASKS_LATER)
		return 0;
	if (row->asks & ASKS_RING)
		return attr->max_entries;
	if (row->asks & ASKS_BITS)
		return map_attr_bloom_bits(attr) / 8;
	if (row->per_cpu)
		entry *= cpu_cnt;
	if (row->asks & ASKS_PAIR)
		entry += stride_of(attr->key_size);
	/* Below 2^63: 2^32 values of 2^31 bytes in an array, or of 2^15 for each CPU. */
	return (entry + row->entry_bytes) * attr->max_entries +
	       round_up_to_power(attr->max_entries) * row->bucket_bytes;
}

bool map_attr_needs_admin(const struct map_attr *attr)
{
	const struct map_attr_row *row = row_of(attr->type);

	/* A hash without a secret is one that others can make slow. */
	return row && row->asks & ASKS_PAIR && attr->flags & MODBPF_F_ZERO_SEED;
}
