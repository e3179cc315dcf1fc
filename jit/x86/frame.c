// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How does control come into a function of the image, and leave it?
 *
 * Every function begins with push rbp; mov rbp, rsp and keeps rbp until it is left:
 * the unwinder knows one rule for the whole image, CFA = rbp + 16. Below rbp lie
 * the BPF stack, padding that keeps rsp on 16 bytes where calls are made, and the
 * saved registers:
 *
 *	push rbp; mov rbp, rsp; sub rsp, below; push ...	in
 *	pop ...; leave; return					out
 *
 * A tail call leaves by the same way out and then jumps, so that the program it
 * goes to builds its frame where this one's was. The tail call count is in r12 for
 * the whole run: only entry, which C calls, saves and sets it, in a frame of its
 * own above the main program's. A subprogram's tail calls thus count for its caller
 * as well, and no chain is longer than MODBPF_MAX_TAIL_CALLS.
 *
 * A tail call out of a subprogram leaves its callers' frames behind, and what it
 * calls may do the same again. So that this cannot use up the stack, r12 holds in
 * its upper bits how far down rsp may be when a subprogram does so.
 */
#include "jit/x86/select.h"

#define COUNT_MASK 127		/* of r12; the rest is an address, rounded down */
#define COUNT_FULL 64		/* a bit that is set when no tail call is left */
#define COUNT_START (COUNT_FULL - MODBPF_MAX_TAIL_CALLS)
#define TAIL_STACK_BYTES 4096	/* below entry's frame; the last program called may use its own besides */
static_assert(MODBPF_MAX_TAIL_CALLS < COUNT_FULL, "the count stays in its bits");

#define FIRST_SAVED 6
#define LAST_SAVED 9

static void plan_frame(struct x86_select *s)
{
	u32 reg, pushes = 0;

	s->frame.saved = 0;
	for (reg = FIRST_SAVED; reg <= LAST_SAVED; reg++) {
		if (!(s->sub->used >> reg & 1))
			continue;
		s->frame.saved |= 1 << reg;
		pushes++;
	}
	s->frame.below = (s->sub->stack_depth + 7U) & ~7U;
	if (s->sub->has_call && (s->frame.below + 8 * pushes) % 16)
		s->frame.below += 8;
}

static void enter_frame(struct x86_select *s)
{
	u32 reg;

	x86_push(&s->buf, X86_RBP);
	x86_mov(s, 8, X86_RBP, X86_RSP);
	if (s->frame.below)
		x86_ri(&s->buf, X86_SUB, 8, X86_RSP, s->frame.below);
	for (reg = FIRST_SAVED; reg <= LAST_SAVED; reg++)
		if (s->frame.saved >> reg & 1)
			x86_push(&s->buf, x86_reg_of[reg]);
}

static void leave_frame(struct x86_select *s)
{
	u32 reg;

	for (reg = LAST_SAVED; reg >= FIRST_SAVED; reg--)
		if (s->frame.saved >> reg & 1)
			x86_pop(&s->buf, x86_reg_of[reg]);
	x86_plain(&s->buf, X86_LEAVE);
}

static void add_fixup(struct x86_select *s, u32 at, u64 target)
{
	s->fixups[s->fixup_cnt++] = (struct jit_fixup){ .at = at, .target = target };
}

static void add_call(struct x86_select *s, u32 at, u32 subprog)
{
	s->calls[s->call_cnt++] = (struct x86_call){ .at = at, .subprog = subprog };
}

/* int3 stops the processor from running on, on speculation, behind a return or an indirect jump. */
static void emit_return(struct x86_select *s)
{
	u64 thunk = s->req->target->return_thunk;

	if (thunk) {
		add_fixup(s, x86_jmp_far(&s->buf), thunk);
		return;
	}
	x86_plain(&s->buf, X86_RET);
	x86_plain(&s->buf, X86_INT3);
}

static void emit_jump_to_rax(struct x86_select *s)
{
	u64 thunk = s->req->target->indirect_thunk;

	if (thunk)
		add_fixup(s, x86_jmp_far(&s->buf), thunk);
	else
		x86_r(&s->buf, X86_JMP_REG, 8, X86_RAX);
	x86_plain(&s->buf, X86_INT3);
}

/*
 * Where C comes in, and where a tail call lands: the main program itself, but for
 * a program that counts tail calls, which has an entry that sets the count to zero.
 */
void x86_emit_entry(struct x86_select *s)
{
	struct x86_buf *buf = &s->buf;

	x86_place_label(s, &s->entry);
	x86_plain(buf, X86_ENDBR64);
	s->tail_entry = s->entry;
	if (!s->ir->has_tail_call)
		return;
	x86_push(buf, X86_RBP);
	x86_mov(s, 8, X86_RBP, X86_RSP);
	x86_push(buf, X86_TAIL_COUNT);
	x86_push(buf, X86_TAIL_COUNT);	/* twice: rsp stays on 16 bytes */
	x86_rm(buf, X86_LEA, 8, X86_TAIL_COUNT, x86_at(X86_RSP, -TAIL_STACK_BYTES));
	x86_ri(buf, X86_AND, 8, X86_TAIL_COUNT, ~COUNT_MASK);
	x86_ri(buf, X86_ADD, 8, X86_TAIL_COUNT, COUNT_START);
	add_call(s, x86_call_far(buf), 0);
	x86_rm(buf, X86_LOAD, 8, X86_TAIL_COUNT, x86_at(X86_RBP, -8));
	x86_plain(buf, X86_LEAVE);
	emit_return(s);
	x86_place_label(s, &s->tail_entry);
	x86_plain(buf, X86_ENDBR64);
}

