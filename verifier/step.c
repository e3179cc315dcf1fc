// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which check is an instruction's? And what several of them need. */
#include "verifier/step.h"

#include "isa/opcode.h"
#include "verifier/map_field.h"

int check_reg_read(struct step *step, u32 regno)
{
	if (step_regs(step)[regno].kind != REG_UNINIT)
		return 0;
	return refuse(step, REFUSE_REG_UNINIT, regno, "R%u !read_ok", regno);
}

int check_reg_write(struct step *step, u32 regno)
{
	if (regno != MODBPF_REG_FP)
		return 0;
	return refuse(step, REFUSE_FRAME_POINTER_WRITE, REFUSAL_NO_REG,
		      "frame pointer is read only");
}

void mark_scalar_linked(struct step *step, struct reg *reg)
{
	if (reg->kind == REG_SCALAR && !reg->id && !scalar_is_const(reg->num))
		reg->id = step_new_id(step);
}

int step_hold_ref(struct step *step, u32 id)
{
	struct state *state = step->state;

	if (state->ref_cnt == MAX_REFS) {
		return refuse(step, REFUSE_REFERENCE_LIMIT, REFUSAL_NO_REG,
			      "not supported yet: more than %u references held at once", MAX_REFS);
	}
	state->refs[state->ref_cnt].id = id;
	state->refs[state->ref_cnt].insn = step->pc;
	state->ref_cnt++;
	return 0;
}

int step_fork(struct step *step, u32 insn)
{
	step->fork = state_copy(step->state);
	if (!step->fork)
		return -ENOMEM;
	step->fork->insn = insn;
	return 0;
}

void step_note_call(struct step *step, const struct state *state, u32 routine)
{
	step->found->calls[state_top(state)->routine * step->prog->routine_cnt + routine] = 1;
}

int step_fork_return(struct step *step, const struct scalar *result)
{
	struct state *fork;
	int err;

	if (step->state->frame_cnt == 1)
		return 0;
	err = step_fork(step, state_top(step->state)->call_insn + 1);
	if (err)
		return err;
	fork = step->fork;
	state_pop_frame(fork);
	state_top(fork)->regs[0] = reg_scalar(*result);
	return 0;
}

int step_enter(struct step *step, struct state *state, u32 target)
{
	u32 routine = step->prog->info[target].subprog;

	step_note_call(step, state, routine);
	return state_push_frame(state, step->pc, routine);
}

static int check_value_address(struct step *step, struct reg *reg)
{
	const struct modbpf_insn *insn = step->insn;
	const struct map_desc *map = &step->prog->req->maps[insn->imm];
	const struct map_rule *rule = map_rule_of(map->type);
	u32 off = insn[1].imm;

	if (!rule->direct || map->max_entries != 1) {
		return refuse(step, REFUSE_MAP_VALUE_ADDRESS, REFUSAL_NO_REG,
			      "direct value access is not possible with map_type %u, max_entries %u",
			      map->type, map->max_entries);
	}
	if (off >= map->value_size) {
		return refuse(step, REFUSE_MAP_VALUE_OFFSET, REFUSAL_NO_REG,
			      "invalid access to map value pointer, value_size=%u off=%u",
			      map->value_size, off);
	}
	*reg = reg_pointer(REG_VALUE);
	reg->map = insn->imm;
	reg->num = scalar_const(off);
	return 0;
}

/* Of a map of maps it must be known what they are like, and that they hold no maps. */
static bool is_understood(const struct map_desc *map)
{
	const struct map_rule *rule = map_rule_of(map->type), *inner;

	if (!rule || !rule->holds_maps)
		return rule;
	inner = map->inner ? map_rule_of(map->inner->type) : NULL;
	return inner && !inner->holds_maps;
}

static int check_map_address(struct step *step, struct reg *reg)
{
	const struct modbpf_insn *insn = step->insn;
	int err;

	if (insn->imm < 0 || (u32)insn->imm >= step->prog->req->map_cnt) {
		return refuse(step, REFUSE_MAP_INDEX, REFUSAL_NO_REG,
			      "no map with index %d", insn->imm);
	}
	if (!is_understood(&step->prog->req->maps[insn->imm])) {
		return refuse(step, REFUSE_MAP_TYPE_UNSUPPORTED, REFUSAL_NO_REG,
			      "not supported yet: map_type %u",
			      step->prog->req->maps[insn->imm].type);
	}
	err = check_fields_prog_type(step, &step->prog->req->maps[insn->imm]);
	if (err)
		return err;
	if (insn->src_reg == BPF_PSEUDO_MAP_VALUE)
		return check_value_address(step, reg);
	*reg = reg_pointer(REG_MAP);
	reg->map = insn->imm;
	return 0;
}

static int check_ld_imm64(struct step *step)
{
	struct reg *dst = &step_regs(step)[step->insn->dst_reg];
	int err = check_reg_write(step, step->insn->dst_reg);

	if (err)
		return err;
	step->next = step->pc + 2;
	switch (step->insn->src_reg) {
	case 0:
		*dst = reg_scalar(scalar_const(insn_imm64(step->insn)));
		return 0;
	case BPF_PSEUDO_MAP_FD:
	case BPF_PSEUDO_MAP_VALUE:
		return check_map_address(step, dst);
	case BPF_PSEUDO_BTF_ID:
		return refuse(step, REFUSE_INSN_UNSUPPORTED, REFUSAL_NO_REG,
			      "not supported yet: address of a kernel variable (BPF_PSEUDO_BTF_ID)");
	case BPF_PSEUDO_FUNC:
		*dst = reg_pointer(REG_FUNC);
		dst->size = jump_target(step->insn, step->pc);
		return 0;
	default:
		return refuse(step, REFUSE_MAP_UNBOUND, REFUSAL_NO_REG,
			      "map index was not bound (BPF_PSEUDO_MAP_IDX)");
	}
}

static int check_call(struct step *step)
{
	switch (step->insn->src_reg) {
	case BPF_PSEUDO_CALL:
		return check_subprog_call(step);
	default:
		return check_helper_call(step);
	}
}

int check_insn(struct step *step)
{
	step->next = step->pc + 1;
	switch (opcode_lookup(step->insn->code)->form) {
	case FORM_ALU_IMM:
	case FORM_ALU_REG:
	case FORM_NEG:
	case FORM_SWAP:
		return check_alu(step);
	case FORM_LOAD:
		return check_load(step);
	case FORM_STORE_IMM:
	case FORM_STORE_REG:
		return check_store(step);
	case FORM_ATOMIC:
		return check_atomic(step);
	case FORM_LD_IMM64:
		return check_ld_imm64(step);
	case FORM_JUMP:
		step->next = jump_target(step->insn, step->pc);
		return 0;
	case FORM_BRANCH_IMM:
	case FORM_BRANCH_REG:
		return check_branch(step);
	case FORM_CALL:
		return check_call(step);
	case FORM_EXIT:
		return check_exit(step);
	case FORM_LD_ABS:
	case FORM_LD_IND:
		return check_packet_load(step);
	default:
		return refuse(step, REFUSE_INSN_UNSUPPORTED, REFUSAL_NO_REG,
			      "not supported yet: opcode %02x", step->insn->code);
	}
}
