// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which x86-64 instructions carry out an operation? One operation after the other,
 * in the order of the blocks; what needs more than a few instructions has a file of
 * its own. ALU operations have their destination as first operand.
 */
#include "jit/x86/select.h"

const u8 x86_reg_of[IR_VALUE_COUNT] = {
	X86_RAX, X86_RDI, X86_RSI, X86_RDX, X86_RCX, X86_R8,
	X86_RBX, X86_R13, X86_R14, X86_R15, X86_RBP, X86_R10, X86_SCRATCH,
};

static const u8 cond_of[] = {
	[IR_EQ] = X86_E, [IR_NE] = X86_NE, [IR_SET] = X86_NE, [IR_CLEAR] = X86_E,
	[IR_ULT] = X86_B, [IR_ULE] = X86_BE, [IR_UGT] = X86_A, [IR_UGE] = X86_AE,
	[IR_SLT] = X86_L, [IR_SLE] = X86_LE, [IR_SGT] = X86_G, [IR_SGE] = X86_GE,
};

void x86_place_label(const struct x86_select *s, struct x86_label *label)
{
	label->at = s->buf.len;
	label->rank = s->jump_cnt;
}

void x86_jump_to(struct x86_select *s, u8 cond, u32 label)
{
	s->jumps[s->jump_cnt++] = (struct x86_jump){
		.at = x86_reserve_jump(&s->buf, cond),
		.label = label,
		.cond = cond,
	};
}

/* An operation works in its destination: bring the first operand there. */
static void copy_first(struct x86_select *s, const struct ir_op *op)
{
	if (op->a != op->dst)
		x86_mov(s, op->width, x86_reg_of[op->dst], x86_reg_of[op->a]);
}

struct x86_mem x86_place(const struct ir_op *op)
{
	struct x86_mem mem = x86_at(x86_reg_of[op->a], op->disp);

	if (op->scale) {
		mem.index = x86_reg_of[op->index];
		mem.scale = op->scale;
	}
	return mem;
}

/* An operand in memory: the base is where the register operand would be. */
static struct x86_mem operand_place(const struct ir_op *op, u16 base)
{
	struct ir_op place = *op;

	place.a = base;
	return x86_place(&place);
}

static bool emit_with_memory(struct x86_select *s, const struct ir_op *op)
{
	static const u8 forms[] = {
		[IR_ADD] = X86_ADD_RM, [IR_SUB] = X86_SUB_RM, [IR_OR] = X86_OR_RM,
		[IR_AND] = X86_AND_RM, [IR_XOR] = X86_XOR_RM, [IR_MUL] = X86_IMUL,
	};

	if (!(op->flags & IR_MEM) || op->kind == IR_BRANCH)
		return false;
	x86_rm(&s->buf, forms[op->kind], op->width, x86_reg_of[op->dst], operand_place(op, op->b));
	return true;
}

static void emit_alu(struct x86_select *s, const struct ir_op *op, enum x86_form form)
{
	u8 dst = x86_reg_of[op->dst];

	copy_first(s, op);
	if (op->flags & IR_IMM)
		x86_ri(&s->buf, form, op->width, dst, op->imm);
	else
		x86_rr(&s->buf, form, op->width, x86_reg_of[op->b], dst);
	if (op->dst != MODBPF_REG_FP)
		s->flags = (struct x86_flags){ .is_known = true, .reg = dst, .width = op->width, .at = s->buf.len };
}

/* Three operands: LEA, unless the destination is one of them. */
static void emit_add(struct x86_select *s, const struct ir_op *op)
{
	bool is_imm = op->flags & IR_IMM, is_sub = op->kind == IR_SUB;
	struct x86_mem mem = x86_at(x86_reg_of[op->a], is_imm ? (s32)(is_sub ? -op->imm : op->imm) : 0);

	if (op->a == op->dst || (!is_imm && (is_sub || op->b == op->dst)) ||
	    (is_imm && (s32)op->imm == -0x7fffffff - 1)) {
		if (op->a != op->dst && !is_imm && !is_sub)
			x86_rr(&s->buf, X86_ADD, op->width, x86_reg_of[op->a], x86_reg_of[op->dst]);
		else
			emit_alu(s, op, is_sub ? X86_SUB : X86_ADD);
		return;
	}
	if (!is_imm)
		mem.index = x86_reg_of[op->b];
	x86_rm(&s->buf, X86_LEA, op->width, x86_reg_of[op->dst], mem);
}

