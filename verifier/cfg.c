// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is the program well formed? After this every instruction has a known and
 * supported encoding, every jump lands on an instruction of the same
 * subprogram, none runs off its end, and the call graph has no cycle.
 */
#include "isa/opcode.h"
#include "verifier/helper.h"
#include "verifier/log.h"
#include "verifier/program.h"

static int check_encodings(struct program *prog, struct vlog *log)
{
	u32 i;

	for (i = 0; i < prog->insn_cnt; i++) {
		const char *wrong = opcode_check(&prog->insns[i], prog->insn_cnt - i);

		if (wrong)
			return refuse_program(log, REFUSE_ENCODING, i, "%s", wrong);
		if (insn_is_ld_imm64(&prog->insns[i]))
			prog->info[++i].flags |= INSN_SECOND_SLOT;
	}
	return 0;
}

/* Does the program have an instruction at @target? */
static bool is_insn_at(const struct program *prog, s64 target)
{
	return target >= 0 && target < prog->insn_cnt &&
	       !(prog->info[target].flags & INSN_SECOND_SLOT);
}

static bool calls_back(const struct modbpf_insn *insn)
{
	const struct helper *helper = helper_called(insn);

	return helper && helper_runs_callback(helper);
}

static int mark_subprog_starts(struct program *prog, struct vlog *log)
{
	u32 i;

	prog->info[0].flags |= INSN_SUBPROG_START;
	for (i = 0; i < prog->insn_cnt; i += insn_slots(&prog->insns[i])) {
		s64 target;

		if (calls_back(&prog->insns[i]))
			prog->info[i].flags |= INSN_CALLS_BACK | INSN_JOIN;
		if (!insn_names_subprog(&prog->insns[i]))
			continue;
		target = jump_target(&prog->insns[i], i);
		if (!is_insn_at(prog, target)) {
			return refuse_program(log, REFUSE_CALL_OUT_OF_RANGE, i,
					      "call out of range from insn %u to %lld", i, target);
		}
		prog->info[target].flags |= INSN_SUBPROG_START | INSN_JOIN;
		if (insn_is_subprog_call(&prog->insns[i]) && i + 1 < prog->insn_cnt)
			prog->info[i + 1].flags |= INSN_AFTER_CALL | INSN_JOIN;
	}
	return 0;
}

static int divide_subprogs(struct program *prog, struct vlog *log)
{
	u32 i;

	for (i = 0; i < prog->insn_cnt; i++) {
		if (prog->info[i].flags & INSN_SUBPROG_START) {
			if (prog->routine_cnt == MODBPF_MAX_SUBPROGS) {
				return refuse_program(log, REFUSE_SUBPROG_LIMIT, i,
						      "too many subprograms");
			}
			prog->routines[prog->routine_cnt++].start = i;
		}
		prog->info[i].subprog = prog->routine_cnt - 1;
		prog->routines[prog->routine_cnt - 1].end = i + 1;
	}
	return 0;
}

static int check_jump(struct program *prog, u32 pc, struct vlog *log)
{
	s64 target = jump_target(&prog->insns[pc], pc);

	if (!is_insn_at(prog, target) ||
	    prog->info[target].subprog != prog->info[pc].subprog) {
		return refuse_program(log, REFUSE_JUMP_OUT_OF_RANGE, pc,
				      "jump out of range from insn %u to %lld", pc, target);
	}
	prog->info[target].flags |= INSN_JOIN | (target <= pc ? INSN_LOOP : 0);
	return 0;
}

