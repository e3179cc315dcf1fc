// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is each record well formed by itself? What a kind may be is a row; what is
 * left to check of it is a function. Types that it refers to are looked at later.
 */
#include "isa/btf/parse.h"

#define INFO_USED 0x9f00ffffu
#define INT_USED 0x0fffffffu
#define INT_MAX_BITS 128

enum name_rule { NAME_ANY, NAME_NONE, NAME_OPTIONAL, NAME_NEEDED, NAME_SECTION, NAME_TEXT };

enum {
	USES_VLEN = 1 << 0,
	USES_FLAG = 1 << 1,	/* kind_flag */
	IS_EMPTY = 1 << 2,	/* neither a size nor a type: 0 */
};

struct kind_row {
	const char *name;
	u8 name_rule;	/* enum name_rule */
	u8 uses;
	u8 bytes;	/* that follow the record, once */
	u8 each;	/* vlen times */
	int (*check)(const struct btf_parse *parse, const struct btf_view *view);
};

static int check_int(const struct btf_parse *parse, const struct btf_view *view)
{
	u32 encoding = btf_int_encoding(view);
	u32 bits = btf_int_bits(view) + btf_int_offset(view);

	if (btf_view_word(view, 0) & ~INT_USED)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid int_data:%x",
				       btf_view_word(view, 0));
	if (bits > INT_MAX_BITS)
		return btf_refuse_type(parse, view, -EINVAL, "nr_bits exceeds %u", INT_MAX_BITS);
	if ((bits + 7) / 8 > view->size)
		return btf_refuse_type(parse, view, -EINVAL, "nr_bits exceeds type_size");
	if (encoding & (encoding - 1) || encoding > MODBPF_BTF_INT_BOOL)
		return btf_refuse_type(parse, view, -MODBPF_ENOTSUPP, "Unsupported encoding");
	return 0;
}

static int check_array(const struct btf_parse *parse, const struct btf_view *view)
{
	struct btf_array array = btf_view_array(view);

	if (!array.elem_type)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid elem");
	if (!array.index_type)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid index");
	return 0;
}

static bool is_string(const struct btf_parse *parse, u32 offset)
{
	return offset < parse->types->string_bytes;
}

static int check_member(const struct btf_parse *parse, const struct btf_view *view,
			const struct btf_member *member, u32 *last)
{
	u32 offset = btf_member_offset(view, member);

	if (!is_string(parse, member->name_off))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member name_offset:%u",
				       member->name_off);
	if (member->name_off && !btf_name_is_identifier(parse->types, member->name_off))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member name");
	if (!member->type)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id");
	if (offset < *last || (view->kind == MODBPF_BTF_UNION && offset))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member bits_offset");
	if (offset > view->size * 8ULL)
		return btf_refuse_type(parse, view, -EINVAL,
				       "Member bits_offset exceeds its struct size");
	*last = offset;
	return 0;
}

static int check_struct(const struct btf_parse *parse, const struct btf_view *view)
{
	u32 i, last = 0;
	int err = 0;

	for (i = 0; i < view->vlen && !err; i++) {
		struct btf_member member = btf_view_member(view, i);

		err = check_member(parse, view, &member, &last);
	}
	return err;
}

/* @words: of each enumerator, the name first. */
static int check_enumerators(const struct btf_parse *parse, const struct btf_view *view, u32 words)
{
	u32 i, name;

	if (view->size > 8 || !view->size || view->size & (view->size - 1))
		return btf_refuse_type(parse, view, -EINVAL, "Unexpected size");
	for (i = 0; i < view->vlen; i++) {
		name = btf_view_word(view, i * words);
		if (!is_string(parse, name))
			return btf_refuse_type(parse, view, -EINVAL, "Invalid name_offset:%u", name);
		if (!btf_name_is_identifier(parse->types, name))
			return btf_refuse_type(parse, view, -EINVAL, "Invalid name");
	}
	return 0;
}

static int check_enum(const struct btf_parse *parse, const struct btf_view *view)
{
	return check_enumerators(parse, view, 2);
}

static int check_enum64(const struct btf_parse *parse, const struct btf_view *view)
{
	return check_enumerators(parse, view, 3);
}