static void emit_and(struct x86_select *s, const struct ir_op *op)
{
	bool is_imm = op->flags & IR_IMM;

	if (is_imm && (op->imm == 0xff || op->imm == 0xffff))
		x86_rr(&s->buf, op->imm == 0xff ? X86_MOVZX8 : X86_MOVZX16, 4, x86_reg_of[op->dst],
		       x86_reg_of[op->a]);
	else
		emit_alu(s, op, X86_AND);
}

static void emit_rotate(struct x86_select *s, const struct ir_op *op)
{
	u32 bits = op->width * 8;

	if (op->a != op->dst && s->req->target->features & JIT_CPU_BMI2) {
		x86_rorx(&s->buf, op->width, x86_reg_of[op->dst], x86_reg_of[op->a], bits - op->imm);
		return;
	}
	copy_first(s, op);
	x86_ri8(&s->buf, X86_ROL, op->width, x86_reg_of[op->dst], op->imm);
}

static void emit_mul(struct x86_select *s, const struct ir_op *op)
{
	u8 dst = x86_reg_of[op->dst];

	if (op->flags & IR_IMM) {
		x86_imul_rri(&s->buf, op->width, dst, x86_reg_of[op->a], op->imm);
		return;
	}
	copy_first(s, op);
	x86_rr(&s->buf, X86_IMUL, op->width, dst, x86_reg_of[op->b]);
}

/* The count is in cl, which is R4; what else was there comes back from a scratch register. */
static void emit_shift_by_register(struct x86_select *s, const struct ir_op *op, enum x86_form form)
{
	u8 dst = x86_reg_of[op->dst], count = x86_reg_of[op->b];
	bool saves_rcx = count != X86_RCX || dst == X86_RCX;

	if (saves_rcx)
		x86_mov(s, 8, X86_SCRATCH, X86_RCX);
	if (count != X86_RCX)
		x86_mov(s, 4, X86_RCX, count);
	if (dst == X86_RCX) {
		x86_r(&s->buf, form, op->width, X86_SCRATCH);
		x86_mov(s, op->width, X86_RCX, X86_SCRATCH);
		return;
	}
	x86_r(&s->buf, form, op->width, dst);
	if (saves_rcx)
		x86_mov(s, 8, X86_RCX, X86_SCRATCH);
}

static void emit_shift(struct x86_select *s, const struct ir_op *op)
{
	static const struct {
		u8 by_imm, by_cl;
	} forms[] = {
		[IR_SHL] = { X86_SHL, X86_SHL_CL },
		[IR_SHR] = { X86_SHR, X86_SHR_CL },
		[IR_SAR] = { X86_SAR, X86_SAR_CL },
	};

	if (!(op->flags & IR_IMM) && s->req->target->features & JIT_CPU_BMI2 && s->req->opt > 1) {
		x86_shift_rrr(&s->buf, forms[op->kind].by_cl, op->width, x86_reg_of[op->dst],
			      x86_reg_of[op->a], x86_reg_of[op->b]);
		return;
	}
	copy_first(s, op);
	if (op->flags & IR_IMM)
		x86_ri8(&s->buf, forms[op->kind].by_imm, op->width, x86_reg_of[op->dst],
			op->imm & (op->width * 8 - 1));
	else
		emit_shift_by_register(s, op, forms[op->kind].by_cl);
}

static void emit_zext(struct x86_select *s, u32 bytes, u8 dst, u8 src)
{
	if (bytes == 2)
		x86_rr(&s->buf, X86_MOVZX16, 4, dst, src);
	else if (bytes == 4 || dst != src)
		x86_mov(s, bytes, dst, src);
}

static void emit_sext(struct x86_select *s, const struct ir_op *op)
{
	static const u8 forms[] = { [1] = X86_MOVSX8, [2] = X86_MOVSX16, [4] = X86_MOVSXD };

	x86_rr(&s->buf, forms[op->bytes], op->width, x86_reg_of[op->dst], x86_reg_of[op->a]);
}

static void emit_swap(struct x86_select *s, const struct ir_op *op)
{
	u8 dst = x86_reg_of[op->dst];

	copy_first(s, op);
	if (op->bytes == 2) {
		x86_ri8(&s->buf, X86_ROR16, 4, dst, 8);
		emit_zext(s, 2, dst, dst);
	} else {
		x86_bswap(&s->buf, op->bytes, dst);
	}
}

