// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which calls of helpers need no call? A lookup in an array that is always the same
 * one: its values never move, so their addresses are known when the program is
 * compiled. The result is what the helper would have given.
 */
#include "jit/ir.h"
#include "jit/jit.h"

/* Bounds and sizes of a map are chosen as constants are: blinded code does not have them. */
static void inline_lookup(const struct jit_request *req, const struct insn_fact *fact, struct ir_op *op)
{
	const struct map_bind *bind = &req->binds[fact->map];

	if (fact->flags & FACT_CONST_KEY) {
		op->kind = IR_CONST;
		op->width = 8;
		op->dst = 0;
		op->imm = fact->key < bind->max_entries ?
			  (s64)(bind->values + (u64)fact->key * bind->stride) : 0;
		return;
	}
	if (req->blind_seed)
		return;
	op->kind = IR_LOOKUP;
	op->width = 8;
	op->dst = 0;
	op->a = 2;
	op->imm = fact->map;
}

void ir_inline_helper(const struct jit_request *req, const struct insn_fact *fact, struct ir_op *op)
{
	const struct map_bind *bind;

	if (req->opt < 2 || !req->maps || op->imm != MODBPF_FUNC_map_lookup_elem ||
	    !(fact->flags & FACT_CONST_MAP) || req->maps[fact->map].type != MODBPF_MAP_ARRAY)
		return;
	bind = &req->binds[fact->map];
	if (bind->values && bind->stride && bind->stride <= 0x7fffffff)
		inline_lookup(req, fact, op);
}
