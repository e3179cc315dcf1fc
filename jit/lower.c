// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which operation does one verified instruction stand for? What is not an
 * instruction of the supported set is -EOPNOTSUPP, so that nothing is guessed.
 */
#include "jit/ir.h"
#include "jit/jit.h"

static const u8 alu_kinds[16] = {
	[BPF_ADD >> 4] = IR_ADD, [BPF_SUB >> 4] = IR_SUB, [BPF_MUL >> 4] = IR_MUL,
	[BPF_DIV >> 4] = IR_DIV, [BPF_OR >> 4] = IR_OR, [BPF_AND >> 4] = IR_AND,
	[BPF_LSH >> 4] = IR_SHL, [BPF_RSH >> 4] = IR_SHR, [BPF_NEG >> 4] = IR_NEG,
	[BPF_MOD >> 4] = IR_MOD, [BPF_XOR >> 4] = IR_XOR, [BPF_MOV >> 4] = IR_MOV,
	[BPF_ARSH >> 4] = IR_SAR, [BPF_END >> 4] = IR_SWAP,
};

static const struct {
	u8 code;
	u8 cond;
} conds[] = {
	{ BPF_JEQ, IR_EQ }, { BPF_JNE, IR_NE }, { BPF_JSET, IR_SET },
	{ BPF_JGT, IR_UGT }, { BPF_JGE, IR_UGE }, { BPF_JLT, IR_ULT }, { BPF_JLE, IR_ULE },
	{ BPF_JSGT, IR_SGT }, { BPF_JSGE, IR_SGE }, { BPF_JSLT, IR_SLT }, { BPF_JSLE, IR_SLE },
};

static const struct {
	u32 imm;
	u8 atomic;
	u8 flags;
} atomics[] = {
	{ BPF_ADD, IR_ATOMIC_ADD, 0 }, { BPF_ADD | BPF_FETCH, IR_ATOMIC_ADD, IR_FETCH },
	{ BPF_OR, IR_ATOMIC_OR, 0 }, { BPF_OR | BPF_FETCH, IR_ATOMIC_OR, IR_FETCH },
	{ BPF_AND, IR_ATOMIC_AND, 0 }, { BPF_AND | BPF_FETCH, IR_ATOMIC_AND, IR_FETCH },
	{ BPF_XOR, IR_ATOMIC_XOR, 0 }, { BPF_XOR | BPF_FETCH, IR_ATOMIC_XOR, IR_FETCH },
	{ BPF_XCHG, IR_ATOMIC_XCHG, IR_FETCH }, { BPF_CMPXCHG, IR_ATOMIC_CMPXCHG, IR_FETCH },
	{ MODBPF_LOAD_ACQ, IR_ATOMIC_LOAD, 0 }, { MODBPF_STORE_REL, IR_ATOMIC_STORE, 0 },
};

/* A second operand that is in the instruction; a 32-bit operation uses its low half. */
static void set_operand(const struct modbpf_insn *insn, struct ir_op *op)
{
	op->b = insn->src_reg;
	op->imm = insn->imm;
	if (BPF_SRC(insn->code) == BPF_K)
		op->flags |= IR_IMM;
}

static int lower_mov(const struct modbpf_insn *insn, struct ir_op *op)
{
	if (BPF_SRC(insn->code) == BPF_K) {
		op->kind = IR_CONST;
		op->imm = op->width == 4 ? (s64)(u32)insn->imm : (s64)insn->imm;
		return 0;
	}
	op->a = insn->src_reg;
	if (!insn->off)
		return 0;
	if (insn->off != 8 && insn->off != 16 && (insn->off != 32 || op->width == 4))
		return -EOPNOTSUPP;
	op->kind = IR_SEXT;
	op->bytes = insn->off / 8;
	return 0;
}

static int lower_end(const struct modbpf_insn *insn, struct ir_op *op)
{
	bool is_swap = op->width == 8 || BPF_SRC(insn->code) == BPF_TO_BE;

	if (insn->imm != 16 && insn->imm != 32 && insn->imm != 64)
		return -EOPNOTSUPP;
	if (op->width == 8 && BPF_SRC(insn->code) == BPF_TO_BE)
		return -EOPNOTSUPP;
	op->bytes = insn->imm / 8;
	op->width = 8;
	op->kind = is_swap ? IR_SWAP : IR_ZEXT;
	return 0;
}

