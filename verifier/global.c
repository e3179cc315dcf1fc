// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What may a global function be given, and what does it find? See global.h.
 *
 * Memory that is passed may be written by the function: what is known of it is
 * lost to the caller. It holds no pointer, so the function finds none in it.
 */
#include "verifier/global.h"

#include "isa/btf/btf.h"
#include "verifier/ctx.h"
#include "verifier/exact.h"
#include "verifier/mem.h"
#include "verifier/stack.h"
#include "verifier/typed.h"

#define MAX_MEM (1u << 29)
#define MAX_QUALIFIERS 32	/* that are looked through for a typedef's name */
#define YIELD_TYPES 4096

/* What a context is called in C, by program type. The first row that fits counts. */
static const struct ctx_name {
	u8 ctx;			/* enum ctx_kind */
	const char *name;	/* of the struct, or of a typedef */
} ctx_names[] = {
	{ CTX_KIND_SKB, "__sk_buff" },
	{ CTX_KIND_REGS, "bpf_user_pt_regs_t" },
	{ CTX_KIND_REGS, "pt_regs" },
	{ CTX_KIND_REGS, "user_pt_regs" },
	{ CTX_KIND_NF, "bpf_nf_ctx" },
	{ CTX_KIND_SAMPLE, "bpf_perf_event_data" },
	{ CTX_KIND_ARGS, "bpf_raw_tracepoint_args" },
	{ CTX_KIND_XDP, "xdp_md" },
	{ CTX_KIND_SOCK, "bpf_sock" },
	{ CTX_KIND_SOCK_ADDR, "bpf_sock_addr" },
	{ CTX_KIND_SOCK_OPS, "bpf_sock_ops" },
	{ CTX_KIND_DEVICE, "bpf_cgroup_dev_ctx" },
};

/* --- signatures ------------------------------------------------------------------------- */

static bool is_ctx_name(const struct program *prog, const struct btf_view *view)
{
	const char *name = btf_string(prog->req->btf, view->name_off);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ctx_names); i++)
		if (ctx_names[i].ctx == prog->rule->ctx && !strcmp(name, ctx_names[i].name))
			return true;
	return false;
}

static bool leads_to_ctx(const struct program *prog, u32 type)
{
	const struct btf_types *btf = prog->req->btf;
	struct btf_view view;
	u32 i;

	for (i = 0; i < MAX_QUALIFIERS && btf->bases[type] != type; i++) {
		view = btf_view_of(btf, type);
		if (view.kind == MODBPF_BTF_TYPEDEF && is_ctx_name(prog, &view))
			return true;
		type = view.type;
	}
	view = btf_base_of(btf, type);
	return view.kind == MODBPF_BTF_STRUCT && is_ctx_name(prog, &view);
}

static bool is_number(const struct btf_view *base)
{
	return (base->kind == MODBPF_BTF_INT && base->size <= 8) ||
	       base->kind == MODBPF_BTF_ENUM || base->kind == MODBPF_BTF_ENUM64;
}

/* What a caller passes could be made, or lost, by the function. */
static bool is_dynptr(const struct btf_types *btf, u32 type)
{
	struct btf_view base = btf_base_of(btf, type);

	return base.kind == MODBPF_BTF_STRUCT && !strcmp(btf_string(btf, base.name_off), "bpf_dynptr");
}

static u8 read_arg(const struct program *prog, u32 type, u32 *size)
{
	const struct btf_types *btf = prog->req->btf;
	struct btf_view base = btf_base_of(btf, type);

	if (is_number(&base))
		return GLOBAL_NUMBER;
	if (base.kind != MODBPF_BTF_PTR)
		return GLOBAL_UNSUPPORTED;
	if (leads_to_ctx(prog, base.type))
		return GLOBAL_CTX;
	if (is_dynptr(btf, base.type))
		return GLOBAL_UNSUPPORTED;
	*size = btf->sizes[base.type];
	return *size < MAX_MEM ? GLOBAL_MEM_OR_NULL : GLOBAL_UNSUPPORTED;
}

static void read_signature(struct program *prog, u32 routine)
{
	const struct btf_types *btf = prog->req->btf;
	struct signature *signature = &prog->signatures[routine];
	struct btf_view func = btf_view_of(btf, prog->routines[routine].type);
	struct btf_view proto = btf_view_of(btf, func.type), result;
	u32 i;

	signature->is_global = func.vlen == MODBPF_BTF_GLOBAL;
	result = btf_base_of(btf, proto.type);
	signature->returns_number = is_number(&result);
	signature->is_unsupported = proto.vlen > SIGNATURE_ARGS ||
				    (result.kind != MODBPF_BTF_VOID && !is_number(&result));
	signature->arg_cnt = proto.vlen < SIGNATURE_ARGS ? proto.vlen : SIGNATURE_ARGS;
	for (i = 0; i < signature->arg_cnt; i++)
		signature->args[i] = read_arg(prog, btf_view_param(&proto, i).type,
					      &signature->sizes[i]);
}

