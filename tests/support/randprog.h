/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random programs that end and touch only what they may: arithmetic, memory,
 * atomics, branches, loops with a counter, subprograms and one helper. The same
 * seed gives the same program everywhere.
 *
 * A program gets RANDPROG_WORDS words of 8 bytes in R1. It leaves its registers
 * but the pointer in the last ten of them, so that a wrong register is seen.
 */
#ifndef MODBPF_TESTS_SUPPORT_RANDPROG_H
#define MODBPF_TESTS_SUPPORT_RANDPROG_H

#include "isa/insn.h"

#define RANDPROG_WORDS 32
#define RANDPROG_MAX_INSNS 4096
#define RANDPROG_HELPER 7	/* u64 helper(r1, .. r5): any function of its arguments */

/* xorshift64*: any state but 0. */
struct rng {
	u64 state;
};

void rng_seed(struct rng *rng, u64 seed);
u64 rng_next(struct rng *rng);
u32 rng_below(struct rng *rng, u32 limit);
/* A number of a kind that finds bugs: small, a power of two, an edge, or any. */
u64 rng_value(struct rng *rng);

/*
 * Writes a program to @insns, which holds RANDPROG_MAX_INSNS; returns its length.
 * @daring: it has accesses at computed places, too, which may lie anywhere: run it
 * only if a verifier accepts it.
 */
u32 randprog_make(struct rng *rng, bool daring, struct modbpf_insn *insns);

#endif