/* libbpf makes extern functions static or global before they are loaded. */
static int check_func(const struct btf_parse *parse, const struct btf_view *view)
{
	if (view->vlen > MODBPF_BTF_GLOBAL)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid func linkage");
	return 0;
}

static int check_var(const struct btf_parse *parse, const struct btf_view *view)
{
	if (!view->type)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id");
	if (btf_view_word(view, 0) > MODBPF_BTF_GLOBAL)
		return btf_refuse_type(parse, view, -EINVAL, "Linkage not supported");
	return 0;
}

static int check_section(const struct btf_parse *parse, const struct btf_view *view)
{
	u64 end = 0;
	u32 i;

	if (!view->size)
		return btf_refuse_type(parse, view, -EINVAL, "size == 0");
	for (i = 0; i < view->vlen; i++) {
		struct btf_section_var var = btf_view_section_var(view, i);

		if (!var.type)
			return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id");
		if (var.offset < end || var.offset >= view->size)
			return btf_refuse_type(parse, view, -EINVAL, "Invalid offset");
		if (!var.size || var.size > view->size)
			return btf_refuse_type(parse, view, -EINVAL, "Invalid size");
		end = (u64)var.offset + var.size;
		if (end > view->size)
			return btf_refuse_type(parse, view, -EINVAL, "Invalid offset+size");
	}
	return 0;
}

static int check_float(const struct btf_parse *parse, const struct btf_view *view)
{
	switch (view->size) {
	case 2: case 4: case 8: case 12: case 16:
		return 0;
	default:
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_size");
	}
}

static int check_decl_tag(const struct btf_parse *parse, const struct btf_view *view)
{
	if ((s32)btf_view_word(view, 0) < -1)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid component_idx");
	return 0;
}

static const struct kind_row rows[MODBPF_BTF_KIND_COUNT] = {
	[MODBPF_BTF_VOID] = { "VOID", 0, 0, 0, 0, NULL },
	[MODBPF_BTF_INT] = { "INT", NAME_ANY, 0, 4, 0, check_int },
	[MODBPF_BTF_PTR] = { "PTR", NAME_NONE, 0, 0, 0, NULL },
	[MODBPF_BTF_ARRAY] = { "ARRAY", NAME_NONE, IS_EMPTY, 12, 0, check_array },
	[MODBPF_BTF_STRUCT] = { "STRUCT", NAME_OPTIONAL, USES_VLEN | USES_FLAG, 0, 12, check_struct },
	[MODBPF_BTF_UNION] = { "UNION", NAME_OPTIONAL, USES_VLEN | USES_FLAG, 0, 12, check_struct },
	[MODBPF_BTF_ENUM] = { "ENUM", NAME_OPTIONAL, USES_VLEN | USES_FLAG, 0, 8, check_enum },
	[MODBPF_BTF_FWD] = { "FWD", NAME_NEEDED, USES_FLAG | IS_EMPTY, 0, 0, NULL },
	[MODBPF_BTF_TYPEDEF] = { "TYPEDEF", NAME_NEEDED, 0, 0, 0, NULL },
	[MODBPF_BTF_VOLATILE] = { "VOLATILE", NAME_NONE, 0, 0, 0, NULL },
	[MODBPF_BTF_CONST] = { "CONST", NAME_NONE, 0, 0, 0, NULL },
	[MODBPF_BTF_RESTRICT] = { "RESTRICT", NAME_NONE, 0, 0, 0, NULL },
	[MODBPF_BTF_FUNC] = { "FUNC", NAME_NEEDED, USES_VLEN, 0, 0, check_func },
	[MODBPF_BTF_FUNC_PROTO] = { "FUNC_PROTO", NAME_NONE, USES_VLEN, 0, 8, NULL },
	[MODBPF_BTF_VAR] = { "VAR", NAME_NEEDED, 0, 4, 0, check_var },
	[MODBPF_BTF_DATASEC] = { "DATASEC", NAME_SECTION, USES_VLEN, 0, 12, check_section },
	[MODBPF_BTF_FLOAT] = { "FLOAT", NAME_ANY, 0, 0, 0, check_float },
	[MODBPF_BTF_DECL_TAG] = { "DECL_TAG", NAME_TEXT, USES_FLAG, 4, 0, check_decl_tag },
	[MODBPF_BTF_TYPE_TAG] = { "TYPE_TAG", NAME_TEXT, USES_FLAG, 0, 0, NULL },
	[MODBPF_BTF_ENUM64] = { "ENUM64", NAME_OPTIONAL, USES_VLEN | USES_FLAG, 0, 12, check_enum64 },
};

