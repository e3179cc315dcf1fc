// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which zero-extensions change nothing? A 32-bit move of a register to itself is
 * dropped if the register's upper half is already zero, by what precedes it in
 * its block and by what the verifier found of the operations there. Nothing is assumed of a block's beginning.
 */
#include "jit/ir.h"

#define CALL_CLOBBERED 0x3f	/* R0 to R5 */

/* Is the upper half of what @op defines zero? @known: the values of which that is true. */
static bool makes_zero_upper(const struct ir_op *op, u32 known)
{
	switch (op->kind) {
	case IR_FUNC:
		return false;
	case IR_CONST:
		return (u64)op->imm >> 32 == 0;
	case IR_MOV:
		return op->width == 4 || op->flags & IR_UPPER_ZERO || known >> op->a & 1;
	case IR_ZEXT:
	case IR_SWAP:
		return op->bytes <= 4;
	case IR_LOAD:
		return op->bytes <= 4 && !(op->flags & IR_SIGNED);
	case IR_ATOMIC:
		return op->bytes <= 4;
	default:
		return op->width == 4 || op->flags & IR_UPPER_ZERO;
	}
}

/* Unsigned division of what fits 32 bits by what does: the same in 32 bits, and much faster. */
static bool is_narrow_division(const struct ir_op *op, u32 known)
{
	if ((op->kind != IR_DIV && op->kind != IR_MOD) || !(known >> op->a & 1))
		return false;
	return op->flags & IR_IMM ? op->imm >= 0 : known >> op->b & 1;
}

static void drop_in_block(struct ir_op *op, const struct ir_op *end)
{
	u32 known = 0;

	for (; op < end; op++) {
		if (op->kind == IR_LOOKUP || op->kind == IR_CALL ||
		    op->kind == IR_CALL_SUBPROG || op->kind == IR_TAIL_CALL)
			known &= ~CALL_CLOBBERED;
		if (!ir_op_defines(op))
			continue;
		if (op->kind == IR_MOV && op->dst == op->a && (op->width == 8 || known >> op->a & 1)) {
			op->kind = IR_NOP;
			continue;
		}
		if (is_narrow_division(op, known))
			op->width = 4;
		if (makes_zero_upper(op, known))
			known |= 1U << op->dst;
		else
			known &= ~(1U << op->dst);
	}
}

int ir_drop_zero_extensions(struct ir_prog *ir)
{
	return ir_each_block(ir, drop_in_block);
}
