// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How does a verified program become blocks of operations? Three linear walks:
 * mark where blocks begin, number the blocks, lower the instructions into them.
 *
 * The verifier has checked everything that is checked again here; an answer of
 * -EFAULT means that it has a bug, and then no code comes to be.
 */
#include "jit/ir.h"
#include "jit/jit.h"

/* A context access can become several instructions; more than this many bytes are no image. */
#define JIT_MAX_INSNS (4 * MODBPF_MAX_INSNS)

struct builder {
	const struct jit_request *req;
	const struct verified_prog *prog;
	struct ir_prog *ir;
	u32 *block_of;		/* per insn: first 1 where a block begins, then its block's number */
};

static bool is_dead(const struct builder *b, u32 insn)
{
	return b->prog->facts[insn].flags & FACT_DEAD;
}

/* Is it an instruction after which a block ends: a jump, an exit, no call? */
static bool ends_block(const struct builder *b, u32 insn)
{
	u8 code = b->prog->insns[insn].code;

	if (is_dead(b, insn))
		return true;
	if (BPF_CLASS(code) != BPF_JMP && BPF_CLASS(code) != BPF_JMP32)
		return false;
	return code != (BPF_JMP | BPF_CALL);
}

static u32 slots(const struct builder *b, u32 insn)
{
	return insn_is_ld_imm64(&b->prog->insns[insn]) ? 2 : 1;
}

static int mark_leaders(struct builder *b, const struct subprog *sub)
{
	u32 insn, next;

	if (sub->start >= sub->end || sub->end > b->prog->insn_cnt)
		return -EFAULT;
	b->block_of[sub->start] = 1;
	for (insn = sub->start; insn < sub->end; insn = next) {
		s64 target = ir_jump_target(b->prog->insns, insn);
		u8 code = b->prog->insns[insn].code;

		if ((insn & 0xfff) == 0 && modbpf_yield())
			return -EINTR;
		next = insn + slots(b, insn);
		if (next > sub->end)
			return -EFAULT;
		if (!ends_block(b, insn))
			continue;
		if (next < sub->end)
			b->block_of[next] = 1;
		if (is_dead(b, insn) || code == (BPF_JMP | BPF_EXIT))
			continue;
		if (target < sub->start || target >= sub->end)
			return -EFAULT;
		b->block_of[target] = 1;
	}
	return 0;
}

static u32 number_blocks(struct builder *b)
{
	u32 insn, cnt = 0;

	for (insn = 0; insn < b->prog->insn_cnt; insn++) {
		cnt += b->block_of[insn];
		b->block_of[insn] = cnt - 1;
	}
	return cnt;
}

static int bind_subprog(const struct builder *b, struct ir_op *op)
{
	s64 target = (s64)op->insn + op->imm + 1;
	u32 low = 0, high = b->prog->subprog_cnt;

	while (high - low > 1) {
		u32 mid = (low + high) / 2;

		if ((s64)b->prog->subprogs[mid].start <= target)
			low = mid;
		else
			high = mid;
	}
	op->imm = low;
	return (s64)b->prog->subprogs[low].start == target ? 0 : -EFAULT;
}

static u32 count_fences(const struct verified_prog *prog)
{
	u32 i, cnt = 0;

	for (i = 0; i < prog->insn_cnt; i++)
		cnt += !!(prog->facts[i].flags & FACT_FENCE);
	return cnt;
}

static void note_uses(struct ir_subprog *sub, const struct ir_op *op)
{
	sub->used |= 1 << op->dst | 1 << op->a | 1 << op->b;
	if (op->kind == IR_CALL || op->kind == IR_CALL_SUBPROG)
		sub->has_call = true;
}

/* Close the block that @op ends, or that ends because the next one begins. */
static int close_block(const struct builder *b, struct ir_block *block, const struct ir_op *op,
		       u32 next, u32 end)
{
	block->end = b->ir->op_cnt;
	block->succ[0] = IR_NO_BLOCK;
	block->succ[1] = IR_NO_BLOCK;
	if (op->kind == IR_TRAP || op->kind == IR_EXIT)
		return 0;
	if (op->kind == IR_JUMP || op->kind == IR_BRANCH)
		block->succ[0] = b->block_of[ir_jump_target(b->prog->insns, op->insn)];
	if (op->kind == IR_JUMP)
		return 0;
	if (next >= end)
		return -EFAULT;
	block->succ[op->kind == IR_BRANCH] = b->block_of[next];
	return 0;
}

