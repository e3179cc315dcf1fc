/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's own machine code for a bench program, made to run in this process. */
#ifndef MODBPF_TESTS_BENCH_LIFT_H
#define MODBPF_TESTS_BENCH_LIFT_H

#include "tests/support/benchprog.h"

#define LIFT_MAX_BYTES 65536

struct lifted {
	u8 code[LIFT_MAX_BYTES];	/* functions at their distances from each other */
	u32 bytes;			/* up to the end of the last */
	u32 image_bytes;		/* of the functions alone */
	u32 entry;
};

/* 0, or -errno: no bpf(2) here, no right to it, or code that is not understood. */
int lift(const struct bench_prog *prog, struct lifted *out);

#endif
