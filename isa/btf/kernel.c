// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is a function of the kernel called with, and what lies where in its structures? */
#include "isa/btf/kernel.h"

#define EVENT_PREFIX "btf_trace_"
#define EVENT_PREFIX_BYTES (sizeof(EVENT_PREFIX) - 1)

/* --- calls -------------------------------------------------------------------------- */

static int refuse_call(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}

u32 btf_arg_bytes(const struct btf_types *types, u32 type)
{
	u32 bytes = type ? types->sizes[type] : MODBPF_BTF_NO_SIZE;

	return bytes == 1 || bytes == 2 || bytes == 4 ? bytes : 8;
}

/* Does it come in one register of integers? Small structures do. */
static bool is_passed_plainly(const struct btf_types *types, u32 type)
{
	u8 kind = btf_base_of(types, type).kind;

	return kind != MODBPF_BTF_FLOAT && kind != MODBPF_BTF_ARRAY &&
	       types->sizes[types->bases[type]] - 1 < 8;
}

static int read_proto(const struct btf_types *types, const struct btf_view *proto, u32 skip,
		      struct btf_call *call, const char **why)
{
	u32 i;

	if (proto->kind != MODBPF_BTF_FUNC_PROTO || proto->vlen < skip)
		return refuse_call(why, "it is not called as a function is");
	if (proto->vlen - skip > BTF_CALL_ARGS)
		return refuse_call(why, "it has more than 12 arguments");
	call->cnt = proto->vlen - skip;
	for (i = 0; i < call->cnt; i++) {
		call->args[i] = btf_view_param(proto, i + skip).type;
		/* Without a type: "...". */
		if (!call->args[i] || !is_passed_plainly(types, call->args[i]))
			return refuse_call(why, "it has an argument of more than 8 bytes, or of none");
	}
	call->result = proto->type;
	return 0;
}

int btf_call_of_func(const struct btf_types *types, u32 id, struct btf_call *call,
		     const char **why)
{
	struct btf_view view, proto;
	int err;

	if (!id || id >= types->cnt)
		return refuse_call(why, "there is no such type");
	view = btf_view_of(types, id);
	if (view.kind != MODBPF_BTF_FUNC)
		return refuse_call(why, "it is not a function");
	proto = btf_view_of(types, view.type);
	call->name = btf_string(types, view.name_off);
	err = read_proto(types, &proto, 0, call, why);
	if (err)
		return err;
	if (call->result && !is_passed_plainly(types, call->result))
		return refuse_call(why, "it returns more than 8 bytes");
	return 0;
}

const char *btf_event_name(const struct btf_types *types, const struct btf_view *view)
{
	const char *name = btf_string(types, view->name_off);

	if (view->kind != MODBPF_BTF_TYPEDEF || strncmp(name, EVENT_PREFIX, EVENT_PREFIX_BYTES))
		return NULL;
	return name + EVENT_PREFIX_BYTES;
}

/* The tracepoint's typedef is of a pointer to what it calls, the runtime's data first. */
int btf_call_of_event(const struct btf_types *types, u32 id, struct btf_call *call,
		      const char **why)
{
	struct btf_view view, pointer = { 0 }, proto = { 0 };
	int err;

	if (!id || id >= types->cnt)
		return refuse_call(why, "there is no such type");
	view = btf_view_of(types, id);
	call->name = btf_event_name(types, &view);
	if (!call->name)
		return refuse_call(why, "it is not the type of a tracepoint");
	if (view.type)
		pointer = btf_view_of(types, view.type);
	if (pointer.kind == MODBPF_BTF_PTR && pointer.type)
		proto = btf_view_of(types, pointer.type);
	err = read_proto(types, &proto, 1, call, why);
	call->result = 0;
	return err;
}

/* --- structures ----------------------------------------------------------------------- */

static bool is_struct(const struct btf_view *view)
{
	return view->kind == MODBPF_BTF_STRUCT || view->kind == MODBPF_BTF_UNION;
}

u32 btf_struct_named(const struct btf_types *types, const char *name)
{
	struct btf_view view;
	u32 id;

	for (id = 1; id < types->cnt; id++) {
		view = btf_view_of(types, id);
		if (view.kind == MODBPF_BTF_STRUCT && !strcmp(btf_string(types, view.name_off), name))
			return id;
	}
	return 0;
}

