// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where does a program of randverify.h go, and what does it touch? Branches that
 * meet, loops, subprograms; places in the stack, map values, records and the
 * packet, at offsets that were computed long before.
 */
#include "tests/support/randverify.h"

#include "isa/abi.h"
#include "tests/support/randmaker.h"
#include "verifier/rule.h"

static void put_block(struct maker *mk, u32 items, u32 depth);

static bool may_write(const struct maker *mk)
{
	return mk->base != BASE_PACKET || prog_rule_of(mk->prog->prog_type)->packet_write;
}

static void put_access(struct maker *mk, u32 place, u8 size, s32 off, bool write)
{
	u32 reg;

	if (write) {
		put(mk, BPF_STX | BPF_MEM | size, place, number_reg(mk), off, 0);
		return;
	}
	reg = work_reg(mk);
	put(mk, BPF_LDX | BPF_MEM | size, reg, place, off, 0);
	set_number(mk, reg, size == BPF_B ? 0xff : UNBOUNDED, size == BPF_B ? 0xff : UNBOUNDED);
}

static u32 base_room(const struct maker *mk)
{
	return mk->base == BASE_PACKET ? mk->known.range : mk->room;
}

/* The largest value that @reg is taken to have, below @room. */
static u32 settle_bound(struct maker *mk, u32 reg, u32 room)
{
	struct bound *bound = &mk->known.regs[reg];

	if (bound->some < bound->max && bound->some < room && errs(mk))
		return bound->some;
	if (bound->max >= room)
		put_guard(mk, reg, below(mk, room));
	return bound->max < room ? bound->max : 0;
}

/* An access at R7 or the stack plus a number, as far as there is room. */
static void put_indexed(struct maker *mk)
{
	u32 index = number_reg(mk), place, bound, bytes, room = base_room(mk);
	bool on_stack = stack_is_set(mk) && one_in(mk, 5);
	u8 size = on_stack || mk->base == BASE_CALLER ? (u8)BPF_B : random_size(mk);
	bool write = (on_stack || may_write(mk)) && one_in(mk, 2);
	s32 off;

	bytes = insn_access_bytes(size);
	if (on_stack)
		room = STACK_BYTES;
	if (room < bytes)
		return;
	bound = settle_bound(mk, index, room - bytes + 1);
	off = room - bytes - bound;
	off = one_in(mk, 4) ? (s32)below(mk, off + 1) : off;
	if (errs(mk))
		off += one_in(mk, 3) ? -off - 1 : 1 + (s32)below(mk, 2);
	place = place_reg(mk, index, index);
	if (on_stack)
		put_fp(mk, place, STACK_BYTES);
	else
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, place, 7, 0, 0);
	if (off && one_in(mk, 3)) {
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, place, 0, 0, off);
		off = 0;
	}
	put(mk, BPF_ALU64 | BPF_ADD | BPF_X, place, index, 0, 0);
	put_access(mk, place, size, off, write);
	if (on_stack && write)
		set_slots(mk, false);
}

/* A place in the packet, at most 255 bytes away, that nobody checks; none of three registers. */
static u32 put_other_place(struct maker *mk, u32 index, u32 place, u32 end)
{
	u32 other, by;

	do {
		other = place_reg(mk, index, place);
	} while (other == end);
	do {
		by = place_reg(mk, index, place);
	} while (by == end || by == other);
	put(mk, BPF_LDX | BPF_MEM | BPF_B, by, 6, 8, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, other, 7, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_X, other, by, 0, 0);
	return other;
}

