/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Dynptrs: memory whose size is known when the program runs. One lies in 16 bytes of a
 * stack frame, which only helpers read and write; to the verifier these are two slots that
 * each hold a REG_DYNPTR_HALF. Both halves, and all slices (bpf_dynptr_data) of it, have its
 * identity in .ref. Whatever overwrites a byte ends the dynptr and its slices with it; one
 * that is held, as a reference is, is not overwritten but released.
 *
 * One of a packet stays when the packet moves, its slices go. A slice of it may lie in a buffer
 * that the program has passed, where the packet is not in one piece: memory that is lent. The
 * buffer's bytes are unknown numbers as long as the slice is there, since whatever overwrites one
 * of them ends the slice (check_dynptrs_overwritten()), and so does the end of their frame.
 *
 * A callback is given the address of a dynptr of its helper's (REG_DYNPTR), which ends with
 * the callback.
 */
#ifndef MODBPF_VERIFIER_DYNPTR_H
#define MODBPF_VERIFIER_DYNPTR_H

#include "verifier/arg.h"
#include "verifier/stack.h"

struct helper;

#define DYNPTR_BYTES 16

enum dynptr_kind {
	DYNPTR_LOCAL,	/* a map's value, or memory of a helper that calls back */
	DYNPTR_RING,	/* a record, which must be released */
	DYNPTR_SKB,	/* a packet */
	DYNPTR_KIND_COUNT
};

/* An argument of a kind ARG_*DYNPTR. */
int check_dynptr_arg(struct step *step, u8 arg, u32 regno, struct call_args *args);

/* Does the helper, which was given a dynptr, move the packet if it is one of it? */
bool dynptr_moves_packet(const struct helper *helper, const struct call_args *args);
/* The helper writes through the dynptr that it was given: may it, and what ends? */
int check_dynptr_write(struct step *step, const struct helper *helper,
		       const struct call_args *args);
/* An ARG_BUFFER_OR_NULL of @bytes bytes. */
int check_buffer_arg(struct step *step, u32 regno, u32 bytes, struct call_args *args);
/* What such a helper returns. */
struct reg dynptr_slice(struct step *step, const struct helper *helper,
			const struct call_args *args);

/* Bytes of a frame are about to be overwritten: end the dynptrs among them, or refuse. */
int check_dynptrs_overwritten(struct step *step, u32 frame, struct span span);

/* What a callback is given, which ends with it: the address of a local one. */
struct reg dynptr_given(struct step *step);

#endif
