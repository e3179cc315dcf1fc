// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may happen to a number on its way? It is computed, copied, extended,
 * spilled in whole or in part, loaded back, compared; and what the maker knows
 * of its size follows roughly.
 */
#include "isa/abi.h"
#include "tests/support/randmaker.h"

void put(struct maker *mk, u8 code, u32 dst, u32 src, s32 off, s32 imm)
{
	if (mk->prog->insn_cnt < RANDVERIFY_MAX_INSNS)
		mk->prog->insns[mk->prog->insn_cnt++] =
			(struct modbpf_insn){ code, dst, src, off, imm };
}

void put_map(struct maker *mk, u32 dst, u32 kind, u32 map, u32 off)
{
	put(mk, MODBPF_LD_IMM64, dst, kind, 0, map);
	put(mk, 0, 0, 0, 0, off);
}

void land(struct maker *mk, u32 at)
{
	mk->prog->insns[at].off = mk->prog->insn_cnt - at - 1;
}

void goes_out(struct maker *mk)
{
	if (mk->out_cnt < MAX_OUTS)
		mk->outs[mk->out_cnt++] = mk->prog->insn_cnt - 1;
}

bool errs(struct maker *mk)
{
	if (!mk->mistakes || !one_in(mk, 3))
		return false;
	mk->mistakes--;
	return true;
}

u32 work_reg(struct maker *mk)
{
	return mk->work[below(mk, mk->work_cnt)];
}

void set_number(struct maker *mk, u32 reg, u32 max, u32 some)
{
	mk->known.set |= 1u << reg;
	mk->known.regs[reg] = (struct bound){ max, some };
}

u32 number_reg(struct maker *mk)
{
	u32 tries, reg = 0;

	for (tries = 0; tries < 8; tries++) {
		reg = work_reg(mk);
		if (mk->known.set >> reg & 1)
			return reg;
	}
	if (one_in(mk, 3)) {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, below(mk, 8));
		set_number(mk, reg, 7, 7);
	} else {
		put_unknown(mk, reg);
	}
	return reg;
}

u32 place_reg(struct maker *mk, u32 a, u32 b)
{
	u32 reg;

	do {
		reg = below(mk, 6);
	} while (reg == a || reg == b);
	mk->known.set &= ~(1u << reg);
	return reg;
}

u8 random_size(struct maker *mk)
{
	static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW };

	return sizes[below(mk, 4)];
}

static u32 max_of_bytes(u32 bytes)
{
	return bytes == 1 ? 0xff : bytes == 2 ? 0xffff : UNBOUNDED;
}

void put_unknown(struct maker *mk, u32 reg)
{
	const struct randtype *type = randtype_of(mk->prog->prog_type);
	bool from_ctx = mk->has_ctx && type->cnt;
	u8 size = mk->base == BASE_CALLER ? (u8)BPF_B : random_size(mk);
	u32 off;

	if (mk->base != BASE_PACKET && (!from_ctx || (mk->base == BASE_VALUE && one_in(mk, 3)))) {
		put(mk, BPF_LDX | BPF_MEM | size, reg, 7, below(mk, mk->room - 7), 0);
	} else {
		off = type->first + type->step * below(mk, type->cnt);
		size = type->size != 0xff ? type->size :
		       one_in(mk, 2) ? (u8)BPF_W : one_in(mk, 2) ? (u8)BPF_H : (u8)BPF_B;
		put(mk, BPF_LDX | BPF_MEM | size, reg, 6, off, 0);
	}
	set_number(mk, reg, max_of_bytes(insn_access_bytes(size)), max_of_bytes(insn_access_bytes(size)));
}

void after_call(struct maker *mk, bool has_result)
{
	u32 i;

	mk->known.set &= ~0x3fu;
	if (has_result)
		set_number(mk, 0, UNBOUNDED, UNBOUNDED);
	for (i = 0; i < mk->work_cnt; i++) {
		u32 reg = mk->work[i];

		if (mk->known.set >> reg & 1 || one_in(mk, 3))
			continue;
		if (mk->known.set >> 9 & 1 && one_in(mk, 2)) {
			put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, 9, 0, 0);
			set_number(mk, reg, mk->known.regs[9].max, mk->known.regs[9].some);
		} else {
			put_unknown(mk, reg);
		}
	}
}