static int lower_alu(const struct modbpf_insn *insn, const struct insn_fact *fact, struct ir_op *op)
{
	op->kind = alu_kinds[BPF_OP(insn->code) >> 4];
	op->width = BPF_CLASS(insn->code) == BPF_ALU64 ? 8 : 4;
	op->dst = insn->dst_reg;
	op->a = insn->dst_reg;
	if (fact->flags & FACT_UPPER_ZERO)
		op->flags |= IR_UPPER_ZERO;
	if (op->kind == IR_NOP)
		return -EOPNOTSUPP;
	if (op->kind == IR_MOV)
		return lower_mov(insn, op);
	if (op->kind == IR_SWAP)
		return lower_end(insn, op);
	if (op->kind == IR_NEG)
		return BPF_SRC(insn->code) == BPF_K && !insn->off ? 0 : -EOPNOTSUPP;
	set_operand(insn, op);
	if (op->kind == IR_DIV || op->kind == IR_MOD) {
		if (fact->flags & FACT_DIVISOR_NONZERO)
			op->flags |= IR_NONZERO;
		if (insn->off == 1)
			op->kind = op->kind == IR_DIV ? IR_SDIV : IR_SMOD;
		else if (insn->off)
			return -EOPNOTSUPP;
	} else if (insn->off) {
		return -EOPNOTSUPP;
	}
	return 0;
}