static int build_subprog(struct builder *b, const struct subprog *from, struct ir_subprog *sub)
{
	struct ir_prog *ir = b->ir;
	u32 insn, next;
	int err;

	sub->first_block = b->block_of[from->start];
	sub->end_block = b->block_of[from->end - 1] + 1;
	sub->stack_depth = from->stack_depth;
	ir->blocks[sub->first_block].first = ir->op_cnt;
	for (insn = from->start; insn < from->end; insn = next) {
		struct ir_op *op;
		u32 block = b->block_of[insn];

		if ((insn & 0xfff) == 0 && modbpf_yield())
			return -EINTR;
		next = insn + slots(b, insn);
		if (b->prog->facts[insn].flags & FACT_FENCE)
			ir->ops[ir->op_cnt++] = (struct ir_op){ .kind = IR_FENCE, .insn = insn };
		op = &ir->ops[ir->op_cnt++];
		err = ir_lower_insn(b->req, insn, op);
		if (!err && (op->kind == IR_CALL_SUBPROG || op->kind == IR_FUNC))
			err = bind_subprog(b, op);
		if (!err && op->kind == IR_FUNC)
			ir->subprogs[op->imm].is_callback = true;
		if (err)
			return err;
		ir->has_tail_call |= op->kind == IR_TAIL_CALL;
		note_uses(sub, op);
		if (b->block_of[next - 1] != block)
			return -EFAULT;	/* a jump into the middle of ld_imm64 */
		if (next < from->end && b->block_of[next] == block)
			continue;
		err = close_block(b, &ir->blocks[block], op, next, from->end);
		if (err)
			return err;
		if (next < from->end)
			ir->blocks[b->block_of[next]].first = ir->op_cnt;
	}
	return 0;
}

static int build_prog(struct builder *b)
{
	struct ir_prog *ir = b->ir;
	int err = 0;
	u32 i;

	for (i = 0; i < ir->subprog_cnt && !err; i++) {
		if (b->prog->subprogs[i].start < (i ? b->prog->subprogs[i - 1].end : 0))
			err = -EFAULT;
		else
			err = mark_leaders(b, &b->prog->subprogs[i]);
	}
	if (err)
		return err;
	ir->block_cnt = number_blocks(b);
	ir->blocks = modbpf_zalloc(ir->block_cnt * sizeof(*ir->blocks));
	if (!ir->blocks)
		return -ENOMEM;
	for (i = 0; i < ir->subprog_cnt && !err; i++)
		err = build_subprog(b, &b->prog->subprogs[i], &ir->subprogs[i]);
	return err;
}

int ir_build(const struct jit_request *req, struct ir_prog *ir)
{
	struct builder b = { .req = req, .prog = req->prog, .ir = ir };
	u32 cnt = req->prog->insn_cnt;
	int err = -ENOMEM;

	memset(ir, 0, sizeof(*ir));
	if (!cnt || !req->prog->subprog_cnt || req->prog->subprogs[0].start)
		return -EFAULT;
	if (cnt > JIT_MAX_INSNS)
		return -E2BIG;
	ir->insn_cnt = cnt;
	ir->subprog_cnt = req->prog->subprog_cnt;
	b.block_of = modbpf_zalloc(cnt * sizeof(*b.block_of));
	ir->ops = modbpf_zalloc((cnt + count_fences(req->prog)) * sizeof(*ir->ops));
	ir->subprogs = modbpf_zalloc(ir->subprog_cnt * sizeof(*ir->subprogs));
	if (b.block_of && ir->ops && ir->subprogs)
		err = build_prog(&b);
	modbpf_free(b.block_of);
	if (err)
		ir_release(ir);
	return err;
}
