/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the instruction corpus, tests/isa/NAME.test: programs, their input memory
 * and what must come out. One format for everything that runs programs: the
 * interpreter, the JIT, a loaded module. No program uses helpers or maps.
 *
 *	# comment
 *	prog NAME [PARAM..]	a program; its instructions follow, each line after
 *		r0 = 1		a tab (tests/support/asm.h), with $PARAM replaced
 *	memory [WORD..]		the memory's words before each case; none: no memory
 *	case [ARG..] | [WORD..] | R0 [| WORD..]
 *
 * R1 points to the memory at entry: 64-bit words, little-endian, 8-byte aligned.
 * A case's second field changes the memory before the run and the fourth says how
 * it is changed by it; WORD is a number, for the next word from 0 on, or INDEX=NUMBER.
 * Words that are not named must stay as they were. R0 is compared with all 64 bits.
 */
#ifndef MODBPF_TESTS_SUPPORT_CORPUS_H
#define MODBPF_TESTS_SUPPORT_CORPUS_H

#include "isa/insn.h"

#define CORPUS_MAX_WORDS 16

struct corpus_case {
	char name[160];			/* "FILE:LINE: PROG ARGS" */
	const struct modbpf_insn *insns;
	u32 insn_cnt;
	u32 word_cnt;			/* of memory */
	u64 before[CORPUS_MAX_WORDS];
	u64 after[CORPUS_MAX_WORDS];
	u64 r0;
};

typedef void (*corpus_visit)(const struct corpus_case *c, void *cookie);

/*
 * Call @visit for each case of the file @path, or of all files of the folder
 * @path in order of their names. Returns the count of cases, or -EINVAL after
 * printing "FILE:LINE: what is wrong".
 */
int corpus_read(const char *path, corpus_visit visit, void *cookie);

/* Bytes of the value of the map that corpus_wrap() wants: the memory, then R0. */
#define CORPUS_VALUE_BYTES ((CORPUS_MAX_WORDS + 1) * 8)
#define CORPUS_WRAP_SLOTS 8	/* that it adds */

/*
 * Make a program that a verifier accepts of a case's: R1 becomes the value of map
 * index 0 (an array of one value of CORPUS_VALUE_BYTES), each exit of the main
 * program goes to code that leaves R0 in the value's last word and returns 0.
 * @out holds insn_cnt + CORPUS_WRAP_SLOTS; returns the instructions written.
 */
u32 corpus_wrap(const struct corpus_case *c, struct modbpf_insn *out);

#endif
