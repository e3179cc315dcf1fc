// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which types may keys and values have? Their sizes are the map's; rows tell what else. */
#include "verifier/map_btf.h"

#include "isa/abi.h"
#include "isa/btf/btf.h"

enum {
	KEY_IS_U32 = 1 << 0,	/* an integer of 32 bits */
	KEY_IS_STRUCT = 1 << 1,
	KEY_MAY_LACK = 1 << 2,	/* a section of variables, whose only element needs none */
	HAS_NO_TYPES = 1 << 3,	/* values are not the caller's bytes */
	MAY_HAVE_LOCK = 1 << 4,
};

static const u8 rows[MODBPF_MAP_TYPE_COUNT] = {
	[MODBPF_MAP_HASH] = MAY_HAVE_LOCK,
	[MODBPF_MAP_ARRAY] = KEY_IS_U32 | KEY_MAY_LACK | MAY_HAVE_LOCK,
	[MODBPF_MAP_PERCPU_ARRAY] = KEY_IS_U32,
	[MODBPF_MAP_LPM_TRIE] = KEY_IS_STRUCT,
	[MODBPF_MAP_PROG_ARRAY] = HAS_NO_TYPES,
	[MODBPF_MAP_PERF_EVENT_ARRAY] = HAS_NO_TYPES,
	[MODBPF_MAP_CGROUP_ARRAY] = HAS_NO_TYPES,
	[MODBPF_MAP_STACK_TRACE] = HAS_NO_TYPES,
	[MODBPF_MAP_ARRAY_OF_MAPS] = HAS_NO_TYPES,
	[MODBPF_MAP_HASH_OF_MAPS] = HAS_NO_TYPES,
};

static bool is_of_size(const struct btf_types *btf, u32 type, u32 bytes)
{
	return type < btf->cnt && btf->sizes[type] != MODBPF_BTF_NO_SIZE &&
	       btf->sizes[type] == bytes && btf_kind_of(btf, type) != MODBPF_BTF_VAR;
}

static bool is_u32(const struct btf_view *base)
{
	return base->kind == MODBPF_BTF_INT && btf_int_bits(base) == 32 && !btf_int_offset(base);
}

static bool may_be_key(const struct map_attr *attr, const struct btf_types *btf, u32 type)
{
	struct btf_view base;

	if (!is_of_size(btf, type, attr->key_size))
		return false;
	base = btf_base_of(btf, type);
	if (rows[attr->type] & KEY_IS_U32 && !is_u32(&base))
		return false;
	return !(rows[attr->type] & KEY_IS_STRUCT) || base.kind == MODBPF_BTF_STRUCT;
}

int map_btf_check(const struct map_attr *attr, const struct btf_types *btf, u32 key_type,
		  u32 value_type)
{
	if (!value_type || !is_of_size(btf, value_type, attr->value_size))
		return -EINVAL;
	if (rows[attr->type] & HAS_NO_TYPES)
		return -MODBPF_ENOTSUPP;
	if (key_type)
		return may_be_key(attr, btf, key_type) ? 0 : -EINVAL;
	if (!attr->key_size)
		return 0;
	if (rows[attr->type] & KEY_MAY_LACK && attr->max_entries == 1 &&
	    btf_kind_of(btf, value_type) == MODBPF_BTF_DATASEC)
		return 0;
	return -EINVAL;
}

static bool is_lock(const struct btf_types *btf, u32 type)
{
	struct btf_view base = btf_base_of(btf, type);

	return base.kind == MODBPF_BTF_STRUCT &&
	       !strcmp(btf_string(btf, base.name_off), "bpf_spin_lock");
}

static int check_lock(const struct map_attr *attr, const struct btf_types *btf, u32 type, u32 bits)
{
	if (!(rows[attr->type] & MAY_HAVE_LOCK))
		return -EOPNOTSUPP;
	if (attr->flags & (MODBPF_F_RDONLY_PROG | MODBPF_F_WRONLY_PROG))
		return -EACCES;
	return btf->sizes[type] != MAP_LOCK_BYTES || bits % (8 * MAP_LOCK_BYTES) ? -EINVAL : 0;
}

int map_btf_find_lock(const struct map_attr *attr, const struct btf_types *btf, u32 value_type,
		      u32 *end)
{
	struct btf_view value = btf_base_of(btf, value_type);
	u32 i, bits;
	int err;

	*end = 0;
	if (value.kind != MODBPF_BTF_STRUCT)
		return 0;
	for (i = 0; i < value.vlen; i++) {
		struct btf_member member = btf_view_member(&value, i);

		if (!is_lock(btf, member.type))
			continue;
		if (*end)
			return -E2BIG;
		bits = btf_member_offset(&value, &member);
		err = check_lock(attr, btf, member.type, bits);
		if (err)
			return err;
		*end = bits / 8 + MAP_LOCK_BYTES;
	}
	return 0;
}
