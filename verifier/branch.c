// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What does a conditional jump tell each of its two ways? Numbers and all their
 * copies get narrower, pointers turn out null or not, and a packet pointer
 * compared with the packet's end tells how many bytes are there.
 */
#include "isa/opcode.h"
#include "verifier/exact.h"
#include "verifier/mem.h"
#include "verifier/typed.h"

#define NO_REG 16	/* the second operand is the immediate */

/*
 * A pointer that has been moved as far as addresses reach has gone past the last one, or come
 * to null, if the object lies where the number says: a comparison would tell, and who may run the
 * program often enough finds the address bit by bit. Nearer than this it tells of the number
 * alone. The kernel's own data end 2^30 below the last address, packets lie far below those.
 */
#define NEAR (1LL << 29)
#define NEAR_PACKET (1LL << 40)

struct operands {
	u32 dst_no, src_no;
	struct reg *dst, *src;	/* in the state; src may be the immediate */
};

static void mark_way(struct step *step, bool taken)
{
	step->note->flags |= taken ? NOTE_TAKEN : NOTE_FELL;
}

/* Only one way is possible. */
static void go_one_way(struct step *step, bool taken)
{
	mark_way(step, taken);
	if (taken)
		step->next = jump_target(step->insn, step->pc);
}

/* All numbers that are equal to the one called @id are now known to be @num. */
static void narrow_linked(struct state *state, u32 id, struct scalar num, u64 deps)
{
	struct reg_walk walk = { .state = state };
	struct reg *reg;

	if (!id)
		return;
	while ((reg = reg_walk_next(&walk)))
		if (reg->kind == REG_SCALAR && reg->id == id) {
			reg->num = num;
			reg->deps |= deps;
		}
}

/* Narrow the operands of @state's copy for that way; false: the way is dead. */
static bool narrow_numbers(struct step *step, struct state *state, bool taken)
{
	const struct modbpf_insn *insn = step->insn;
	struct reg *dst = &state_top(state)->regs[insn->dst_reg];
	struct reg imm = reg_scalar(scalar_const((s64)insn->imm));
	struct reg *src = &imm;
	struct scalar a, b;
	u64 deps;

	if (BPF_SRC(insn->code) == BPF_X)
		src = &state_top(state)->regs[insn->src_reg];
	a = dst->num;
	b = src->num;
	if (!scalar_assume(BPF_OP(insn->code), !opcode_is_32bit(insn->code), taken, &a, &b))
		return false;
	/* Each was narrowed by what is known of the other. */
	deps = dst->deps | src->deps;
	dst->num = a;
	dst->deps = deps;
	if (src != dst) {
		src->num = b;
		src->deps = deps;
		narrow_linked(state, src->id, b, deps);
	}
	narrow_linked(state, dst->id, a, deps);
	return true;
}

static int branch_on_numbers(struct step *step, struct operands *ops)
{
	const struct modbpf_insn *insn = step->insn;
	bool taken_lives, falls_lives;
	int way = scalar_branch(BPF_OP(insn->code), !opcode_is_32bit(insn->code),
				ops->dst->num, ops->src->num);
	u64 deps;
	int err;

	if (way >= 0) {
		mark_exact(step->state, ops->dst->deps | ops->src->deps);
		narrow_numbers(step, step->state, way);
		go_one_way(step, way);
		return 0;
	}
	err = step_fork(step, jump_target(insn, step->pc));
	if (err)
		return err;
	deps = ops->dst->deps | ops->src->deps;
	taken_lives = narrow_numbers(step, step->fork, true);
	falls_lives = narrow_numbers(step, step->state, false);
	if (taken_lives && falls_lives) {
		mark_way(step, true);
		mark_way(step, false);
		return 0;
	}
	mark_exact(step->state, deps);
	if (!taken_lives) {
		state_free(step->fork);
		step->fork = NULL;
		mark_way(step, false);
		return 0;
	}
	mark_way(step, true);
	state_free(step->state);
	step->state = step->fork;
	step->fork = NULL;
	step->next = step->state->insn;
	return 0;
}