static int lower_ld_imm64(const struct jit_request *req, const struct modbpf_insn *insn,
			  struct ir_op *op)
{
	op->kind = IR_CONST;
	op->width = 8;
	op->dst = insn->dst_reg;
	if (!insn_is_ld_imm64(insn))
		return -EOPNOTSUPP;
	switch (insn->src_reg) {
	case 0:
		op->imm = insn_imm64(insn);
		return 0;
	case BPF_PSEUDO_MAP_FD:
		op->imm = req->binds[insn->imm].map;
		return 0;
	case MODBPF_PSEUDO_PROG:
		op->imm = req->self;
		return 0;
	case BPF_PSEUDO_FUNC:
		op->kind = IR_FUNC;
		op->imm = insn->imm;	/* build.c replaces it */
		return 0;
	case BPF_PSEUDO_MAP_VALUE:
		op->imm = req->binds[insn->imm].values + (u32)insn[1].imm;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int lower_atomic(const struct modbpf_insn *insn, struct ir_op *op)
{
	bool is_plain;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(atomics); i++)
		if (atomics[i].imm == (u32)insn->imm)
			break;
	if (i == ARRAY_SIZE(atomics))
		return -EOPNOTSUPP;
	op->kind = IR_ATOMIC;
	op->atomic = atomics[i].atomic;
	op->flags |= atomics[i].flags;
	is_plain = op->atomic == IR_ATOMIC_LOAD || op->atomic == IR_ATOMIC_STORE;
	if (!is_plain && op->bytes < 4)
		return -EOPNOTSUPP;
	op->width = op->bytes == 8 ? 8 : 4;
	op->a = insn->dst_reg;
	op->b = insn->src_reg;
	op->dst = op->atomic == IR_ATOMIC_CMPXCHG ? 0 : insn->src_reg;
	if (op->atomic == IR_ATOMIC_LOAD) {
		op->kind = IR_LOAD;
		op->dst = insn->dst_reg;
		op->a = insn->src_reg;
	} else if (op->atomic == IR_ATOMIC_STORE) {
		op->kind = IR_STORE;
	}
	return 0;
}

static int lower_load(const struct modbpf_insn *insn, const struct insn_fact *fact, struct ir_op *op)
{
	op->kind = IR_LOAD;
	op->width = 8;
	op->dst = insn->dst_reg;
	op->a = insn->src_reg;
	if (fact->flags & FACT_PROBE_LOAD)
		op->flags |= IR_PROBE;
	if (BPF_MODE(insn->code) == BPF_MEM)
		return 0;
	if (BPF_MODE(insn->code) != BPF_MEMSX || op->bytes == 8)
		return -EOPNOTSUPP;
	op->flags |= IR_SIGNED;
	return 0;
}

static int lower_store(const struct modbpf_insn *insn, struct ir_op *op)
{
	if (insn->code == (BPF_STX | BPF_ATOMIC | BPF_SIZE(insn->code)))
		return lower_atomic(insn, op);
	if (BPF_MODE(insn->code) != BPF_MEM)
		return -EOPNOTSUPP;
	op->kind = IR_STORE;
	op->width = 8;
	op->a = insn->dst_reg;
	op->b = insn->src_reg;
	op->imm = insn->imm;
	if (BPF_CLASS(insn->code) == BPF_ST)
		op->flags |= IR_IMM;
	return 0;
}

static int lower_call(const struct jit_request *req, const struct modbpf_insn *insn,
		      const struct insn_fact *fact, struct ir_op *op)
{
	op->kind = IR_CALL;
	op->imm = insn->imm;
	if (insn_is_subprog_call(insn)) {
		op->kind = IR_CALL_SUBPROG;	/* build.c replaces imm */
		return 0;
	}
	if (!insn_is_helper_call(insn))
		return -EOPNOTSUPP;
	if (insn->imm == MODBPF_FUNC_tail_call) {
		op->kind = IR_TAIL_CALL;
		op->imm = fact->map;
		return fact->flags & FACT_CONST_MAP ? 0 : -EOPNOTSUPP;
	}
	if (insn->imm <= 0 || insn->imm >= MODBPF_FUNC_LIMIT || !req->target->helpers[insn->imm])
		return -EOPNOTSUPP;
	ir_inline_helper(req, fact, op);
	return 0;
}

static int lower_jump(const struct jit_request *req, const struct modbpf_insn *insn,
		      const struct insn_fact *fact, struct ir_op *op)
{
	u32 i;

	op->width = BPF_CLASS(insn->code) == BPF_JMP ? 8 : 4;
	if (insn->code == (BPF_JMP | BPF_CALL))
		return lower_call(req, insn, fact, op);
	if (insn->code == (BPF_JMP | BPF_EXIT)) {
		op->kind = IR_EXIT;
		return 0;
	}
	if (insn->code == (BPF_JMP | BPF_JA) || insn->code == (BPF_JMP32 | BPF_JA)) {
		op->kind = IR_JUMP;
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(conds); i++)
		if (conds[i].code == BPF_OP(insn->code))
			break;
	if (i == ARRAY_SIZE(conds))
		return -EOPNOTSUPP;
	op->kind = IR_BRANCH;
	op->cond = conds[i].cond;
	op->a = insn->dst_reg;
	set_operand(insn, op);
	return 0;
}

s64 ir_jump_target(const struct modbpf_insn *insns, u32 insn)
{
	if (insns[insn].code == (BPF_JMP32 | BPF_JA))
		return (s64)insn + insns[insn].imm + 1;
	return (s64)insn + insns[insn].off + 1;
}

int ir_lower_insn(const struct jit_request *req, u32 insn, struct ir_op *op)
{
	const struct modbpf_insn *in = &req->prog->insns[insn];
	const struct insn_fact *fact = &req->prog->facts[insn];

	memset(op, 0, sizeof(*op));
	op->insn = insn;
	op->disp = in->off;
	op->bytes = insn_access_bytes(in->code);
	if (in->dst_reg >= MODBPF_REG_COUNT || in->src_reg >= MODBPF_REG_COUNT)
		return -EOPNOTSUPP;
	if (fact->flags & FACT_DEAD) {
		op->kind = IR_TRAP;
		return 0;
	}
	switch (BPF_CLASS(in->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return lower_alu(in, fact, op);
	case BPF_LD:
		return lower_ld_imm64(req, in, op);
	case BPF_LDX:
		return lower_load(in, fact, op);
	case BPF_ST:
	case BPF_STX:
		return lower_store(in, op);
	default:
		return lower_jump(req, in, fact, op);
	}
}
