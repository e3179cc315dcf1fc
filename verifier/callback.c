// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What happens in a subprogram that a helper calls, none, one or many times? See callback.h. */
#include "verifier/callback.h"

#include "verifier/dynptr.h"
#include "verifier/exact.h"
#include "verifier/prune.h"
#include "verifier/stack.h"

enum callback_arg { GIVES_NOTHING, GIVES_NUMBER, GIVES_MAP, GIVES_KEY, GIVES_VALUE, GIVES_CONTEXT,
		    GIVES_DYNPTR };

static const struct callback_row {
	u8 gives[5];		/* enum callback_arg, for R1 to R5 */
	u8 count_arg;		/* argument of the helper that bounds the rounds; 0: none */
	s32 min, max;		/* what R0 may be at its exit; max ends the rounds */
} rows[CALLBACK_KIND_COUNT] = {
	[CALLBACK_LOOP] = { { GIVES_NUMBER, GIVES_CONTEXT }, 1, 0, 1 },
	[CALLBACK_SAMPLES] = { { GIVES_DYNPTR, GIVES_CONTEXT }, 0, 0, 1 },
	[CALLBACK_TIMER] = { { GIVES_MAP, GIVES_KEY, GIVES_VALUE }, 0, 0, 0 },
	[CALLBACK_EACH_ELEM] = { { GIVES_MAP, GIVES_KEY, GIVES_VALUE, GIVES_CONTEXT }, 0, 0, 1 },
};

/* Argument register of the helper whose row names @kind. */
static u32 arg_of_kind(const struct helper *helper, enum arg_kind kind)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(helper->args); i++)
		if (helper->args[i] == kind)
			return i + 1;
	return 0;
}

bool state_in_callback(const struct state *state)
{
	u32 i;

	for (i = 0; i < state->frame_cnt; i++)
		if (state->frames[i]->is_callback)
			return true;
	return false;
}

static int check_not_running(struct step *step, u32 target)
{
	u32 routine = step->prog->info[target].subprog, i;

	for (i = 0; i < step->state->frame_cnt; i++)
		if (step->state->frames[i]->routine == routine)
			return refuse(step, REFUSE_CALL_RECURSIVE, REFUSAL_NO_REG,
				      "recursive call from insn %u to %u", step->pc, target);
	return 0;
}

static int check_depth(struct step *step)
{
	const struct entry *here = &step->found->entries[step->found->root];
	const struct state *state = step->state;
	u32 i, callbacks = here->callbacks_above, frames = state->frame_cnt + here->frames_above;

	for (i = 0; i < state->frame_cnt; i++)
		callbacks += state->frames[i]->is_callback;
	if (frames < MODBPF_MAX_FRAMES && callbacks < MAX_CALLBACKS)
		return 0;
	return refuse(step, REFUSE_CALL_TOO_DEEP, REFUSAL_NO_REG,
		      "the call stack of %u frames, %u of them callbacks, is too deep",
		      frames + 1, callbacks + 1);
}

/* What the callback of frame @frame is given. */
static struct reg given(struct step *step, enum callback_arg kind, u32 map,
			const struct reg *context, u32 frame)
{
	struct reg reg;

	switch (kind) {
	case GIVES_NUMBER:
		return reg_scalar(scalar_unknown());
	case GIVES_MAP:
		reg = reg_pointer(REG_MAP);
		break;
	case GIVES_KEY:
		/* It may be a variable of the helper. */
		reg = reg_pointer(REG_KEY);
		reg.frame = frame;
		break;
	case GIVES_VALUE:
		reg = reg_pointer(REG_VALUE);
		/* Its lock is another one in each round. */
		if (prog_map(step->prog, map)->field_end[MAP_FIELD_LOCK])
			reg.ref = step_new_id(step);
		break;
	case GIVES_CONTEXT:
		return *context;
	case GIVES_DYNPTR:
		return dynptr_given(step);
	default:
		return reg_uninit();
	}
	reg.map = map;
	return reg;
}

/* @callee, frame @frame, begins as a callback. */
static void give_all(struct step *step, struct frame *callee, const struct callback_row *row,
		     u32 map, const struct reg *context, u32 frame)
{
	u32 i;

	callee->is_callback = true;
	for (i = 0; i < ARRAY_SIZE(row->gives); i++) {
		callee->regs[i + 1] = given(step, row->gives[i], map, context, frame);
		if (row->gives[i] == GIVES_DYNPTR)
			callee->dynptr = callee->regs[i + 1].ref;
	}
}