/* Pointers that are null together with the one called @id now are, or are not. */
static void settle_null(struct state *state, u32 id, u32 ref, bool null)
{
	struct reg_walk walk = { .state = state };
	struct reg *reg;

	while ((reg = reg_walk_next(&walk))) {
		if (!reg_may_be_null(reg) || reg->id != id)
			continue;
		if (null) {
			*reg = reg_scalar(scalar_const(0));
			continue;
		}
		reg->kind = reg_kind_not_null(reg->kind);
		reg->id = 0;
	}
	if (null && ref)
		state_drop_ref(state, ref);
}

/* Nothing is learnt: either way it is what it was. */
static int branch_on_either(struct step *step, const struct operands *ops)
{
	mark_exact(step->state, ops->dst->deps | ops->src->deps);
	mark_way(step, true);
	mark_way(step, false);
	return step_fork(step, jump_target(step->insn, step->pc));
}

/* Downwards none is ever moved as far as NEAR. */
static int check_near(struct step *step, const struct reg *reg, u32 regno, s64 limit)
{
	if (reg->num.r64.smax < limit)
		return 0;
	return refuse(step, REFUSE_POINTER_OFFSET, regno,
		      "R%u pointer comparison prohibited: the offset may be as large as an address",
		      regno);
}

static int branch_on_null(struct step *step, struct operands *ops)
{
	u8 op = BPF_OP(step->insn->code);
	u32 id = ops->dst->id, ref = 0;
	int err;

	if (!reg_may_be_null(ops->dst)) {
		if (scalar_is_const(ops->dst->num)) {
			go_one_way(step, op == BPF_JNE);
			return 0;
		}
		err = check_near(step, ops->dst, ops->dst_no, NEAR);
		return err ? : branch_on_either(step, ops);
	}
	/* A slice that is null leaves the dynptr what it was. */
	if (ops->dst->kind == REG_RECORD_OR_NULL)
		ref = ops->dst->ref;
	err = step_fork(step, jump_target(step->insn, step->pc));
	if (err)
		return err;
	settle_null(step->fork, id, ref, op == BPF_JEQ);
	settle_null(step->state, id, ref, op == BPF_JNE);
	mark_way(step, true);
	mark_way(step, false);
	return 0;
}

/*
 * What "start op end" tells: bytes up to the pointer are inside the packet
 * (AT), one more is (PAST), or nothing.
 */
enum known { NOTHING, AT, PAST };

struct packet_row {
	u8 op;
	u8 taken, fell;			/* pointer op end */
	u8 swapped_taken, swapped_fell;	/* end op pointer */
};

static const struct packet_row packet_rows[] = {
	{ BPF_JGT, NOTHING, AT, PAST, NOTHING },
	{ BPF_JGE, NOTHING, PAST, AT, NOTHING },
	{ BPF_JLT, PAST, NOTHING, NOTHING, AT },
	{ BPF_JLE, AT, NOTHING, NOTHING, PAST },
	{ BPF_JEQ, AT, NOTHING, AT, NOTHING },
	{ BPF_JNE, NOTHING, AT, NOTHING, AT },
};

static void learn_range(struct state *state, const struct reg *pointer, u8 known)
{
	struct reg_walk walk = { .state = state };
	s64 range = (s64)pointer->off + (known == PAST);
	u8 kind = pointer->kind;
	u32 id = pointer->id;
	struct reg *reg;

	/* Beyond these bounds the addition of the offset might have wrapped. */
	if (known == NOTHING || pointer->off < 0 || range > MODBPF_MAX_PACKET_OFF ||
	    pointer->num.r64.smin < 0 || pointer->num.r64.smax > MODBPF_MAX_PACKET_OFF)
		return;
	while ((reg = reg_walk_next(&walk)))
		if (reg->kind == kind && reg->id == id && reg->range < range)
			reg->range = range;
}

/* Does @end end the bytes that @pointer runs through? */
static bool is_end_of(const struct reg *pointer, const struct reg *end)
{
	if (pointer->kind == REG_PACKET)
		return end->kind == REG_PACKET_END;
	return pointer->kind == REG_PACKET_META && end->kind == REG_PACKET &&
	       scalar_is_const(end->num) && !scalar_value(end->num);
}

