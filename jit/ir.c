// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What can be said of an operation by itself, and how a program of them is freed. */
#include "jit/ir.h"

bool ir_op_defines(const struct ir_op *op)
{
	if (op->kind == IR_ATOMIC)
		return op->flags & IR_FETCH;
	return op->kind >= IR_CONST && op->kind <= IR_LOAD;
}

void ir_release(struct ir_prog *ir)
{
	modbpf_free(ir->ops);
	modbpf_free(ir->blocks);
	modbpf_free(ir->subprogs);
	memset(ir, 0, sizeof(*ir));
}