/* "arg:nonnull", "arg:ctx" (__arg_nonnull, __arg_ctx) of argument @at. */
static void apply_tag(const struct program *prog, struct signature *signature, u32 at,
		      const struct btf_view *tag)
{
	const char *text = btf_string(prog->req->btf, tag->name_off);
	u8 *arg = &signature->args[at];

	if (strncmp(text, "arg:", 4))
		return;
	if (!strcmp(text, "arg:nonnull") && (*arg == GLOBAL_MEM_OR_NULL || *arg == GLOBAL_MEM))
		*arg = GLOBAL_MEM;
	else if (!strcmp(text, "arg:ctx") && *arg != GLOBAL_NUMBER)
		*arg = GLOBAL_CTX;
	else
		*arg = GLOBAL_UNSUPPORTED;
}

/* One pass over all types. @routine_of: by type, the routine of that FUNC, 0: none. */
static int apply_tags(struct program *prog, u8 *routine_of)
{
	const struct btf_types *btf = prog->req->btf;
	u32 i;

	for (i = 1; i < prog->routine_cnt; i++)
		routine_of[prog->routines[i].type] = i;
	for (i = 1; i < btf->cnt; i++) {
		struct btf_view tag = btf_view_of(btf, i);
		u32 at;

		if (i % YIELD_TYPES == 0 && modbpf_yield())
			return -EINTR;
		if (tag.kind != MODBPF_BTF_DECL_TAG || !routine_of[tag.type])
			continue;
		at = btf_view_word(&tag, 0);
		if (at < SIGNATURE_ARGS)
			apply_tag(prog, &prog->signatures[routine_of[tag.type]], at, &tag);
	}
	return 0;
}

int read_signatures(struct program *prog)
{
	u8 *routine_of;
	u32 i;
	int err;

	if (!prog->req->func_cnt || prog->routine_cnt < 2)
		return 0;
	prog->signatures = modbpf_zalloc(prog->routine_cnt * sizeof(*prog->signatures));
	routine_of = modbpf_zalloc(prog->req->btf->cnt);
	err = prog->signatures && routine_of ? 0 : -ENOMEM;
	for (i = 1; !err && i < prog->routine_cnt; i++)
		read_signature(prog, i);
	if (!err)
		err = apply_tags(prog, routine_of);
	modbpf_free(routine_of);
	return err;
}

/* --- the function ------------------------------------------------------------------------ */

void enter_global(const struct program *prog, u32 routine, struct reg *regs, u32 *last_id)
{
	const struct signature *signature = &prog->signatures[routine];
	u32 i;

	for (i = 0; i < signature->arg_cnt; i++) {
		struct reg *reg = &regs[i + 1];

		switch (signature->args[i]) {
		case GLOBAL_NUMBER:
			*reg = reg_scalar(scalar_unknown());
			break;
		case GLOBAL_CTX:
			*reg = reg_pointer(REG_CTX);
			break;
		case GLOBAL_MEM:
			*reg = reg_pointer(REG_MEM);
			break;
		default:
			*reg = reg_pointer(REG_MEM_OR_NULL);
			reg->id = ++*last_id;	/* each is null or not by itself */
		}
		if (signature->args[i] != GLOBAL_NUMBER && signature->args[i] != GLOBAL_CTX)
			reg->size = signature->sizes[i];
	}
}

int check_global_exit(struct step *step)
{
	const struct reg *r0 = &step_regs(step)[0];
	int err;

	if (!step->prog->signatures[step->found->root].returns_number)
		return 0;
	err = check_reg_read(step, 0);
	if (err || r0->kind == REG_SCALAR)
		return err;
	return refuse(step, REFUSE_LEAK_RETURN, 0, "R0 leaks addr as return value");
}

/* --- the call ------------------------------------------------------------------------------ */

static const char *name_of(const struct program *prog, u32 routine)
{
	struct btf_view func = btf_view_of(prog->req->btf, prog->routines[routine].type);

	return btf_string(prog->req->btf, func.name_off);
}

static int refuse_arg(struct step *step, u32 routine, u32 regno, const char *expected)
{
	return refuse(step, REFUSE_GLOBAL_ARG, regno,
		      "Caller passes invalid args into func#%u ('%.64s'): R%u type=%s expected=%s",
		      routine, name_of(step->prog, routine), regno,
		      reg_kind_name(step_regs(step)[regno].kind), expected);
}

