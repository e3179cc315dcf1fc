// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Does each type refer only to what its kind may refer to? Ids of contained types
 * have been found in range, those of others are checked here.
 */
#include "isa/btf/parse.h"

#define COPY_MAX_BITS 128	/* that a bit field may span */
#define ENUM_MAX_BITS 32	/* of a bit field */

/* Kinds that only refer: nothing is of such a type. */
static bool is_no_type(u8 kind)
{
	return kind == MODBPF_BTF_VAR || kind == MODBPF_BTF_DATASEC || kind == MODBPF_BTF_DECL_TAG;
}

static bool has_size(const struct btf_types *types, u32 id)
{
	return types->sizes[id] != MODBPF_BTF_NO_SIZE;
}

/* May something of type @id be stored? */
static bool is_sized_type(const struct btf_types *types, u32 id)
{
	return id < types->cnt && !is_no_type(btf_kind_of(types, id)) && has_size(types, id);
}

static bool is_regular_int(const struct btf_types *types, u32 id)
{
	struct btf_view base = btf_base_of(types, id);

	return base.kind == MODBPF_BTF_INT && btf_int_is_regular(&base);
}

/* Pointers, typedefs, qualifiers. */
static int check_target(const struct btf_parse *parse, const struct btf_view *view)
{
	const struct btf_types *types = parse->types;
	u8 base;

	if (view->type >= types->cnt || is_no_type(btf_kind_of(types, view->type)))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id %u", view->type);
	base = btf_base_of(types, view->type).kind;
	if (base != MODBPF_BTF_VOID && base != MODBPF_BTF_FWD && base != MODBPF_BTF_FUNC_PROTO &&
	    !has_size(types, view->type))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id %u", view->type);
	return 0;
}

/* Type tags stand before typedefs and qualifiers: seen from any of them, no tag follows. */
static int check_qualifier(const struct btf_parse *parse, const struct btf_view *view)
{
	if (btf_kind_of(parse->types, view->type) == MODBPF_BTF_TYPE_TAG)
		return btf_refuse_type(parse, view, -EINVAL, "Type tags don't precede modifiers");
	return check_target(parse, view);
}

static int check_array(const struct btf_parse *parse, const struct btf_view *view)
{
	const struct btf_types *types = parse->types;
	struct btf_array array = btf_view_array(view);

	if (is_no_type(btf_kind_of(types, array.index_type)) ||
	    !is_regular_int(types, array.index_type))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid index");
	if (!is_sized_type(types, array.elem_type))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid elem");
	if (btf_base_of(types, array.elem_type).kind == MODBPF_BTF_INT &&
	    !is_regular_int(types, array.elem_type))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid array of int");
	return 0;
}

/* --- members ------------------------------------------------------------------------ */

/* Do @bits bits from bit @offset lie inside of @view? A span begins with a whole byte. */
static int check_span(const struct btf_parse *parse, const struct btf_view *view, u64 offset,
		      u64 bits)
{
	u64 span = bits + offset % 8;

	if (span > COPY_MAX_BITS)
		return btf_refuse_type(parse, view, -EINVAL, "nr_copy_bits exceeds %u",
				       COPY_MAX_BITS);
	if (offset / 8 + (span + 7) / 8 > view->size)
		return btf_refuse_type(parse, view, -EINVAL, "Member exceeds struct_size");
	return 0;
}

static int check_int_member(const struct btf_parse *parse, const struct btf_view *view,
			    const struct btf_member *member, const struct btf_view *base)
{
	u32 offset = btf_member_offset(view, member), bits = btf_member_bits(view, member);

	if (!view->kind_flag)
		return check_span(parse, view, (u64)offset + btf_int_offset(base),
				  btf_int_bits(base));
	if (!btf_int_is_regular(base))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member base type");
	if (!bits && offset % 8)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member offset");
	if (bits > btf_int_bits(base))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member bitfield_size");
	return check_span(parse, view, offset, bits ? bits : btf_int_bits(base));
}

/* What is no bit field has whole bytes. */
static int check_whole_member(const struct btf_parse *parse, const struct btf_view *view,
			      const struct btf_member *member, const struct btf_view *base)
{
	u32 offset = btf_member_offset(view, member), size = parse->types->sizes[base->id];

	if (btf_member_bits(view, member))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member bitfield_size");
	if (offset % 8)
		return btf_refuse_type(parse, view, -EINVAL, "Member is not byte aligned");
	if (base->kind == MODBPF_BTF_FLOAT && offset / 8 % (size < 8 ? size : 8))
		return btf_refuse_type(parse, view, -EINVAL, "Member is not properly aligned");
	if (offset / 8 + (u64)size > view->size)
		return btf_refuse_type(parse, view, -EINVAL, "Member exceeds struct_size");
	return 0;
}

static int check_member(const struct btf_parse *parse, const struct btf_view *view,
			const struct btf_member *member)
{
	const struct btf_types *types = parse->types;
	u32 bits = btf_member_bits(view, member);
	struct btf_view base;

	if (!is_sized_type(types, member->type))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid member");
	base = btf_base_of(types, member->type);
	if (base.kind == MODBPF_BTF_INT)
		return check_int_member(parse, view, member, &base);
	if (bits && (base.kind == MODBPF_BTF_ENUM || base.kind == MODBPF_BTF_ENUM64)) {
		if (bits > ENUM_MAX_BITS)
			return btf_refuse_type(parse, view, -EINVAL,
					       "Invalid member bitfield_size");
		return check_span(parse, view, btf_member_offset(view, member), bits);
	}
	return check_whole_member(parse, view, member, &base);
}

static int check_members(const struct btf_parse *parse, const struct btf_view *view)
{
	u32 i;
	int err = 0;

	for (i = 0; i < view->vlen && !err; i++) {
		struct btf_member member = btf_view_member(view, i);

		err = check_member(parse, view, &member);
	}
	return err;
}

