// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where do the pointers of a TRACING program's context lead? From structure to structure,
 * by offsets that are added in one place or another, through slots and joins; what is
 * found at the end is a number, or a pointer that is taken for one.
 */
#include "isa/abi.h"
#include "tests/support/kernel_btf.h"
#include "tests/support/randmaker.h"
#include "tests/support/world.h"

static const struct {
	const char *name;
	u32 attach_type;
	u32 typed_cnt, typed[3];	/* offsets in the context */
} targets[] = {
	{ "f_task", MODBPF_ATTACH_TRACE_FENTRY, 2, { 0, 16 } },
	{ "f_task", MODBPF_ATTACH_TRACE_FEXIT, 3, { 0, 16, 40 } },
	{ "event", MODBPF_ATTACH_TRACE_RAW_TP, 1, { 0 } },
};

void choose_target(struct rng *rng, struct randverify *prog)
{
	u32 i = rng_below(rng, ARRAY_SIZE(targets));

	prog->target = targets[i].name;
	prog->attach_type = targets[i].attach_type;
}

void randverify_aim(const struct randverify *prog, struct verify_request *req)
{
	req->expected_attach_type = prog->attach_type;
	if (!prog->target)
		return;
	req->kernel_btf = kernel_btf();
	req->attach_btf_id = kernel_btf_id(prog->target);
}

void put_argument(struct maker *mk, u32 reg)
{
	u32 i, mistake = errs(mk) ? 4 * (1 + below(mk, 12)) : 0;

	for (i = 0; targets[i].attach_type != mk->prog->attach_type; i++)
		;
	put(mk, BPF_LDX | BPF_MEM | BPF_DW, reg, 6,
	    targets[i].typed[below(mk, targets[i].typed_cnt)] + mistake, 0);
}

/* A place in the structure: of a pointer, or of a number of @bytes. */
static u32 place_in(struct maker *mk, enum world_type type, bool is_pointer, u32 bytes)
{
	static const u32 room[WORLD_TYPES] = {
		[WORLD_TASK] = WORLD_TASK_BYTES, [WORLD_FILE] = 16, [WORLD_LIST] = 16,
	};
	u32 off, tries;

	for (tries = 0; tries < 64; tries++) {
		off = bytes * below(mk, room[type] / bytes);
		if (!is_pointer && one_in(mk, 4))
			off = below(mk, room[type] - bytes + 1);
		if (world_member(type, off, bytes) != WORLD_OUTSIDE &&
		    (world_member(type, off, bytes) >= 0) == is_pointer)
			break;
	}
	return off;
}

/* R@to = what is at @off of the structure that R@from points to; R@from may be moved. */
static void put_typed_load(struct maker *mk, u32 to, u32 from, u8 size, s32 off)
{
	u32 by = place_reg(mk, to, from);
	s32 first = one_in(mk, 4) ? (s32)below(mk, 64) - 16 : 8 * ((s32)below(mk, 8) - 2);

	if (errs(mk))
		off += one_in(mk, 2) ? -off - 1 : 216;
	switch (below(mk, 4)) {
	case 0:
		put(mk, BPF_ALU64 | BPF_ADD | BPF_K, from, 0, 0, first);
		off -= first;
		break;
	case 1:
		if (errs(mk))
			put_unknown(mk, by);
		else
			put(mk, BPF_ALU64 | BPF_MOV | BPF_K, by, 0, 0, first);
		put(mk, BPF_ALU64 | (one_in(mk, 2) ? BPF_ADD : BPF_SUB) | BPF_X, from, by, 0, 0);
		off += BPF_OP(mk->prog->insns[mk->prog->insn_cnt - 1].code) == BPF_SUB ? first : -first;
		break;
	default:
		break;
	}
	mk->known.set &= ~(1u << by | 1u << to);
	put(mk, BPF_LDX | (size != BPF_DW && one_in(mk, 4) ? BPF_MEMSX : BPF_MEM) | size, to, from, off, 0);
}

