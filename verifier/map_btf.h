/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Do the types that MAP_CREATE names for keys and values describe such a map? */
#ifndef MODBPF_VERIFIER_MAP_BTF_H
#define MODBPF_VERIFIER_MAP_BTF_H

#include "verifier/map_attr.h"

struct btf_types;

/*
 * Ids as the caller gave them, @key_type 0: none. 0; -EINVAL: another size, or a kind
 * that such a key does not have; -ENOTSUPP (524): such a map has no types.
 */
int map_btf_check(const struct map_attr *attr, const struct btf_types *btf, u32 key_type,
		  u32 value_type);

#define MAP_LOCK_BYTES 4	/* struct bpf_spin_lock */

/*
 * Where in values of @value_type is a struct bpf_spin_lock? *@end: bytes up to its end, 0: it
 * has none. -E2BIG: more than one; -EINVAL: not 4 bytes, or not at a multiple of 4;
 * -EOPNOTSUPP: not in such a map; -EACCES: not in one that programs may not both read and write.
 */
int map_btf_find_lock(const struct map_attr *attr, const struct btf_types *btf, u32 value_type,
		      u32 *end);

#endif
