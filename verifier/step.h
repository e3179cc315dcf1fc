/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One instruction on one path: what the checks of its kind read and change.
 *
 * check_*() returns 0, or -EACCES, -EINVAL, -EPERM with the reason logged, or
 * -ENOMEM. A check that fails may leave the state half changed: the program is
 * rejected anyway.
 */
#ifndef MODBPF_VERIFIER_STEP_H
#define MODBPF_VERIFIER_STEP_H

#include "verifier/log.h"
#include "verifier/program.h"
#include "verifier/refusal.h"
#include "verifier/state.h"

struct step {
	const struct program *prog;
	struct findings *found;
	struct vlog *log;
	const struct modbpf_insn *insn;
	struct insn_note *note;	/* of insn */
	u32 pc;			/* of insn */
	struct state *state;	/* before; in the end, after */
	u32 next;		/* where the path goes on */
	bool ended;		/* the path ends here */
	struct state *fork;	/* a second way to go on, from fork->insn; NULL: none */
	u32 *last_id;
	u64 *work;		/* what was done beyond the instruction itself is added */
};

/* Carry out step->insn on step->state. */
int check_insn(struct step *step);

static inline struct reg *step_regs(struct step *step)
{
	return state_top(step->state)->regs;
}

static inline u32 step_new_id(struct step *step)
{
	return ++*step->last_id;
}

/* May R@regno be read? */
int check_reg_read(struct step *step, u32 regno);
/* May R@regno be written? Not R10. */
int check_reg_write(struct step *step, u32 regno);
/* Give a number an id, so that what is learnt of a copy is learnt of it too. */
void mark_scalar_linked(struct step *step, struct reg *reg);
/* Reference @id is acquired here, and must be released. */
int step_hold_ref(struct step *step, u32 id);
/* A copy of the state goes on at @insn. -ENOMEM. */
int step_fork(struct step *step, u32 insn);
/*
 * The path may also leave its subprogram here with @result in R0, and goes on in the caller.
 * Nothing if it is in no subprogram. -ENOMEM.
 */
int step_fork_return(struct step *step, const struct scalar *result);
/*
 * Add a frame to @state, which is step's or its fork, for a call of the subprogram that
 * begins at @target. -ENOMEM. The caller checks MODBPF_MAX_FRAMES.
 */
/* The innermost frame of @state calls @routine, or has it called. */
void step_note_call(struct step *step, const struct state *state, u32 routine);
int step_enter(struct step *step, struct state *state, u32 target);

/* alu.c, branch.c, mem.c, atomic.c, call.c, exit.c: one per class of instruction. */
int check_alu(struct step *step);
int check_branch(struct step *step);
int check_load(struct step *step);
int check_store(struct step *step);
int check_atomic(struct step *step);
int check_helper_call(struct step *step);
int check_subprog_call(struct step *step);
int check_exit(struct step *step);
int check_packet_load(struct step *step);

#endif