static const struct packet_row *packet_row_of(u8 op)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(packet_rows); i++)
		if (packet_rows[i].op == op)
			return &packet_rows[i];
	return NULL;
}

static int branch_on_packet(struct step *step, struct operands *ops)
{
	u8 op = BPF_OP(step->insn->code);
	const struct packet_row *row = packet_row_of(op);
	int err = 0;

	/* Whether they are the same is a question of the numbers, however far they are. */
	if (op != BPF_JEQ && op != BPF_JNE)
		err = check_near(step, ops->dst, ops->dst_no, NEAR_PACKET) ? :
		      check_near(step, ops->src, ops->src_no, NEAR_PACKET);
	if (!err)
		err = step_fork(step, jump_target(step->insn, step->pc));
	if (err)
		return err;
	mark_way(step, true);
	mark_way(step, false);
	if (!row)
		return 0;
	if (is_end_of(ops->dst, ops->src)) {
		learn_range(step->fork, ops->dst, row->taken);
		learn_range(step->state, ops->dst, row->fell);
	} else if (is_end_of(ops->src, ops->dst)) {
		learn_range(step->fork, ops->src, row->swapped_taken);
		learn_range(step->state, ops->src, row->swapped_fell);
	}
	return 0;
}

static bool is_zero(const struct reg *reg)
{
	return reg->kind == REG_SCALAR && scalar_is_const(reg->num) && !scalar_value(reg->num);
}

static int branch_on_pointers(struct step *step, struct operands *ops)
{
	u8 op = BPF_OP(step->insn->code);
	bool is64 = !opcode_is_32bit(step->insn->code);
	u32 blame = reg_is_pointer(ops->dst) ? ops->dst_no : ops->src_no;

	if (is64 && (op == BPF_JEQ || op == BPF_JNE)) {
		struct operands swapped = { ops->src_no, ops->dst_no, ops->src, ops->dst };

		mark_exact(step->state, ops->src->deps | ops->dst->deps);
		if (is_zero(ops->src) && ops->dst->kind != REG_PACKET_LOW)
			return branch_on_null(step, ops);
		if (is_zero(ops->dst) && ops->src->kind != REG_PACKET_LOW)
			return branch_on_null(step, &swapped);
		/* From outside of their objects, how far these are apart could be searched for. */
		if (is_inside(step, ops->dst) && is_inside(step, ops->src))
			return branch_on_either(step, ops);
	}
	if (is64 && op != BPF_JSET && reg_is_packet_place(ops->dst) && reg_is_packet_place(ops->src))
		return branch_on_packet(step, ops);
	return refuse(step, REFUSE_POINTER_COMPARISON, blame,
		      "R%u pointer comparison prohibited", blame);
}

/*
 * Is a typed pointer compared, in a way that is allowed? Who may see no addresses may
 * only ask whether it is null, or the same as another one.
 */
static bool may_compare_typed(const struct step *step, const struct operands *ops)
{
	u8 op = BPF_OP(step->insn->code);

	if (ops->dst->kind != REG_TYPED && ops->src->kind != REG_TYPED)
		return false;
	if (reg_is_number(step, ops->dst) && reg_is_number(step, ops->src))
		return true;
	return !opcode_is_32bit(step->insn->code) && (op == BPF_JEQ || op == BPF_JNE) &&
	       (ops->dst->kind == ops->src->kind || is_zero(ops->dst) || is_zero(ops->src));
}

int check_branch(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	struct reg imm = reg_scalar(scalar_const((s64)insn->imm));
	struct operands ops = { insn->dst_reg, NO_REG, &step_regs(step)[insn->dst_reg], &imm };
	int err = check_reg_read(step, insn->dst_reg);

	if (!err && BPF_SRC(insn->code) == BPF_X) {
		ops.src_no = insn->src_reg;
		ops.src = &step_regs(step)[insn->src_reg];
		err = check_reg_read(step, insn->src_reg);
	}
	if (err)
		return err;
	if (ops.dst->kind == REG_SCALAR && ops.src->kind == REG_SCALAR)
		return branch_on_numbers(step, &ops);
	if (may_compare_typed(step, &ops))
		return branch_on_either(step, &ops);
	return branch_on_pointers(step, &ops);
}