const char *btf_kind_name(u32 kind)
{
	return kind < MODBPF_BTF_KIND_COUNT ? rows[kind].name : "UNKNOWN";
}

static bool may_be_named(const struct btf_types *types, u32 name_off, enum name_rule rule)
{
	switch (rule) {
	case NAME_NONE:
		return !name_off;
	case NAME_OPTIONAL:
		return !name_off || btf_name_is_identifier(types, name_off);
	case NAME_NEEDED:
		return btf_name_is_identifier(types, name_off);
	case NAME_SECTION:
		return btf_name_is_section(types, name_off);
	case NAME_TEXT:
		return types->strings[name_off];
	default:
		return true;
	}
}

/* What all kinds have. @info as in the record; *@bytes: all that it takes. */
static int check_frame(const struct btf_parse *parse, const struct btf_view *view, u32 info,
		       u32 left, u32 *bytes)
{
	const struct kind_row *row;

	if (info & ~INFO_USED)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid btf_info:%x", info);
	if (!view->kind || view->kind >= MODBPF_BTF_KIND_COUNT)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid kind:%u", view->kind);
	row = &rows[view->kind];
	if (!is_string(parse, view->name_off))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid name_offset:%u",
				       view->name_off);
	*bytes = sizeof(struct btf_record) + row->bytes + row->each * view->vlen;
	if (view->vlen && !(row->uses & USES_VLEN))
		return btf_refuse_type(parse, view, -EINVAL, "vlen != 0");
	if (*bytes > left)
		return btf_refuse_type(parse, view, -EINVAL, "meta_left:%u meta_needed:%u", left,
				       *bytes);
	if (view->kind_flag && !(row->uses & USES_FLAG))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid btf_info kind_flag");
	if (view->size && row->uses & IS_EMPTY)
		return btf_refuse_type(parse, view, -EINVAL, "size or type != 0");
	if (!may_be_named(parse->types, view->name_off, row->name_rule))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid name");
	return row->check ? row->check(parse, view) : 0;
}

/* How many records can there be at most? Enough to hold the table of offsets. */
static u32 most_types(const struct btf_types *types)
{
	u32 most = 1 + types->record_bytes / sizeof(struct btf_record);

	return most < MODBPF_BTF_MAX_TYPE + 1 ? most : MODBPF_BTF_MAX_TYPE + 1;
}

u64 modbpf_btf_table_bytes(const struct btf_types *types)
{
	return sizeof(*types) + (u64)most_types(types) * sizeof(*types->offsets) +
	       (u64)types->cnt * (sizeof(*types->bases) + sizeof(*types->sizes));
}

static int check_record(const struct btf_parse *parse, u32 at, u32 *bytes)
{
	struct btf_types *types = parse->types;
	u32 left = types->record_bytes - at, id = types->cnt;
	struct btf_record record;
	struct btf_view view;

	if (left < sizeof(record))
		return btf_refuse(parse->why, -EINVAL, "[%u] meta_left:%u meta_needed:%zu", id, left,
				  sizeof(record));
	if (id > MODBPF_BTF_MAX_TYPE)
		return btf_refuse(parse->why, -E2BIG, "BTF of more than %u types", MODBPF_BTF_MAX_TYPE);
	types->offsets[id] = at;
	memcpy(&record, types->records + at, sizeof(record));
	view = btf_view_of(types, id);
	return check_frame(parse, &view, record.info, left, bytes);
}

int btf_check_records(const struct btf_parse *parse)
{
	struct btf_types *types = parse->types;
	u32 at = 0, since = 0, bytes = 0;
	int err;

	types->offsets = modbpf_zalloc((u64)most_types(types) * sizeof(*types->offsets));
	if (!types->offsets)
		return -ENOMEM;
	for (types->cnt = 1; at < types->record_bytes; types->cnt++) {
		err = check_record(parse, at, &bytes);
		if (err)
			return err;
		at += bytes;
		since += bytes;
		if (since < BTF_YIELD_BYTES)
			continue;
		since = 0;
		if (modbpf_yield())
			return -EINTR;
	}
	return 0;
}
