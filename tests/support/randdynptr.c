// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dynptrs, of a map's value or of a record: made in the stack, read, written, sliced, through
 * joins, and released if they must be. By mistake a slice is used too far or too long, a byte
 * of the dynptr is touched, or it is left, released early, or taken for another kind.
 */
#include "isa/abi.h"
#include "tests/support/randmaker.h"

#define PLACE 96	/* distance from the frame's end; what is at the next 8 bytes above belongs to it */
#define SLICE_AT (-112)

enum mistake {
	NO_MISTAKE, TOO_FAR, TOO_LONG, OVERWRITTEN, READ, LEFT, RELEASED_EARLY, OTHER_KIND, MADE_TWICE, HALF,
	UNCHECKED, MISPLACED, MISTAKES
};

struct plan {
	bool is_ring;
	u32 bytes;
	enum mistake mistake;
};

static void put_make(struct maker *mk, const struct plan *plan, u32 place)
{
	if (plan->is_ring)
		put_map(mk, 1, BPF_PSEUDO_MAP_FD, RANDVERIFY_RING, 0);
	else
		put_map(mk, 1, BPF_PSEUDO_MAP_VALUE, RANDVERIFY_SINGLE,
			below(mk, RANDVERIFY_SINGLE_BYTES - plan->bytes + 1));
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, plan->bytes);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, one_in(mk, 8));
	put_fp(mk, 4, place);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0,
	    plan->is_ring ? MODBPF_FUNC_ringbuf_reserve_dynptr : MODBPF_FUNC_dynptr_from_mem);
	mk->known.set &= ~0x3fu;
}

static void put_release(struct maker *mk)
{
	put_fp(mk, 1, PLACE);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0,
	    one_in(mk, 2) ? MODBPF_FUNC_ringbuf_submit_dynptr : MODBPF_FUNC_ringbuf_discard_dynptr);
	mk->known.set &= ~0x3fu;
}

/* It is copied to or from the slots, in part. */
static void put_transfer(struct maker *mk, const struct plan *plan)
{
	u32 bytes = 1 + below(mk, 16), off = below(mk, plan->bytes + 1);
	bool reads = !stack_is_set(mk) || one_in(mk, 2);
	u32 dynptr = reads ? 3 : 1, memory = reads ? 1 : 3;

	put_fp(mk, dynptr, PLACE - (plan->mistake == HALF && one_in(mk, 2) ? 8 : 0));
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, dynptr + 1, 0, 0, off);
	put_fp(mk, memory, reads && plan->mistake == OVERWRITTEN ? PLACE + 8 : STACK_BYTES);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, memory + 1, 0, 0, bytes);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 5, 0, 0, one_in(mk, 8));
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, reads ? MODBPF_FUNC_dynptr_read : MODBPF_FUNC_dynptr_write);
	mk->known.set &= ~0x3fu;
	set_slots(mk, false);
}

/* R9: a slice of the first @bytes bytes or later ones, or null, checked; kept in a slot. */
static void put_slice(struct maker *mk, const struct plan *plan, u32 bytes, u32 *out)
{
	put_fp(mk, 1, PLACE);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, below(mk, plan->bytes - bytes + 1));
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, bytes);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_dynptr_data);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
	put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 9, SLICE_AT, 0);
	mk->known.set &= ~0x23fu;
	*out = 0;
	if (plan->mistake == UNCHECKED)
		return;
	put(mk, BPF_JMP | BPF_JEQ | BPF_K, one_in(mk, 2) ? 9 : 0, 0, 0, 0);
	*out = mk->prog->insn_cnt - 1;
}

static void put_slice_access(struct maker *mk, const struct plan *plan, u32 bytes)
{
	u8 size = random_size(mk);
	s32 off;

	if (insn_access_bytes(size) > bytes)
		size = BPF_B;
	off = bytes - insn_access_bytes(size) + (plan->mistake == TOO_FAR ? 1 : 0);
	if (one_in(mk, 2))
		put(mk, BPF_LDX | BPF_MEM | size, 2, 9, off, 0);
	else
		put(mk, BPF_ST | BPF_MEM | size, 9, 0, off, 7);
	mk->known.set &= ~4u;
}