void forget_slot(struct maker *mk, u32 slot)
{
	mk->known.slots[slot] = (struct bound){ UNBOUNDED, UNBOUNDED };
	mk->known.highs[slot] = (struct bound){ UNBOUNDED, UNBOUNDED };
}

static struct bound bound_meet(struct bound a, struct bound b)
{
	return (struct bound){ a.max > b.max ? a.max : b.max, a.some < b.some ? a.some : b.some };
}

struct account account_meet(const struct account *a, const struct account *b)
{
	struct account met = *a;
	u32 i;

	met.set &= b->set;
	for (i = 0; i < 10; i++)
		met.regs[i] = bound_meet(a->regs[i], b->regs[i]);
	for (i = 0; i < SLOTS; i++) {
		met.slots[i] = bound_meet(a->slots[i], b->slots[i]);
		met.highs[i] = bound_meet(a->highs[i], b->highs[i]);
		met.bytes[i] &= b->bytes[i];
	}
	if (b->range < met.range)
		met.range = b->range;
	return met;
}

/* --- one move ------------------------------------------------------------- */

static s32 small_or_not(struct maker *mk)
{
	switch (below(mk, 8)) {
	case 0:
	case 1:
	case 2:
		return 0;
	case 3:
		return 1;
	case 4:
	case 5:
		return below(mk, 48);
	case 6:
		return 1 << below(mk, 10);
	default:
		return rng_value(mk->rng);
	}
}

static void move_constant(struct maker *mk)
{
	u32 reg = work_reg(mk);
	s32 value = small_or_not(mk);
	u32 bound = value >= 0 && value < 0x10000 ? (u32)value : UNBOUNDED;

	put(mk, (one_in(mk, 2) ? BPF_ALU : BPF_ALU64) | BPF_MOV | BPF_K, reg, 0, 0, value);
	set_number(mk, reg, bound, bound);
}

static void move_copy(struct maker *mk)
{
	u32 src = number_reg(mk), dst = work_reg(mk), off = 0;
	struct bound bound = mk->known.regs[src];
	u8 class = one_in(mk, 2) ? BPF_ALU64 : BPF_ALU;

	if (one_in(mk, 4))
		off = 8 << below(mk, class == BPF_ALU64 ? 3 : 2);
	put(mk, class | BPF_MOV | BPF_X, dst, src, off, 0);
	if (off && bound.max >> (off - 1))
		bound.max = UNBOUNDED;
	set_number(mk, dst, bound.max, bound.some);
}

static void move_spill(struct maker *mk)
{
	u8 size = one_in(mk, 2) ? (u8)BPF_DW : random_size(mk);
	u32 bytes = insn_access_bytes(size), slot = below(mk, mk->slot_cnt), first;
	struct bound bound;
	s32 off, imm;

	first = one_in(mk, 2) ? 0 : below(mk, 8 / bytes) * bytes;
	off = -8 * (s32)(slot + 1) + (s32)first;
	if (one_in(mk, 3)) {
		imm = small_or_not(mk);
		put(mk, BPF_ST | BPF_MEM | size, MODBPF_REG_FP, 0, off, imm);
		bound.max = imm >= 0 && imm < 256 ? (u32)imm : UNBOUNDED;
		bound.some = bound.max;
	} else {
		u32 reg = number_reg(mk);

		bound = mk->known.regs[reg];
		if (one_in(mk, 6))
			put(mk, BPF_STX | BPF_ATOMIC | size, MODBPF_REG_FP, reg, off, MODBPF_STORE_REL);
		else
			put(mk, BPF_STX | BPF_MEM | size, MODBPF_REG_FP, reg, off, 0);
		if (bytes < 4 && bound.max > max_of_bytes(bytes))
			bound.max = max_of_bytes(bytes);
	}
	if (first % 4 || (bytes < 4 && (mk->known.bytes[slot] >> first & 0xf) == 0xf))
		bound.max = UNBOUNDED;
	if (first < 4)
		mk->known.slots[slot] = bound;
	if (bytes == 8 && bound.max != UNBOUNDED)
		bound = (struct bound){ 0, 0 };
	if (first >= 4 || bytes == 8)
		mk->known.highs[slot] = bound;
	mk->known.bytes[slot] |= ((1u << bytes) - 1) << first;
}

