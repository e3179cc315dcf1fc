// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is a helper given what its row asks for, and what comes back? The rows are in
 * helper.c, the checks of single arguments in arg.c.
 */
#include "verifier/arg.h"

#include "verifier/callback.h"
#include "verifier/dynptr.h"
#include "verifier/exact.h"
#include "verifier/global.h"
#include "verifier/helper.h"
#include "verifier/lock.h"
#include "verifier/typed.h"

/* What the caller must be allowed. */
static const struct {
	u32 flag, right;
	const char *needs;
} rights[] = {
	{ HELPER_PERFMON, VERIFY_RIGHT_PERFMON, "CAP_PERFMON" },
	{ HELPER_WRITES_USER, VERIFY_RIGHT_WRITE_USER,
	  "CAP_SYS_ADMIN, and the module's parameter probe_write_user=1" },
};

static int check_rights(struct step *step, const struct helper *helper)
{
	u32 i;

	if (step->prog->req->is_restricted && !(helper->flags & HELPER_ANYONE)) {
		return refuse(step, REFUSE_HELPER_RIGHT, REFUSAL_NO_REG,
			      "helper bpf_%s#%d needs CAP_BPF", helper->name, step->insn->imm);
	}
	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		if (helper->flags & rights[i].flag &&
		    !(step->prog->req->rights & rights[i].right)) {
			return refuse(step, REFUSE_HELPER_RIGHT, REFUSAL_NO_REG,
				      "helper bpf_%s#%d needs %s", helper->name, step->insn->imm,
				      rights[i].needs);
		}
	}
	return 0;
}

static int check_availability(struct step *step, const struct helper *helper)
{
	const struct entry *here = &step->found->entries[step->found->root];
	const struct verify_request *req = step->prog->req;
	s32 id = step->insn->imm;

	if (!(helper->types >> req->prog_type & 1)) {
		return refuse(step, REFUSE_HELPER_PROG_TYPE, REFUSAL_NO_REG,
			      "program of this type cannot use helper bpf_%s#%d", helper->name, id);
	}
	if (helper->flags & HELPER_ABSENT) {
		return refuse(step, REFUSE_HELPER_ABSENT, REFUSAL_NO_REG,
			      "not supported yet: helper bpf_%s#%d", helper->name, id);
	}
	if (helper->flags & HELPER_GPL && !req->gpl_compatible) {
		return refuse(step, REFUSE_HELPER_GPL, REFUSAL_NO_REG,
			      "cannot call GPL-restricted function from non-GPL compatible program");
	}
	if (helper->flags & HELPER_LEAVES &&
	    (state_in_callback(step->state) || here->callbacks_above)) {
		return refuse(step, REFUSE_CALLBACK_TAIL_CALL, REFUSAL_NO_REG,
			      "tail_call is not allowed in a callback");
	}
	if (helper->flags & HELPER_LEAVES && step->state->ref_cnt) {
		int err = refuse(step, REFUSE_REFERENCE_TAIL_CALL, REFUSAL_NO_REG,
				 "tail_call would lead to reference leak");

		return refuse_since(step, err, step->state->refs[0].insn);
	}
	return check_rights(step, helper);
}

static void narrow(struct scalar *num, u8 op, s64 bound)
{
	struct scalar limit = scalar_const(bound);

	scalar_assume(op, true, true, num, &limit);
}

/* What a look-up gives: a value, or a map. */
static struct reg found_in_map(struct step *step, u32 map)
{
	bool holds_maps = map_rule_of(prog_map(step->prog, map)->type)->holds_maps;
	struct reg reg = reg_pointer(holds_maps ? REG_MAP_OR_NULL : REG_VALUE_OR_NULL);

	reg.map = holds_maps ? inner_map_of(map) : map;
	reg.id = step_new_id(step);
	if (!holds_maps && prog_map(step->prog, map)->field_end[MAP_FIELD_LOCK])
		reg.ref = reg.id;
	return reg;
}

/* R0 after the call; R1 to R5 are gone. */
static int set_result(struct step *step, const struct helper *helper,
		      const struct call_args *args)
{
	struct reg *regs = step_regs(step), *r0 = &regs[0];
	u32 i;

	for (i = 0; i <= 5; i++)
		regs[i] = reg_uninit();
	switch (helper->ret) {
	case RET_VOID:
		return 0;
	case RET_LENGTH:
		*r0 = reg_scalar(scalar_unknown());
		narrow(&r0->num, BPF_JSLE, args->size_max);
		narrow(&r0->num, BPF_JSGE, -4095);
		return 0;
	case RET_VALUE_OR_NULL:
		*r0 = found_in_map(step, args->map);
		return 0;
	case RET_RECORD_OR_NULL:
		*r0 = reg_pointer(REG_RECORD_OR_NULL);
		r0->size = args->const_size;
		r0->id = step_new_id(step);
		r0->ref = r0->id;
		return step_hold_ref(step, r0->id);
	case RET_SLICE_OR_NULL:
	case RET_CONST_SLICE_OR_NULL:
		*r0 = dynptr_slice(step, helper, args);
		return 0;
	case RET_SKB:
		*r0 = hook_pointer(step->prog, REG_SKB);
		return 0;
	default:
		*r0 = reg_scalar(scalar_unknown());
		return 0;
	}
}

/* A tail call does not come back here but to the caller, with the other program's result. */
static int fork_tail_call(struct step *step)
{
	const struct scalar any = scalar_unknown();
	int err = step_fork_return(step, &any);

	/* The other program may have moved the packet. */
	if (step->fork)
		state_drop_packet(step->fork);
	return err;
}

