// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How are a program's constants kept out of its image? Who chooses them would choose
 * bytes that execute, and a jump to the middle of an instruction would run those. Each is
 * put together from two random halves: r = c ^ x, r ^= x. Runs behind all other
 * passes, so that none puts them together again.
 *
 * What is left as it is: zero, of which there is only one; counts of shifts, below 64; offsets
 * of accesses that fit a byte, those from the frame pointer (at most 512), and those from
 * AX, which the verifier has chosen. Distances of jumps are as long as the code is.
 */
#include "jit/ir.h"
#include "jit/jit.h"

#define MAX_EXPANSION 8

struct blinder {
	u64 random;	/* the generator's state */
	struct ir_op *out;
	u32 cnt;
};

/* Steele, Lea, Flood, "Fast splittable pseudorandom number generators", figure 15 (mix64variant13). */
static u64 next_random(struct blinder *b)
{
	u64 z = b->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* The next operation, of the same instruction as @op; not valid after the next call. */
static struct ir_op *put(struct blinder *b, const struct ir_op *op, u8 kind, u8 width, u16 dst)
{
	struct ir_op *out = &b->out[b->cnt++];

	memset(out, 0, sizeof(*out));
	out->kind = kind;
	out->width = width;
	out->dst = dst;
	out->a = dst;
	out->insn = op->insn;
	return out;
}

static void put_halves(struct blinder *b, const struct ir_op *op, u8 width, u16 dst, s64 value)
{
	s64 mask = (s32)next_random(b);
	struct ir_op *xor;

	put(b, op, IR_CONST, 8, dst)->imm = width == 4 ? (s64)(u32)(value ^ mask) : value ^ mask;
	xor = put(b, op, IR_XOR, width, dst);
	xor->flags = IR_IMM;
	xor->imm = mask;
}

/* @dst = @value; IR_BLIND is lost */
static void put_const(struct blinder *b, const struct ir_op *op, u16 dst, s64 value)
{
	s64 mask;

	if (ir_fits_imm(value)) {
		put_halves(b, op, 8, dst, value);
	} else if (value == (s64)(u32)value) {
		put_halves(b, op, 4, dst, value);
	} else {
		mask = next_random(b);
		put(b, op, IR_CONST, 8, dst)->imm = value ^ mask;
		put(b, op, IR_CONST, 8, IR_BLIND)->imm = mask;
		put(b, op, IR_XOR, 8, dst)->b = IR_BLIND;
	}
}

/* AX becomes the base and what was added to it. */
static void blind_offset(struct blinder *b, struct ir_op *op)
{
	u16 *base = op->flags & IR_MEM && !(op->flags & IR_IMM) ? &op->b : &op->a;

	if (op->kind == IR_LEA ? !op->disp : op->disp == (s8)op->disp ||
	    *base == MODBPF_REG_FP || *base == MODBPF_REG_AX)
		return;
	put_const(b, op, MODBPF_REG_AX, op->disp);
	put(b, op, IR_ADD, 8, MODBPF_REG_AX)->b = *base;
	*base = MODBPF_REG_AX;
	op->disp = 0;
}

/* if memory cond constant: a load of its own comes first */
static void split_load(struct blinder *b, struct ir_op *op)
{
	struct ir_op *load = put(b, op, IR_LOAD, 8, IR_BLIND);

	load->a = op->a;
	load->disp = op->disp;
	load->bytes = op->bytes;
	load->index = op->index;
	load->scale = op->scale;
	op->flags &= ~IR_MEM;
	op->scale = 0;
	op->a = IR_BLIND;
}

static void blind_operand(struct blinder *b, struct ir_op *op)
{
	u16 temp = IR_BLIND;

	if (!(op->flags & IR_IMM) || !op->imm)
		return;
	if (op->flags & IR_MEM) {
		split_load(b, op);
		temp = MODBPF_REG_AX;
	}
	put_const(b, op, temp, op->imm);
	op->b = temp;
	op->flags &= ~IR_IMM;
	if (op->kind >= IR_DIV && op->kind <= IR_SMOD)
		op->flags |= IR_NONZERO;
}

/* What @op becomes, in @b->out; how many does not depend on what is random. */
static void expand(struct blinder *b, const struct jit_request *req, const struct ir_op *from)
{
	struct ir_op op = *from;
	bool has_place = op.kind == IR_LOAD || op.kind == IR_STORE || op.kind == IR_LEA ||
			 op.kind == IR_ATOMIC || op.flags & IR_MEM;

	b->cnt = 0;
	if (op.kind == IR_CONST && op.imm) {
		put_const(b, from, op.dst, op.imm);
		return;
	}
	if (has_place)
		blind_offset(b, &op);
	if (op.kind == IR_TAIL_CALL) {
		put_const(b, from, IR_BLIND, req->binds[op.imm].max_entries);
		op.b = IR_BLIND;
		op.flags &= ~IR_KNOWN;
	} else if (op.kind == IR_STORE || op.kind == IR_BRANCH || (op.kind >= IR_ADD && op.kind <= IR_XOR)) {
		blind_operand(b, &op);
	}
	b->out[b->cnt++] = op;
}

/* Without @out, only count. Blocks come to lie where the operations do. */
static int expand_blocks(const struct jit_request *req, struct ir_prog *ir, struct ir_op *out, u32 *cnt)
{
	struct ir_op scratch[MAX_EXPANSION];
	struct blinder b = { .random = req->blind_seed, .out = scratch };
	u32 i, k;

	*cnt = 0;
	for (i = 0; i < ir->block_cnt; i++) {
		struct ir_block *block = &ir->blocks[i];
		u32 first = *cnt;

		for (k = block->first; k < block->end; k++) {
			if ((k & 0x3ff) == 0 && modbpf_yield())
				return -EINTR;
			if (out)
				b.out = &out[*cnt];
			expand(&b, req, &ir->ops[k]);
			*cnt += b.cnt;
		}
		if (!out)
			continue;
		block->first = first;
		block->end = *cnt;
	}
	return 0;
}

int ir_blind(const struct jit_request *req, struct ir_prog *ir)
{
	struct ir_op *ops;
	u32 cnt;
	int err;

	err = expand_blocks(req, ir, NULL, &cnt);
	if (err)
		return err;
	ops = modbpf_zalloc(cnt * sizeof(*ops));
	if (!ops)
		return -ENOMEM;
	err = expand_blocks(req, ir, ops, &cnt);
	modbpf_free(ir->ops);
	ir->ops = ops;
	ir->op_cnt = cnt;
	return err;
}