/* Compare a place in the packet with its end, then access what lies before. */
static void put_packet_check(struct maker *mk)
{
	static const u8 far_ops[] = { BPF_JGT, BPF_JGE };
	u32 index = number_reg(mk), place, end, bytes = 1 + below(mk, 20), extra;
	bool indexed = one_in(mk, 2), swapped = one_in(mk, 2), strict = one_in(mk, 2);
	u8 size = random_size(mk);
	u32 branch, accessed;

	if (indexed)
		settle_bound(mk, index, 0x4000);
	place = place_reg(mk, index, index);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, place, 7, 0, 0);
	if (indexed)
		put(mk, BPF_ALU64 | BPF_ADD | BPF_X, place, index, 0, 0);
	end = place_reg(mk, index, place);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, end, place, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, end, 0, 0, bytes);
	accessed = indexed && errs(mk) ? put_other_place(mk, index, place, end) : place;
	/* "end > R8", "end >= R8" and "R8 < end", "R8 <= end" leave. */
	if (swapped)
		put(mk, BPF_JMP | (strict ? BPF_JLE : BPF_JLT) | BPF_X, 8, end, 0, 0);
	else
		put(mk, BPF_JMP | far_ops[strict] | BPF_X, end, 8, 0, 0);
	branch = mk->prog->insn_cnt - 1;
	extra = strict + (errs(mk) ? 1 + below(mk, 2) : 0);
	if (bytes + extra < insn_access_bytes(size))
		size = BPF_B;
	if (indexed || one_in(mk, 2))
		put_access(mk, accessed, size, bytes + extra - insn_access_bytes(size),
			   may_write(mk) && one_in(mk, 2));
	if (!indexed && one_in(mk, 2)) {
		goes_out(mk);
		mk->outs[mk->out_cnt - 1] = branch;
		if (mk->known.range < bytes + strict)
			mk->known.range = bytes + strict;
		return;
	}
	land(mk, branch);
	/* After the join nothing is checked, unless one forgets. */
	if (errs(mk))
		put_access(mk, indexed ? place : 7, BPF_B, 0, false);
	mk->known.set &= ~(1u << place | 1u << end | 1u << accessed);
}

/* --- pointers through joins ------------------------------------------------- */

/* One of two pointers, then an access that fits both. */
static void put_pointer_choice(struct maker *mk)
{
	u32 room = base_room(mk), first, second, place = one_in(mk, 2) ? 9 : 5, branch, over;
	u8 size = random_size(mk);
	bool spilled = one_in(mk, 2), write = may_write(mk) && one_in(mk, 2);

	if (room < 16)
		return;
	first = below(mk, room - 7);
	second = below(mk, room - 7);
	if (mk->base == BASE_CALLER)
		size = BPF_B;
	branch = put_condition(mk);
	mk->known.set &= ~(1u << place);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, place, 7, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, place, 0, 0, first);
	put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	land(mk, branch);
	branch = mk->prog->insn_cnt - 1;
	if (mk->base != BASE_PACKET && one_in(mk, 3) && !write && stack_is_set(mk)) {
		put_fp(mk, place, STACK_BYTES);
		second = 0;
		size = BPF_B;
	} else {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, place, 7, 0, 0);
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, place, 0, 0, second);
	}
	land(mk, branch);
	if (spilled) {
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, place, -40, 0);
		if (errs(mk))
			put(mk, BPF_ST | BPF_MEM | random_size(mk), MODBPF_REG_FP, 0, -40, 0);
		branch = put_condition(mk);
		put_move(mk);
		land(mk, branch);
		mk->known.set &= ~(1u << place);
		put(mk, BPF_LDX | BPF_MEM | (errs(mk) ? BPF_W : BPF_DW), place, MODBPF_REG_FP, -40, 0);
	}
	over = first > second ? first : second;
	if (room - STACK_BYTES < room && second == 0 && over + STACK_BYTES < room)
		over = room - STACK_BYTES;
	if (errs(mk))
		over = first < second ? first : second;
	if (over + insn_access_bytes(size) <= room)
		put_access(mk, place, size, room - over - insn_access_bytes(size), write);
	if (!(mk->known.set >> place & 1))
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, place, 0, 0, below(mk, 8));
	set_number(mk, place, UNBOUNDED, UNBOUNDED);
}

/* Part of a pointer must not be read as a number. */
static void put_broken_pointer(struct maker *mk)
{
	u8 size = random_size(mk);
	u32 bytes = insn_access_bytes(size);

	put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, one_in(mk, 2) ? 7 : 6, -40, 0);
	if (size == BPF_DW)
		size = BPF_W, bytes = 4;
	put(mk, BPF_ST | BPF_MEM | size, MODBPF_REG_FP, 0, -40 + (s32)(bytes * below(mk, 8 / bytes)), 1);
	if (!errs(mk))
		put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -40, 3);
	if (one_in(mk, 2)) {
		put_access(mk, MODBPF_REG_FP, BPF_B, -40 + (s32)below(mk, 8), false);
		return;
	}
	put_access(mk, MODBPF_REG_FP, one_in(mk, 2) ? BPF_DW : BPF_W, -40, false);
}

