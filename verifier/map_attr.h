/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which maps may be made at all? What bpf(2) says of a map's attributes before it
 * looks for memory: the module asks it of MAP_CREATE, "modbpf check" of an object file.
 * What depends on the machine (its nodes, its memory, the caller's rights) is
 * the caller's to ask.
 */
#ifndef MODBPF_VERIFIER_MAP_ATTR_H
#define MODBPF_VERIFIER_MAP_ATTR_H

#include "isa/abi.h"
#include "isa/platform.h"

#define MAP_ATTR_NO_NODE (-1)

/* The largest piece of memory of the kernel's allocator, and of that for one CPU. */
#define MAP_ATTR_ALLOC_BYTES (4u << 20)
#define MAP_ATTR_PERCPU_BYTES (32u << 10)

/*
 * Bytes beside keys and values, of an entry and of a bucket: not more than any kernel makes of
 * them, which module/map/ asserts. Locks may be of no size, or larger than they need be.
 */
#define MAP_ATTR_ADDRESS_BYTES 8u
#define MAP_ATTR_HASH_ENTRY_BYTES 16u
#define MAP_ATTR_HASH_BUCKET_BYTES 16u
#define MAP_ATTR_HASH_MARK_BYTES 8u	/* of an LRU hash: was it used lately? */
#define MAP_ATTR_STACK_ENTRY_BYTES 16u
#define MAP_ATTR_STACK_BUCKET_BYTES 4u

/* What MAP_CREATE asks for. */
struct map_attr {
	u32 type;		/* enum modbpf_map_type */
	u32 key_size;		/* bytes */
	u32 value_size;		/* bytes */
	u32 max_entries;
	u32 flags;		/* MODBPF_F_* */
	u64 extra;		/* map_extra */
	s32 numa_node;		/* MAP_ATTR_NO_NODE: any; counts only with F_NUMA_NODE */
	const struct map_attr *inner;	/* one like the maps that a map of maps is to hold; else NULL */
};

/*
 * 0 if a map of this kind can be. -EINVAL: no such type, or an attribute that
 * the type does not have; -E2BIG: a key, a value or a map that is too large;
 * -MODBPF_ENOTSUPP: an LRU hash that is not to be allocated at once; a map that no other
 * one may hold.
 */
int map_attr_check(const struct map_attr *attr);

/* May a map of maps that was made for ones like @inner hold one like @map? */
bool map_attr_fits(const struct map_attr *inner, const struct map_attr *map);
/* Is such a map one that holds maps, and needs map_attr.inner? */
bool map_attr_holds_maps(u32 type);

/* Of a bloom filter: how many hash functions, 1 to 15, and bits, a power of two from 64 to 2^32? */
u32 map_attr_bloom_hashes(const struct map_attr *attr);
u64 map_attr_bloom_bits(const struct map_attr *attr);

/*
 * Bytes that a map of @attr, which has been checked, certainly takes on a machine with @cpu_cnt
 * processors, whatever its kernel is like: almost all, but for maps that grow. 0: it can be next
 * to nothing.
 */
u64 map_attr_least_bytes(const struct map_attr *attr, u32 cpu_cnt);

/* CAP_SYS_ADMIN is needed: without it -EPERM. */
bool map_attr_needs_admin(const struct map_attr *attr);

#endif
