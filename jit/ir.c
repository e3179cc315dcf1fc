// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What can be said of an operation by itself, and how a program of them is freed. */
#include "jit/ir.h"

bool ir_op_defines(const struct ir_op *op)
{
	if (op->kind == IR_ATOMIC)
		return op->flags & IR_FETCH;
	return op->kind >= IR_CONST && op->kind <= IR_LOAD;
}

#define ARGUMENTS 0x3e		/* R1 to R5 */
#define CALL_WRITES 0x3f	/* R0 to R5 */

u32 ir_op_reads(const struct ir_op *op)
{
	u32 a = 1U << op->a, index = op->scale ? 1U << op->index : 0;
	u32 b = op->flags & IR_IMM ? 0 : 1U << op->b;

	switch ((enum ir_kind)op->kind) {
	case IR_NOP: case IR_TRAP: case IR_CONST: case IR_FUNC: case IR_FENCE: case IR_JUMP:
		return 0;
	case IR_MOV: case IR_ZEXT: case IR_SEXT: case IR_SWAP: case IR_NEG: case IR_ROL:
		return a;
	case IR_ADD: case IR_SUB: case IR_MUL: case IR_DIV: case IR_MOD: case IR_SDIV: case IR_SMOD:
	case IR_OR: case IR_AND: case IR_XOR: case IR_SHL: case IR_SHR: case IR_SAR: case IR_BRANCH:
		return a | b | (op->flags & IR_MEM ? index : 0);
	case IR_LOOKUP:
		return a;
	case IR_LEA: case IR_LOAD:
		return a | index;
	case IR_STORE:
		return a | index | b;
	case IR_ATOMIC:
		return a | 1U << op->b | (op->atomic == IR_ATOMIC_CMPXCHG);
	case IR_EXIT:
		return 1;
	case IR_CALL: case IR_CALL_SUBPROG: case IR_TAIL_CALL:
		return ARGUMENTS;
	default:
		return (1U << MODBPF_REG_COUNT) - 1;
	}
}

u32 ir_op_writes(const struct ir_op *op)
{
	if (op->kind == IR_LOOKUP || op->kind == IR_CALL || op->kind == IR_CALL_SUBPROG || op->kind == IR_TAIL_CALL)
		return CALL_WRITES;
	return ir_op_defines(op) ? 1U << op->dst : 0;
}

#define WINDOW 24	/* operations that are looked back over, so that passes stay linear */

struct ir_op *ir_only_definition(struct ir_op *first, struct ir_op *op, u32 reg)
{
	u32 i;

	for (i = 0; i < WINDOW && op-- > first; i++) {
		if (ir_op_writes(op) >> reg & 1)
			return op;
		if (ir_op_reads(op) >> reg & 1)
			return NULL;
	}
	return NULL;
}

struct ir_op *ir_last_definition(struct ir_op *first, struct ir_op *op, u32 reg)
{
	u32 i;

	for (i = 0; i < WINDOW && op-- > first; i++)
		if (ir_op_writes(op) >> reg & 1)
			return op;
	return NULL;
}

bool ir_is_untouched(const struct ir_op *from, const struct ir_op *to, u32 regs)
{
	while (++from < to)
		if (ir_op_writes(from) & regs)
			return false;
	return true;
}

void ir_sink(struct ir_op *from, struct ir_op *to, u32 regs)
{
	from->kind = IR_NOP;
	for (; from < to; from++)
		from->live |= regs;
}

int ir_each_block(struct ir_prog *ir, void (*pass)(struct ir_op *first, const struct ir_op *end))
{
	u32 i;

	for (i = 0; i < ir->block_cnt; i++) {
		if ((i & 0x3ff) == 0 && modbpf_yield())
			return -EINTR;
		pass(&ir->ops[ir->blocks[i].first], &ir->ops[ir->blocks[i].end]);
	}
	return 0;
}

void ir_release(struct ir_prog *ir)
{
	modbpf_free(ir->ops);
	modbpf_free(ir->blocks);
	modbpf_free(ir->subprogs);
	memset(ir, 0, sizeof(*ir));
}
