/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What fuzzers have in common: arguments and settings.
 *
 *	fuzz_NAME [SECONDS [SEED [NUMBER]]]
 *
 * Without arguments MODBPF_FUZZ_SECONDS (20) and MODBPF_SEED (1) say for how long and
 * from where. The Nth input depends on the seed and N alone; with a NUMBER only that
 * one is tried.
 */
#ifndef MODBPF_TESTS_SUPPORT_FUZZ_H
#define MODBPF_TESTS_SUPPORT_FUZZ_H

#include "isa/platform.h"

struct fuzz {
	u64 seed;
	u64 number;	/* of the input that is tried, from 0 */
	bool single;
	u64 end;	/* seconds since 1970 */
};

void fuzz_begin(struct fuzz *fuzz, int argc, char **argv);
/* Is there time for another one? Then fuzz->number is its number. */
bool fuzz_next(struct fuzz *fuzz);

#endif
