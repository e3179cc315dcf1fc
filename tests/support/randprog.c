// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which programs does nobody think of? Each item of a body is one random
 * instruction, or a few that belong together. Invariants that keep a program
 * harmless: the pointer and the loop counter are written by nothing else, a
 * branch goes forwards, a loop is entered at its start only. (A daring program is
 * harmless only as far as a verifier says so.)
 */
#include "tests/support/randprog.h"

#define STACK_SLOTS 6
#define MAX_BRANCHES 16
#define MAX_CALLS 8
#define NO_REG 15

struct branch {
	u32 at;
	u32 items_left;
};

struct maker {
	struct rng *rng;
	struct modbpf_insn *insns;
	u32 cnt;
	u32 pointer;		/* register with the memory's address; NO_REG in subprograms */
	u32 counter;		/* register of the loop */
	struct branch branches[MAX_BRANCHES];
	u32 branch_cnt;
	u32 loop_start;		/* 0: not in a loop */
	u32 loop_left;
	u32 calls[MAX_CALLS];	/* instructions that call a subprogram */
	u32 call_cnt;
	bool daring;
};

void rng_seed(struct rng *rng, u64 seed)
{
	rng->state = seed * 0x9e3779b97f4a7c15 + 0x1234567;
	if (!rng->state)
		rng->state = 1;
}

u64 rng_next(struct rng *rng)
{
	rng->state ^= rng->state >> 12;
	rng->state ^= rng->state << 25;
	rng->state ^= rng->state >> 27;
	return rng->state * 0x2545f4914f6cdd1d;
}

u32 rng_below(struct rng *rng, u32 limit)
{
	return (rng_next(rng) >> 33) % limit;
}

u64 rng_value(struct rng *rng)
{
	u64 value;

	switch (rng_below(rng, 6)) {
	case 0:
		value = rng_below(rng, 4);
		break;
	case 1:
		value = 1ULL << rng_below(rng, 64);
		break;
	case 2:
		value = (1ULL << rng_below(rng, 64)) - 1;
		break;
	case 3:
		value = (u32)rng_next(rng);
		break;
	case 4:
		value = (u64)(s64)(s32)rng_next(rng);
		break;
	default:
		value = rng_next(rng);
		break;
	}
	return rng_below(rng, 3) ? value : -value;
}

static void put(struct maker *mk, u8 code, u32 dst, u32 src, s32 off, s32 imm)
{
	struct modbpf_insn insn = { .code = code };

	insn.dst_reg = dst;
	insn.src_reg = src;
	insn.off = off;
	insn.imm = imm;
	mk->insns[mk->cnt++] = insn;
}

/* A register that may be read as a number. */
static u32 any_source(struct maker *mk)
{
	u32 reg;

	do {
		reg = rng_below(mk->rng, 10);
	} while (reg == mk->pointer);
	return reg;
}

static u32 any_target(struct maker *mk)
{
	u32 reg;

	do {
		reg = any_source(mk);
	} while (reg == mk->counter);
	return reg;
}

static void put_constant(struct maker *mk, u32 reg)
{
	u64 value = rng_value(mk->rng);

	switch (rng_below(mk->rng, 3)) {
	case 0:
		put(mk, MODBPF_LD_IMM64, reg, 0, 0, (s32)value);
		put(mk, 0, 0, 0, 0, (s32)(value >> 32));
		break;
	case 1:
		put(mk, BPF_ALU | BPF_MOV | BPF_K, reg, 0, 0, (s32)value);
		break;
	default:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, (s32)value);
		break;
	}
}

static void put_alu(struct maker *mk)
{
	static const u8 ops[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH,
				  BPF_RSH, BPF_MOD, BPF_XOR, BPF_MOV, BPF_ARSH };
	u8 op = ops[rng_below(mk->rng, ARRAY_SIZE(ops))];
	u8 class = rng_below(mk->rng, 2) ? BPF_ALU64 : BPF_ALU;
	s32 imm = (s32)rng_value(mk->rng), off = 0;
	bool is_division = op == BPF_DIV || op == BPF_MOD;

	if (is_division)
		off = rng_below(mk->rng, 2);
	if (rng_below(mk->rng, 2)) {
		if (op == BPF_MOV)
			off = 8 * (1 << rng_below(mk->rng, class == BPF_ALU ? 2 : 3));
		if (op == BPF_MOV && rng_below(mk->rng, 2))
			off = 0;
		put(mk, class | op | BPF_X, any_target(mk), any_source(mk), off, 0);
		return;
	}
	if (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)
		imm &= class == BPF_ALU ? 31 : 63;
	if (is_division && !imm)
		imm = 1;
	put(mk, class | op | BPF_K, any_target(mk), 0, off, imm);
}

