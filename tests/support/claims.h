/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the verifier claimed: the abstract states in which it came to each
 * instruction. A running program's registers and stack must lie, all together, in
 * one of those of the instruction that it is at.
 *
 * And what it relied on where it ended a path early: a run that is in the state which
 * was pruned must be in the state that was said to contain it, too, but for what the
 * verifier holds that no path from there looks at.
 */
#ifndef MODBPF_TESTS_SUPPORT_CLAIMS_H
#define MODBPF_TESTS_SUPPORT_CLAIMS_H

#include "tests/support/watch.h"
#include "verifier/prune.h"

#define CLAIMS_MAX 4000
#define PRUNED_MAX 1000

struct pruned {
	struct pruned *next;
	struct state *inner, *outer;	/* of outer no more than counts */
};

struct claims {
	struct state *first[RANDVERIFY_MAX_INSNS];	/* per original instruction */
	u32 cnt;
	bool is_full;	/* some were not noted: nothing can be said */
	bool has_globals;	/* states may begin with a function that is called */
	u64 checked;	/* instructions that ran and lay in a claim */
	struct pruned *pruned[RANDVERIFY_MAX_INSNS];
	u32 pruned_cnt;
	u64 contained;	/* instructions that ran in a pruned state, and lay in the other */
};

void claims_clear(struct claims *claims);
/* @state is at its instruction. */
void claims_note(struct claims *claims, const struct state *state);
/* @outer was said to contain @inner. */
void claims_note_pruned(struct claims *claims, const struct prune *prune, const struct state *outer,
			const struct state *inner, const struct kept *kept);
/* Complains to @watch unless a claim holds. */
void claims_check(struct claims *claims, struct watch *watch);

#endif
