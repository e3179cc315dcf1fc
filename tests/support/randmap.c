// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is found in maps? Values with a lock, which is taken and released on every path, by
 * mistake on most of them; maps, in which something is found in turn.
 */
#include "isa/abi.h"
#include "tests/support/randmaker.h"
#include "verifier/map_field.h"
#include "verifier/rule.h"

void put_lookup(struct maker *mk, const char *map)
{
	put_key(mk);
	put_fp(mk, 2, 40);
	put_map(mk, 1, BPF_PSEUDO_MAP_FD, randverify_map(map), 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_lookup_elem);
	mk->known.set &= ~0x3fu;
}

/* What is to be found in the map that R0 points to, perhaps behind a join. */
static void put_second_lookup(struct maker *mk)
{
	u32 branch;

	put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -48, 0);
	if (one_in(mk, 3)) {
		branch = put_condition(mk);
		put_move(mk);
		land(mk, branch);
	}
	put_key(mk);
	put_fp(mk, 2, 40);
	put(mk, BPF_LDX | BPF_MEM | BPF_DW, 1, MODBPF_REG_FP, -48, 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_map_lookup_elem);
	mk->known.set &= ~0x3fu;
}

/* Branches to an item's end. */
struct ends {
	u32 branches[4], cnt;
};

/* Of R0, unless one forgets. */
static void put_null_check(struct maker *mk, struct ends *ends)
{
	if (errs(mk))
		return;
	put(mk, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0, 0);
	ends->branches[ends->cnt++] = mk->prog->insn_cnt - 1;
}

static void land_all(struct maker *mk, const struct ends *ends)
{
	u32 i;

	for (i = 0; i < ends->cnt; i++)
		land(mk, ends->branches[i]);
}

/* R9 was a pointer; it is a number again. */
static void put_rest(struct maker *mk)
{
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 9, 0, 0, below(mk, 8));
	set_number(mk, 9, 7, 7);
	after_call(mk, false);
}

/* --- maps in maps -------------------------------------------------------------------- */

void put_found_map(struct maker *mk)
{
	static const struct {
		const char *map;
		u32 bytes;
	} outer[] = { { "array_of_maps", 16 }, { "hash_of_maps", 48 } };
	u32 which = below(mk, ARRAY_SIZE(outer)), bytes;
	struct ends ends = { .cnt = 0 };
	u8 size = random_size(mk);

	put_lookup(mk, outer[which].map);
	put_null_check(mk, &ends);
	put_second_lookup(mk);
	put_null_check(mk, &ends);
	bytes = insn_access_bytes(size);
	if (one_in(mk, 2))
		put(mk, BPF_ST | BPF_MEM | size, 0, 0, outer[errs(mk) ? 1 : which].bytes - bytes, 3);
	else
		put(mk, BPF_LDX | BPF_MEM | size, 2, 0, outer[which].bytes - bytes + (errs(mk) ? 1 : 0), 0);
	land_all(mk, &ends);
	put_rest(mk);
}

/* --- locks ----------------------------------------------------------------------------- */

bool may_lock(const struct maker *mk)
{
	return !((TYPES_TRACING | TYPE_BIT(SOCKET_FILTER)) >> mk->prog->prog_type & 1);
}

/* Maps whose values have a lock, and where it is. */
static const struct locked {
	const char *map;
	u32 bytes, lock;
} locked[] = {
	{ "locked", 24, 8 }, { "locked_array", 16, 0 }, { "locked_single", 16, 0 }, { "of_locked", 16, 0 },
};

/* The value in R9 and fp-64. */
static void put_locked_value(struct maker *mk, const struct locked *row, struct ends *ends)
{
	if (!strcmp(row->map, "locked_single") && one_in(mk, 2)) {
		put_map(mk, 0, BPF_PSEUDO_MAP_VALUE, randverify_map(row->map), 0);
	} else {
		put_lookup(mk, row->map);
		put_null_check(mk, ends);
	}
	if (!strcmp(row->map, "of_locked")) {
		put_second_lookup(mk);
		put_null_check(mk, ends);
	}
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
	put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 9, -64, 0);
	mk->known.set &= ~0x23fu;
}

/* What goes wrong with a lock, if anything does. */
enum mistake {
	NO_MISTAKE, WRONG_PLACE, WRONG_BYTES, RELEASED_EARLY, TAKEN_TWICE, CALLS, LEAVES, OTHER_VALUE, WRONG_TYPE,
	MISTAKES
};

/* Of the value in R9. */
static void put_lock_call(struct maker *mk, const struct locked *row, u32 distance, s32 id)
{
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 9, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, row->lock + distance);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, id);
	mk->known.set &= ~0x3fu;
}

/* Beside the lock, or by mistake some of its bytes. */
static void put_locked_access(struct maker *mk, const struct locked *row, enum mistake mistake)
{
	u8 size = random_size(mk);
	u32 bytes = insn_access_bytes(size), from = row->lock + 4;
	u32 off = from + below(mk, row->bytes - from - bytes + 1);

	if (mistake == WRONG_BYTES)
		off = from - 1 - below(mk, 4);
	if (one_in(mk, 2))
		put(mk, BPF_LDX | BPF_MEM | size, 2 + below(mk, 4), 9, off, 0);
	else
		put(mk, BPF_ST | BPF_MEM | size, 9, 0, off, 5);
	mk->known.set &= ~0x3cu;
}