static int refuse_unknown(struct step *step)
{
	s32 id = step->insn->imm;
	int err;

	if (insn_is_kfunc_call(step->insn))
		return refuse(step, REFUSE_KFUNC_UNSUPPORTED, REFUSAL_NO_REG,
			      "calling kernel function #%d is not allowed: it is none of those that are here",
			      id < 0 ? -id : id);
	err = refuse(step, REFUSE_HELPER_UNKNOWN, REFUSAL_NO_REG, "invalid func unknown#%d", id);
	vlog_line(step->log, "not supported yet: helper %d", id);
	return err;
}

/* What who runs the program must know of the helpers that it calls. */
static void note_use(struct findings *found, const struct helper *helper)
{
	/* Who is called in its place may write, whatever it does itself. */
	found->packet_write |= !!(helper->flags & (HELPER_WRITES_PACKET | HELPER_LEAVES));
	found->user_write |= !!(helper->flags & HELPER_WRITES_USER);
	found->override |= !!(helper->flags & HELPER_OVERRIDES);
	found->may_lose |= !!(helper->flags & HELPER_MAY_LOSE);
}

int check_helper_call(struct step *step)
{
	const struct helper *helper = helper_called(step->insn);
	struct call_args args = { 0 };
	int err;

	if (!helper || helper->flags & HELPER_INTERNAL)
		return refuse_unknown(step);
	step->state->called_back = false;
	err = check_availability(step, helper);
	if (!err && helper->args[0] != ARG_LOCK)
		err = check_unlocked_call(step);
	if (!err)
		err = check_args(step, helper, &args);
	if (!err && helper->flags & HELPER_RELEASES)
		state_drop_ref(step->state, args.ref);
	if (!err)
		note_use(step->found, helper);
	if (!err && helper->flags & HELPER_MOVES_PACKET)
		state_drop_packet(step->state);
	if (!err && helper->flags & HELPER_WRITES_DYNPTR)
		err = check_dynptr_write(step, helper, &args);
	if (!err && helper->flags & HELPER_LEAVES)
		err = fork_tail_call(step);
	if (!err && helper->callback)
		err = helper_runs_callback(helper) ? check_callback_call(step, helper, &args) :
		      check_timer_callback(step, helper, &args);
	return err ? : set_result(step, helper, &args);
}

int check_subprog_call(struct step *step)
{
	struct state *state = step->state;
	u32 target = jump_target(step->insn, step->pc), frames = state->frame_cnt, i;
	struct frame *caller = state_top(state), *callee;
	int err;

	err = check_unlocked_call(step);
	if (err)
		return err;
	if (routine_is_global(step->prog, step->prog->info[target].subprog))
		return check_global_call(step, target);
	frames += step->found->entries[step->found->root].frames_above;
	if (frames >= MODBPF_MAX_FRAMES) {
		return refuse(step, REFUSE_CALL_TOO_DEEP, REFUSAL_NO_REG,
			      "the call stack of %u frames is too deep", frames + 1);
	}
	err = step_enter(step, state, target);
	if (err)
		return err;
	callee = state_top(state);
	for (i = 1; i <= 5; i++)
		callee->regs[i] = caller->regs[i];
	for (i = 0; i <= 5; i++)
		caller->regs[i] = reg_uninit();
	step->next = target;
	return 0;
}

static int check_subprog_exit(struct step *step)
{
	struct state *state = step->state;
	struct reg r0 = state_top(state)->regs[0];

	if ((r0.kind == REG_STACK && r0.frame == state->frame_cnt - 1) ||
	    reg_is_lent_by(&r0, state->frame_cnt - 1)) {
		return refuse(step, REFUSE_RETURN_STACK_POINTER, 0,
			      "cannot return stack pointer to the caller");
	}
	step->next = state_top(state)->call_insn + 1;
	state_pop_frame(state);
	state_top(state)->regs[0] = r0;
	return 0;
}

static int check_return_value(struct step *step)
{
	const struct return_rule *rule = step->prog->returns;
	const struct reg *r0 = &step_regs(step)[0];
	int err = check_reg_read(step, 0);

	if (err)
		return err;
	if (r0->kind != REG_SCALAR) {
		return refuse(step, REFUSE_LEAK_RETURN, 0, "R0 leaks addr as return value");
	}
	if (rule)
		mark_exact(step->state, r0->deps);
	if (!rule || (r0->num.r64.smin >= rule->min && r0->num.r64.smax <= rule->max))
		return 0;
	return refuse(step, REFUSE_RETURN_RANGE, 0,
		      "At program exit the register R0 has smin=%lld smax=%lld should have been in [%d, %d]",
		      r0->num.r64.smin, r0->num.r64.smax, rule->min, rule->max);
}

int check_exit(struct step *step)
{
	struct state *state = step->state;
	int err = check_unlocked_exit(step);
	u32 i;

	if (err)
		return err;
	if (state->frame_cnt > 1 && state_top(state)->is_callback)
		return check_callback_exit(step);
	if (state->frame_cnt > 1)
		return check_subprog_exit(step);
	for (i = 0; i < state->ref_cnt; i++) {
		err = refuse(step, REFUSE_REFERENCE_LEAK, REFUSAL_NO_REG,
			     "Unreleased reference id=%u alloc_insn=%u",
			     state->refs[i].id, state->refs[i].insn);
		refuse_since(step, err, state->refs[i].insn);
	}
	if (err)
		return err;
	step->ended = true;
	if (state_top(state)->is_callback)
		return check_timer_exit(step);
	return step->found->root ? check_global_exit(step) : check_return_value(step);
}
