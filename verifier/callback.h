/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Subprograms that helpers call. A row says what a callback is given and what it
 * may return; a helper's row names it.
 *
 * How a call of such a helper is followed: once as if the callback did not run
 * (again), once into the callback, whose exit leads back to the call. A state that
 * comes back within what was kept at the call before goes no further: however
 * often the helper calls back, it is within what has been followed. That this
 * ends at run time is the helper's promise.
 */
#ifndef MODBPF_VERIFIER_CALLBACK_H
#define MODBPF_VERIFIER_CALLBACK_H

#include "verifier/arg.h"
#include "verifier/helper.h"

struct prune;

#define MAX_CALLBACKS 4	/* one within another; each has a stack of its own when interpreted */

/* Is there a callback among the frames of @state? */
bool state_in_callback(const struct state *state);

/* Follow the callback that the helper is given, beside what goes on after the call. */
int check_callback_call(struct step *step, const struct helper *helper,
			const struct call_args *args);
/* The exit of a callback. */
int check_callback_exit(struct step *step);

/*
 * What a timer calls is entered with nothing of who set it: it is verified on its own, once
 * for each map whose timers call it. The call of the helper that sets it, where it begins
 * (step->state has its frame), and its exit.
 */
int check_timer_callback(struct step *step, const struct helper *helper,
			 const struct call_args *args);
void enter_timer_callback(struct step *step, u32 map);
int check_timer_exit(struct step *step);

/*
 * Is @state in another round of a callback than its ancestor @kept? Then it is the
 * helper that goes round, and not a loop that never ends.
 */
bool callback_went_round(const struct state *state, const struct kept *kept);

/*
 * May paths that reach @inner end there because those from @outer, which is at the
 * same place, have ended? Those from a round may have ended at an earlier round of
 * the same arrival at the call, of which only the helper's count is the end: it ends
 * no loop that comes to the call anew.
 */
bool callback_may_stand_for(const struct state *outer, const struct state *inner);

/*
 * Has the callback come back within what its earlier rounds began with? Then
 * all that the state holds counts as relied upon.
 */
bool callback_converges(struct state *state, const struct prune *prune);

#endif