static void put_unary(struct maker *mk)
{
	static const u8 codes[] = { BPF_ALU | BPF_NEG, BPF_ALU64 | BPF_NEG,
				    BPF_ALU | BPF_END | BPF_TO_LE, BPF_ALU | BPF_END | BPF_TO_BE,
				    BPF_ALU64 | BPF_END };
	u32 i = rng_below(mk->rng, ARRAY_SIZE(codes));

	put(mk, codes[i], any_target(mk), 0, 0, i < 2 ? 0 : 16 << rng_below(mk->rng, 3));
}

/*
 * An address register and an offset with room for 8 bytes. The stack is accessed
 * aligned to @bytes, as verifiers want it, other memory to @align.
 */
static u32 any_place(struct maker *mk, s32 *off, u32 bytes, u32 align)
{
	bool on_stack = mk->pointer == NO_REG || !rng_below(mk->rng, 3);
	u32 room = (on_stack ? STACK_SLOTS : RANDPROG_WORDS - 10) * 8 - 8;

	if (on_stack)
		align = bytes;
	*off = rng_below(mk->rng, room / align + 1) * align;
	if (!on_stack)
		return mk->pointer;
	*off -= STACK_SLOTS * 8;
	return MODBPF_REG_FP;
}

static void put_load(struct maker *mk)
{
	u8 size = rng_below(mk->rng, 4) << 3;
	u8 mode = size != BPF_DW && rng_below(mk->rng, 2) ? BPF_MEMSX : BPF_MEM;
	s32 off;
	u32 base = any_place(mk, &off, insn_access_bytes(size), 1);

	put(mk, BPF_LDX | mode | size, any_target(mk), base, off, 0);
}

static void put_store(struct maker *mk)
{
	u8 size = rng_below(mk->rng, 4) << 3;
	s32 off;
	u32 base = any_place(mk, &off, insn_access_bytes(size), 1);

	if (rng_below(mk->rng, 2))
		put(mk, BPF_ST | BPF_MEM | size, base, 0, off, (s32)rng_value(mk->rng));
	else
		put(mk, BPF_STX | BPF_MEM | size, base, any_source(mk), off, 0);
}

static void put_atomic(struct maker *mk)
{
	static const s32 ops[] = { BPF_ADD, BPF_OR, BPF_AND, BPF_XOR, BPF_ADD | BPF_FETCH,
				   BPF_OR | BPF_FETCH, BPF_AND | BPF_FETCH, BPF_XOR | BPF_FETCH,
				   BPF_XCHG, BPF_CMPXCHG, MODBPF_LOAD_ACQ, MODBPF_STORE_REL };
	s32 op = ops[rng_below(mk->rng, ARRAY_SIZE(ops))], off;
	u8 size = rng_below(mk->rng, 2) ? BPF_W : BPF_DW;
	u32 base;

	if (op >= MODBPF_LOAD_ACQ)
		size = rng_below(mk->rng, 4) << 3;
	base = any_place(mk, &off, 8, 8);
	if (op == MODBPF_LOAD_ACQ)
		put(mk, BPF_STX | BPF_ATOMIC | size, any_target(mk), base, off, op);
	else if (op == BPF_CMPXCHG && (mk->pointer == 0 || mk->counter == 0))
		return;
	else
		put(mk, BPF_STX | BPF_ATOMIC | size, base, any_target(mk), off, op);
}

/* One step towards an index that fits: of a kind that compilers emit, or nearly. */
static void narrow(struct maker *mk, u32 reg)
{
	static const u8 ops[] = { BPF_AND, BPF_AND, BPF_AND, BPF_RSH, BPF_MOD, BPF_ADD, BPF_SUB, BPF_LSH,
				  BPF_MUL, BPF_ARSH, BPF_XOR, BPF_DIV, BPF_OR };
	u8 op = ops[rng_below(mk->rng, ARRAY_SIZE(ops))];
	u8 class = rng_below(mk->rng, 2) ? BPF_ALU64 : BPF_ALU;
	u32 bits = class == BPF_ALU ? 32 : 64;
	s32 imm = 1 + rng_below(mk->rng, 1 << rng_below(mk->rng, 9));

	if (op == BPF_AND && rng_below(mk->rng, 4))
		imm = (1 << rng_below(mk->rng, 9)) - 1;
	if (op == BPF_RSH || op == BPF_ARSH)
		imm = bits - 1 - rng_below(mk->rng, 10);
	if (op == BPF_LSH || op == BPF_MUL)
		imm = 1 + rng_below(mk->rng, 4);
	put(mk, class | op | BPF_K, reg, 0, op == BPF_MOD || op == BPF_DIV ? !rng_below(mk->rng, 4) : 0, imm);
}

/*
 * "if reg > 40 goto" over what follows; returns where its offset is to be filled in.
 * @edge: the last index that fits.
 */
