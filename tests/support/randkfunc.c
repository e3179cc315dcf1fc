// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions: dynptrs of packets and of memory, and their slices, which may lie in a buffer
 * on the stack, go through joins and are used behind what leaves them as they are. By mistake the
 * buffer is overwritten, or the packet moved, and the slice used once more; or it is written to
 * where it may not be.
 */
#include "isa/abi.h"
#include "tests/support/randmaker.h"
#include "verifier/helper.h"
#include "verifier/rule.h"

#define PLACE 96	/* distance of the dynptr from the frame's end */
#define SLICE_AT (-112)
#define BUFFER 144
#define BUFFER_BYTES 24

enum mistake {
	NO_MISTAKE, TOO_FAR, BUFFER_LOST, PACKET_MOVED, DYNPTR_LOST, UNCHECKED, WRONG_WRITE, MISTAKES
};

struct plan {
	bool is_packet, writes, has_buffer;
	u32 bytes;
	enum mistake mistake;
};

static void put_kfunc(struct maker *mk, s32 id)
{
	put(mk, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, id);
	mk->known.set &= ~0x3fu;
}

bool has_packet_dynptrs(const struct maker *mk)
{
	return mk->has_ctx && helper_of(MODBPF_FUNC_dynptr_from_skb)->types >> mk->prog->prog_type & 1;
}

static bool may_write(const struct maker *mk)
{
	return prog_rule_of(mk->prog->prog_type)->packet_write;
}

static void put_make(struct maker *mk, const struct plan *plan)
{
	if (plan->is_packet && mk->prog->prog_type == MODBPF_PROG_NETFILTER)
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, 1, 6, 8, 0);
	else if (plan->is_packet)
		put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0);
	else
		put_map(mk, 1, BPF_PSEUDO_MAP_VALUE, RANDVERIFY_SINGLE, 0);
	if (plan->is_packet) {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, one_in(mk, 16));
		put_fp(mk, 3, PLACE);
		put_kfunc(mk, MODBPF_FUNC_dynptr_from_skb);
		return;
	}
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, RANDVERIFY_SINGLE_BYTES);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, 0);
	put_fp(mk, 4, PLACE);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_dynptr_from_mem);
	mk->known.set &= ~0x3fu;
}

/* R9 and a slot: the slice, checked. Returns the branch that leads behind its uses. */
static u32 put_slice(struct maker *mk, const struct plan *plan)
{
	u32 out = 0;

	/* What the buffer held before must not be seen, whatever it is. */
	if (plan->has_buffer && one_in(mk, 2))
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, one_in(mk, 2) ? MODBPF_REG_FP : 6,
		    -BUFFER + 8 * (s32)below(mk, 3), 0);
	put_fp(mk, 1, PLACE);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, below(mk, 32));
	if (plan->has_buffer)
		put_fp(mk, 3, BUFFER);
	else
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, 0);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, plan->bytes);
	put_kfunc(mk, plan->writes ? MODBPF_FUNC_dynptr_slice_rdwr : MODBPF_FUNC_dynptr_slice);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_X, 9, 0, 0, 0);
	put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, 9, SLICE_AT, 0);
	mk->known.set &= ~0x23fu;
	if (plan->mistake != UNCHECKED) {
		put(mk, BPF_JMP | BPF_JEQ | BPF_K, 9, 0, 0, 0);
		out = mk->prog->insn_cnt - 1;
	}
	return out;
}

