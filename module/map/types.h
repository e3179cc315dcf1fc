/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations of each map type, for the table in types.c. */
#ifndef MODBPF_MODULE_MAP_TYPES_H
#define MODBPF_MODULE_MAP_TYPES_H

#include "module/map.h"

extern const struct map_ops array_map_ops;
extern const struct map_ops hash_map_ops;
extern const struct map_ops lpm_trie_map_ops;
extern const struct map_ops percpu_array_map_ops;
extern const struct map_ops prog_array_map_ops;
extern const struct map_ops ringbuf_map_ops;

/* Both access restrictions of programs at once leave nothing: as bpf(2), refused. */
static inline bool map_flags_are_known(u32 flags, u32 known)
{
	const u32 neither = MODBPF_F_RDONLY_PROG | MODBPF_F_WRONLY_PROG;

	return !(flags & ~known) && (flags & neither) != neither;
}

/* The flags that every type with values for programs takes. */
#define MAP_ACCESS_FLAGS (MODBPF_F_RDONLY | MODBPF_F_WRONLY | \
			  MODBPF_F_RDONLY_PROG | MODBPF_F_WRONLY_PROG)

#endif