static void put_join(struct maker *mk, const struct plan *plan)
{
	u32 branch = put_condition(mk);

	put_move(mk);
	if (plan->mistake == RELEASED_EARLY)
		put_release(mk);
	if (plan->mistake == OVERWRITTEN)
		put(mk, BPF_ST | BPF_MEM | random_size(mk), MODBPF_REG_FP, 0,
		    -(s32)PLACE + 8 * (s32)below(mk, 2), 0);
	if (plan->mistake == MADE_TWICE)
		put_make(mk, plan, PLACE + 8 * (s32)below(mk, 2));
	land(mk, branch);
	mk->known.set &= ~0x200u;
}

static void put_slice_use(struct maker *mk, const struct plan *plan)
{
	u32 bytes = 1 + below(mk, plan->bytes), out;

	put_slice(mk, plan, bytes, &out);
	put_slice_access(mk, plan, bytes);
	if (one_in(mk, 2) || plan->mistake >= OVERWRITTEN) {
		put_join(mk, plan);
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, 9, MODBPF_REG_FP, SLICE_AT, 0);
		put_slice_access(mk, plan, bytes);
	}
	if (plan->mistake == TOO_LONG && plan->is_ring) {
		put_release(mk);
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, 9, MODBPF_REG_FP, SLICE_AT, 0);
		put_slice_access(mk, plan, bytes);
	}
	if (out)
		land(mk, out);
}

void put_dynptr(struct maker *mk)
{
	struct plan plan = { .is_ring = one_in(mk, 2), .bytes = 1 + below(mk, 32) };
	u32 uses = below(mk, 3);

	plan.mistake = one_in(mk, 8) ? 1 + below(mk, MISTAKES - 1) : NO_MISTAKE;
	put_make(mk, &plan, PLACE + (plan.mistake == MISPLACED ? 4 : 0));
	while (uses--) {
		if (one_in(mk, 2))
			put_transfer(mk, &plan);
		else
			put_slice_use(mk, &plan);
	}
	if (plan.mistake == READ)
		put(mk, BPF_LDX | BPF_MEM | random_size(mk), 2, MODBPF_REG_FP, -(s32)PLACE + 8 * (s32)below(mk, 2), 0);
	if (plan.is_ring ? plan.mistake != LEFT : plan.mistake == OTHER_KIND)
		put_release(mk);
	mk->known.set &= ~0x23fu;
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 9, 0, 0, below(mk, 8));
	set_number(mk, 9, 7, 7);
	after_call(mk, false);
}

void put_sample(struct maker *mk)
{
	enum mistake mistake = errs(mk) ? 1 + below(mk, MISTAKES - 1) : NO_MISTAKE;
	u32 bytes = 1 + below(mk, 8), off = below(mk, 16);

	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 9, 0, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, off);
	if (mistake == OTHER_KIND) {
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_ringbuf_submit_dynptr);
	} else if (mistake == READ) {
		put(mk, BPF_LDX | BPF_MEM | random_size(mk), 9, 6, 0, 0);
	} else if (one_in(mk, 3)) {	/* what the caller has in its stack goes to it */
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 3, 7, 0, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, bytes);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 5, 0, 0, 0);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_dynptr_write);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
	} else {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, bytes);
		put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_dynptr_data);
		if (mistake == TOO_LONG)	/* what is kept for the next round, or for the caller */
			put(mk, BPF_STX | BPF_MEM | BPF_DW, 7, 0, 0, 0);
		put(mk, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, mistake == UNCHECKED ? 0 : 1, 0);
		put(mk, BPF_LDX | BPF_MEM | BPF_B, 9, 0, bytes - (mistake == TOO_FAR ? 0 : 1), 0);
	}
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, off);
	set_number(mk, 9, UNBOUNDED, UNBOUNDED);
}
