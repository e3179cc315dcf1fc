/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the verifier claimed: the abstract states in which it came to each
 * instruction. A running program's registers and stack must lie, all together, in
 * one of those of the instruction that it is at.
 */
#ifndef MODBPF_TESTS_SUPPORT_CLAIMS_H
#define MODBPF_TESTS_SUPPORT_CLAIMS_H

#include "tests/support/watch.h"
#include "verifier/state.h"

#define CLAIMS_MAX 4000

struct claims {
	struct state *first[RANDVERIFY_MAX_INSNS];	/* per original instruction */
	u32 cnt;
	bool is_full;	/* some were not noted: nothing can be said */
	u64 checked;	/* instructions that ran and lay in a claim */
};

void claims_clear(struct claims *claims);
/* @state is at its instruction. */
void claims_note(struct claims *claims, const struct state *state);
/* Complains to @watch unless a claim holds. */
void claims_check(struct claims *claims, struct watch *watch);

#endif