static int check_jumps(struct program *prog, struct vlog *log)
{
	u32 i, last = 0;
	int err;

	for (i = 0; i < prog->insn_cnt; i += insn_slots(&prog->insns[i])) {
		const struct modbpf_insn *insn = &prog->insns[i];
		u32 subprog = prog->info[i].subprog;

		last = i;
		if (insn_jumps(insn)) {
			err = check_jump(prog, i, log);
			if (err)
				return err;
		}
		if (last + insn_slots(insn) != prog->routines[subprog].end)
			continue;
		if (insn->code != (BPF_JMP | BPF_EXIT) && !insn_is_goto(insn)) {
			err = refuse_program(log, REFUSE_LAST_INSN, last,
					     "last insn is not an exit or jmp");
			vlog_line(log, "insn %u falls out of subprogram %u", last, subprog);
			return err;
		}
	}
	return 0;
}

/* A walk through the call graph: where each routine on the way stands. */
struct call_walk {
	bool calls_only;			/* who only names another does not come behind it */
	u8 done[MODBPF_MAX_SUBPROGS];		/* 1: on the way, 2: left */
	u8 way[MODBPF_MAX_SUBPROGS];
	u32 at[MODBPF_MAX_SUBPROGS];		/* next instruction to look at */
	u32 depth;
	u32 left;				/* routines in callees_first */
};

static void call_walk_enter(const struct program *prog, struct call_walk *walk, u8 routine)
{
	walk->done[routine] = 1;
	walk->way[walk->depth] = routine;
	walk->at[walk->depth] = prog->routines[routine].start;
	walk->depth++;
}

/* One step of the innermost routine. */
static int call_walk_step(const struct program *prog, struct call_walk *walk, struct vlog *log)
{
	u8 routine = walk->way[walk->depth - 1];
	u32 *at = &walk->at[walk->depth - 1];

	while (*at < prog->routines[routine].end) {
		const struct modbpf_insn *insn = &prog->insns[*at];
		u32 pc = *at;
		u8 callee;

		*at += insn_slots(insn);
		if (walk->calls_only ? !insn_is_subprog_call(insn) : !insn_names_subprog(insn))
			continue;
		callee = prog->info[jump_target(insn, pc)].subprog;
		if (walk->done[callee] == 1 && !walk->calls_only)
			return -EAGAIN;
		if (walk->done[callee] == 1) {
			return refuse_program(log, REFUSE_CALL_RECURSIVE, pc,
					      "recursive call from insn %u to %lld", pc,
					      jump_target(insn, pc));
		}
		if (walk->done[callee])
			continue;
		call_walk_enter(prog, walk, callee);
		return 0;
	}
	walk->done[routine] = 2;
	prog->callees_first[walk->left++] = routine;
	walk->depth--;
	return 0;
}

/* Starts from every routine, so that a cycle which main does not reach is found as well. */
static int walk_calls(struct program *prog, struct call_walk *walk, struct vlog *log)
{
	u32 i;
	int err = 0;

	for (i = 0; i < prog->routine_cnt && !err; i++) {
		if (walk->done[i])
			continue;
		call_walk_enter(prog, walk, i);
		while (walk->depth && !err)
			err = call_walk_step(prog, walk, log);
	}
	return err;
}

/*
 * Callbacks before who names them, if that can be: what a timer calls may name who set it,
 * and itself. Whether a helper calls one in a cycle is seen once all calls are known.
 */
static int order_calls(struct program *prog, struct vlog *log)
{
	struct call_walk *walk = modbpf_zalloc(sizeof(*walk));
	int err;

	if (!walk)
		return -ENOMEM;
	err = walk_calls(prog, walk, log);
	if (err == -EAGAIN) {
		memset(walk, 0, sizeof(*walk));
		walk->calls_only = true;
		err = walk_calls(prog, walk, log);
	}
	modbpf_free(walk);
	return err;
}

int check_structure(struct program *prog, struct vlog *log)
{
	int err;

	err = check_encodings(prog, log);
	if (!err)
		err = mark_subprog_starts(prog, log);
	if (!err)
		err = divide_subprogs(prog, log);
	if (!err)
		err = check_jumps(prog, log);
	if (!err)
		err = order_calls(prog, log);
	return err;
}
