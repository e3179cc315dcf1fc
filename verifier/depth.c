// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How much stack can be in use at once? The frames of the deepest chain of
 * calls, each as deep as any path went in it. What calls what is what paths did:
 * who is handed the address of a callback may have it called, too.
 */
#include "verifier/final.h"

#include "verifier/helper.h"

#define MAX_BELOW_TAIL_CALL 256	/* 33 programs may follow each other on one stack */

struct chain {
	u32 below[MODBPF_MAX_SUBPROGS];	/* deepest use from this routine down, bytes */
	u32 above[MODBPF_MAX_SUBPROGS];	/* deepest use of callers when it is entered */
	bool placed[MODBPF_MAX_SUBPROGS];	/* is in order */
	u8 order[MODBPF_MAX_SUBPROGS];	/* every callee before its callers */
	u32 cnt;			/* in order */
};

static bool calls(const struct program *prog, const struct findings *found, u32 caller, u32 callee)
{
	return found->calls[caller * prog->routine_cnt + callee];
}

static bool callees_are_placed(const struct program *prog, const struct findings *found,
			       const struct chain *chain, u32 caller)
{
	u32 i;

	for (i = 0; i < prog->routine_cnt; i++)
		if (calls(prog, found, caller, i) && !chain->placed[i])
			return false;
	return true;
}

/*
 * The order of the text's calls is nearly this one: only where a callback's address went
 * to others it takes more than one round. Fewer than all come out if there is a cycle.
 */
static void order_routines(const struct program *prog, const struct findings *found,
			   struct chain *chain)
{
	u32 before, i;

	do {
		before = chain->cnt;
		for (i = 0; i < prog->routine_cnt; i++) {
			u8 routine = prog->callees_first[i];

			if (chain->placed[routine] ||
			    !callees_are_placed(prog, found, chain, routine))
				continue;
			chain->placed[routine] = true;
			chain->order[chain->cnt++] = routine;
		}
	} while (chain->cnt != before);
}

static bool makes_tail_call(const struct program *prog, const struct findings *found,
			    const struct routine *routine)
{
	u32 pc;

	for (pc = routine->start; pc < routine->end; pc += insn_slots(&prog->insns[pc])) {
		const struct modbpf_insn *insn = &prog->insns[pc];
		const struct helper *helper;

		if (!(found->notes[pc].flags & NOTE_SEEN))
			continue;
		helper = helper_called(insn);
		if (helper && helper->flags & HELPER_LEAVES)
			return true;
	}
	return false;
}

/* Callees of @routine have been done. */
static void look_down(const struct program *prog, const struct findings *found, u32 routine,
		      struct chain *chain)
{
	u32 i, most = 0;

	for (i = 0; i < prog->routine_cnt; i++)
		if (calls(prog, found, routine, i) && chain->below[i] > most)
			most = chain->below[i];
	chain->below[routine] = found->stack_depth[routine] + most;
}

/* Callers of @routine have been done: pass on what is above its callees. */
static void look_up(const struct program *prog, const struct findings *found, u32 routine,
		    struct chain *chain)
{
	u32 i, above = chain->above[routine] + found->stack_depth[routine];

	for (i = 0; i < prog->routine_cnt; i++)
		if (calls(prog, found, routine, i) && above > chain->above[i])
			chain->above[i] = above;
}

static int check_tail_calls(const struct program *prog, const struct findings *found,
			    const struct chain *chain, struct vlog *log)
{
	u32 i;

	for (i = 0; i < prog->routine_cnt; i++) {
		if (chain->above[i] < MAX_BELOW_TAIL_CALL ||
		    !makes_tail_call(prog, found, &prog->routines[i]))
			continue;
		return refuse_program(log, REFUSE_TAIL_CALL_STACK, REFUSAL_NO_INSN,
				      "tail_calls are not allowed when call stack of "
				      "previous frames is %u bytes. Too large",
				      chain->above[i]);
	}
	return 0;
}

/* The callee that needs the most stack; 0: there is none. */
static u32 deepest_callee(const struct program *prog, const struct findings *found,
			  const struct chain *chain, u32 routine)
{
	u32 i, deepest = 0;

	for (i = 1; i < prog->routine_cnt; i++)
		if (calls(prog, found, routine, i) &&
		    (!deepest || chain->below[i] > chain->below[deepest]))
			deepest = i;
	return deepest;
}

static void log_deepest(const struct program *prog, const struct findings *found,
			const struct chain *chain, u32 routine, struct vlog *log)
{
	bool is_first = true;

	if (!vlog_wants(log, VLOG_PATH | VLOG_EVERY))
		return;
	vlog_add(log, "known: the deepest chain of calls takes");
	do {
		vlog_add(log, "%s %u bytes in the subprogram at insn %u", is_first ? "" : ",",
			 found->stack_depth[routine], prog->routines[routine].start);
		is_first = false;
		routine = deepest_callee(prog, found, chain, routine);
	} while (routine && chain->below[routine]);
	vlog_end(log);
}

/* What timers call begins a stack of its own. */
static u32 deepest_root(const struct program *prog, const struct findings *found,
			const struct chain *chain)
{
	u32 i, deepest = 0;

	for (i = 1; i < prog->routine_cnt; i++)
		if (found->entries[i].timer_maps && chain->below[i] > chain->below[deepest])
			deepest = i;
	return deepest;
}

static int check_chains(const struct program *prog, const struct findings *found,
			struct chain *chain, struct vlog *log, u32 *depth)
{
	u32 i, root;
	int err;

	order_routines(prog, found, chain);
	if (chain->cnt < prog->routine_cnt)
		return refuse_program(log, REFUSE_CALL_RECURSIVE, REFUSAL_NO_INSN,
				      "recursive call through the address of a callback");
	for (i = 0; i < chain->cnt; i++)
		look_down(prog, found, chain->order[i], chain);
	root = deepest_root(prog, found, chain);
	*depth = chain->below[root];
	if (*depth > MODBPF_STACK_SIZE) {
		err = refuse_program(log, REFUSE_STACK_DEPTH, REFUSAL_NO_INSN,
				     "combined stack size of calls is %u. Too large", *depth);
		log_deepest(prog, found, chain, root, log);
		return err;
	}
	for (i = chain->cnt; i-- > 0;)
		look_up(prog, found, chain->order[i], chain);
	return check_tail_calls(prog, found, chain, log);
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
