/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which numbers of a kept state matter? One that decided no branch, moved no
 * pointer, was no size and backed no fact may have been any other: later paths
 * that differ only in such numbers do the same and may be pruned.
 *
 * Each number of a kept state has a bit. What is computed from it carries the
 * bit (reg.deps), and where a value is relied upon the bits are marked exact in
 * the kept state, and from there in those before it.
 */
#ifndef MODBPF_VERIFIER_EXACT_H
#define MODBPF_VERIFIER_EXACT_H

#include "verifier/state.h"

/* @state is about to be kept as @kept: give its numbers their bits. */
void exact_begin(struct state *state, struct kept *kept);
/* What carries @deps on the path of @state is relied upon. */
void mark_exact(struct state *state, u64 deps);
/* Is @reg zero on the path of @state? If so, that is relied upon. */
bool is_exactly_null(struct state *state, const struct reg *reg);
/* All that the path of @state carries is taken for relied upon, out of caution. */
void mark_all_exact(struct state *state);
/* The path of @state ends because @kept contains it: rely on what that relied on. */
void exact_inherit(struct state *state, const struct kept *kept);

#endif