static void move_fill(struct maker *mk)
{
	u8 size = one_in(mk, 2) ? (u8)BPF_DW : random_size(mk);
	u32 bytes = insn_access_bytes(size), slot = below(mk, mk->slot_cnt), reg = work_reg(mk);
	u32 first = one_in(mk, 2) ? 0 : below(mk, 8 / bytes) * bytes;
	u32 mask = ((1u << bytes) - 1) << first;
	struct bound bound = first < 4 ? mk->known.slots[slot] : mk->known.highs[slot];
	s32 off = -8 * (s32)(slot + 1) + (s32)first;

	if ((mk->known.bytes[slot] & mask) != mask && !errs(mk)) {
		move_spill(mk);
		return;
	}
	if (bytes == 8 && mk->known.highs[slot].max)
		bound.max = UNBOUNDED;
	if (bytes != 8 && one_in(mk, 4)) {
		put(mk, BPF_LDX | BPF_MEMSX | size, reg, MODBPF_REG_FP, off, 0);
		if (bound.max >> (8 * bytes - 1))
			bound.max = UNBOUNDED;
	} else if (one_in(mk, 8)) {
		put(mk, BPF_STX | BPF_ATOMIC | size, reg, MODBPF_REG_FP, off, MODBPF_LOAD_ACQ);
	} else {
		put(mk, BPF_LDX | BPF_MEM | size, reg, MODBPF_REG_FP, off, 0);
	}
	if (first % 4 || (first && bytes < 4))
		bound.max = max_of_bytes(bytes);
	set_number(mk, reg, bound.max, bound.some);
}

static u32 bound_after(u8 op, u32 bound, s32 imm)
{
	if (op == BPF_AND && imm >= 0)
		return bound < (u32)imm ? bound : (u32)imm;
	if (op == BPF_MOD && imm > 0)
		return bound < (u32)imm ? bound : (u32)imm - 1;
	if (bound == UNBOUNDED || imm < 0)
		return UNBOUNDED;
	if (op == BPF_ADD && imm < 0x10000)
		return bound + imm;
	if (op == BPF_LSH && imm < 5)
		return bound << imm;
	if (op == BPF_RSH || op == BPF_ARSH)
		return bound >> (imm & 31);
	return op == BPF_DIV ? bound : UNBOUNDED;
}

static void move_alu_imm(struct maker *mk)
{
	static const u8 ops[] = { BPF_AND, BPF_AND, BPF_AND, BPF_ADD, BPF_ADD, BPF_LSH, BPF_RSH,
				  BPF_MOD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_XOR, BPF_ARSH };
	u8 op = ops[below(mk, sizeof(ops))], class = one_in(mk, 3) ? BPF_ALU : BPF_ALU64;
	u32 reg = number_reg(mk), width = class == BPF_ALU ? 32 : 64;
	struct bound *bound = &mk->known.regs[reg];
	s32 imm = one_in(mk, 6) ? (s32)rng_value(mk->rng) : (s32)below(mk, 33), off = 0;

	if (op == BPF_AND && one_in(mk, 2))
		imm = (1 << below(mk, 6)) - 1;
	if (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)
		imm = one_in(mk, 2) ? below(mk, 4) : below(mk, width);
	if (op == BPF_DIV || op == BPF_MOD) {
		imm = imm ? : 3;
		off = one_in(mk, 3);
	}
	put(mk, class | op | BPF_K, reg, 0, off, imm);
	bound->max = off ? UNBOUNDED : bound_after(op, bound->max, imm);
	bound->some = bound_after(op, bound->some, imm);
}

