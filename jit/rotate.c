// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * x << n | x >> (width - n) is a rotation. The two shifts must be there for it alone,
 * and x must still be in its register, which one of them may have overwritten: then
 * that one goes, and nothing has read what it left. Needs what live.c noted.
 */
#include "jit/ir.h"

static bool is_shift(const struct ir_op *op, u32 width)
{
	return op && (op->kind == IR_SHL || op->kind == IR_SHR) && op->flags & IR_IMM &&
	       op->width == width;
}

/* The shift that made @reg, if it is for @op alone. */
static struct ir_op *shift_for(struct ir_op *first, struct ir_op *op, u32 reg)
{
	struct ir_op *def = ir_only_definition(first, op, reg);

	if (!is_shift(def, op->width) || (op->dst != reg && op->live >> reg & 1))
		return NULL;
	return def;
}

/* Is @reg, at @late, a copy of what @early shifts in place? */
static bool is_copy_of_source(struct ir_op *first, const struct ir_op *early, struct ir_op *late)
{
	struct ir_op *copy = ir_last_definition(first, late, late->a);

	return copy && copy < early && copy->kind == IR_MOV && copy->a == early->a &&
	       copy->width >= early->width && ir_is_untouched(copy, early, 1U << early->a);
}

/* Do both shift the same value, which would be in early->a up to @op, but for the shifts? */
static bool have_one_source(struct ir_op *first, const struct ir_op *early, struct ir_op *late,
			    const struct ir_op *op)
{
	u32 source = 1U << early->a;

	if (early->dst == early->a) {
		if (late->a == early->a || !is_copy_of_source(first, early, late))
			return false;
	} else if (early->a != late->a) {
		return false;
	}
	return (late->dst == early->a || ir_is_untouched(early, op, source)) &&
	       ir_is_untouched(early, late, source) && ir_is_untouched(late, op, source);
}

static void find_rotation(struct ir_op *first, struct ir_op *op)
{
	struct ir_op *one, *other, *early, *late;
	u32 bits = op->width * 8, left;

	if ((op->kind != IR_OR && op->kind != IR_XOR && op->kind != IR_ADD) || op->flags & IR_IMM ||
	    op->a == op->b)
		return;
	one = shift_for(first, op, op->a);
	other = shift_for(first, op, op->b);
	if (!one || !other || one->kind == other->kind)
		return;
	early = one < other ? one : other;
	late = one < other ? other : one;
	if (!have_one_source(first, early, late, op))
		return;
	left = (one->kind == IR_SHL ? one->imm : other->imm) & (bits - 1);
	if (!left || left + ((one->kind == IR_SHL ? other->imm : one->imm) & (bits - 1)) != bits)
		return;
	op->kind = IR_ROL;
	op->a = early->a;
	op->imm = left;
	op->flags |= IR_IMM;
	ir_sink(late, op, 1U << op->a);
	ir_sink(early, op, 1U << op->a);
}

static void find_in_block(struct ir_op *first, const struct ir_op *end)
{
	struct ir_op *op;

	for (op = first; op < end; op++)
		find_rotation(first, op);
}

int ir_find_rotations(struct ir_prog *ir)
{
	return ir_each_block(ir, find_in_block);
}