static bool is_foreign_tag(const struct btf_types *types, const struct btf_view *view)
{
	const char *name = btf_string(types, view->name_off);

	return view->kind == MODBPF_BTF_TYPE_TAG &&
	       (!strcmp(name, "user") || !strcmp(name, "percpu"));
}

u32 btf_pointee(const struct btf_types *types, u32 type)
{
	struct btf_view view = btf_base_of(types, type);
	u32 base;

	if (view.kind != MODBPF_BTF_PTR || !view.type)
		return 0;
	base = types->bases[view.type];
	/* Nothing contains itself: the way to the base ends. */
	for (type = view.type; type != base; type = view.type) {
		view = btf_view_of(types, type);
		if (is_foreign_tag(types, &view))
			return 0;
	}
	view = btf_view_of(types, base);
	return is_struct(&view) ? base : 0;
}

#define LOOK_DEPTH 24	/* structures within structures */
#define LOOK_STEPS 16384

/* A structure that is being looked through. */
struct looked {
	u32 id;
	u32 next;	/* member */
	u64 off;	/* of what is looked for, in it */
};

struct look {
	const struct btf_types *types;
	u32 bytes;
	u32 pointee;
	bool is_flexible;	/* it lies in an array without a length */
	u32 depth;
	struct looked at[LOOK_DEPTH];
};

static void enter(struct look *look, u32 id, u64 off)
{
	if (look->depth < LOOK_DEPTH)
		look->at[look->depth++] = (struct looked){ id, 0, off };
}

/* What is looked for begins @off bytes into something of @type. */
static void look_at(struct look *look, u32 type, u64 off)
{
	const struct btf_types *types = look->types;
	struct btf_view view = btf_base_of(types, type);
	struct btf_array array;
	u32 bytes;

	while (view.kind == MODBPF_BTF_ARRAY) {
		array = btf_view_array(&view);
		bytes = types->sizes[types->bases[array.elem_type]];
		if (!bytes || bytes == MODBPF_BTF_NO_SIZE)
			return;
		look->is_flexible |= !array.nelems;
		if (array.nelems && off >= (u64)bytes * array.nelems)
			return;
		type = array.elem_type;
		view = btf_base_of(types, type);
		/* Of rows of rows, the one. */
		off %= bytes;
	}
	if (is_struct(&view))
		enter(look, view.id, off);
	else if (view.kind == MODBPF_BTF_PTR && !off && look->bytes == 8)
		look->pointee = btf_pointee(types, type);
}

/* The next member of the innermost structure; false: there are no more. */
static bool look_on(struct look *look)
{
	struct looked *in = &look->at[look->depth - 1];
	const struct btf_view view = btf_view_of(look->types, in->id);
	struct btf_member member;
	u64 from, bytes;
	u32 bits;

	if (in->next >= view.vlen)
		return false;
	member = btf_view_member(&view, in->next++);
	bits = btf_member_offset(&view, &member);
	from = bits / 8;
	if (btf_member_bits(&view, &member) || bits % 8 || in->off < from)
		return true;
	bytes = look->types->sizes[look->types->bases[member.type]];
	if (bytes && in->off - from >= bytes)
		return true;
	look_at(look, member.type, in->off - from);
	return true;
}

enum btf_found btf_look_into(const struct btf_types *types, u32 id, s64 off, u32 bytes,
			     u32 *pointee, u64 *steps)
{
	struct look look = { .types = types, .bytes = bytes };
	u32 budget = LOOK_STEPS, size = types->sizes[id];

	*pointee = 0;
	if (off < 0)
		return BTF_FOUND_NOTHING;
	enter(&look, id, off);
	while (look.depth && !look.pointee && budget--) {
		*steps += 1;
		if (!look_on(&look))
			look.depth--;
	}
	if ((u64)off + bytes > size && !look.is_flexible)
		return BTF_FOUND_NOTHING;
	*pointee = look.pointee;
	return look.pointee ? BTF_FOUND_POINTER : BTF_FOUND_NUMBER;
}
