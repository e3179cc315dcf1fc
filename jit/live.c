// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whose result is never read? Backwards through the blocks until nothing changes; a
 * subprogram in which that takes too many rounds is left alone, with every register
 * live, so that the time stays linear. Accesses to memory stay, whatever becomes of
 * what they load.
 */
#include "jit/ir.h"

#define ROUNDS 12
#define ALL ((1U << MODBPF_REG_COUNT) - 1)
#define FRAME (1U << MODBPF_REG_FP)

static u32 live_out(const struct ir_prog *ir, const struct ir_block *block)
{
	u32 live = FRAME, i;

	for (i = 0; i < 2; i++)
		if (block->succ[i] != IR_NO_BLOCK)
			live |= ir->blocks[block->succ[i]].live_in;
	return live;
}

static bool is_droppable(const struct ir_op *op)
{
	return op->kind >= IR_CONST && op->kind < IR_LOAD;
}

/* Drops what is dead in the block, and notes what is live behind each operation. */
static void drop_in_block(struct ir_prog *ir, const struct ir_block *block, struct ir_subprog *sub)
{
	u32 live = live_out(ir, block), used = 0, i;

	for (i = block->end; i-- > block->first;) {
		struct ir_op *op = &ir->ops[i];
		u32 reads, writes;

		op->live = live;
		if (op->kind == IR_NOP)
			continue;
		if (is_droppable(op) && !(live >> op->dst & 1)) {
			op->kind = IR_NOP;
			continue;
		}
		reads = ir_op_reads(op);
		writes = ir_op_writes(op);
		used |= reads | writes;
		live = (live & ~writes) | reads | FRAME;
	}
	sub->used |= used;
}

/* What a block reads that it has not written before, and what it writes. */
struct block_use {
	u16 reads, writes;
};

static struct block_use use_of_block(const struct ir_prog *ir, const struct ir_block *block)
{
	struct block_use use = {};
	u32 i;

	for (i = block->end; i-- > block->first;) {
		const struct ir_op *op = &ir->ops[i];
		u32 writes = ir_op_writes(op);

		use.reads = (use.reads & ~writes) | ir_op_reads(op);
		use.writes |= writes;
	}
	return use;
}

/* Returns whether nothing changed any more. */
static bool settle(struct ir_prog *ir, const struct ir_subprog *sub, const struct block_use *uses)
{
	u32 round, i;

	for (round = 0; round < ROUNDS; round++) {
		bool changed = false;

		for (i = sub->end_block; i-- > sub->first_block;) {
			u16 live = (live_out(ir, &ir->blocks[i]) & ~uses[i].writes) | uses[i].reads;

			changed |= live != ir->blocks[i].live_in;
			ir->blocks[i].live_in = live;
		}
		if (!changed)
			return true;
	}
	return false;
}

static int find_live(struct ir_prog *ir, const struct ir_subprog *sub, struct block_use *uses)
{
	u32 i;

	for (i = sub->first_block; i < sub->end_block; i++) {
		if ((i & 0x3ff) == 0 && modbpf_yield())
			return -EINTR;
		uses[i] = use_of_block(ir, &ir->blocks[i]);
		ir->blocks[i].live_in = 0;
	}
	if (settle(ir, sub, uses))
		return 0;
	for (i = sub->first_block; i < sub->end_block; i++)
		ir->blocks[i].live_in = ALL;
	return 0;
}

int ir_drop_dead(struct ir_prog *ir)
{
	struct block_use *uses = modbpf_zalloc(ir->block_cnt * sizeof(*uses));
	u32 s, i;
	int err = uses ? 0 : -ENOMEM;

	for (s = 0; s < ir->subprog_cnt && !err; s++) {
		struct ir_subprog *sub = &ir->subprogs[s];

		err = find_live(ir, sub, uses);
		sub->used = 0;
		for (i = sub->first_block; i < sub->end_block && !err; i++)
			drop_in_block(ir, &ir->blocks[i], sub);
	}
	modbpf_free(uses);
	return err;
}
