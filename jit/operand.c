// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which loads can be the operand of what uses them? A load whose value is read by one
 * operation only, with no other access between the two, happens there: it is the same
 * access, in the same order with all others. Needs what live.c noted.
 */
#include "jit/ir.h"

static bool has_access_between(const struct ir_op *from, const struct ir_op *to)
{
	while (++from < to)
		if (from->kind >= IR_LOAD || from->flags & IR_MEM)
			return true;
	return false;
}

/* The load of @reg, if it is for @op alone and can be done there. */
static struct ir_op *load_for(struct ir_op *first, struct ir_op *op, u32 reg)
{
	struct ir_op *load = ir_only_definition(first, op, reg);

	if (!load || load->kind != IR_LOAD || load->flags & (IR_PROBE | IR_SIGNED) ||
	    (op->live & ~ir_op_writes(op)) >> reg & 1 || has_access_between(load, op) ||
	    !ir_is_untouched(load, op, ir_op_reads(load)))
		return NULL;
	return load;
}

static void take_place(struct ir_op *op, struct ir_op *load)
{
	u32 reads = ir_op_reads(load);

	op->flags |= IR_MEM;
	op->disp = load->disp;
	op->index = load->index;
	op->scale = load->scale;
	op->bytes = load->bytes;
	ir_sink(load, op, reads);
}

/* dst = dst op memory */
static void fuse_arithmetic(struct ir_op *first, struct ir_op *op)
{
	struct ir_op *load;

	if (op->flags & (IR_IMM | IR_MEM) || op->a != op->dst || op->b == op->dst)
		return;
	load = load_for(first, op, op->b);
	if (!load || load->bytes != op->width)
		return;
	op->b = load->a;
	take_place(op, load);
}

/* Does comparing the loaded bytes say the same as comparing what they are extended to? */
static bool is_narrow_alike(const struct ir_op *op, const struct ir_op *load)
{
	if (load->bytes == op->width)
		return true;
	if (op->cond >= IR_SLT || op->cond == IR_SET || op->cond == IR_CLEAR || load->bytes == 8)
		return false;
	return load->bytes == 1 ? op->imm >= 0 && op->imm <= 0xff :
	       load->bytes == 4 && op->imm >= 0;
}

/* if memory cond constant, or if a register cond memory */
static void fuse_branch(struct ir_op *first, struct ir_op *op)
{
	struct ir_op *load;

	if (op->flags & IR_MEM || op->cond == IR_SET || op->cond == IR_CLEAR)
		return;
	if (op->flags & IR_IMM) {
		load = load_for(first, op, op->a);
		if (!load || !is_narrow_alike(op, load))
			return;
		op->a = load->a;
		take_place(op, load);
		return;
	}
	load = load_for(first, op, op->b);
	if (!load || load->bytes != op->width || op->a == op->b)
		return;
	op->b = load->a;
	take_place(op, load);
}

static void fuse_in_block(struct ir_op *first, const struct ir_op *end)
{
	struct ir_op *op;

	for (op = first; op < end; op++) {
		if (op->kind == IR_BRANCH)
			fuse_branch(first, op);
		else if (op->kind == IR_ADD || op->kind == IR_SUB || op->kind == IR_OR ||
			 op->kind == IR_AND || op->kind == IR_XOR || op->kind == IR_MUL)
			fuse_arithmetic(first, op);
	}
}

int ir_fuse_loads(struct ir_prog *ir)
{
	return ir_each_block(ir, fuse_in_block);
}
