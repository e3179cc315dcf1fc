/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which way did the current path take? A turn for each place where it could have
 * gone elsewhere, or where it entered or left a subprogram; between two of them the
 * path goes from one instruction to the next. Paths are followed depth first, so
 * one list serves all: what a waiting branch has behind it stands there until it is
 * taken. Only a rejection reads it.
 */
#ifndef MODBPF_VERIFIER_TRAIL_H
#define MODBPF_VERIFIER_TRAIL_H

#include "verifier/program.h"

struct turn {
	u32 from;		/* instruction */
	u32 to : 24;		/* the one that came next */
	u32 frames : 7;		/* of the state that came there */
	u32 is_open : 1;	/* another branch from here waits */
};

static_assert(MODBPF_MAX_INSNS < 1 << 24, "instructions fit turn.to");

struct trail {
	struct turn *turns;
	u32 cnt, room;
};

/* Where a register got its value. */
struct origin {
	u32 set;	/* the instruction; TRAIL_START or TRAIL_NOWHERE */
	u32 made;	/* where the number or pointer itself comes from: moves do not count */
	u32 moved;	/* the first call since then that may have moved the packet */
	u32 released;	/* ... that released a reference */
};

#define TRAIL_NOWHERE (~0u)
#define TRAIL_START (~0u - 1)

/* Can a path go elsewhere at @insn, if it goes on? Calls of helpers that fork it apart. */
static inline bool insn_turns(const struct modbpf_insn *insn)
{
	u8 class = BPF_CLASS(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && !insn_is_helper_call(insn) &&
	       !insn_is_kfunc_call(insn);
}

static inline u64 trail_bytes(const struct trail *trail)
{
	return trail->room * sizeof(*trail->turns);
}

/* -ENOMEM. */
int trail_add(struct trail *trail, struct turn turn);
/* Go back to the last turn that is open, and from there to @to instead. */
void trail_go_back(struct trail *trail, u32 to, u32 frames);

/*
 * Where did R@regno, of the innermost frame, get its value before @pc was reached? The
 * path began at @start. TRAIL_NOWHERE: it has none.
 */
struct origin trail_origin(const struct trail *trail, const struct program *prog, u32 start,
			   u32 pc, u32 regno);

#endif