/* --- helpers ---------------------------------------------------------------- */

/* The bytes of the value that may be found. */
static u32 put_any_lookup(struct maker *mk)
{
	static const struct {
		const char *name;
		u32 bytes;
	} maps[] = { { "array", 16 }, { "array", 16 }, { "single", 48 }, { "percpu", 8 }, { "hash", 48 } };
	u32 map = below(mk, ARRAY_SIZE(maps));

	put_lookup(mk, maps[map].name);
	return maps[map].bytes;
}

/* A value that may be null goes through copies, slots and joins before it is checked. */
static void put_nullable(struct maker *mk)
{
	u32 room, branch, checked = 0, used = 0, index;
	u8 size = random_size(mk);

	if (one_in(mk, 3)) {
		put_any_lookup(mk);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
		mk->known.set &= ~(1u << 9);
		room = put_any_lookup(mk);
		checked = errs(mk) ? 9 : 0;
	} else {
		room = put_any_lookup(mk);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -48, 0);
		checked = one_in(mk, 2) ? 9 : 0;
		used = one_in(mk, 2) ? 9 : 0;
		if (one_in(mk, 2)) {
			put_unknown(mk, 3);
			put(mk, BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 1, 0);
			if (one_in(mk, 2))
				put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 1);
			else	/* one way has checked it already */
				put(mk, BPF_JMP | BPF_JNE | BPF_K, used, 0, 0, 0);
		}
		if (one_in(mk, 3)) {
			put(mk, BPF_LDX | BPF_MEM | BPF_DW, 4, MODBPF_REG_FP, -48, 0);
			used = 4;
		}
	}
	mk->known.set &= ~(0x3fu | 1u << 9);
	put(mk, BPF_JMP | BPF_JEQ | BPF_K, checked, 0, 0, 0);
	branch = mk->prog->insn_cnt - 1;
	if (insn_access_bytes(size) > room)
		size = BPF_B;
	if (one_in(mk, 3)) {
		index = used == 3 ? 2 : 3;
		put(mk, BPF_LDX | BPF_MEM | BPF_B, index, used, room - 1, 0);
		put(mk, BPF_ALU64 | BPF_AND | BPF_K, index, 0, 0, 7);
		put(mk, BPF_ALU64 | BPF_ADD | BPF_X, used, index, 0, 0);
		put(mk, BPF_LDX | BPF_MEM | BPF_B, index, used, room - 8 + (errs(mk) ? 1 : 0), 0);
	} else {
		put(mk, BPF_ST | BPF_MEM | size, used, 0,
		    room - insn_access_bytes(size) + (errs(mk) ? 1 : 0), 5);
	}
	if (errs(mk))
		land(mk, branch), put(mk, BPF_LDX | BPF_MEM | BPF_B, 2, used, 0, 0);
	else
		land(mk, branch);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 9, 0, 0, below(mk, 8));
	set_number(mk, 9, 7, 7);
	after_call(mk, false);
}

/* BPF_LD_[ABS|IND]: one more number, or the end. The main program's R6 is the context. */
static void put_packet_load(struct maker *mk)
{
	u8 size = below(mk, 3) == 0 ? BPF_W : one_in(mk, 2) ? BPF_H : BPF_B;

	if (one_in(mk, 2))
		put(mk, BPF_LD | BPF_ABS | size, 0, 0, 0, below(mk, 64));
	else
		put(mk, BPF_LD | BPF_IND | size, 0, number_reg(mk), 0, below(mk, 64));
	after_call(mk, true);
}

static bool may_load_packet(const struct maker *mk)
{
	return TYPES_PACKET_LOAD >> mk->prog->prog_type & 1 && !mk->in_subprog &&
	       mk->base != BASE_RECORD;
}