static void move_alu_reg(struct maker *mk)
{
	static const u8 ops[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH,
				  BPF_RSH, BPF_MOD, BPF_XOR, BPF_ARSH, BPF_DIV, BPF_MOD };
	u8 op = ops[below(mk, sizeof(ops))], class = one_in(mk, 2) ? BPF_ALU : BPF_ALU64;
	u32 src = number_reg(mk), dst = number_reg(mk);
	struct bound a = mk->known.regs[dst], b = mk->known.regs[src];
	u32 max = UNBOUNDED;

	if (op == BPF_ADD && a.max < 0x10000 && b.max < 0x10000)
		max = a.max + b.max;
	else if (op == BPF_AND)
		max = a.max < b.max ? a.max : b.max;
	else if (op == BPF_DIV || op == BPF_MOD || op == BPF_RSH)
		max = a.max;
	if (one_in(mk, 6))
		put(mk, class | BPF_NEG, dst, 0, 0, 0), max = UNBOUNDED;
	else if (one_in(mk, 6))
		put(mk, BPF_ALU | BPF_END | BPF_TO_BE, dst, 0, 0, 16), max = 0xffff;
	else
		put(mk, class | op | BPF_X, dst, src, (op == BPF_DIV || op == BPF_MOD) && one_in(mk, 4), 0);
	set_number(mk, dst, max, a.some < max ? a.some : max);
}

/* R0 is a number, or by mistake on one path a pointer, when memory is compared with it. */
static void move_exchange(struct maker *mk)
{
	u32 reg = work_reg(mk);

	if (!reg || mk->known.bytes[0] != 0xff)
		return;
	put_unknown(mk, reg);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 0, errs(mk) ? 6 : reg, 0, 0);
	put(mk, BPF_JMP | BPF_JEQ | BPF_K, reg, 0, 1, below(mk, 4));
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1);
	put(mk, BPF_STX | BPF_ATOMIC | BPF_DW, MODBPF_REG_FP, reg, -8, BPF_CMPXCHG);
	forget_slot(mk, 0);
	set_number(mk, 0, UNBOUNDED, UNBOUNDED);
}

static void move_atomic(struct maker *mk)
{
	static const s32 ops[] = { BPF_ADD, BPF_OR, BPF_AND, BPF_XOR, BPF_ADD | BPF_FETCH,
				   BPF_OR | BPF_FETCH, BPF_AND | BPF_FETCH, BPF_XOR | BPF_FETCH,
				   BPF_XCHG, BPF_CMPXCHG };
	s32 op = ops[below(mk, ARRAY_SIZE(ops))];
	u32 slot = below(mk, mk->slot_cnt), reg = number_reg(mk);
	u8 size = one_in(mk, 2) ? BPF_DW : BPF_W;

	if (op == BPF_CMPXCHG && !(mk->known.set & 1) && !errs(mk))
		op = BPF_XCHG;
	if (mk->known.bytes[slot] != 0xff)
		return;
	put(mk, BPF_STX | BPF_ATOMIC | size, MODBPF_REG_FP, reg, -8 * (s32)(slot + 1), op);
	forget_slot(mk, slot);
	if (op & BPF_FETCH)
		set_number(mk, op == BPF_CMPXCHG ? 0 : reg, UNBOUNDED, UNBOUNDED);
}

/* --- many operations ------------------------------------------------------ */

/* Any operator on any width, of numbers that nothing is asked of later. */
static void put_any_alu(struct maker *mk, u32 dst, u32 src)
{
	static const u8 ops[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH, BPF_RSH,
				  BPF_MOD, BPF_XOR, BPF_ARSH, BPF_MOV, BPF_NEG, BPF_END };
	u8 op = ops[below(mk, sizeof(ops))], class = one_in(mk, 2) ? BPF_ALU : BPF_ALU64;
	bool by_reg = one_in(mk, 2), divides = op == BPF_DIV || op == BPF_MOD;
	s32 imm = small_or_not(mk), off = divides ? one_in(mk, 2) : 0;

	if (op == BPF_END) {
		put(mk, class | op | (class == BPF_ALU && one_in(mk, 2) ? BPF_TO_BE : BPF_TO_LE), dst, 0, 0,
		    16 << below(mk, 3));
		return;
	}
	if (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)
		imm &= class == BPF_ALU ? 31 : 63;
	if (op == BPF_MOV && by_reg && one_in(mk, 2))
		off = 8 << below(mk, class == BPF_ALU ? 2 : 3);
	if (op == BPF_NEG)
		put(mk, class | op, dst, 0, 0, 0);
	else if (by_reg)
		put(mk, class | op | BPF_X, dst, src, off, 0);
	else
		put(mk, class | op | BPF_K, dst, 0, off, divides && !imm ? 5 : imm);
}

