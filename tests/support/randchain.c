// SPDX-License-Identifier: GPL-2.0-only
/*
 * Short programs in which a few numbers go through several joins and are relied on
 * at the end: what holds on one path only must not be believed of the others. Two
 * or three registers and a slot, so that the same ones meet again and again.
 */
#include "isa/abi.h"
#include "tests/support/randmaker.h"

#define SLOT 1		/* at fp-16 */
#define SLOT_OFF (-16)

static u32 chain_reg(struct maker *mk)
{
	u32 reg = work_reg(mk);

	if (!(mk->known.set >> reg & 1))
		put_unknown(mk, reg);
	return reg;
}

static void put_constant(struct maker *mk)
{
	static const u8 values[] = { 0, 0, 0, 1, 2, 4, 7, 8, 16, 40, 41, 48, 64, 255 };
	u32 reg = work_reg(mk), value = values[below(mk, sizeof(values))];

	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, value);
	set_number(mk, reg, value, value);
}

static void put_copy(struct maker *mk, u32 dst, u32 src)
{
	struct bound bound = mk->known.regs[src];

	if (one_in(mk, 6) && bound.max < 0x80)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 8, 0);
	else
		put(mk, (one_in(mk, 2) ? BPF_ALU : BPF_ALU64) | BPF_MOV | BPF_X, dst, src, 0, 0);
	set_number(mk, dst, bound.max, bound.some);
}

/* Two registers that are equal, or that have nothing to do with each other. */
static void put_pair(struct maker *mk)
{
	u32 first = work_reg(mk), second = work_reg(mk);

	if (one_in(mk, 3))
		put_copy(mk, first, chain_reg(mk));
	else
		put_unknown(mk, first);
	if (one_in(mk, 3))
		put_unknown(mk, second);
	else
		put_copy(mk, second, first);
}

static void put_spill(struct maker *mk)
{
	static const u8 sizes[] = { BPF_DW, BPF_DW, BPF_DW, BPF_W, BPF_B, BPF_H };
	u8 size = sizes[below(mk, sizeof(sizes))];
	u32 bytes = insn_access_bytes(size), reg, imm;
	s32 off = SLOT_OFF + (one_in(mk, 3) ? (s32)(bytes * below(mk, 8 / bytes)) : 0);
	struct bound bound;

	if (one_in(mk, 2)) {
		imm = one_in(mk, 2) ? 0 : below(mk, 64);
		put(mk, BPF_ST | BPF_MEM | size, MODBPF_REG_FP, 0, off, imm);
		bound = (struct bound){ imm, imm };
	} else {
		reg = chain_reg(mk);
		put(mk, BPF_STX | BPF_MEM | size, MODBPF_REG_FP, reg, off, 0);
		bound = mk->known.regs[reg];
	}
	/* The other bytes are 0, if one is lucky. */
	if (off == SLOT_OFF)
		mk->known.slots[SLOT] = bound;
	else if (off == SLOT_OFF + 4)
		mk->known.highs[SLOT] = bound;
}

static void put_fill(struct maker *mk)
{
	u8 size = one_in(mk, 4) ? random_size(mk) : (u8)BPF_DW;
	u32 reg = work_reg(mk);
	bool high = size == BPF_W && one_in(mk, 2);
	struct bound bound = high ? mk->known.highs[SLOT] : mk->known.slots[SLOT];

	put(mk, BPF_LDX | (size != BPF_DW && one_in(mk, 4) ? BPF_MEMSX : BPF_MEM) | size, reg,
	    MODBPF_REG_FP, SLOT_OFF + 4 * high, 0);
	set_number(mk, reg, bound.max, bound.some);
}

/* A helper overwrites a part of the slot. */
static void put_partial_fill(struct maker *mk)
{
	u32 first = below(mk, 8);

	if (mk->prog->prog_type == MODBPF_PROG_KPROBE)
		return;
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 3, MODBPF_REG_FP, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, SLOT_OFF + (s32)first);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 1 + below(mk, 8 - first));
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_skb_load_bytes);
	mk->known.set &= ~0x3fu;
}

