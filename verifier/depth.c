// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How much stack can be in use at once? The frames of the deepest chain of
 * calls, each as deep as any path went in it. Callees come first in the order,
 * so one pass is enough.
 */
#include "verifier/final.h"

#include "verifier/helper.h"

#define MAX_BELOW_TAIL_CALL 256	/* 33 programs may follow each other on one stack */

struct chain {
	u32 below[MODBPF_MAX_SUBPROGS];	/* deepest use from this routine down, bytes */
	u32 above[MODBPF_MAX_SUBPROGS];	/* deepest use of callers when it is entered */
	bool leaves[MODBPF_MAX_SUBPROGS];	/* makes a tail call itself */
};

static void look_down(const struct program *prog, const struct findings *found, u32 routine_no,
		      struct chain *chain)
{
	const struct routine *routine = &prog->routines[routine_no];
	u32 pc, most = 0;

	for (pc = routine->start; pc < routine->end; pc += insn_slots(&prog->insns[pc])) {
		const struct modbpf_insn *insn = &prog->insns[pc];
		const struct helper *helper = NULL;
		u32 callee;

		if (!(found->notes[pc].flags & NOTE_SEEN))
			continue;
		if (insn_is_helper_call(insn))
			helper = helper_of(insn->imm);
		if (helper && helper->flags & HELPER_LEAVES)
			chain->leaves[routine_no] = true;
		if (!insn_names_subprog(insn))
			continue;
		callee = prog->info[jump_target(insn, pc)].subprog;
		if (chain->below[callee] > most)
			most = chain->below[callee];
	}
	chain->below[routine_no] = found->stack_depth[routine_no] + most;
}

/* Callers of @routine have been done: pass on what is above its callees. */
static void look_up(const struct program *prog, const struct findings *found, u32 routine_no,
		    struct chain *chain)
{
	const struct routine *routine = &prog->routines[routine_no];
	u32 pc, above = chain->above[routine_no] + found->stack_depth[routine_no];

	for (pc = routine->start; pc < routine->end; pc += insn_slots(&prog->insns[pc])) {
		const struct modbpf_insn *insn = &prog->insns[pc];
		u32 callee;

		if (!(found->notes[pc].flags & NOTE_SEEN) || !insn_names_subprog(insn))
			continue;
		callee = prog->info[jump_target(insn, pc)].subprog;
		if (above > chain->above[callee])
			chain->above[callee] = above;
	}
}

static int check_chains(const struct program *prog, const struct findings *found,
			struct chain *chain, struct vlog *log, u32 *depth)
{
	u32 i;

	for (i = 0; i < prog->routine_cnt; i++)
		look_down(prog, found, prog->callees_first[i], chain);
	*depth = chain->below[0];
	if (*depth > MODBPF_STACK_SIZE) {
		return refuse_program(log, REFUSE_STACK_DEPTH, REFUSAL_NO_INSN,
				      "combined stack size of calls is %u. Too large", *depth);
	}
	for (i = prog->routine_cnt; i-- > 0;)
		look_up(prog, found, prog->callees_first[i], chain);
	for (i = 0; i < prog->routine_cnt; i++) {
		if (!chain->leaves[i] || chain->above[i] < MAX_BELOW_TAIL_CALL)
			continue;
		return refuse_program(log, REFUSE_TAIL_CALL_STACK, REFUSAL_NO_INSN,
				      "tail_calls are not allowed when call stack of "
				      "previous frames is %u bytes. Too large",
				      chain->above[i]);
	}
	return 0;
}

int check_stack_depth(const struct program *prog, const struct findings *found,
		      struct vlog *log, u32 *depth)
{
	struct chain *chain = modbpf_zalloc(sizeof(*chain));
	int err;

	if (!chain)
		return -ENOMEM;
	err = check_chains(prog, found, chain, log, depth);
	modbpf_free(chain);
	return err;
}
