/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random programs that a verifier has work with, and mostly accepts: nested
 * branches that meet with different registers and stack contents, loops, numbers
 * that are bounded through copies and spills, places computed from them late.
 * The maker keeps a rough account of what holds, so most of what it writes is
 * safe; a daring program goes wrong in a place or two, by little, or on one of
 * its paths only. The same seed gives the same program everywhere.
 *
 * What @prog->calls_back says is read, the rest is written.
 *
 * Maps are those of tests/support/verify.c.
 */
#ifndef MODBPF_TESTS_SUPPORT_RANDVERIFY_H
#define MODBPF_TESTS_SUPPORT_RANDVERIFY_H

#include "tests/support/randprog.h"

#define RANDVERIFY_MAX_INSNS 1024

enum randverify_map {
	RANDVERIFY_ARRAY, RANDVERIFY_SINGLE, RANDVERIFY_PERCPU, RANDVERIFY_HASH,
	RANDVERIFY_RING = 5,
};

#define RANDVERIFY_SINGLE_BYTES 48
#define RANDVERIFY_ARRAY_BYTES 16
#define RANDVERIFY_RECORD_BYTES 24

struct randverify {
	struct modbpf_insn insns[RANDVERIFY_MAX_INSNS];
	u32 insn_cnt;
	u32 prog_type;
	bool calls_back;	/* asked for: bpf_loop calls the subprogram, up to three times */
};

void randverify_make(struct rng *rng, struct randverify *prog);

#endif
