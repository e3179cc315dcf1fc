// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Loads, stores and atomic operations. Memory ordering: the machine's plain loads
 * acquire and its plain stores release; locked instructions are full barriers.
 */
#include "jit/x86/select.h"

static void load(struct x86_select *s, const struct ir_op *op, u8 dst, struct x86_mem mem)
{
	bool is_signed = op->flags & IR_SIGNED;

	switch (op->bytes) {
	case 1:
		x86_rm(&s->buf, is_signed ? X86_MOVSX8 : X86_MOVZX8, is_signed ? 8 : 4, dst, mem);
		break;
	case 2:
		x86_rm(&s->buf, is_signed ? X86_MOVSX16 : X86_MOVZX16, is_signed ? 8 : 4, dst, mem);
		break;
	case 4:
		x86_rm(&s->buf, is_signed ? X86_MOVSXD : X86_LOAD, is_signed ? 8 : 4, dst, mem);
		break;
	default:
		x86_rm(&s->buf, X86_LOAD, 8, dst, mem);
		break;
	}
}

static void extend_sign(struct x86_select *s, u32 bytes, u8 dst, u8 src)
{
	static const u8 forms[] = { [1] = X86_MOVSX8, [2] = X86_MOVSX16, [4] = X86_MOVSXD };

	x86_rr(&s->buf, forms[bytes], 8, dst, src);
}

/* The thunk takes and returns rax and keeps all else; rax waits in a scratch register. */
static void probe_load(struct x86_select *s, const struct ir_op *op)
{
	static const u8 log2[] = { [1] = 0, [2] = 1, [4] = 2, [8] = 3 };
	u8 dst = x86_reg_of[op->dst];

	if (dst != X86_RAX)
		x86_mov(s, 8, X86_SCRATCH, X86_RAX);
	x86_rm(&s->buf, X86_LEA, 8, X86_RAX, x86_at(x86_reg_of[op->a], op->disp));
	x86_call_address(s, s->req->target->probe_load[log2[op->bytes]]);
	if (op->flags & IR_SIGNED)
		extend_sign(s, op->bytes, dst, X86_RAX);
	else if (dst != X86_RAX)
		x86_mov(s, 8, dst, X86_RAX);
	if (dst != X86_RAX)
		x86_mov(s, 8, X86_RAX, X86_SCRATCH);
}

void x86_emit_load(struct x86_select *s, const struct ir_op *op)
{
	if (op->flags & IR_PROBE)
		probe_load(s, op);
	else
		load(s, op, x86_reg_of[op->dst], x86_place(op));
}

void x86_emit_store(struct x86_select *s, const struct ir_op *op)
{
	struct x86_mem mem = x86_place(op);
	u8 src = x86_reg_of[op->b];

	if (op->flags & IR_IMM)
		x86_store_imm(&s->buf, op->bytes, mem, op->imm);
	else if (op->bytes == 1)
		x86_rm(&s->buf, X86_MOV8, 4, src, mem);
	else if (op->bytes == 2)
		x86_rm(&s->buf, X86_MOV16, 4, src, mem);
	else
		x86_rm(&s->buf, X86_MOV, op->bytes, src, mem);
}

/*
 * Fetch and or, and, xor: the machine has no such instruction, so the old value
 * goes to rax and is exchanged for the new one until nothing came between. rax's
 * own value waits in a scratch register, and is taken from there as an operand.
 */
static void emit_fetch_loop(struct x86_select *s, const struct ir_op *op, enum x86_form form)
{
	u8 base = x86_reg_of[op->a], src = x86_reg_of[op->b];
	struct x86_buf *buf = &s->buf;
	struct x86_mem mem = x86_at(base == X86_RAX ? X86_SCRATCH : base, op->disp);
	u32 again;

	x86_mov(s, 8, X86_SCRATCH, X86_RAX);
	x86_rm(buf, X86_LOAD, op->width, X86_RAX, mem);
	again = buf->len;
	x86_mov(s, op->width, X86_SCRATCH2, X86_RAX);
	x86_rr(buf, form, op->width, src == X86_RAX ? X86_SCRATCH : src, X86_SCRATCH2);
	x86_lock_rm(buf, X86_CMPXCHG, op->width, X86_SCRATCH2, mem);
	x86_jcc_back(buf, X86_NE, again);
	x86_mov(s, op->width, src, X86_RAX);
	if (src != X86_RAX)
		x86_mov(s, 8, X86_RAX, X86_SCRATCH);
}

/*
 * No branch: behind the last value rcx is 0 and takes both the index and the address
 * to 0, on speculation, too. The registers are those that a call may change.
 */
void x86_emit_lookup(struct x86_select *s, const struct ir_op *op)
{
	const struct map_bind *bind = &s->req->binds[op->imm];
	struct x86_buf *buf = &s->buf;

	if (op->flags & IR_KNOWN) {
		x86_mov_const(buf, X86_RAX, bind->values + (u64)(u32)op->disp * bind->stride);
		x86_add_cpu(buf, X86_RAX, s->req->target->cpu_offset);
		return;
	}
	x86_rm(buf, X86_LOAD, 4, X86_RAX, x86_at(x86_reg_of[op->a], 0));
	x86_ri(buf, X86_CMP, 4, X86_RAX, (s32)bind->max_entries);
	x86_rr(buf, X86_SBB, 8, X86_RCX, X86_RCX);	/* all ones: the index is below */
	x86_rr(buf, X86_AND, 4, X86_RCX, X86_RAX);
	if (bind->stride == 8)
		x86_ri8(buf, X86_SHL, 8, X86_RAX, 3);
	else
		x86_imul_rri(buf, 8, X86_RAX, X86_RAX, (s32)bind->stride);
	x86_mov_const(buf, X86_RDI, bind->values);
	x86_rr(buf, X86_ADD, 8, X86_RDI, X86_RAX);
	if (bind->is_percpu)
		x86_add_cpu(buf, X86_RAX, s->req->target->cpu_offset);
	x86_rr(buf, X86_AND, 8, X86_RCX, X86_RAX);
}

void x86_emit_atomic(struct x86_select *s, const struct ir_op *op)
{
	static const u8 forms[] = {
		[IR_ATOMIC_ADD] = X86_ADD, [IR_ATOMIC_OR] = X86_OR, [IR_ATOMIC_AND] = X86_AND,
		[IR_ATOMIC_XOR] = X86_XOR,
	};
	struct x86_mem mem = x86_at(x86_reg_of[op->a], op->disp);
	u8 src = x86_reg_of[op->b];

	if (op->atomic == IR_ATOMIC_XCHG) {
		x86_rm(&s->buf, X86_XCHG, op->width, src, mem);
	} else if (op->atomic == IR_ATOMIC_CMPXCHG) {
		x86_lock_rm(&s->buf, X86_CMPXCHG, op->width, src, mem);
		if (op->width == 4)	/* when it succeeds, eax is not written */
			x86_mov(s, 4, X86_RAX, X86_RAX);
	} else if (!(op->flags & IR_FETCH)) {
		x86_lock_rm(&s->buf, forms[op->atomic], op->width, src, mem);
	} else if (op->atomic == IR_ATOMIC_ADD) {
		x86_lock_rm(&s->buf, X86_XADD, op->width, src, mem);
	} else {
		emit_fetch_loop(s, op, forms[op->atomic]);
	}
}