static void put_access(struct maker *mk, const struct plan *plan)
{
	bool stores = plan->mistake == WRONG_WRITE || (plan->writes && one_in(mk, 2));
	u8 size = random_size(mk);
	s32 off;

	if (insn_access_bytes(size) > plan->bytes)
		size = BPF_B;
	off = plan->bytes - insn_access_bytes(size) + (plan->mistake == TOO_FAR);
	if (stores)
		put(mk, BPF_ST | BPF_MEM | size, 9, 0, off, 7);
	else
		put(mk, BPF_LDX | BPF_MEM | size, 2, 9, off, 0);
	/* What the buffer holds is read as well. */
	if (plan->has_buffer && one_in(mk, 3))
		put(mk, BPF_LDX | BPF_MEM | BPF_B, 2, MODBPF_REG_FP, -BUFFER + (s32)below(mk, plan->bytes), 0);
	mk->known.set &= ~4u;
}

/* Bytes of the packet, or of the value, are written from the slots. */
static void put_write(struct maker *mk)
{
	put_fp(mk, 1, PLACE);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, below(mk, 16));
	put_fp(mk, 3, BUFFER);
	put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -BUFFER, 3);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 1 + below(mk, 8));
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 5, 0, 0, 0);
	put(mk, BPF_JMP | BPF_CALL, 0, 0, 0, MODBPF_FUNC_dynptr_write);
	mk->known.set &= ~0x3fu;
}

/* What asks or changes the dynptr, and leaves its slices. */
static void put_question(struct maker *mk)
{
	static const u8 ids[] = {
		MODBPF_FUNC_dynptr_size, MODBPF_FUNC_dynptr_is_null, MODBPF_FUNC_dynptr_is_rdonly,
		MODBPF_FUNC_dynptr_adjust, MODBPF_FUNC_dynptr_clone,
	};
	s32 id = ids[below(mk, ARRAY_SIZE(ids))];

	put_fp(mk, 1, PLACE);
	if (id == MODBPF_FUNC_dynptr_clone) {
		put_fp(mk, 2, BUFFER + 16);
	} else if (id == MODBPF_FUNC_dynptr_adjust) {
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, below(mk, 4));
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, below(mk, 64));
	}
	put_kfunc(mk, id);
}

static void put_mistake(struct maker *mk, const struct plan *plan)
{
	u32 branch = put_condition(mk);

	if (plan->mistake == BUFFER_LOST)
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, MODBPF_REG_FP, -BUFFER, 0);
	else if (plan->mistake == PACKET_MOVED)
		put_write(mk);
	else if (plan->mistake == DYNPTR_LOST)
		put(mk, BPF_ST | BPF_MEM | random_size(mk), MODBPF_REG_FP, 0, -PLACE + 8 * (s32)below(mk, 2), 0);
	else
		put_move(mk);
	land(mk, branch);
	mk->known.set &= ~0x200u;
}

static void put_use(struct maker *mk, const struct plan *plan)
{
	u32 out = put_slice(mk, plan);

	put_access(mk, plan);
	if (one_in(mk, 2))
		put_question(mk);
	if (one_in(mk, 2) || plan->mistake != NO_MISTAKE) {
		put_mistake(mk, plan);
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, 9, MODBPF_REG_FP, SLICE_AT, 0);
		put_access(mk, plan);
	}
	if (out)
		land(mk, out);
}

void put_kfuncs(struct maker *mk)
{
	struct plan plan = {
		.is_packet = has_packet_dynptrs(mk) && !one_in(mk, 3),
		.bytes = 1 + below(mk, BUFFER_BYTES), .has_buffer = one_in(mk, 2),
	};
	u32 uses = 1 + below(mk, 2);

	plan.mistake = errs(mk) ? 1 + below(mk, MISTAKES - 1) : NO_MISTAKE;
	plan.writes = plan.mistake != WRONG_WRITE && (!plan.is_packet || may_write(mk)) && one_in(mk, 2);
	put_make(mk, &plan);
	while (uses--)
		put_use(mk, &plan);
	if (mk->base != BASE_PACKET && one_in(mk, 2))
		put_write(mk);
	put(mk, BPF_ALU64 | BPF_MOV | BPF_K, 9, 0, 0, below(mk, 8));
	set_number(mk, 9, 7, 7);
	after_call(mk, false);
}
