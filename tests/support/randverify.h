/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random programs that a verifier has work with, and mostly accepts: nested
 * branches that meet with different registers and stack contents, loops, numbers
 * that are bounded through copies and spills, places computed from them late.
 * The maker keeps a rough account of what holds, so most of what it writes is
 * safe; a daring program goes wrong in a place or two, by little, or on one of
 * its paths only. The same seed gives the same program everywhere.
 *
 * What @prog->calls says is read, the rest is written.
 *
 * Maps are those of tests/support/verify.c.
 */
#ifndef MODBPF_TESTS_SUPPORT_RANDVERIFY_H
#define MODBPF_TESTS_SUPPORT_RANDVERIFY_H

#include "tests/support/randprog.h"

#define RANDVERIFY_MAX_INSNS 1024

enum randverify_map {
	RANDVERIFY_ARRAY, RANDVERIFY_SINGLE, RANDVERIFY_PERCPU, RANDVERIFY_HASH,
	RANDVERIFY_TRIE, RANDVERIFY_RING, RANDVERIFY_PROGS, RANDVERIFY_PROGS2, RANDVERIFY_RODATA,
	RANDVERIFY_READONLY, RANDVERIFY_WRITEONLY,
};

#define RANDVERIFY_SINGLE_BYTES 48
#define RANDVERIFY_ARRAY_BYTES 16
#define RANDVERIFY_RECORD_BYTES 24
#define RANDVERIFY_TEXT_BYTES 96

/* How the subprogram, if there is one, is called. */
enum randverify_calls {
	RANDVERIFY_CALLS,	/* by an instruction, with stack of the caller */
	RANDVERIFY_LOOPS,	/* by bpf_loop, up to three times */
	RANDVERIFY_EACH,	/* by bpf_for_each_map_elem */
	RANDVERIFY_SAMPLES,	/* by bpf_user_ringbuf_drain */
	RANDVERIFY_GLOBAL,	/* as the first, but it is verified on its own: randverify_funcs() */
	RANDVERIFY_CALLS_COUNT
};

struct randverify {
	struct modbpf_insn insns[RANDVERIFY_MAX_INSNS];
	u32 insn_cnt;
	u32 prog_type, attach_type;
	const char *target;	/* of a TRACING program: a name in tests/support/kernel_btf.h; else NULL */
	enum randverify_calls calls;
	u32 subprog;		/* where it begins, 0: there is none */
	bool nullable;		/* its memory may be null */
};

void randverify_make(struct rng *rng, struct randverify *prog);
struct verify_request;
/* What the program is loaded for goes to @req. */
void randverify_aim(const struct randverify *prog, struct verify_request *req);
/* The index of one of tests/support/verify.c. */
u32 randverify_map(const char *name);
/* What BTF says of the program's functions, for tests/support/verify_btf.h; returns how many. */
u32 randverify_funcs(const struct randverify *prog, const char **funcs);

#endif