/* Have as many rounds been followed as there can be? */
static bool rounds_are_over(struct step *step, const struct callback_row *row)
{
	struct frame *caller = state_top(step->state);
	const struct reg *count = &caller->regs[row->count_arg];

	if (!row->count_arg || !scalar_is_const(count->num))
		return false;
	mark_exact(step->state, count->deps);
	if (caller->rounds >= scalar_value(count->num))
		return true;
	caller->rounds++;
	return false;
}

/* The frame goes on behind the call. */
static void wait_no_more(struct frame *frame)
{
	frame->rounds = 0;
	frame->turns = 0;
	frame->arrival = 0;
}

int check_callback_call(struct step *step, const struct helper *helper,
			const struct call_args *args)
{
	const struct callback_row *row = &rows[helper->callback];
	const struct reg *regs = step_regs(step);
	u32 target = regs[arg_of_kind(helper, ARG_CALLBACK)].size;
	struct reg context = regs[arg_of_kind(helper, ARG_CALLBACK_CONTEXT)];
	struct frame *callee;
	int err = check_depth(step);

	if (!err)
		err = check_not_running(step, target);
	if (err)
		return err;
	if (!rounds_are_over(step, row)) {
		err = step_fork(step, target);
		if (!err)
			err = step_enter(step, step->fork, target);
		if (err)
			return err;
		callee = state_top(step->fork);
		callee->refs_before = step->state->ref_cnt;
		callee->last_id_before = *step->last_id;
		give_all(step, callee, row, args->map, &context, step->fork->frame_cnt - 1);
	}
	wait_no_more(state_top(step->state));
	return 0;
}

/* What was held at the call is held at the exit, and nothing else. */
static int check_refs_kept(struct step *step)
{
	const struct state *state = step->state;
	const struct frame *frame = state_top(state);
	u32 i, old = 0;

	for (i = 0; i < state->ref_cnt; i++)
		old += state->refs[i].id <= frame->last_id_before;
	if (old == frame->refs_before && old == state->ref_cnt)
		return 0;
	return refuse(step, REFUSE_CALLBACK_REFERENCES, REFUSAL_NO_REG,
		      "callback must release what it acquires, and only that: "
		      "%u references held at its call, %u of them and %u others at its exit",
		      frame->refs_before, old, state->ref_cnt - old);
}

static int check_result(struct step *step, const struct callback_row *row)
{
	const struct reg *r0 = &step_regs(step)[0];
	int err = check_reg_read(step, 0);

	if (err)
		return err;
	if (r0->kind != REG_SCALAR)
		return refuse(step, REFUSE_LEAK_RETURN, 0, "R0 leaks addr as return value");
	mark_exact(step->state, r0->deps);
	if (r0->num.r64.smin >= row->min && r0->num.r64.smax <= row->max)
		return 0;
	return refuse(step, REFUSE_RETURN_RANGE, 0,
		      "At callback return the register R0 has smin=%lld smax=%lld should have been in [%d, %d]",
		      r0->num.r64.smin, r0->num.r64.smax, row->min, row->max);
}

/* --- timers --------------------------------------------------------------------- */

int check_timer_callback(struct step *step, const struct helper *helper,
			 const struct call_args *args)
{
	u32 target = step_regs(step)[arg_of_kind(helper, ARG_CALLBACK)].size;
	struct entry *entry = &step->found->entries[step->prog->info[target].subprog];

	entry->timer_maps |= 1ULL << args->map;
	return 0;
}

void enter_timer_callback(struct step *step, u32 map)
{
	give_all(step, state_top(step->state), &rows[CALLBACK_TIMER], map, NULL, 0);
}

int check_timer_exit(struct step *step)
{
	return check_result(step, &rows[CALLBACK_TIMER]);
}

/* --- rounds --------------------------------------------------------------- */

/*
 * The state kept at the same call by the round before, or at the first arrival;
 * @kept: where to look from. NULL: none, or what it held is not known any more.
 */
static struct kept *round_before(struct kept *kept, const struct state *state)
{
	for (; kept; kept = kept->state->parent) {
		if (kept->state->insn != state->insn)
			continue;
		if (kept->evicted)
			return NULL;
		if (state_same_place(kept->state, state))
			return kept;
	}
	return NULL;
}

bool callback_went_round(const struct state *state, const struct kept *kept)
{
	const struct kept *between;

	if (!state_in_callback(state))
		return false;
	for (between = state->parent; between && between != kept; between = between->state->parent)
		if (between->state->frame_cnt < state->frame_cnt)
			return true;
	return false;
}