#define BURST_OFF (-64)		/* of a slot that nothing else uses */

static void put_any_atomic(struct maker *mk, u32 reg)
{
	static const s32 ops[] = { BPF_ADD, BPF_OR, BPF_AND, BPF_XOR, BPF_ADD | BPF_FETCH,
				   BPF_OR | BPF_FETCH, BPF_AND | BPF_FETCH, BPF_XOR | BPF_FETCH,
				   BPF_XCHG, BPF_CMPXCHG, MODBPF_LOAD_ACQ, MODBPF_STORE_REL };
	s32 op = ops[below(mk, ARRAY_SIZE(ops))];
	u8 size = one_in(mk, 2) ? BPF_DW : BPF_W;

	if (op == MODBPF_LOAD_ACQ) {
		put(mk, BPF_STX | BPF_ATOMIC | random_size(mk), reg, MODBPF_REG_FP, BURST_OFF, op);
		return;
	}
	if (op == MODBPF_STORE_REL)
		size = random_size(mk);
	if (op == BPF_CMPXCHG)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 0, reg, 0, 0), set_number(mk, 0, UNBOUNDED, UNBOUNDED);
	put(mk, BPF_STX | BPF_ATOMIC | size, MODBPF_REG_FP, reg, BURST_OFF, op);
}

/* Either way it goes on with what is next. */
static void put_any_branch(struct maker *mk, u32 dst, u32 src)
{
	static const u8 ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET, BPF_JNE, BPF_JSGT,
				  BPF_JSGE, BPF_JLT, BPF_JLE, BPF_JSLT, BPF_JSLE };
	u8 op = ops[below(mk, sizeof(ops))], class = one_in(mk, 3) ? BPF_JMP : BPF_JMP32;

	if (one_in(mk, 8))
		put(mk, BPF_JMP32 | BPF_JA, 0, 0, 0, 0);
	else if (one_in(mk, 4))
		put(mk, class | op | BPF_K, dst, 0, 0, small_or_not(mk));
	else
		put(mk, class | op | BPF_X, dst, src, 0, 0);
}

void put_burst(struct maker *mk)
{
	u32 cnt = 6 + below(mk, 16), dst = number_reg(mk), src = number_reg(mk);

	put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, BURST_OFF, small_or_not(mk));
	while (cnt--) {
		if (one_in(mk, 3))
			put_any_atomic(mk, one_in(mk, 2) ? src : dst);
		else if (one_in(mk, 6))
			put_any_branch(mk, dst, src);
		else
			put_any_alu(mk, one_in(mk, 4) ? src : dst, src);
	}
	set_number(mk, dst, UNBOUNDED, UNBOUNDED);
	set_number(mk, src, UNBOUNDED, UNBOUNDED);
}

void put_move(struct maker *mk)
{
	switch (below(mk, 16)) {
	case 0:
	case 1:
	case 2:
		move_constant(mk);
		break;
	case 3:
	case 4:
	case 5:
		move_copy(mk);
		break;
	case 6:
	case 7:
	case 8:
		move_spill(mk);
		break;
	case 9:
	case 10:
		move_fill(mk);
		break;
	case 11:
	case 12:
		move_alu_imm(mk);
		break;
	case 13:
		move_alu_reg(mk);
		break;
	case 14:
		put_unknown(mk, work_reg(mk));
		break;
	default:
		if (one_in(mk, 4))
			move_exchange(mk);
		else
			move_atomic(mk);
		break;
	}
}

