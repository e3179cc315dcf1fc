/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What fuzzers have in common: arguments and settings.
 *
 *	fuzz_NAME [SECONDS [SEED [NUMBER]]]
 *
 * Without arguments MODBPF_FUZZ_SECONDS (20) and MODBPF_SEED (1) say for how long and
 * from where. The Nth input depends on the seed and N alone; with a NUMBER only that
 * one is tried. With MODBPF_FUZZ_CASES it is so many inputs, whatever time that takes, and
 * each tenth is told on stderr; MODBPF_FUZZ_FROM (0) is the number of the first of them.
 */
#ifndef MODBPF_TESTS_SUPPORT_FUZZ_H
#define MODBPF_TESTS_SUPPORT_FUZZ_H

#include "isa/platform.h"

struct fuzz {
	u64 seed;
	u64 number;	/* of the input that is tried, from 0 */
	bool single;
	u64 begin, end;	/* seconds since 1970 */
	u64 cases;	/* inputs that are wanted; 0: until the end */
};

void fuzz_begin(struct fuzz *fuzz, int argc, char **argv);
/* Shall there be another one? Then fuzz->number is its number. */
bool fuzz_next(struct fuzz *fuzz);

#endif
