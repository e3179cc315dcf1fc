// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is each type behind its typedefs and qualifiers, and how large? Nothing
 * may contain itself; a pointer may lead back, unless it leads to pointers only.
 *
 * Depth first, with a stack of its own: each reference is followed once.
 */
#include "isa/btf/parse.h"

#define PTR_BYTES 8

enum visit { VISIT_NONE, VISIT_OPEN, VISIT_DONE };

struct open_type {
	u32 id;
	u32 next;	/* which of its references is followed next */
};

struct walk {
	const struct btf_parse *parse;
	u8 *visits;		/* enum visit, per id */
	struct open_type *open;	/* the stack: each id is on it once at most */
	u32 open_cnt;
	u32 steps;
};

static bool is_modifier(u8 kind)
{
	return kind == MODBPF_BTF_TYPEDEF || kind == MODBPF_BTF_VOLATILE ||
	       kind == MODBPF_BTF_CONST || kind == MODBPF_BTF_RESTRICT ||
	       kind == MODBPF_BTF_TYPE_TAG;
}

/* The @at-th type that is part of @view. False: there are no more. */
static bool contained(const struct btf_view *view, u32 at, u32 *id)
{
	switch (view->kind) {
	case MODBPF_BTF_STRUCT:
	case MODBPF_BTF_UNION:
		if (at < view->vlen)
			*id = btf_view_member(view, at).type;
		return at < view->vlen;
	case MODBPF_BTF_DATASEC:
		if (at < view->vlen)
			*id = btf_view_section_var(view, at).type;
		return at < view->vlen;
	case MODBPF_BTF_ARRAY:
		*id = at ? btf_view_array(view).index_type : btf_view_array(view).elem_type;
		return at < 2;
	case MODBPF_BTF_VAR:
		*id = view->type;
		return !at;
	default:
		*id = view->type;
		return !at && is_modifier(view->kind);
	}
}

static int size_array(const struct btf_parse *parse, const struct btf_view *view, u32 *size)
{
	struct btf_array array = btf_view_array(view);
	u32 elem = parse->types->sizes[array.elem_type];

	*size = MODBPF_BTF_NO_SIZE;
	if (elem == MODBPF_BTF_NO_SIZE)
		return 0;
	if (array.nelems && elem > MODBPF_BTF_NO_SIZE / array.nelems)
		return btf_refuse_type(parse, view, -EINVAL, "Array size overflows u32");
	*size = elem * array.nelems;
	return 0;
}

/* All that is part of @view is known. */
static int settle(const struct btf_parse *parse, const struct btf_view *view)
{
	struct btf_types *types = parse->types;
	u32 *size = &types->sizes[view->id];

	types->bases[view->id] = view->id;
	switch (view->kind) {
	case MODBPF_BTF_INT:
	case MODBPF_BTF_ENUM:
	case MODBPF_BTF_ENUM64:
	case MODBPF_BTF_STRUCT:
	case MODBPF_BTF_UNION:
	case MODBPF_BTF_FLOAT:
	case MODBPF_BTF_DATASEC:
		*size = view->size;
		return 0;
	case MODBPF_BTF_PTR:
		*size = PTR_BYTES;
		return 0;
	case MODBPF_BTF_ARRAY:
		return size_array(parse, view, size);
	case MODBPF_BTF_VAR:
		*size = types->sizes[view->type];
		return 0;
	default:
		*size = MODBPF_BTF_NO_SIZE;
		if (!is_modifier(view->kind))
			return 0;
		types->bases[view->id] = types->bases[view->type];
		*size = types->sizes[view->type];
		return 0;
	}
}

static void open_type(struct walk *walk, u32 id)
{
	walk->visits[id] = VISIT_OPEN;
	walk->open[walk->open_cnt++] = (struct open_type){ .id = id };
}

static int step(struct walk *walk)
{
	struct open_type *top = &walk->open[walk->open_cnt - 1];
	struct btf_view view = btf_view_of(walk->parse->types, top->id);
	u32 id = 0;

	if (++walk->steps % BTF_YIELD_TYPES == 0 && modbpf_yield())
		return -EINTR;
	if (!contained(&view, top->next++, &id)) {
		walk->visits[top->id] = VISIT_DONE;
		walk->open_cnt--;
		return settle(walk->parse, &view);
	}
	if (id >= walk->parse->types->cnt)
		return btf_refuse_type(walk->parse, &view, -EINVAL, "Invalid type_id %u", id);
	if (walk->visits[id] == VISIT_OPEN)
		return btf_refuse_type(walk->parse, &view, -EEXIST, "Loop detected");
	if (walk->visits[id] == VISIT_NONE)
		open_type(walk, id);
	return 0;
}

static int resolve_all(struct walk *walk)
{
	struct btf_types *types = walk->parse->types;
	u32 id;
	int err;

	types->sizes[0] = MODBPF_BTF_NO_SIZE;
	walk->visits[0] = VISIT_DONE;
	for (id = 1; id < types->cnt; id++) {
		if (walk->visits[id] == VISIT_NONE)
			open_type(walk, id);
		while (walk->open_cnt) {
			err = step(walk);
			if (err)
				return err;
		}
	}
	return 0;
}

/* Pointers to pointers must end. Each type leads to one other: no stack is needed. */
static int check_pointers(struct walk *walk)
{
	struct btf_types *types = walk->parse->types;
	struct btf_view view;
	u32 id, at, from;

	memset(walk->visits, VISIT_NONE, types->cnt);
	for (id = 1; id < types->cnt; id++) {
		for (at = id; at && walk->visits[at] == VISIT_NONE; at = view.type) {
			walk->visits[at] = VISIT_OPEN;
			view = btf_view_of(types, at);
			if (view.kind != MODBPF_BTF_PTR && !is_modifier(view.kind))
				break;
			if (view.type >= types->cnt)
				return btf_refuse_type(walk->parse, &view, -EINVAL,
						       "Invalid type_id %u", view.type);
			if (walk->visits[view.type] == VISIT_OPEN)
				return btf_refuse_type(walk->parse, &view, -EEXIST, "Loop detected");
			if (++walk->steps % BTF_YIELD_TYPES == 0 && modbpf_yield())
				return -EINTR;
		}
		for (from = id; from && walk->visits[from] == VISIT_OPEN; from = view.type) {
			walk->visits[from] = VISIT_DONE;
			view = btf_view_of(types, from);
			if (view.kind != MODBPF_BTF_PTR && !is_modifier(view.kind))
				break;
		}
	}
	return 0;
}

int btf_resolve(const struct btf_parse *parse)
{
	struct btf_types *types = parse->types;
	struct walk walk = { .parse = parse };
	int err = -ENOMEM;

	types->bases = modbpf_zalloc((u64)types->cnt * sizeof(*types->bases));
	types->sizes = modbpf_zalloc((u64)types->cnt * sizeof(*types->sizes));
	walk.visits = modbpf_zalloc(types->cnt);
	walk.open = modbpf_zalloc((u64)types->cnt * sizeof(*walk.open));
	if (types->bases && types->sizes && walk.visits && walk.open)
		err = resolve_all(&walk);
	if (!err)
		err = check_pointers(&walk);
	modbpf_free(walk.open);
	modbpf_free(walk.visits);
	return err;
}