static void put_step(struct maker *mk)
{
	u32 reg;

	switch (below(mk, 14)) {
	case 13:
		put_partial_fill(mk);
		break;
	case 0:
	case 1:
	case 2:
		put_constant(mk);
		break;
	case 3:
		put_copy(mk, work_reg(mk), chain_reg(mk));
		break;
	case 4:
	case 5:
		put_pair(mk);
		break;
	case 6:
	case 7:
	case 8:
		put_spill(mk);
		break;
	case 9:
		put_fill(mk);
		break;
	case 10:
		reg = chain_reg(mk);
		put(mk, BPF_ALU64 | BPF_AND | BPF_K, reg, 0, 0, 0xff);
		set_number(mk, reg, 0xff, 0xff);
		break;
	case 11:
		put_unknown(mk, work_reg(mk));
		break;
	default:
		put_move(mk);
		break;
	}
}

/* A branch whose ways are both possible, and leave no trace of their own. */
static u32 put_fork(struct maker *mk)
{
	put_unknown(mk, 0);
	mk->known.set &= ~1u;
	put(mk, BPF_JMP | (one_in(mk, 2) ? BPF_JEQ : BPF_JGT) | BPF_K, 0, 0, 0, below(mk, 4));
	return mk->prog->insn_cnt - 1;
}

static void put_join(struct maker *mk)
{
	struct account before = mk->known, after;
	u32 branch = put_fork(mk), end;

	put_step(mk);
	if (one_in(mk, 2))
		put_step(mk);
	if (one_in(mk, 2)) {
		land(mk, branch);
		mk->known = account_meet(&mk->known, &before);
		return;
	}
	put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	end = mk->prog->insn_cnt - 1;
	land(mk, branch);
	after = mk->known;
	mk->known = before;
	put_step(mk);
	if (one_in(mk, 2))
		put_step(mk);
	land(mk, end);
	mk->known = account_meet(&mk->known, &after);
}

/* The number that is relied on at the end: out of a register or the slot. */
static u32 end_number(struct maker *mk)
{
	if (one_in(mk, 3))
		put_fill(mk);
	return chain_reg(mk);
}

/* How large is @reg taken to be? As it is on some path, or what another's check says. */
static u32 believe(struct maker *mk, u32 reg, u32 room)
{
	u32 other = chain_reg(mk), limit;

	if (one_in(mk, 2) && other != reg) {
		limit = below(mk, room);
		put(mk, (one_in(mk, 4) ? BPF_JMP32 : BPF_JMP) | BPF_JGT | BPF_K, other, 0, 0, limit);
		goes_out(mk);
		return limit;
	}
	if (mk->known.regs[reg].some < room && !one_in(mk, 3))
		return mk->known.regs[reg].some;
	put_guard(mk, reg, below(mk, room));
	return mk->known.regs[reg].max < room ? mk->known.regs[reg].max : 0;
}

static void put_use(struct maker *mk)
{
	u32 reg = end_number(mk), bound, kind = below(mk, 8);
	u8 size = random_size(mk);
	s32 off;

	if (kind == 0) {	/* a divisor: is it ever zero? */
		put(mk, (one_in(mk, 2) ? BPF_ALU : BPF_ALU64) | (one_in(mk, 2) ? BPF_DIV : BPF_MOD) | BPF_X,
		    work_reg(mk), reg, 0, 0);
		return;
	}
	if (kind == 1) {	/* a branch: is one way dead? */
		put(mk, BPF_JMP | BPF_JEQ | BPF_K, reg, 0, 1, mk->known.regs[reg].some & 0xff);
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, reg, 0, 0, 1);
		set_number(mk, reg, UNBOUNDED, UNBOUNDED);
		return;
	}
	if (kind == 2) {	/* a key: is it always the same? */
		put(mk, BPF_STX | BPF_MEM | BPF_W, MODBPF_REG_FP, reg, one_in(mk, 2) ? -24 : -40, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 2, MODBPF_REG_FP, 0, 0);
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, one_in(mk, 2) ? SLOT_OFF : -24);
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, one_in(mk, 2) ? RANDVERIFY_ARRAY : RANDVERIFY_PERCPU, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_lookup_elem);
		mk->known.set &= ~0x3fu;
		return;
	}
	bound = believe(mk, reg, mk->room - 7);
	if (kind == 3 && mk->prog->prog_type != MODBPF_PROG_KPROBE) {	/* a size */
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 3, reg, 0, 0);
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_RING, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 2, 7, 0, 0);
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, mk->room - bound);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_output);
		mk->known.set &= ~0x3fu;
		return;
	}
	off = mk->room - bound - insn_access_bytes(size);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 0, 7, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_X, 0, reg, 0, 0);
	mk->known.set &= ~1u;
	put(mk, BPF_LDX | BPF_MEM | size, work_reg(mk), 0, off > 0 ? off : 0, 0);
	mk->known.set &= ~(1u << mk->prog->insns[mk->prog->insn_cnt - 1].dst_reg);
}

