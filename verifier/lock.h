/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Locks in map values. One at most is held, by the frame that took it, and nothing is
 * called until it is released: so no order of locks can be wrong, and nobody waits long.
 */
#ifndef MODBPF_VERIFIER_LOCK_H
#define MODBPF_VERIFIER_LOCK_H

#include "verifier/step.h"

/* R@regno points to a lock, which is taken, or else released. */
int check_lock_arg(struct step *step, u32 regno, bool is_taken);
/* What calls, and what ends a frame, must not be done under a lock. */
int check_unlocked_call(struct step *step);
int check_unlocked_exit(struct step *step);

#endif