/* Do the flags tell already how op->a compares with 0? */
static bool are_flags_there(const struct x86_select *s, const struct ir_op *op)
{
	return s->req->opt > 1 && s->flags.is_known && s->flags.at == s->buf.len &&
	       s->flags.reg == x86_reg_of[op->a] && s->flags.width == op->width &&
	       (op->cond == IR_EQ || op->cond == IR_NE) && op->flags & IR_IMM && !op->imm;
}

/* The block whose code comes next. */
static u32 next_block(const struct x86_select *s)
{
	u32 next = s->block + 1;

	while (next < s->sub->end_block && s->ir->blocks[next].is_skipped)
		next++;
	return next;
}

static void emit_branch(struct x86_select *s, const struct ir_op *op, const struct ir_block *block)
{
	u8 a = x86_reg_of[op->a], cond = cond_of[op->cond];
	bool is_test = op->cond == IR_SET || op->cond == IR_CLEAR;
	enum x86_form form = is_test ? X86_TEST : X86_CMP;

	if (op->flags & IR_MEM && op->flags & IR_IMM)
		x86_cmp_mi(&s->buf, op->bytes, operand_place(op, op->a), op->imm);
	else if (op->flags & IR_MEM)
		x86_rm(&s->buf, X86_CMP_RM, op->width, a, operand_place(op, op->b));
	else if (are_flags_there(s, op))
		;
	else if (!(op->flags & IR_IMM))
		x86_rr(&s->buf, form, op->width, x86_reg_of[op->b], a);
	else if (op->imm == 0 && !is_test)
		x86_rr(&s->buf, X86_TEST, op->width, a, a);
	else if (is_test && op->imm >= 0)
		x86_ri(&s->buf, form, 4, a, op->imm);	/* the upper half is not asked for */
	else
		x86_ri(&s->buf, form, op->width, a, op->imm);
	if (block->succ[0] == next_block(s)) {
		if (block->succ[1] != block->succ[0])
			x86_jump_to(s, cond ^ 1, block->succ[1]);
		return;
	}
	x86_jump_to(s, cond, block->succ[0]);
	if (block->succ[1] != next_block(s))
		x86_jump_to(s, X86_ALWAYS, block->succ[1]);
}

static void emit_op(struct x86_select *s, const struct ir_op *op, const struct ir_block *block)
{
	if (emit_with_memory(s, op))
		return;
	switch ((enum ir_kind)op->kind) {
	case IR_NOP: break;
	case IR_TRAP: x86_plain(&s->buf, X86_INT3); break;
	case IR_CONST: x86_mov_const(&s->buf, x86_reg_of[op->dst], op->imm); break;
	case IR_FUNC: x86_emit_subprog_address(s, op); break;
	case IR_MOV: x86_mov(s, op->width, x86_reg_of[op->dst], x86_reg_of[op->a]); break;
	case IR_ZEXT: emit_zext(s, op->bytes, x86_reg_of[op->dst], x86_reg_of[op->a]); break;
	case IR_SEXT: emit_sext(s, op); break;
	case IR_SWAP: emit_swap(s, op); break;
	case IR_NEG:
		copy_first(s, op);
		x86_r(&s->buf, X86_NEG, op->width, x86_reg_of[op->dst]);
		break;
	case IR_ADD: case IR_SUB: emit_add(s, op); break;
	case IR_MUL: emit_mul(s, op); break;
	case IR_DIV: case IR_MOD: case IR_SDIV: case IR_SMOD: x86_emit_divide(s, op); break;
	case IR_OR: emit_alu(s, op, X86_OR); break;
	case IR_AND: emit_and(s, op); break;
	case IR_XOR: emit_alu(s, op, X86_XOR); break;
	case IR_SHL: case IR_SHR: case IR_SAR: emit_shift(s, op); break;
	case IR_ROL: emit_rotate(s, op); break;
	case IR_LEA: x86_rm(&s->buf, X86_LEA, 8, x86_reg_of[op->dst], x86_place(op)); break;
	case IR_LOAD: x86_emit_load(s, op); break;
	case IR_STORE: x86_emit_store(s, op); break;
	case IR_ATOMIC: x86_emit_atomic(s, op); break;
	case IR_FENCE: x86_plain(&s->buf, X86_LFENCE); break;
	case IR_LOOKUP: x86_emit_lookup(s, op); break;
	case IR_CALL: x86_emit_helper_call(s, op); break;
	case IR_CALL_SUBPROG: x86_emit_subprog_call(s, op); break;
	case IR_TAIL_CALL: x86_emit_tail_call(s, op); break;
	case IR_JUMP:
		break;	/* at the block's end */
	case IR_BRANCH: emit_branch(s, op, block); break;
	case IR_EXIT: x86_emit_exit(s); break;
	case IR_KIND_COUNT: x86_refuse(s, -EFAULT); break;
	}
}