void x86_enter_subprog(struct x86_select *s)
{
	x86_place_label(s, &s->labels[x86_start_label(s, s->sub - s->ir->subprogs)]);
	if (s->sub->is_callback)
		x86_plain(&s->buf, X86_ENDBR64);
	plan_frame(s);
	enter_frame(s);
}

/* The first exit is the way out; later ones go there, unless it is as short as a jump. */
void x86_emit_exit(struct x86_select *s)
{
	struct x86_label *label = &s->labels[x86_exit_label(s)];

	if (label->at && (s->frame.saved || s->req->target->return_thunk)) {
		x86_jump_to(s, X86_ALWAYS, x86_exit_label(s));
		return;
	}
	x86_place_label(s, label);
	leave_frame(s);
	emit_return(s);
}

void x86_call_address(struct x86_select *s, u64 target)
{
	if (!target)
		x86_refuse(s, -EOPNOTSUPP);
	add_fixup(s, x86_call_far(&s->buf), target);
}

void x86_emit_helper_call(struct x86_select *s, const struct ir_op *op)
{
	x86_call_address(s, op->flags & IR_KNOWN ? (u64)op->imm : s->req->target->helpers[op->imm]);
}

void x86_emit_subprog_call(struct x86_select *s, const struct ir_op *op)
{
	add_call(s, x86_call_far(&s->buf), op->imm);
}

/* A subprogram keeps what C wants kept, so C may call it as it is. */
void x86_emit_subprog_address(struct x86_select *s, const struct ir_op *op)
{
	add_call(s, x86_lea_far(&s->buf, x86_reg_of[op->dst]), op->imm);
}

/* Jumps to where a tail call that does not happen goes on. */
struct tail_refusals {
	u32 jumps[4];
	u32 cnt;
};

static void refuse_if(struct x86_select *s, struct tail_refusals *out, enum x86_cond cond)
{
	out->jumps[out->cnt++] = x86_jcc_ahead(&s->buf, cond);
}

static void check_tail_limits(struct x86_select *s, struct tail_refusals *out)
{
	struct x86_buf *buf = &s->buf;

	x86_ri(buf, X86_TEST, 4, X86_TAIL_COUNT, COUNT_FULL);
	refuse_if(s, out, X86_NE);
	if (s->sub == s->ir->subprogs)
		return;
	x86_rr(buf, X86_CMP, 8, X86_TAIL_COUNT, X86_RSP);
	refuse_if(s, out, X86_B);
}

/* rax = the entry; it may change while it is read: it is read once. */
static void load_known_entry(struct x86_select *s, const struct map_bind *bind, u32 index)
{
	x86_mov_const(&s->buf, X86_RCX, bind->values + 8ULL * index);
	x86_rm(&s->buf, X86_LOAD, 8, X86_RAX, x86_at(X86_RCX, 0));
}

/*
 * R3 (edx) is the index, which is masked by the outcome of its check, so that a
 * mispredicted branch cannot read beyond the array.
 */
static void load_entry(struct x86_select *s, const struct ir_op *op, const struct map_bind *bind,
		       struct tail_refusals *out)
{
	struct x86_buf *buf = &s->buf;

	if (op->b)
		x86_rr(buf, X86_CMP, 4, x86_reg_of[op->b], X86_RDX);
	else
		x86_ri(buf, X86_CMP, 4, X86_RDX, bind->max_entries);
	refuse_if(s, out, X86_AE);
	x86_rr(buf, X86_SBB, 4, X86_RCX, X86_RCX);	/* all ones: the index is below */
	x86_rr(buf, X86_AND, 4, X86_RCX, X86_RDX);
	x86_mov_const(buf, X86_RCX, bind->values);
	x86_rm(buf, X86_LOAD, 8, X86_RAX,
	       (struct x86_mem){ .base = X86_RCX, .index = X86_RDX, .scale = 8 });
}

/* R1 (rdi) is the context and stays. */
void x86_emit_tail_call(struct x86_select *s, const struct ir_op *op)
{
	const struct map_bind *bind = &s->req->binds[op->imm];
	struct tail_refusals out = {};
	struct x86_buf *buf = &s->buf;

	if (!bind->values) {
		x86_refuse(s, -EOPNOTSUPP);
		return;
	}
	check_tail_limits(s, &out);
	if (op->flags & IR_KNOWN && (u32)op->disp < bind->max_entries)
		load_known_entry(s, bind, op->disp);
	else
		load_entry(s, op, bind, &out);
	x86_rr(buf, X86_TEST, 8, X86_RAX, X86_RAX);
	refuse_if(s, &out, X86_E);
	x86_ri(buf, X86_ADD, 8, X86_TAIL_COUNT, 1);
	leave_frame(s);
	emit_jump_to_rax(s);
	while (out.cnt)
		x86_land(buf, out.jumps[--out.cnt]);
	x86_mov_const(buf, X86_RAX, IR_TAIL_FAILED);
}