/* What happens while it is held. */
static void put_while_locked(struct maker *mk, const struct locked *row, enum mistake mistake)
{
	u32 branch;

	put_locked_access(mk, row, mistake);
	if (one_in(mk, 2) || mistake == RELEASED_EARLY || mistake == TAKEN_TWICE) {
		branch = put_condition(mk);
		put_move(mk);
		if (mistake == RELEASED_EARLY || mistake == TAKEN_TWICE) {
			mk->known.set &= ~0x200u;
			put(mk, BPF_LDX | BPF_MEM | BPF_DW, 9, MODBPF_REG_FP, -64, 0);
			put_lock_call(mk, row, 0, mistake == TAKEN_TWICE ? MODBPF_FUNC_spin_lock :
									   MODBPF_FUNC_spin_unlock);
		}
		land(mk, branch);
		mk->known.set &= ~0x200u;
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, 9, MODBPF_REG_FP, -64, 0);
		put_locked_access(mk, row, mistake);
	}
	if (mistake == CALLS)
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_get_prandom_u32);
	if (mistake == LEAVES) {
		put(mk, BPF_LDX | BPF_MEM | BPF_B, 2, 9, row->lock + 4, 0);
		put(mk, BPF_JMP | BPF_JGT | BPF_K, 2, 0, 0, 1);
		goes_out(mk);
	}
}

/* R9: what is in fp-72 or in fp-64. */
static void put_choice(struct maker *mk)
{
	u32 branch = put_condition(mk), end;

	mk->known.set &= ~0x200u;
	put(mk, BPF_LDX | BPF_MEM | BPF_DW, 9, MODBPF_REG_FP, -72, 0);
	put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	end = mk->prog->insn_cnt - 1;
	land(mk, branch);
	put(mk, BPF_LDX | BPF_MEM | BPF_DW, 9, MODBPF_REG_FP, -64, 0);
	land(mk, end);
}

void put_lock(struct maker *mk)
{
	const struct locked *row = &locked[below(mk, ARRAY_SIZE(locked))];
	enum mistake mistake = one_in(mk, 8) ? 1 + below(mk, MISTAKES - 1) : NO_MISTAKE;
	bool has_two = one_in(mk, 3) || mistake == OTHER_VALUE;
	struct ends ends = { .cnt = 0 };

	if (!may_lock(mk) && mistake != WRONG_TYPE)
		return;
	put_locked_value(mk, row, &ends);
	if (has_two) {
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 9, -72, 0);
		put_locked_value(mk, row, &ends);
		put_choice(mk);
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 9, -64, 0);
	}
	put_lock_call(mk, row, mistake == WRONG_PLACE ? 4 : 0, MODBPF_FUNC_spin_lock);
	put_while_locked(mk, row, mistake);
	if (mistake == OTHER_VALUE)	/* on one way, or on both */
		put_choice(mk);
	put_lock_call(mk, row, 0, MODBPF_FUNC_spin_unlock);
	land_all(mk, &ends);
	put_rest(mk);
}

/* --- timers ------------------------------------------------------------------------------ */

/* Maps whose values have a timer, where it is, and where there is data. */
static const struct timed {
	const char *map;
	u32 timer, data;
} timed[] = { { "timed", 8, 24 }, { "timed_array", 0, 20 }, { "timed_single", 0, 16 } };

enum timer_mistake { TIMER_FINE, TIMER_ELSEWHERE, TIMER_READ, TIMER_OF_OTHER_MAP, TIMER_MISTAKES };

/* Of the value in R9. */
static void put_timer_call(struct maker *mk, const struct timed *row, enum timer_mistake mistake)
{
	static const s32 ids[] = { MODBPF_FUNC_timer_init, MODBPF_FUNC_timer_start, MODBPF_FUNC_timer_cancel };
	s32 id = ids[below(mk, ARRAY_SIZE(ids))];
	u32 other = mistake == TIMER_OF_OTHER_MAP;

	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 9, 0, 0);
	put(mk, BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, row->timer + (mistake == TIMER_ELSEWHERE ? 4 : 0));
	if (id == MODBPF_FUNC_timer_init)
		put_map(mk, 2, BPF_PSEUDO_MAP_FD,
			randverify_map(timed[(row - timed + other) % ARRAY_SIZE(timed)].map), 0);
	else if (id == MODBPF_FUNC_timer_start)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, below(mk, 64));
	if (id != MODBPF_FUNC_timer_cancel)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, below(mk, 8));
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, id);
	mk->known.set &= ~0x3fu;
}

void put_timer(struct maker *mk)
{
	const struct timed *row = &timed[below(mk, ARRAY_SIZE(timed))];
	enum timer_mistake mistake = one_in(mk, 8) ? 1 + below(mk, TIMER_MISTAKES - 1) : TIMER_FINE;
	struct ends ends = { .cnt = 0 };
	u32 calls = 1 + below(mk, 3);

	if (!may_lock(mk))
		return;
	if (row->data == 16 && one_in(mk, 2)) {
		put_map(mk, 0, BPF_PSEUDO_MAP_VALUE, randverify_map(row->map), 0);
	} else {
		put_lookup(mk, row->map);
		put_null_check(mk, &ends);
	}
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
	mk->known.set &= ~0x23fu;
	while (calls--)
		put_timer_call(mk, row, mistake);
	put(mk, BPF_ST | BPF_MEM | BPF_W, 9, 0,
	    mistake == TIMER_READ ? row->timer + below(mk, MAP_TIMER_BYTES) : row->data, 5);
	land_all(mk, &ends);
	put_rest(mk);
}