bool callback_may_stand_for(const struct state *outer, const struct state *inner)
{
	u32 i;

	for (i = 0; i < outer->frame_cnt; i++) {
		u32 arrival = outer->frames[i]->arrival;

		if (arrival && arrival != inner->frames[i]->arrival &&
		    (i + 1 < outer->frame_cnt || outer->called_back))
			return false;
	}
	return true;
}

bool callback_converges(struct state *state, const struct prune *prune)
{
	struct kept *kept = round_before(state->parent, state);
	u32 frame, slot;

	while (kept && !state_contains(prune, kept->state, state, NULL))
		kept = kept->state->called_back ? round_before(kept->state->parent, state) : NULL;
	if (!kept)
		return false;
	/*
	 * What the paths from @kept will look at is not known before they have
	 * ended: for those between it and here, it is everything.
	 */
	for (frame = 0; frame < state->frame_cnt; frame++)
		for (slot = 0; slot < MODBPF_STACK_SIZE / 8; slot++)
			stack_mark_read(state, frame, slot);
	mark_all_exact(state);
	return true;
}

/*
 * A number that changes from round to round, and that nothing relies on so far,
 * may be any number: otherwise no round would ever be within another.
 *
 * One that something relies on is followed as it is, for as many rounds as limits of
 * counts are often, or as there are; then its bounds grow to the next power of two each
 * time, which comes to an end soon after the limit, or after all.
 */
#define EXACT_TURNS 32

static struct scalar grown(struct scalar before, struct scalar now)
{
	u64 lo = now.r64.umin < before.r64.umin ? 0 : before.r64.umin, hi = now.r64.umax;
	u32 shift;

	for (shift = 1; shift < 64; shift *= 2)
		hi |= hi >> shift;
	return scalar_between(lo, hi > before.r64.umax ? hi : before.r64.umax);
}

static void widen_spill(struct spill *spill, const struct frame *old, u64 decisive, bool grows)
{
	const struct spill *before = frame_spill(old, spill->slot, spill->first);

	/* Known zeros have no mark: the round after next will tell. */
	if (!before || before->cnt != spill->cnt || before->first != spill->first)
		return;
	if (spill->reg.kind != REG_SCALAR || before->reg.kind != REG_SCALAR)
		return;
	if (scalar_contains(before->reg.num, spill->reg.num))
		return;
	if (!(before->reg.deps & decisive))
		spill->reg = reg_scalar(scalar_loaded(spill->cnt, false));
	else if (grows)
		spill->reg = reg_derived(grown(before->reg.num, spill->reg.num), spill->reg.deps);
}

static void widen(struct state *state, const struct kept *before)
{
	const struct frame *caller = state_top(state);
	bool grows = !caller->rounds && caller->turns > EXACT_TURNS;
	u32 i, at;

	for (i = 0; i < state->frame_cnt; i++) {
		struct frame *frame = state->frames[i];
		const struct frame *old = before->state->frames[i];

		for (at = 0; at < frame->spill_cnt; at++)
			widen_spill(&frame->spills[at], old, before->decisive, grows);
	}
}

/* The helper is done: what its caller goes on with. */
static void end_rounds(struct state *state)
{
	struct frame *caller = state_top(state);
	u32 i;

	for (i = 0; i <= 5; i++)
		caller->regs[i] = reg_uninit();
	caller->regs[0] = reg_scalar(scalar_unknown());
	wait_no_more(caller);
}

int check_callback_exit(struct step *step)
{
	struct state *state = step->state;
	u32 call = state_top(state)->call_insn;
	const struct helper *helper = helper_of(step->prog->insns[call].imm);
	const struct callback_row *row = &rows[helper->callback];
	struct kept *before;
	int err = check_result(step, row);
	bool last;

	if (!err)
		err = check_refs_kept(step);
	if (err)
		return err;
	if (state_top(state)->dynptr)
		state_drop_ref(state, state_top(state)->dynptr);
	last = step_regs(step)[0].num.r64.smin == row->max;
	state_pop_frame(state);
	if (last) {
		end_rounds(state);
		step->next = call + 1;
		return 0;
	}
	state->insn = call;
	state_top(state)->turns++;
	before = round_before(state->parent, state);
	if (before)
		widen(state, before);
	state->called_back = true;
	step->next = call;
	return 0;
}
