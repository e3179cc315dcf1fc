/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arguments of one helper call, checked against the helper's row. */
#ifndef MODBPF_VERIFIER_ARG_H
#define MODBPF_VERIFIER_ARG_H

#include "verifier/step.h"

struct helper;

/* What was learnt from the arguments. */
struct call_args {
	u32 map;		/* index of the map argument, or of the timer's */
	u32 ref;		/* of the record or dynptr argument */
	u8 dynptr;		/* enum dynptr_kind of that */
	bool is_lent;		/* ARG_BUFFER_OR_NULL: stack of a frame, */
	u8 lent_frame;
	s32 lent_off;		/* from there on */
	u32 const_size;		/* ARG_CONST_SIZE */
	u32 size_max;		/* ARG_SIZE: at most */
	bool fills;		/* bytes of the stack that are numbers after the call: of a frame, */
	u8 fill_frame;
	s32 fill_lo, fill_hi;	/* these */
};

int check_args(struct step *step, const struct helper *helper, struct call_args *args);

#endif
