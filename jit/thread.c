// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which branches can be said with less? A test of some bits needs not keep them, and
 * a jump to a jump goes to where that one leads; a block that only jumps then has no
 * code. Needs what live.c noted.
 */
#include "jit/ir.h"

#define LONGEST_CHAIN 8

/* if (t = a & b) is or is not zero, and t is not read again: a test of a and b. */
static void fuse_test(const struct ir_prog *ir, const struct ir_block *block)
{
	struct ir_op *branch = &ir->ops[block->end - 1], *and = branch;

	if (branch->kind != IR_BRANCH || (branch->cond != IR_EQ && branch->cond != IR_NE) ||
	    !(branch->flags & IR_IMM) || branch->imm)
		return;
	while (and-- > &ir->ops[block->first] && and->kind == IR_NOP)
		;
	if (and < &ir->ops[block->first] || and->kind != IR_AND || and->dst != branch->a ||
	    and->width > branch->width || branch->live >> and->dst & 1)
		return;
	branch->cond = branch->cond == IR_EQ ? IR_CLEAR : IR_SET;
	branch->width = and->width;
	branch->a = and->a;
	branch->b = and->b;
	branch->imm = and->imm;
	branch->flags = (branch->flags & ~IR_IMM) | (and->flags & IR_IMM);
	and->live |= ir_op_reads(branch);
	and->kind = IR_NOP;
}

int ir_fuse_tests(struct ir_prog *ir)
{
	u32 i;

	for (i = 0; i < ir->block_cnt; i++) {
		if ((i & 0x3ff) == 0 && modbpf_yield())
			return -EINTR;
		if (ir->blocks[i].end > ir->blocks[i].first)
			fuse_test(ir, &ir->blocks[i]);
	}
	return 0;
}

/* Nothing but a jump, or nothing at all? */
static bool is_empty(const struct ir_prog *ir, const struct ir_block *block)
{
	u32 i;

	for (i = block->first; i < block->end; i++)
		if (ir->ops[i].kind != IR_NOP && ir->ops[i].kind != IR_JUMP)
			return false;
	return block->succ[0] != IR_NO_BLOCK;
}

static u32 end_of_chain(const struct ir_prog *ir, u32 block)
{
	u32 i, to = block;

	for (i = 0; i < LONGEST_CHAIN && is_empty(ir, &ir->blocks[to]); i++)
		to = ir->blocks[to].succ[0];
	return to;
}

static void mark_skipped(struct ir_prog *ir, const struct ir_subprog *sub)
{
	u32 i, k, to;

	for (i = sub->first_block; i < sub->end_block; i++)
		ir->blocks[i].is_skipped = i != sub->first_block && is_empty(ir, &ir->blocks[i]);
	for (i = sub->first_block; i < sub->end_block; i++)
		for (k = 0; k < 2 && !ir->blocks[i].is_skipped; k++)
			for (to = ir->blocks[i].succ[k]; to != IR_NO_BLOCK && ir->blocks[to].is_skipped;
			     to = ir->blocks[to].succ[0])
				ir->blocks[to].is_skipped = false;
}

int ir_thread_jumps(struct ir_prog *ir)
{
	u32 i, k;

	for (i = 0; i < ir->block_cnt; i++) {
		struct ir_block *block = &ir->blocks[i];

		if ((i & 0x3ff) == 0 && modbpf_yield())
			return -EINTR;
		for (k = 0; k < 2; k++)
			if (block->succ[k] != IR_NO_BLOCK)
				block->succ[k] = end_of_chain(ir, block->succ[k]);
	}
	for (i = 0; i < ir->subprog_cnt; i++)
		mark_skipped(ir, &ir->subprogs[i]);
	return 0;
}
