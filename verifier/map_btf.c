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
	MAY_HAVE_TIMER = 1 << 5,
};

static const u8 rows[MODBPF_MAP_TYPE_COUNT] = {
	[MODBPF_MAP_HASH] = MAY_HAVE_LOCK | MAY_HAVE_TIMER,
	[MODBPF_MAP_LRU_HASH] = MAY_HAVE_TIMER,
	[MODBPF_MAP_ARRAY] = KEY_IS_U32 | KEY_MAY_LACK | MAY_HAVE_LOCK | MAY_HAVE_TIMER,
	[MODBPF_MAP_PERCPU_ARRAY] = KEY_IS_U32,
	[MODBPF_MAP_LPM_TRIE] = KEY_IS_STRUCT,
	[MODBPF_MAP_PROG_ARRAY] = HAS_NO_TYPES,
	[MODBPF_MAP_PERF_EVENT_ARRAY] = HAS_NO_TYPES,
	[MODBPF_MAP_CGROUP_ARRAY] = HAS_NO_TYPES,
	[MODBPF_MAP_STACK_TRACE] = HAS_NO_TYPES,
	[MODBPF_MAP_ARRAY_OF_MAPS] = HAS_NO_TYPES,
	[MODBPF_MAP_HASH_OF_MAPS] = HAS_NO_TYPES,
};

static const u8 needs[MAP_FIELD_COUNT] = {
	[MAP_FIELD_LOCK] = MAY_HAVE_LOCK,
	[MAP_FIELD_TIMER] = MAY_HAVE_TIMER,
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

/* Which field of the kernel's is it? MAP_FIELD_COUNT: none. */
static enum map_field field_of(const struct btf_types *btf, u32 type)
{
	struct btf_view base = btf_base_of(btf, type);
	u32 i;

	if (base.kind != MODBPF_BTF_STRUCT)
		return MAP_FIELD_COUNT;
	for (i = 0; i < MAP_FIELD_COUNT; i++)
		if (!strcmp(btf_string(btf, base.name_off), map_field_rows[i].name))
			break;
	return i;
}

static int check_field(const struct map_attr *attr, enum map_field field, u32 size, u32 bits)
{
	const struct map_field_row *row = &map_field_rows[field];

	if (!(rows[attr->type] & needs[field]))
		return -EOPNOTSUPP;
	if (attr->flags & (MODBPF_F_RDONLY_PROG | MODBPF_F_WRONLY_PROG))
		return -EACCES;
	return size != map_field_bytes[field] || bits % (8 * row->align) ? -EINVAL : 0;
}

int map_btf_find_fields(const struct map_attr *attr, const struct btf_types *btf, u32 value_type,
			u32 field_end[MAP_FIELD_COUNT])
{
	struct btf_view value = btf_base_of(btf, value_type);
	u32 i, bits, last_end = 0;
	int err;

	memset(field_end, 0, MAP_FIELD_COUNT * sizeof(*field_end));
	if (value.kind != MODBPF_BTF_STRUCT)
		return 0;
	for (i = 0; i < value.vlen; i++) {
		struct btf_member member = btf_view_member(&value, i);
		enum map_field field = field_of(btf, member.type);

		if (field == MAP_FIELD_COUNT)
			continue;
		if (field_end[field])
			return -E2BIG;
		bits = btf_member_offset(&value, &member);
		err = check_field(attr, field, btf->sizes[member.type], bits);
		if (err)
			return err;
		/* Members begin in order, but may overlap. */
		if (bits / 8 < last_end)
			return -EEXIST;
		last_end = bits / 8 + map_field_bytes[field];
		field_end[field] = last_end;
	}
	return 0;
}

int map_fields_check_inside(const u32 field_end[MAP_FIELD_COUNT])
{
	u32 i;

	for (i = 0; i < MAP_FIELD_COUNT; i++)
		if (field_end[i] && !map_field_rows[i].may_be_inside)
			return -MODBPF_ENOTSUPP;
	return 0;
}