/* --- copies ------------------------------------------------------------------ */

/* R@first and R@second come from R@from, and are equal if it is small, or always; or are not. */
static void put_copies(struct maker *mk, u32 first, u32 second, u32 from)
{
	static const u8 sizes[] = { BPF_B, BPF_H, BPF_W, BPF_W, BPF_DW };
	u8 size = sizes[below(mk, sizeof(sizes))];

	switch (below(mk, 6)) {
	case 0:
		put_unknown(mk, first);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, second, first, 0, 0);
		break;
	case 1:
		put_unknown(mk, first);
		put_unknown(mk, second);
		break;
	case 2:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, first, from, 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, second, from, one_in(mk, 2) ? 0 : 8 << below(mk, 3), 0);
		break;
	case 3:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, first, from, 0, 0);
		put(mk, BPF_STX | BPF_MEM | size, MODBPF_REG_FP, from, SLOT_OFF, 0);
		put(mk, BPF_LDX | (size != BPF_DW && one_in(mk, 3) ? BPF_MEMSX : BPF_MEM) | size, second,
		    MODBPF_REG_FP, SLOT_OFF, 0);
		break;
	default:
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, first, from, 0, 0);
		put(mk, BPF_ALU | BPF_MOV | BPF_X, second, from, 0, 0);
		break;
	}
	set_number(mk, first, UNBOUNDED, UNBOUNDED);
	set_number(mk, second, UNBOUNDED, UNBOUNDED);
}

/* A copy is checked and the other used: are they equal on every path? */
static void put_copied(struct maker *mk)
{
	static const u8 sizes[] = { BPF_B, BPF_W, BPF_DW, BPF_DW };
	u32 from = 2 + below(mk, 4), swap = below(mk, 2), limit = below(mk, mk->room - 7), branch, end;
	u32 joins = below(mk, 2), bound = 7 - from;

	if (one_in(mk, 3)) {	/* checked against a number that may differ */
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, bound, 0, 0, limit);
		branch = put_fork(mk);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, bound, 0, 0, one_in(mk, 2) ? 0 : 255);
		land(mk, branch);
	} else {
		bound = MODBPF_REG_FP;
	}
	put(mk, BPF_LDX | BPF_MEM | sizes[below(mk, 4)], from, 7, below(mk, mk->room - 7), 0);
	set_number(mk, from, UNBOUNDED, UNBOUNDED);
	if (one_in(mk, 2)) {
		branch = put_fork(mk);
		put(mk, BPF_ALU64 | BPF_AND | BPF_K, from, 0, 0, one_in(mk, 2) ? 0xff : 0x7f);
		land(mk, branch);
	}
	if (joins) {
		branch = put_fork(mk);
		put_copies(mk, 8, 9, from);
		put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);
		end = mk->prog->insn_cnt - 1;
		land(mk, branch);
		put_copies(mk, 8, 9, from);
		land(mk, end);
	} else {
		put_copies(mk, 8, 9, from);
	}
	if (bound == MODBPF_REG_FP)
		put(mk, BPF_JMP | BPF_JGT | BPF_K, 9 - swap, 0, 0, limit);
	else
		put(mk, BPF_JMP | BPF_JGT | BPF_X, 9 - swap, bound, 0, 0);
	goes_out(mk);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 0, 7, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_X, 0, 8 + swap, 0, 0);
	put(mk, BPF_LDX | BPF_MEM | BPF_B, from, 0, mk->room - 1 - limit, 0);
	mk->known.set &= ~1u;
}

void put_chain(struct maker *mk)
{
	static const u8 others[] = { 2, 3, 4, 5 };
	u32 joins = 1 + below(mk, 3);

	mk->work[0] = 9;
	mk->work[1] = 8;
	mk->work[2] = others[below(mk, sizeof(others))];
	mk->work_cnt = 2 + below(mk, 2);
	mk->slot_cnt = 2;
	if (one_in(mk, 4)) {
		put_copied(mk);
		return;
	}
	put_step(mk);
	for (; joins; joins--) {
		put_join(mk);
		if (one_in(mk, 3))
			put_step(mk);
	}
	put_use(mk);
}
