/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Dynptrs: memory whose size is known when the program runs. One lies in 16 bytes of a
 * stack frame, which only helpers read and write; to the verifier these are two slots that
 * each hold a REG_DYNPTR_HALF. Both halves, and all slices (bpf_dynptr_data) of it, have its
 * identity in .ref. Whatever overwrites a byte ends the dynptr and its slices with it; one
 * that is held, as a reference is, is not overwritten but released.
 *
 * A callback is given the address of a dynptr of its helper's (REG_DYNPTR), which ends with
 * the callback.
 */
#ifndef MODBPF_VERIFIER_DYNPTR_H
#define MODBPF_VERIFIER_DYNPTR_H

#include "verifier/arg.h"
#include "verifier/stack.h"

#define DYNPTR_BYTES 16

enum dynptr_kind {
	DYNPTR_LOCAL,	/* a map's value, or memory of a helper that calls back */
	DYNPTR_RING,	/* a record, which must be released */
	DYNPTR_KIND_COUNT
};

/* An argument of a kind ARG_*DYNPTR. */
int check_dynptr_arg(struct step *step, u8 arg, u32 regno, struct call_args *args);

/* Bytes of a frame are about to be overwritten: end the dynptrs among them, or refuse. */
int check_dynptrs_overwritten(struct step *step, u32 frame, struct span span);

/* What a callback is given, which ends with it: the address of a local one. */
struct reg dynptr_given(struct step *step);

#endif