/* --- functions and variables --------------------------------------------------------- */

static int check_proto(const struct btf_parse *parse, const struct btf_view *view)
{
	const struct btf_types *types = parse->types;
	u32 i;

	if (view->type && !is_sized_type(types, view->type))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid return type");
	for (i = 0; i < view->vlen; i++) {
		struct btf_param param = btf_view_param(view, i);

		if (param.name_off >= types->string_bytes ||
		    (param.name_off && !btf_name_is_identifier(types, param.name_off)))
			return btf_refuse_type(parse, view, -EINVAL, "Invalid arg#%u", i + 1);
		/* "..." comes last, and has no name. */
		if (!param.type && i + 1 == view->vlen && !param.name_off)
			continue;
		if (!is_sized_type(types, param.type))
			return btf_refuse_type(parse, view, -EINVAL, "Invalid arg#%u", i + 1);
	}
	return 0;
}

/* A function's arguments have names; those of a type of functions need none. */
static int check_func(const struct btf_parse *parse, const struct btf_view *view)
{
	const struct btf_types *types = parse->types;

	if (view->type >= types->cnt || btf_kind_of(types, view->type) != MODBPF_BTF_FUNC_PROTO)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id %u", view->type);
	if (parse->is_nameless[view->type])
		return btf_refuse_type(parse, view, -EINVAL, "Invalid arg: it has no name");
	return 0;
}

/* Once per prototype, however many functions share it. */
static void note_nameless(const struct btf_parse *parse)
{
	const struct btf_types *types = parse->types;
	u32 id, i;

	for (id = 1; id < types->cnt; id++) {
		struct btf_view view = btf_view_of(types, id);

		for (i = 0; view.kind == MODBPF_BTF_FUNC_PROTO && i < view.vlen; i++) {
			struct btf_param param = btf_view_param(&view, i);

			if (param.type && !param.name_off)
				parse->is_nameless[id] = true;
		}
	}
}

static int check_var(const struct btf_parse *parse, const struct btf_view *view)
{
	if (!is_sized_type(parse->types, view->type))
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id %u", view->type);
	return 0;
}

static int check_section(const struct btf_parse *parse, const struct btf_view *view)
{
	const struct btf_types *types = parse->types;
	u32 i;

	for (i = 0; i < view->vlen; i++) {
		struct btf_section_var var = btf_view_section_var(view, i);

		if (btf_kind_of(types, var.type) != MODBPF_BTF_VAR)
			return btf_refuse_type(parse, view, -EINVAL, "Not a VAR kind member");
		if (!has_size(types, var.type) || var.size < types->sizes[var.type])
			return btf_refuse_type(parse, view, -EINVAL, "Invalid size");
	}
	return 0;
}

static int check_decl_tag(const struct btf_parse *parse, const struct btf_view *view)
{
	const struct btf_types *types = parse->types;
	s32 component = btf_view_word(view, 0);
	struct btf_view target = { 0 };
	u32 components;

	if (view->type < types->cnt)
		target = btf_view_of(types, view->type);
	switch (target.kind) {
	case MODBPF_BTF_VAR:
	case MODBPF_BTF_TYPEDEF:
		components = 0;
		break;
	case MODBPF_BTF_STRUCT:
	case MODBPF_BTF_UNION:
		components = target.vlen;
		break;
	case MODBPF_BTF_FUNC:
		components = target.type < types->cnt ? btf_view_of(types, target.type).vlen : 0;
		break;
	default:
		return btf_refuse_type(parse, view, -EINVAL, "Invalid type_id %u", view->type);
	}
	if (component >= 0 && (u32)component >= components)
		return btf_refuse_type(parse, view, -EINVAL, "Invalid component_idx");
	return 0;
}

static int (*const checks[MODBPF_BTF_KIND_COUNT])(const struct btf_parse *parse,
						  const struct btf_view *view) = {
	[MODBPF_BTF_PTR] = check_target,
	[MODBPF_BTF_ARRAY] = check_array,
	[MODBPF_BTF_STRUCT] = check_members,
	[MODBPF_BTF_UNION] = check_members,
	[MODBPF_BTF_TYPEDEF] = check_qualifier,
	[MODBPF_BTF_VOLATILE] = check_qualifier,
	[MODBPF_BTF_CONST] = check_qualifier,
	[MODBPF_BTF_RESTRICT] = check_qualifier,
	[MODBPF_BTF_FUNC] = check_func,
	[MODBPF_BTF_FUNC_PROTO] = check_proto,
	[MODBPF_BTF_VAR] = check_var,
	[MODBPF_BTF_DATASEC] = check_section,
	[MODBPF_BTF_DECL_TAG] = check_decl_tag,
	[MODBPF_BTF_TYPE_TAG] = check_target,
};

static int check_all(const struct btf_parse *parse)
{
	u32 id, since = 0;
	int err;

	note_nameless(parse);

	for (id = 1; id < parse->types->cnt; id++) {
		struct btf_view view = btf_view_of(parse->types, id);

		if (!checks[view.kind])
			continue;
		err = checks[view.kind](parse, &view);
		since += 1 + view.vlen;
		if (!err && since >= BTF_YIELD_TYPES) {
			since = 0;
			err = modbpf_yield();
		}
		if (err)
			return err;
	}
	return 0;
}

int btf_check_references(struct btf_parse *parse)
{
	int err;

	parse->is_nameless = modbpf_zalloc(parse->types->cnt * sizeof(*parse->is_nameless));
	if (!parse->is_nameless)
		return -ENOMEM;
	err = check_all(parse);
	modbpf_free(parse->is_nameless);
	return err;
}