/* Where a block goes on that no branch ends. */
static void leave_block(struct x86_select *s, const struct ir_block *block)
{
	if (s->ir->ops[block->end - 1].kind != IR_BRANCH && block->succ[0] != IR_NO_BLOCK &&
	    block->succ[0] != next_block(s))
		x86_jump_to(s, X86_ALWAYS, block->succ[0]);
}

static int emit_subprog(struct x86_select *s)
{
	const struct ir_prog *ir = s->ir;
	u32 i;

	for (s->block = s->sub->first_block; s->block < s->sub->end_block; s->block++) {
		const struct ir_block *block = &ir->blocks[s->block];

		x86_place_label(s, &s->labels[s->block]);
		s->flags.is_known = false;
		for (i = block->first; i < block->end; i++) {
			if (!s->insn[ir->ops[i].insn])
				s->insn[ir->ops[i].insn] = s->buf.len;
			if (!block->is_skipped)
				emit_op(s, &ir->ops[i], block);
			if ((i & 0x3ff) == 0 && modbpf_yield())
				return -EINTR;
		}
		if (!block->is_skipped)
			leave_block(s, block);
		if (s->buf.err)
			return s->buf.err;
	}
	x86_plain(&s->buf, X86_INT3);
	return s->buf.err;
}

static int emit_prog(struct x86_select *s)
{
	u32 i, last = 0;
	int err;

	x86_emit_entry(s);
	for (i = 0; i < s->ir->subprog_cnt; i++) {
		s->sub = &s->ir->subprogs[i];
		x86_enter_subprog(s);
		err = emit_subprog(s);
		if (err)
			return err;
	}
	for (i = s->ir->insn_cnt; i-- > 0;) {	/* second halves of ld_imm64 */
		if (!s->insn[i])
			s->insn[i] = last ?: s->buf.len;
		last = s->insn[i];
	}
	return 0;
}

static struct x86_bounds count_bounds(const struct ir_prog *ir)
{
	/* entry: a call of the main program and a return */
	struct x86_bounds bounds = { .jumps = 2 * ir->block_cnt, .fixups = 1, .calls = 1 };
	u32 i;

	for (i = 0; i < ir->op_cnt; i++) {
		switch (ir->ops[i].kind) {
		case IR_CALL_SUBPROG:
		case IR_FUNC:
			bounds.calls++;
			break;
		case IR_CALL:
		case IR_TAIL_CALL:
		case IR_EXIT:
			bounds.fixups++;
			break;
		case IR_LOAD:
			bounds.fixups += !!(ir->ops[i].flags & IR_PROBE);
			break;
		}
	}
	return bounds;
}

static int emit_and_link(struct x86_select *s, struct jit_code *code)
{
	int err = emit_prog(s);

	if (!err)
		err = x86_link(s, code);
	code->fixup_cnt = s->fixup_cnt;
	code->layout.subprog_cnt = s->ir->subprog_cnt;
	code->layout.insn_cnt = s->ir->insn_cnt;
	return err;
}

int machine_compile(const struct jit_request *req, const struct ir_prog *ir,
		    struct jit_code *code)
{
	struct x86_select s = { .req = req, .ir = ir, .buf.limit = JIT_MAX_IMAGE };
	struct x86_bounds bounds = count_bounds(ir);
	int err = -ENOMEM;

	s.labels = modbpf_zalloc((ir->block_cnt + 2 * ir->subprog_cnt) * sizeof(*s.labels));
	s.jumps = modbpf_zalloc(bounds.jumps * sizeof(*s.jumps));
	s.calls = modbpf_zalloc(bounds.calls * sizeof(*s.calls));
	s.fixups = code->fixups = modbpf_zalloc(bounds.fixups * sizeof(*s.fixups));
	s.insn = code->insn = modbpf_zalloc(ir->insn_cnt * sizeof(*s.insn));
	code->subprog = modbpf_zalloc(ir->subprog_cnt * sizeof(*code->subprog));
	if (s.labels && s.jumps && s.calls && s.fixups && s.insn && code->subprog)
		err = emit_and_link(&s, code);
	modbpf_free(s.labels);
	modbpf_free(s.jumps);
	modbpf_free(s.calls);
	x86_release(&s.buf);
	return err;
}
