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

#endif
