// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What does a type's record say? */
#include "isa/btf/btf.h"

struct btf_view btf_view_of(const struct btf_types *types, u32 id)
{
	const u8 *at = types->records + types->offsets[id];
	struct btf_view view = { .id = id };
	struct btf_record record;

	if (!id)
		return view;
	memcpy(&record, at, sizeof(record));
	view.name_off = record.name_off;
	view.kind = record.info >> 24 & 0x1f;
	view.kind_flag = record.info >> 31;
	view.vlen = record.info & 0xffff;
	view.size = record.size_or_type;
	view.type = record.size_or_type;
	view.more = at + sizeof(record);
	return view;
}

u8 btf_kind_of(const struct btf_types *types, u32 id)
{
	return btf_view_of(types, id).kind;
}

struct btf_view btf_base_of(const struct btf_types *types, u32 id)
{
	return btf_view_of(types, types->bases[id]);
}

const char *btf_string(const struct btf_types *types, u32 offset)
{
	return offset < types->string_bytes ? types->strings + offset : NULL;
}

struct btf_array btf_view_array(const struct btf_view *view)
{
	struct btf_array array;

	memcpy(&array, view->more, sizeof(array));
	return array;
}

struct btf_member btf_view_member(const struct btf_view *view, u32 at)
{
	struct btf_member member;

	memcpy(&member, view->more + at * sizeof(member), sizeof(member));
	return member;
}

struct btf_param btf_view_param(const struct btf_view *view, u32 at)
{
	struct btf_param param;

	memcpy(&param, view->more + at * sizeof(param), sizeof(param));
	return param;
}

struct btf_section_var btf_view_section_var(const struct btf_view *view, u32 at)
{
	struct btf_section_var var;

	memcpy(&var, view->more + at * sizeof(var), sizeof(var));
	return var;
}

u32 btf_view_word(const struct btf_view *view, u32 at)
{
	u32 word;

	memcpy(&word, view->more + at * sizeof(word), sizeof(word));
	return word;
}

u32 btf_member_offset(const struct btf_view *view, const struct btf_member *member)
{
	return view->kind_flag ? member->offset & 0xffffff : member->offset;
}

u32 btf_member_bits(const struct btf_view *view, const struct btf_member *member)
{
	return view->kind_flag ? member->offset >> 24 : 0;
}

bool btf_int_is_regular(const struct btf_view *view)
{
	u32 bits = btf_int_bits(view);

	return !btf_int_offset(view) && bits >= 8 && bits <= 128 && !(bits & (bits - 1));
}