static int check_memory(struct step *step, u32 routine, u32 regno, u32 bytes)
{
	const struct reg *reg = &step_regs(step)[regno];
	struct span span;
	int err;

	/* A function that moves the packet would be left with a pointer to where it was. */
	if (reg_is_in_packet(reg)) {
		if (step->prog->routines[routine].moves_packet)
			return refuse_arg(step, routine, regno, "fp, map_value, ringbuf_mem, mem");
		if (!step->prog->rule->packet_write)
			return refuse(step, REFUSE_PACKET_WRITE, regno,
				      "cannot write into packet");
		step->found->packet_write = true;
	}
	if (reg->kind != REG_STACK)
		return check_region(step, regno, 0, bytes, ACCESS_READ | ACCESS_WRITE);
	err = check_stack_span(step, regno, 0, bytes, &span);
	if (!err)
		err = check_stack_readable(step, reg->frame, span);
	return err ? : stack_smear(step, reg->frame, span);
}

/* What may be null as well is checked as if it were not: null is fine. */
static int check_memory_or_null(struct step *step, u32 routine, u32 regno, u32 bytes)
{
	struct reg *reg = &step_regs(step)[regno];

	if (is_exactly_null(step->state, reg))
		return 0;
	reg->kind = reg_kind_not_null(reg->kind);	/* gone after the call, either way */
	return check_memory(step, routine, regno, bytes);
}

static int check_arg(struct step *step, u32 routine, u32 at)
{
	const struct signature *signature = &step->prog->signatures[routine];
	const struct reg *reg = &step_regs(step)[at + 1];
	u32 regno = at + 1, bytes = signature->sizes[at];
	int err = check_reg_read(step, regno);

	if (err)
		return err;
	switch (signature->args[at]) {
	case GLOBAL_NUMBER:
		return reg_is_number(step, reg) ? 0 : refuse_arg(step, routine, regno, "scalar");
	case GLOBAL_CTX:
		return reg->kind == REG_CTX ? check_ctx_unmoved(step, regno) :
					      refuse_arg(step, routine, regno, "ctx");
	case GLOBAL_MEM:
		if (reg->kind == REG_SCALAR || reg_may_be_null(reg))
			return refuse_arg(step, routine, regno, "fp, map_value, ringbuf_mem, mem");
		return check_memory(step, routine, regno, bytes);
	default:
		return check_memory_or_null(step, routine, regno, bytes);
	}
}

static int check_signature(struct step *step, u32 routine)
{
	const struct signature *signature = &step->prog->signatures[routine];
	u32 i;

	if (signature->is_unsupported) {
		return refuse(step, REFUSE_GLOBAL_SIGNATURE, REFUSAL_NO_REG,
			      "Global function %.64s() doesn't return scalar, or has more than %u args. "
			      "Only those are supported.", name_of(step->prog, routine), SIGNATURE_ARGS);
	}
	for (i = 0; i < signature->arg_cnt; i++)
		if (signature->args[i] == GLOBAL_UNSUPPORTED)
			return refuse(step, REFUSE_GLOBAL_SIGNATURE, REFUSAL_NO_REG,
				      "Arg#%u type in %.64s() is not supported yet.", i,
				      name_of(step->prog, routine));
	return 0;
}

/* How deep are calls where it is called, in whatever calls this? */
static int note_entry(struct step *step, u32 routine)
{
	const struct entry *here = &step->found->entries[step->found->root];
	struct entry *entry = &step->found->entries[routine];
	const struct state *state = step->state;
	u32 frames = here->frames_above + state->frame_cnt, callbacks = here->callbacks_above, i;

	if (frames >= MODBPF_MAX_FRAMES) {
		return refuse(step, REFUSE_CALL_TOO_DEEP, REFUSAL_NO_REG,
			      "the call stack of %u frames is too deep", frames + 1);
	}
	for (i = 0; i < state->frame_cnt; i++)
		callbacks += state->frames[i]->is_callback;
	entry->is_called = true;
	step_note_call(step, state, routine);
	if (frames <= entry->frames_above && callbacks <= entry->callbacks_above)
		return 0;
	/* A timer's callback may be found when the function has been verified for less. */
	entry->is_verified = false;
	if (frames > entry->frames_above)
		entry->frames_above = frames;
	if (callbacks > entry->callbacks_above)
		entry->callbacks_above = callbacks;
	return 0;
}

int check_global_call(struct step *step, u32 target)
{
	u32 routine = step->prog->info[target].subprog, i;
	const struct signature *signature = &step->prog->signatures[routine];
	struct reg *regs = step_regs(step);
	int err = check_signature(step, routine);

	for (i = 0; i < signature->arg_cnt && !err; i++)
		err = check_arg(step, routine, i);
	if (!err)
		err = note_entry(step, routine);
	if (err)
		return err;
	if (step->prog->routines[routine].moves_packet)
		state_drop_packet(step->state);
	for (i = 0; i <= 5; i++)
		regs[i] = reg_uninit();
	if (signature->returns_number)
		regs[0] = reg_scalar(scalar_unknown());
	return 0;
}
