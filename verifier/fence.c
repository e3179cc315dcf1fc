// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where must the processor not run ahead? Behind a conditional jump it may go the
 * wrong way for a while, with registers that are what the check on the other way
 * would have refused: an access there leaves a trace of any memory in the caches.
 * And a load may overtake a store to the same place, and see what was there before:
 * in the stack, a number where a pointer is by now.
 *
 * So a fence stands before the first access behind a jump, and before the first load
 * from the stack behind a store to it, wherever paths come from. A call counts as both.
 * Values elsewhere have no pointers in them, whatever a load there sees.
 */
#include "verifier/final.h"

#include "isa/opcode.h"

enum {
	JUMPED = 1 << 0,	/* a conditional jump, and no fence since */
	STORED = 1 << 1,	/* a store to the stack, and no fence since */
	REACHED = 1 << 2,
	WAITING = 1 << 3,	/* is in .waiting */
};

struct fence_walk {
	const struct findings *found;
	struct verified_prog *out;
	u8 *states;	/* per final insn, where it begins; bits are only added, so each is walked 4 times at most */
	u32 *waiting;
	u32 waiting_cnt;
};

static void arrive(struct fence_walk *walk, s64 insn, u32 state)
{
	u8 *known = &walk->states[insn];

	state |= REACHED;
	if ((*known | state) == *known)
		return;
	*known |= state;
	if (*known & WAITING)
		return;
	*known |= WAITING;
	walk->waiting[walk->waiting_cnt++] = insn;
}

static bool is_call(const struct modbpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

/* What must have been settled before @insn. */
static u32 needs_settled(const struct modbpf_insn *insn, bool in_stack)
{
	u8 class = BPF_CLASS(insn->code);
	bool loads = class == BPF_LDX || (class == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC);

	if (is_call(insn) || (loads && in_stack))
		return JUMPED | STORED;
	return loads || class == BPF_ST || class == BPF_STX ? JUMPED : 0;
}

/* What is not settled behind @insn, of what was not before and what it does. */
static u32 leaves_unsettled(const struct modbpf_insn *insn, bool in_stack, u32 state)
{
	u8 class = BPF_CLASS(insn->code);

	if (is_call(insn))
		return JUMPED | STORED;
	if (in_stack && (class == BPF_ST || class == BPF_STX))
		return state | STORED;
	return state;
}

static void walk_insn(struct fence_walk *walk, u32 at)
{
	const struct modbpf_insn *insn = &walk->out->insns[at];
	bool in_stack = walk->found->notes[walk->out->origin[at]].flags & NOTE_STACK;
	u32 state = walk->states[at] & (JUMPED | STORED);

	if (state & needs_settled(insn, in_stack)) {
		walk->out->facts[at].flags |= FACT_FENCE;
		state = 0;
	}
	/* A helper has jumped and stored before it calls back. */
	if (insn_names_subprog(insn))
		arrive(walk, jump_target(insn, at), is_call(insn) ? state : JUMPED | STORED);
	state = leaves_unsettled(insn, in_stack, state);
	if (insn_jumps(insn)) {
		if (insn_is_goto(insn)) {
			arrive(walk, jump_target(insn, at), state);
			return;
		}
		state |= JUMPED;
		arrive(walk, jump_target(insn, at), state);
	}
	if (insn->code != (BPF_JMP | BPF_EXIT))
		arrive(walk, at + insn_slots(insn), state);
}

int place_fences(const struct findings *found, struct verified_prog *out)
{
	struct fence_walk walk = { .found = found, .out = out };
	u32 done = 0;
	int err = 0;

	walk.states = modbpf_zalloc(out->insn_cnt);
	walk.waiting = modbpf_zalloc(out->insn_cnt * sizeof(*walk.waiting));
	if (!walk.states || !walk.waiting)
		err = -ENOMEM;
	else
		arrive(&walk, 0, 0);
	while (!err && walk.waiting_cnt) {
		u32 at = walk.waiting[--walk.waiting_cnt];

		walk.states[at] &= ~WAITING;
		walk_insn(&walk, at);
		if ((++done & 0xfff) == 0 && modbpf_yield())
			err = -EINTR;
	}
	modbpf_free(walk.states);
	modbpf_free(walk.waiting);
	return err;
}
