// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which multiplications and divisions are shifts? Those by a power of two, unsigned.
 * Division rounds towards zero, as a shift to the right does; the remainder is the
 * bits that such a shift loses.
 */
#include "jit/ir.h"

/* The exponent of a power of two that @op has as its constant; -1: it has none. */
static int exponent(const struct ir_op *op)
{
	u64 value = op->width == 4 ? (u64)(u32)op->imm : (u64)op->imm;
	int i = 0;

	if (!(op->flags & IR_IMM) || !value || value & (value - 1))
		return -1;
	while (value >>= 1)
		i++;
	return i;
}

static void reduce(struct ir_op *op)
{
	int bits = exponent(op);

	/* A mask is sign-extended to 8 bytes: 2^31 - 1 is the largest that stays. */
	if (bits < 0 || (op->kind == IR_MOD && bits > 31))
		return;
	if (op->kind == IR_MOD) {
		op->kind = IR_AND;
		op->imm = (s64)(s32)((1U << bits) - 1);
		return;
	}
	op->kind = op->kind == IR_MUL ? IR_SHL : IR_SHR;
	op->imm = bits;
}

int ir_reduce_strength(struct ir_prog *ir)
{
	u32 i;

	for (i = 0; i < ir->op_cnt; i++) {
		struct ir_op *op = &ir->ops[i];

		if ((i & 0xfff) == 0 && modbpf_yield())
			return -EINTR;
		if (op->kind == IR_MUL || op->kind == IR_DIV || op->kind == IR_MOD)
			reduce(op);
	}
	return 0;
}