/* --- comparing ------------------------------------------------------------ */

/* A copy of @reg; what is learnt of it should be learnt of @reg. */
static u32 put_link(struct maker *mk, u32 reg)
{
	u32 copy = work_reg(mk), slot = below(mk, mk->slot_cnt);

	if (copy == reg)
		return reg;
	switch (below(mk, 6)) {
	case 0:
		put(mk, BPF_ALU | BPF_MOV | BPF_X, copy, reg, 0, 0);
		break;
	case 1:
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, reg, -8 * (s32)(slot + 1), 0);
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, copy, MODBPF_REG_FP, -8 * (s32)(slot + 1), 0);
		break;
	case 2:
		put(mk, BPF_STX | BPF_MEM | BPF_W, MODBPF_REG_FP, reg, -8 * (s32)(slot + 1), 0);
		put(mk, BPF_LDX | BPF_MEM | BPF_W, copy, MODBPF_REG_FP, -8 * (s32)(slot + 1), 0);
		break;
	default:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, copy, reg, 0, 0);
		break;
	}
	if (mk->prog->insns[mk->prog->insn_cnt - 1].code != (BPF_ALU64 | BPF_MOV | BPF_X) &&
	    mk->prog->insns[mk->prog->insn_cnt - 1].code != (BPF_ALU | BPF_MOV | BPF_X)) {
		forget_slot(mk, slot);
		mk->known.bytes[slot] |= 0xf;
		if (mk->prog->insns[mk->prog->insn_cnt - 1].code == (BPF_LDX | BPF_MEM | BPF_DW))
			mk->known.bytes[slot] = 0xff;
	}
	set_number(mk, copy, mk->known.regs[reg].max, mk->known.regs[reg].some);
	return copy;
}

void put_guard(struct maker *mk, u32 reg, u32 limit)
{
	u32 checked = one_in(mk, 3) ? put_link(mk, reg) : reg, branch;

	if (checked != reg && one_in(mk, 4)) {
		branch = put_condition(mk);
		put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -8, below(mk, 8));
		forget_slot(mk, 0);
		land(mk, branch);
	}
	if (errs(mk))
		limit += 1 + below(mk, 2);
	switch (below(mk, 6)) {
	case 0:
		put(mk, BPF_JMP | BPF_JGE | BPF_K, checked, 0, 0, limit + 1);
		break;
	case 1:
		put(mk, BPF_JMP | BPF_JSGT | BPF_K, checked, 0, 0, limit);
		goes_out(mk);
		put(mk, BPF_JMP | BPF_JSLT | BPF_K, checked, 0, 0, 0);
		break;
	case 2:
		put(mk, BPF_JMP | BPF_JLE | BPF_K, checked, 0, 1, limit);
		put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);
		break;
	case 3:
		put(mk, BPF_JMP32 | BPF_JGT | BPF_K, checked, 0, 0, limit);
		break;
	default:
		put(mk, BPF_JMP | BPF_JGT | BPF_K, checked, 0, 0, limit);
		break;
	}
	goes_out(mk);
	set_number(mk, reg, limit, limit);
	set_number(mk, checked, limit, limit);
}

u32 put_condition(struct maker *mk)
{
	static const u8 ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET, BPF_JNE, BPF_JSGT,
				  BPF_JSGE, BPF_JLT, BPF_JLE, BPF_JSLT, BPF_JSLE };
	u8 op = ops[below(mk, sizeof(ops))], class = one_in(mk, 3) ? BPF_JMP32 : BPF_JMP;
	u32 reg = number_reg(mk);

	if (one_in(mk, 2)) {
		/* One that both ways can take. */
		put_unknown(mk, reg);
		op = one_in(mk, 2) ? BPF_JEQ : op;
	}
	if (one_in(mk, 4))
		put(mk, class | op | BPF_X, reg, number_reg(mk), 0, 0);
	else
		put(mk, class | op | BPF_K, reg, 0, 0, small_or_not(mk));
	return mk->prog->insn_cnt - 1;
}