/* A record that is held across a join, and released on every path. */
static void put_record(struct maker *mk)
{
	u32 branch, other;
	bool early = one_in(mk, 3);

	put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_RING, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 16);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_reserve);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
	mk->known.set &= ~(0x3fu | 1u << 9);
	put_unknown(mk, 4);
	mk->known.set &= ~(1u << 4);
	put(mk, BPF_JMP | BPF_JEQ | BPF_K, one_in(mk, 2) ? 9 : 0, 0, 0, 0);
	branch = mk->prog->insn_cnt - 1;
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 9, 0, 0);
	put(mk, BPF_ALU64 | BPF_AND | BPF_K, 4, 0, 0, 7);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_X, 1, 4, 0, 0);
	put(mk, BPF_STX | BPF_MEM | BPF_DW, 1, 4, 1 + (errs(mk) ? 1 : 0), 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 9, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0);
	put(mk, BPF_JMP | BPF_JGT | BPF_K, 4, 0, 2, 3);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_submit);
	put(mk, BPF_JMP | BPF_JA, 0, 0, 1, 0);
	other = mk->prog->insn_cnt;
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_discard);
	if (errs(mk)) {	/* not released on one way, or used after its release */
		if (early)
			mk->prog->insns[other] = (struct modbpf_insn){ BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 0 };
		else
			put(mk, BPF_LDX | BPF_MEM | BPF_B, 1, 9, 0, 0);
	}
	land(mk, branch);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 9, 0, 0, 2);
	set_number(mk, 9, 2, 2);
	after_call(mk, false);
}

/* A helper with memory of a size that was computed before. */
static void put_sized_call(struct maker *mk)
{
	u32 size = number_reg(mk), bound = settle_bound(mk, size, STACK_BYTES + 1);
	u32 from = STACK_BYTES, reg;
	bool fills = mk->has_ctx && TYPES_SKB >> mk->prog->prog_type & 1 && one_in(mk, 2);
	bool zero_ok = !fills && one_in(mk, 2);

	if (!stack_is_set(mk) && !errs(mk))
		return;
	if (!zero_ok && !errs(mk)) {
		put(mk, BPF_JMP | BPF_JEQ | BPF_K, size, 0, 0, 0);
		goes_out(mk);
	}
	if (bound < from && one_in(mk, 2) && bound)
		from = bound;
	from -= errs(mk) ? 1 : 0;
	reg = fills ? 4 : zero_ok ? 3 : 2;
	if (size != reg)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, reg, size, 0, 0);
	put_fp(mk, reg - 1, from);
	if (!fills && errs(mk))
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 6, -8 * (s32)(1 + below(mk, SLOTS)), 0);
	if (fills) {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, below(mk, 64));
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_skb_load_bytes);
		set_slots(mk, true);	/* or so one may think */
	} else if (zero_ok) {
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_RING, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_output);
	} else {
		for (reg = 3; reg <= 5; reg++)
			put(mk, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, reg);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_trace_printk);
	}
	after_call(mk, true);
}

/* An argument that may be left out, on all paths or, by mistake, on one. */
static void put_optional_call(struct maker *mk)
{
	u32 branch;

	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_get_prandom_u32);
	put(mk, BPF_JMP | BPF_JSGT | BPF_K, 0, 0, 1, 0);
	put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);	/* the way without it comes first */
	branch = mk->prog->insn_cnt - 1;
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, errs(mk) ? 3 : 0, 0, 0, 5);
	land(mk, branch);
	put_fp(mk, 1, STACK_BYTES);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 8);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_trace_printk);
	after_call(mk, true);
}

static void put_plain_call(struct maker *mk)
{
	if (one_in(mk, 3) && stack_is_set(mk)) {
		put_optional_call(mk);
		return;
	}
	if (one_in(mk, 2) && stack_is_set(mk)) {
		put_key(mk);
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_ARRAY, 0);
		put_fp(mk, 2, 40);
		put_fp(mk, 3, 8 * (2 + below(mk, 3)));
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_update_elem);
	} else {
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_get_prandom_u32);
	}
	after_call(mk, true);
}

/* --- the way through --------------------------------------------------------- */

static void put_diamond(struct maker *mk, u32 depth)
{
	u32 branch = put_condition(mk), end;
	struct account before = mk->known, after;

	put_block(mk, 1 + below(mk, 3), depth + 1);
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
	put_block(mk, 1 + below(mk, 3), depth + 1);
	land(mk, end);
	mk->known = account_meet(&mk->known, &after);
}

