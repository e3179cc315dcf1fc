/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Does one state contain another? If it does, what was proved of the paths from
 * it holds for the other's paths as well.
 */
#ifndef MODBPF_VERIFIER_PRUNE_H
#define MODBPF_VERIFIER_PRUNE_H

#include "verifier/program.h"
#include "verifier/state.h"

/* Which ids of the old state stand for which of the new one. */
#define ID_PAIRS 128

struct id_map {
	struct {
		u32 from, to;
	} pairs[ID_PAIRS];	/* not last: sanitizers take an array at the end for open */
	u32 cnt;
	u32 spare;	/* ids made up for what has none */
	u32 misfit;	/* the slot that did not fit last: asked first */
};

/* What a comparison costs is added to *@work. */
struct prune {
	const struct program *prog;
	struct id_map *ids;	/* scratch */
	u64 *work;
};

/* Are the two at the same place: same instruction, same chain of calls? */
bool state_same_place(const struct state *a, const struct state *b);
/*
 * Is every concrete state of @inner one of @outer, as far as the paths from
 * @outer could tell? @kept says what they looked at; NULL: at everything.
 */
bool state_contains(const struct prune *prune, const struct state *outer,
		    const struct state *inner, const struct kept *kept);

#endif
