// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What did an operation only add for the sake of an access? If nothing else reads the
 * sum, the access (or an addition: LEA) adds it itself: base + index * scale + disp.
 * Needs what live.c noted, and keeps it true.
 *
 * The sum's register must be dead behind the access; between the two, nothing may read
 * it, nor write what it is the sum of.
 */
#include "jit/ir.h"

/* Is register @reg read by @op but as its base or index? */
static bool is_read_otherwise(const struct ir_op *op, u32 reg)
{
	return op->kind == IR_STORE && !(op->flags & IR_IMM) && op->b == reg;
}

/* The addition that made @reg, if it is for @op alone. */
static struct ir_op *sum_for(struct ir_op *first, struct ir_op *op, u32 reg)
{
	struct ir_op *def = ir_only_definition(first, op, reg);

	if (!def || def->width != 8 || is_read_otherwise(op, reg))
		return NULL;
	if (op->live >> reg & 1 && !(ir_op_writes(op) >> reg & 1))
		return NULL;
	if (!ir_is_untouched(def, op, ir_op_reads(def)))
		return NULL;
	return def;
}

static bool fold_constant(struct ir_op *op, struct ir_op *def)
{
	s64 disp = def->kind == IR_SUB ? -def->imm : def->imm;

	if ((def->kind != IR_ADD && def->kind != IR_SUB) || !(def->flags & IR_IMM) ||
	    !ir_fits_imm(op->disp + disp))
		return false;
	op->disp += disp;
	return true;
}

static bool fold_base(struct ir_op *first, struct ir_op *op)
{
	struct ir_op *def = sum_for(first, op, op->a);
	u32 reads;

	if (!def || (op->scale && op->index == op->a))
		return false;
	reads = ir_op_reads(def);
	if (fold_constant(op, def)) {
		op->a = def->a;
	} else if (!op->scale && def->kind == IR_ADD && !(def->flags & IR_IMM)) {
		op->a = def->a;
		op->index = def->b;
		op->scale = 1;
	} else if (!op->scale && def->kind == IR_LEA && ir_fits_imm((s64)op->disp + def->disp)) {
		op->disp += def->disp;
		op->a = def->a;
		op->index = def->index;
		op->scale = def->scale;
	} else {
		return false;
	}
	ir_sink(def, op, reads);
	return true;
}

/* An index that was shifted, or a constant that was added to it. */
static bool fold_index(struct ir_op *first, struct ir_op *op)
{
	struct ir_op *def;
	u32 reads;

	if (!op->scale || op->index == op->a)
		return false;
	def = sum_for(first, op, op->index);
	if (!def)
		return false;
	reads = ir_op_reads(def);
	if (op->scale == 1 && fold_constant(op, def)) {
		op->index = def->a;
	} else if (op->scale == 1 && def->kind == IR_SHL && def->flags & IR_IMM && def->imm >= 1 && def->imm <= 3) {
		op->index = def->a;
		op->scale = 1 << def->imm;
	} else {
		return false;
	}
	ir_sink(def, op, reads);
	return true;
}

/* Of a plain sum, either operand may be the one that was shifted. */
static bool swap_operands(struct ir_op *op)
{
	u16 a = op->a;

	if (op->scale != 1)
		return false;
	op->a = op->index;
	op->index = a;
	return true;
}

static void fold(struct ir_op *first, struct ir_op *op)
{
	while (fold_base(first, op) || fold_index(first, op))
		;
	if (swap_operands(op) && !fold_index(first, op) && !fold_base(first, op))
		swap_operands(op);
}

/* An addition becomes LEA if that lets it take another operation in. */
static void fold_sum(struct ir_op *first, struct ir_op *op)
{
	struct ir_op add = *op, lea = *op;

	if (op->width != 8 || (op->flags & IR_IMM && !ir_fits_imm(op->imm)))
		return;
	lea.kind = IR_LEA;
	lea.flags &= ~IR_IMM;
	lea.disp = op->flags & IR_IMM ? op->imm : 0;
	lea.index = op->b;
	lea.scale = op->flags & IR_IMM ? 0 : 1;
	*op = lea;
	fold(first, op);
	if (op->a == lea.a && op->index == lea.index && op->scale == lea.scale && op->disp == lea.disp)
		*op = add;
}

static void fold_in_block(struct ir_op *first, const struct ir_op *end)
{
	struct ir_op *op;

	for (op = first; op < end; op++) {
		if ((op->kind == IR_LOAD || op->kind == IR_STORE) && !(op->flags & IR_PROBE))
			fold(first, op);
		else if (op->kind == IR_ADD)
			fold_sum(first, op);
	}
}

int ir_fold_addresses(struct ir_prog *ir)
{
	return ir_each_block(ir, fold_in_block);
}