/* What is done to a pointer on its way: nothing, or what leaves it as it is. */
static void put_stop(struct maker *mk, u32 reg)
{
	u32 other, branch;

	switch (below(mk, 6)) {
	case 0:
		put(mk, BPF_STX | BPF_MEM | BPF_DW, MODBPF_REG_FP, reg, -48, 0);
		if (errs(mk))
			put(mk, BPF_ST | BPF_MEM | random_size(mk), MODBPF_REG_FP, 0, -48, 0);
		if (one_in(mk, 2)) {
			branch = put_condition(mk);
			put_move(mk);
			land(mk, branch);
		}
		mk->known.set &= ~(1u << reg);
		put(mk, BPF_LDX | BPF_MEM | BPF_DW, reg, MODBPF_REG_FP, -48, 0);
		break;
	case 1:		/* null or not, it is what it was */
		put(mk, BPF_JMP | (one_in(mk, 2) ? BPF_JEQ : BPF_JNE) | BPF_K, reg, 0, 1, 0);
		put(mk, BPF_ST | BPF_MEM | BPF_DW, MODBPF_REG_FP, 0, -48, 1);
		break;
	case 2:
		other = place_reg(mk, reg, reg);
		put_argument(mk, other);
		put(mk, BPF_JMP | (one_in(mk, 2) ? BPF_JEQ : BPF_JNE) | BPF_X, reg, other, 1, 0);
		put(mk, BPF_ALU64 | BPF_MOV | BPF_K, other, 0, 0, 3);
		break;
	default:
		break;
	}
}

/* Follow a pointer or a few; returns what kind the last is of. */
static enum world_type put_walk(struct maker *mk, u32 reg, enum world_type type)
{
	u32 steps = below(mk, 4), off;

	while (steps--) {
		off = place_in(mk, type, true, 8);
		put_typed_load(mk, reg, reg, BPF_DW, off);
		type = world_member(type, off, 8);
		put_stop(mk, reg);
	}
	return type;
}

/* Who sees addresses may store, add and compare them. */
static void put_as_number(struct maker *mk, u32 reg)
{
	switch (below(mk, 5)) {
	case 0:
		if (mk->base == BASE_PACKET || mk->base == BASE_CALLER)
			return;
		put(mk, BPF_STX | BPF_MEM | random_size(mk), 7, reg, 8 * below(mk, mk->room / 8), 0);
		break;
	case 1:
		put(mk, BPF_STX | BPF_MEM | (one_in(mk, 2) ? BPF_W : BPF_DW), MODBPF_REG_FP, reg, -48, 0);
		put(mk, BPF_STX | BPF_ATOMIC | BPF_DW, MODBPF_REG_FP, reg, -8, BPF_ADD);
		break;
	case 2:
		put(mk, BPF_JMP | BPF_JGT | BPF_K, reg, 0, 0, below(mk, 64));
		goes_out(mk);
		break;
	case 3:
		put(mk, (one_in(mk, 2) ? BPF_ALU : BPF_ALU64) | BPF_MOV | BPF_X, reg, reg, 0, 0);
		break;
	default:
		put(mk, BPF_ALU64 | BPF_RSH | BPF_K, reg, 0, 0, below(mk, 64));
		break;
	}
}

/* On one of two ways it is another structure, or another place in it. */
static enum world_type put_two_ways(struct maker *mk, u32 reg)
{
	u32 branch = put_condition(mk), end;
	enum world_type first, second;

	mk->known.set &= ~(1u << reg);
	put_argument(mk, reg);
	first = put_walk(mk, reg, WORLD_TASK);
	put(mk, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	end = mk->prog->insn_cnt - 1;
	land(mk, branch);
	mk->known.set &= ~(1u << reg);
	put_argument(mk, reg);
	second = put_walk(mk, reg, WORLD_TASK);
	land(mk, end);
	if (one_in(mk, 3)) {
		branch = put_condition(mk);
		put_move(mk);
		land(mk, branch);
	}
	/* The smaller of both, if they differ. */
	return first == WORLD_TASK ? second : first;
}

void put_typed(struct maker *mk)
{
	u32 reg = one_in(mk, 2) ? 9 : place_reg(mk, 10, 10);
	enum world_type type = WORLD_TASK;
	u8 size = random_size(mk);
	bool is_pointer = one_in(mk, 3);

	mk->known.set &= ~(1u << reg);
	if (one_in(mk, 3)) {
		type = put_two_ways(mk, reg);
	} else {
		put_argument(mk, reg);
		type = put_walk(mk, reg, type);
	}
	mk->known.set &= ~(1u << reg);
	if (errs(mk))
		put(mk, BPF_STX | BPF_MEM | size, reg, 6, 0, 0);
	if (is_pointer)
		size = BPF_DW;
	put_typed_load(mk, reg, reg, size, place_in(mk, type, is_pointer, insn_access_bytes(size)));
	if (errs(mk))	/* where a number leads, nobody knows */
		put_typed_load(mk, reg, reg, size, place_in(mk, WORLD_FILE, false, insn_access_bytes(size)));
	if (is_pointer)
		put_as_number(mk, reg);
	put(mk, BPF_ALU64 | BPF_XOR | BPF_K, reg, 0, 0, below(mk, 2));	/* now it is one */
	set_number(mk, reg, UNBOUNDED, UNBOUNDED);
}