/* Counts in fp-56; what holds at its start holds after each round, or so it seems. */
static void put_loop(struct maker *mk, u32 depth)
{
	u32 rounds = 1 + below(mk, 4), start, counter, i;

	put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -56, 0);
	for (i = 0; i < 10 && !one_in(mk, 6); i++)
		mk->known.regs[i] = (struct bound){ UNBOUNDED, mk->known.regs[i].some };
	set_slots(mk, false);
	start = mk->prog->insn_cnt;
	put_block(mk, 1 + below(mk, 3), depth + 2);
	counter = work_reg(mk);
	put(mk, BPF_LDX | BPF_MEM | BPF_DW, counter, MODBPF_REG_FP, -56, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, counter, 0, 0, 1);
	put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, counter, -56, 0);
	put(mk, BPF_JMP | (one_in(mk, 2) ? BPF_JLT : BPF_JNE) | BPF_K, counter, 0,
	    (s32)start - (s32)mk->prog->insn_cnt - 1, rounds);
	set_number(mk, counter, UNBOUNDED, rounds);
}

static void put_item(struct maker *mk, u32 depth)
{
	u32 kind = below(mk, 64);

	if (mk->prog->insn_cnt > RANDVERIFY_MAX_INSNS / 2 || mk->out_cnt > MAX_OUTS - 4)
		put_move(mk);
	else if (kind < 10 && depth < 3)
		put_diamond(mk, depth);
	else if (kind < 12 && !depth)
		put_loop(mk, depth);
	else if (kind < 20)
		put_indexed(mk);
	else if (kind < 24 && mk->base == BASE_PACKET)
		one_in(mk, 2) ? put_distance(mk) : put_packet_check(mk);
	else if (kind < 25)
		put_pointer_choice(mk);
	else if (kind < 26)
		put_broken_pointer(mk);
	else if (kind < 28 && depth < 2)
		put_nullable(mk);
	else if (kind < 29 && depth < 2)
		put_record(mk);
	else if (kind < 31)
		put_sized_call(mk);
	else if (kind < 32 && may_load_packet(mk) && one_in(mk, 2))
		put_packet_load(mk);
	else if (kind < 32)
		put_plain_call(mk);
	else if (kind < (mk->prog->calls ? 40u : 34u) && depth < 2)
		put_subprog_call(mk);
	else if (kind >= 46 && kind < 55 && mk->prog->target && mk->has_ctx)
		put_typed(mk);
	else if (kind >= 55)
		put_call(mk);
	else
		put_move(mk);
}

static void put_block(struct maker *mk, u32 items, u32 depth)
{
	while (items--)
		put_item(mk, depth);
}

/* Registers and slots that items use: few, so that they meet often. */
static void choose_work(struct maker *mk)
{
	static const u8 candidates[] = { 0, 1, 2, 3, 4, 5, 9, 9 };

	mk->work_cnt = 0;
	mk->slot_cnt = 1 + below(mk, SLOTS);
	while (mk->work_cnt < 3)
		mk->work[mk->work_cnt++] = candidates[below(mk, sizeof(candidates))];
	mk->work[mk->work_cnt++] = mk->base == BASE_PACKET ? 9 : 8;
}

static void put_start_slots(struct maker *mk)
{
	u32 i, set_cnt = one_in(mk, 4) ? below(mk, SLOTS) : SLOTS;

	memset(mk->known.bytes, 0, sizeof(mk->known.bytes));
	for (i = 0; i < set_cnt; i++) {
		put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -8 * (s32)(i + 1), i * below(mk, 3));
		mk->known.bytes[i] = 0xff;
		mk->known.slots[i] = (struct bound){ 8, 8 };
		mk->known.highs[i] = (struct bound){ 0, 0 };
	}
}

static u32 most_returned(const struct maker *mk)
{
	const struct return_rule *rule = return_rule_of(mk->prog->prog_type, mk->prog->attach_type);

	if (mk->in_subprog)
		return is_called_back(mk->prog) ? 1 : UNBOUNDED;
	return !rule ? UNBOUNDED : rule->max ? 1 : 0;
}