static u32 put_guard(struct maker *mk, u32 reg, s32 edge)
{
	static const u8 ops[] = { BPF_JGT, BPF_JGE, BPF_JSGT, BPF_JSGE, BPF_JLT, BPF_JSLT, BPF_JSLE,
				  BPF_JNE, BPF_JEQ, BPF_JSET };
	u8 op = ops[rng_below(mk->rng, rng_below(mk->rng, 2) ? 2 : ARRAY_SIZE(ops))];
	u8 class = rng_below(mk->rng, 3) ? BPF_JMP : BPF_JMP32;

	if (rng_below(mk->rng, 2))
		put(mk, class | op | BPF_K, reg, 0, 0, edge + (s32)rng_below(mk->rng, 5) - 2);
	else if (rng_below(mk->rng, 3))
		put(mk, class | op | BPF_K, reg, 0, 0, (s32)rng_below(mk->rng, 260) - 4);
	else
		put(mk, class | op | BPF_X, reg, any_source(mk), 0, 0);
	return mk->cnt - 1;
}

/*
 * An access through a pointer that a number was added to. Whether it is safe is
 * for the verifier to find out.
 */
static void put_daring(struct maker *mk)
{
	u32 index = any_target(mk), place = any_target(mk), guards[4], guard_cnt = 0, steps, i;
	u8 size = rng_below(mk->rng, 4) << 3;
	bool on_stack = mk->pointer == NO_REG || !rng_below(mk->rng, 6);
	s32 off = on_stack ? -(s32)(8 + rng_below(mk->rng, 41)) : (s32)rng_below(mk->rng, 200);

	s32 edge = (on_stack ? 0 : RANDPROG_WORDS * 8) - off - (s32)insn_access_bytes(size);

	if (index == place)
		return;
	steps = 1 + rng_below(mk->rng, 4);
	if (mk->pointer != NO_REG && rng_below(mk->rng, 2)) {
		/* The usual: read, compare, access. */
		put(mk, BPF_LDX | BPF_MEM | rng_below(mk->rng, 4) << 3, index, mk->pointer,
		    8 * rng_below(mk->rng, 10), 0);
		guards[guard_cnt++] = put_guard(mk, index, edge);
		steps = 0;
	}
	for (; steps; steps--) {
		if (guard_cnt < ARRAY_SIZE(guards) && rng_below(mk->rng, 2))
			guards[guard_cnt++] = put_guard(mk, index, edge);
		else
			narrow(mk, index);
	}
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, place, on_stack ? MODBPF_REG_FP : mk->pointer, 0, 0);
	put(mk, BPF_ALU64 | BPF_X | (rng_below(mk->rng, 8) ? BPF_ADD : BPF_SUB), place, index, 0, 0);
	if (rng_below(mk->rng, 2))
		put(mk, BPF_LDX | BPF_MEM | size, index, place, off, 0);
	else
		put(mk, BPF_STX | BPF_MEM | size, place, index, off, 0);
	put_constant(mk, place);
	for (i = 0; i < guard_cnt; i++)
		mk->insns[guards[i]].off = mk->cnt - guards[i] - 1;
}

static void put_branch(struct maker *mk)
{
	static const u8 ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET, BPF_JNE, BPF_JSGT, BPF_JSGE,
				  BPF_JLT, BPF_JLE, BPF_JSLT, BPF_JSLE };
	u8 op = ops[rng_below(mk->rng, ARRAY_SIZE(ops))];
	u8 class = rng_below(mk->rng, 2) ? BPF_JMP : BPF_JMP32;
	bool is_long = !rng_below(mk->rng, 20);

	if (mk->branch_cnt == MAX_BRANCHES)
		return;
	mk->branches[mk->branch_cnt].at = mk->cnt;
	mk->branches[mk->branch_cnt++].items_left = 1 + rng_below(mk->rng, is_long ? 60 : 8);
	if (!rng_below(mk->rng, 12))
		put(mk, rng_below(mk->rng, 2) ? BPF_JMP | BPF_JA : BPF_JMP32 | BPF_JA, 0, 0, 0, 0);
	else if (rng_below(mk->rng, 2))
		put(mk, class | op | BPF_K, any_source(mk), 0, 0, (s32)rng_value(mk->rng));
	else
		put(mk, class | op | BPF_X, any_source(mk), any_source(mk), 0, 0);
}

/* After a call R1 to R5 hold nothing that both sides agree on. */
static void put_call(struct maker *mk)
{
	u32 reg;

	if (mk->pointer < 6 || mk->counter < 6)
		return;
	if (mk->pointer != NO_REG && mk->call_cnt < MAX_CALLS && rng_below(mk->rng, 2)) {
		mk->calls[mk->call_cnt++] = mk->cnt;
		put(mk, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0);
	} else {
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, RANDPROG_HELPER);
	}
	for (reg = 1; reg <= 5; reg++)
		put_constant(mk, reg);
}

