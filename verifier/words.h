/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of a register or of stack bytes, in plain words, for who reads a rejection. */
#ifndef MODBPF_VERIFIER_WORDS_H
#define MODBPF_VERIFIER_WORDS_H

#include "verifier/log.h"
#include "verifier/program.h"
#include "verifier/state.h"

/* Add "R1 is a number from 0 to 65535, a multiple of 4": of the innermost frame. */
void words_of_reg(struct vlog *log, const struct program *prog, const struct state *state,
		  u32 regno);
/* Add "not initialised: fp-8 to fp-5", or what pointer is there: bytes @lo..@hi-1 of frame @frame. */
void words_of_stack(struct vlog *log, const struct program *prog, const struct state *state,
		    u32 frame, s32 lo, s32 hi);

#endif