/* All early ends come here; the late one, too. */
static void put_end(struct maker *mk)
{
	u32 reg = number_reg(mk), i, jump, max = most_returned(mk);

	if (reg)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 0, reg, 0, 0);
	set_number(mk, 0, mk->known.regs[reg].max, mk->known.regs[reg].some);
	if (mk->known.regs[0].max > max && !(mk->known.regs[0].some <= max && errs(mk)))
		put(mk, BPF_ALU64 | BPF_AND | BPF_K, 0, 0, 0, max);
	put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	jump = mk->prog->insn_cnt - 1;
	for (i = 0; i < mk->out_cnt; i++)
		land(mk, mk->outs[i]);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0);
	land(mk, jump);
	if (mk->base == BASE_RECORD) {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 7, 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 6, 0, 0, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_submit);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 0, 6, 0, 0);
	}
	put(mk, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static void put_main(struct maker *mk)
{
	mk->has_ctx = true;
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0);
	put_base(mk);
	choose_work(mk);
	put_start_slots(mk);
	if (mk->base == BASE_VALUE && !one_in(mk, 4)) {
		put_chain(mk);
		if (one_in(mk, 2))
			put_chain(mk);
		put_end(mk);
		return;
	}
	put_block(mk, 6 + below(mk, 14), 0);
	if (one_in(mk, 2))
		put_indexed(mk);
	put_end(mk);
}

/* An element of the map is read and written; then it goes on as in another loop. */
static void put_element(struct maker *mk)
{
	put(mk, BPF_LDX | BPF_MEM | BPF_W, 9, 2, 0, 0);
	put(mk, BPF_LDX | BPF_MEM | random_size(mk), 0, 3, 0, 0);
	if (one_in(mk, 2))
		put(mk, BPF_STX | BPF_MEM | random_size(mk), 3, 9, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 7, 4, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 3, 9, 0, 0);
	set_number(mk, 9, UNBOUNDED, UNBOUNDED);
}

/* What the subprogram is given: R6 the context or a number, R7 memory, R3 and R4 numbers. */
static void put_entry(struct maker *mk)
{
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0);
	if (mk->prog->calls == RANDVERIFY_EACH) {
		put_element(mk);
	} else {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 7, 2, 0, 0);
		if (mk->prog->calls == RANDVERIFY_LOOPS)
			put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 3, 1, 0, 0);
		if (mk->prog->calls == RANDVERIFY_SAMPLES)
			put_sample(mk);
	}
	if (mk->prog->calls == RANDVERIFY_GLOBAL && mk->prog->nullable && !errs(mk)) {
		put(mk, BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 0, 0);
		goes_out(mk);
	}
	if (!mk->has_ctx)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, below(mk, 16));
	set_number(mk, 3, UNBOUNDED, UNBOUNDED);
	set_number(mk, 4, mk->prog->calls == RANDVERIFY_GLOBAL ? UNBOUNDED : 16, 16);
}

static void put_subprog(struct maker *mk)
{
	bool global = mk->prog->calls == RANDVERIFY_GLOBAL;

	memset(&mk->known, 0, sizeof(mk->known));
	mk->out_cnt = 0;
	mk->in_subprog = true;
	mk->has_ctx = global || mk->prog->calls == RANDVERIFY_CALLS;
	mk->base = global ? BASE_MEM : BASE_CALLER;
	mk->room = global ? 16 : STACK_BYTES;
	choose_work(mk);
	put_entry(mk);
	put_start_slots(mk);
	put_block(mk, 2 + below(mk, 6), 1);
	put_end(mk);
}

void randverify_make(struct rng *rng, struct randverify *prog)
{
	struct maker mk = { .rng = rng, .prog = prog };
	u32 i;

	prog->insn_cnt = 0;
	prog->subprog = 0;
	prog->prog_type = random_type(rng);
	prog->attach_type = prog->prog_type == MODBPF_PROG_NETFILTER ? MODBPF_ATTACH_NETFILTER : 0;
	prog->target = NULL;
	if (prog->prog_type == MODBPF_PROG_TRACING)
		choose_target(rng, prog);
	prog->nullable = rng_below(rng, 2);
	mk.mistakes = rng_below(rng, 3);
	put_main(&mk);
	if (!mk.call_cnt)
		return;
	prog->subprog = prog->insn_cnt;
	put_subprog(&mk);
	for (i = 0; i < mk.call_cnt; i++)
		prog->insns[mk.calls[i]].imm = prog->subprog - mk.calls[i] - 1;
}

u32 randverify_funcs(const struct randverify *prog, const char **funcs)
{
	funcs[0] = "static int main(ctx)";
	funcs[1] = prog->nullable ? "global int f(void*^, a16*, int, int)" :
				    "global int f(void*^, a16*!, int, int)";
	return prog->subprog ? 2 : 1;
}
