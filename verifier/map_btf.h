/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Do the types that MAP_CREATE names for keys and values describe such a map? */
#ifndef MODBPF_VERIFIER_MAP_BTF_H
#define MODBPF_VERIFIER_MAP_BTF_H

#include "verifier/map_attr.h"
#include "verifier/map_field.h"

struct btf_types;

/*
 * Ids as the caller gave them, @key_type 0: none. 0; -EINVAL: another size, or a kind
 * that such a key does not have; -ENOTSUPP (524): such a map has no types.
 */
int map_btf_check(const struct map_attr *attr, const struct btf_types *btf, u32 key_type,
		  u32 value_type);

/*
 * Where in values of @value_type are the kernel's fields? @field_end: bytes up to the end of
 * each, 0: there is none. -E2BIG: more than one of a kind; -EEXIST: one within another; -EINVAL:
 * of another size, or at no multiple of its alignment; -EOPNOTSUPP: not in such a map; -EACCES:
 * not in one that programs may not both read and write.
 */
int map_btf_find_fields(const struct map_attr *attr, const struct btf_types *btf, u32 value_type,
			u32 field_end[MAP_FIELD_COUNT]);

/* May a map with these stand in a map of maps? 0, or -ENOTSUPP (524). */
int map_fields_check_inside(const u32 field_end[MAP_FIELD_COUNT]);

#endif