static void land_branch(struct maker *mk, struct branch *branch)
{
	struct modbpf_insn *insn = &mk->insns[branch->at];
	s32 off = mk->cnt - branch->at - 1;

	if (insn->code == (BPF_JMP32 | BPF_JA))
		insn->imm = off;
	else
		insn->off = off;
}

/* An item is done: branches that skip so many land here; all of them if @all. */
static void land_branches(struct maker *mk, bool all)
{
	u32 i, kept = 0;

	for (i = 0; i < mk->branch_cnt; i++) {
		if (!--mk->branches[i].items_left || all)
			land_branch(mk, &mk->branches[i]);
		else
			mk->branches[kept++] = mk->branches[i];
	}
	mk->branch_cnt = kept;
}

static void begin_loop(struct maker *mk)
{
	land_branches(mk, true);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, mk->counter, 0, 0, rng_below(mk->rng, 9) + 1);
	mk->loop_start = mk->cnt;
	mk->loop_left = rng_below(mk->rng, 10) + 1;
}

static void end_loop(struct maker *mk)
{
	put(mk, BPF_ALU64 | BPF_SUB | BPF_K, mk->counter, 0, 0, 1);
	put(mk, BPF_JMP | BPF_JNE | BPF_K, mk->counter, 0, (s32)(mk->loop_start - mk->cnt - 1), 0);
	mk->loop_start = 0;
}

static void put_item(struct maker *mk)
{
	u32 kind = rng_below(mk->rng, 100);

	if (mk->daring && !rng_below(mk->rng, 5))
		put_daring(mk);
	else if (kind < 45)
		put_alu(mk);
	else if (kind < 52)
		put_unary(mk);
	else if (kind < 62)
		put_load(mk);
	else if (kind < 72)
		put_store(mk);
	else if (kind < 79)
		put_atomic(mk);
	else if (kind < 91)
		put_branch(mk);
	else if (kind < 95)
		put_constant(mk, any_target(mk));
	else
		put_call(mk);
}

static void put_body(struct maker *mk, u32 items)
{
	while (items--) {
		if (!mk->loop_start && !rng_below(mk->rng, 25))
			begin_loop(mk);
		put_item(mk);
		land_branches(mk, false);
		if (mk->loop_start && !mk->loop_left--)
			end_loop(mk);
	}
	if (mk->loop_start)
		end_loop(mk);
	land_branches(mk, true);
}

static void put_stack_init(struct maker *mk)
{
	s32 slot;

	for (slot = 1; slot <= STACK_SLOTS; slot++)
		put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -8 * slot, (s32)rng_value(mk->rng));
}

static void put_main(struct maker *mk, u32 items)
{
	u32 reg;

	mk->pointer = 1 + rng_below(mk->rng, 9);
	do {
		mk->counter = 1 + rng_below(mk->rng, 9);
	} while (mk->counter == mk->pointer);
	put_stack_init(mk);
	if (mk->pointer != 1)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, mk->pointer, 1, 0, 0);
	for (reg = 0; reg < 10; reg++) {
		if (reg == mk->pointer)
			continue;
		if (rng_below(mk->rng, 2))
			put(mk, BPF_LDX | BPF_MEM | BPF_DW, reg, mk->pointer, 8 * reg, 0);
		else
			put_constant(mk, reg);
	}
	put_body(mk, items);
	for (reg = 0; reg < 10; reg++) {
		if (reg != mk->pointer)
			put(mk, BPF_STX | BPF_MEM | BPF_DW, mk->pointer, reg,
			    8 * (RANDPROG_WORDS - 10 + reg), 0);
	}
	put(mk, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* A subprogram knows its five arguments only. */
static void put_subprog(struct maker *mk, u32 items)
{
	mk->pointer = NO_REG;
	mk->counter = 6;
	put_stack_init(mk);
	put_constant(mk, 0);
	put_constant(mk, 6);
	put_constant(mk, 7);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 8, 1 + rng_below(mk->rng, 5), 0, 0);
	put_constant(mk, 9);
	put_body(mk, items);
	put(mk, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

u32 randprog_make(struct rng *rng, bool daring, struct modbpf_insn *insns)
{
	struct maker mk = { .rng = rng, .insns = insns, .daring = daring };
	u32 starts[2], i;

	put_main(&mk, daring ? 3 + rng_below(rng, 20) : rng_below(rng, 10) ? 5 + rng_below(rng, 50) : 200);
	if (!mk.call_cnt)
		return mk.cnt;
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		starts[i] = mk.cnt;
		put_subprog(&mk, 3 + rng_below(rng, 25));
	}
	for (i = 0; i < mk.call_cnt; i++)
		insns[mk.calls[i]].imm = starts[i % 2] - mk.calls[i] - 1;
	return mk.cnt;
}
