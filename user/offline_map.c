// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * Which maps would the device make? A row per type, as module/map/ has them;
 * what depends on the machine (memory, its nodes) is not asked.
 */
#include <limits.h>

#include "user/offline.h"

#define ACCESS (MODBPF_F_RDONLY | MODBPF_F_WRONLY | MODBPF_F_RDONLY_PROG | MODBPF_F_WRONLY_PROG)
#define PAGE_BYTES 4096u
#define ALLOC_BYTES (4u << 20)	/* the kernel's largest piece of memory */
#define PERCPU_BYTES 32768u

static const struct {
	u32 type;
	u32 flags;		/* allowed */
	u32 needs;		/* flags that must be there */
	u32 key_min, key_max;	/* bytes */
	u32 value_min, value_max;
	int too_large;		/* of a value beyond */
} rows[] = {
	{ MODBPF_MAP_ARRAY, ACCESS | MODBPF_F_NUMA_NODE | MODBPF_F_MMAPABLE, 0,
	  4, 4, 1, INT_MAX, -E2BIG },
	{ MODBPF_MAP_PERCPU_ARRAY, ACCESS, 0, 4, 4, 1, PERCPU_BYTES, -E2BIG },
	{ MODBPF_MAP_HASH, ACCESS | MODBPF_F_NUMA_NODE | MODBPF_F_NO_PREALLOC | MODBPF_F_ZERO_SEED,
	  0, 1, UINT_MAX, 1, UINT_MAX, -E2BIG },
	{ MODBPF_MAP_LPM_TRIE, ACCESS | MODBPF_F_NUMA_NODE | MODBPF_F_NO_PREALLOC,
	  MODBPF_F_NO_PREALLOC, 5, 4 + 256, 1, ALLOC_BYTES - 512, -EINVAL },
	{ MODBPF_MAP_RINGBUF, MODBPF_F_NUMA_NODE, 0, 0, 0, 0, 0, -EINVAL },
	{ MODBPF_MAP_PROG_ARRAY, MODBPF_F_NUMA_NODE | MODBPF_F_RDONLY | MODBPF_F_WRONLY, 0,
	  4, 4, 4, 4, -EINVAL },
};

static bool has_both(u32 flags, u32 pair)
{
	return (flags & pair) == pair;
}

int offline_map_check(const struct map_desc *map)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows) && rows[i].type != map->type; i++)
		;
	if (i == ARRAY_SIZE(rows) || !map->max_entries || map->flags & ~rows[i].flags ||
	    rows[i].needs & ~map->flags)
		return -EINVAL;
	if (has_both(map->flags, MODBPF_F_RDONLY_PROG | MODBPF_F_WRONLY_PROG) ||
	    has_both(map->flags, MODBPF_F_RDONLY | MODBPF_F_WRONLY))
		return -EINVAL;
	if (map->key_size < rows[i].key_min || map->key_size > rows[i].key_max ||
	    map->value_size < rows[i].value_min)
		return -EINVAL;
	if (map->value_size > rows[i].value_max)
		return rows[i].too_large;
	if (map->type == MODBPF_MAP_HASH &&
	    ((u64)map->key_size + map->value_size >= ALLOC_BYTES - 512 ||
	     map->max_entries > 1u << 31))
		return -E2BIG;
	if (map->type == MODBPF_MAP_RINGBUF &&
	    (map->max_entries & (map->max_entries - 1) || map->max_entries % PAGE_BYTES))
		return -EINVAL;
	return 0;
}
