// SPDX-License-Identifier: GPL-2.0-only
/* For how long does a fuzzer run, and from where? See fuzz.h. */
#include "tests/support/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static u64 argument(int argc, char **argv, int at, const char *name, u64 otherwise)
{
	const char *text = argc > at ? argv[at] : name ? getenv(name) : NULL;

	return text ? strtoull(text, NULL, 0) : otherwise;
}

void fuzz_begin(struct fuzz *fuzz, int argc, char **argv)
{
	fuzz->begin = time(NULL);
	fuzz->end = fuzz->begin + argument(argc, argv, 1, "MODBPF_FUZZ_SECONDS", 20);
	fuzz->seed = argument(argc, argv, 2, "MODBPF_SEED", 1);
	fuzz->number = argument(argc, argv, 3, "MODBPF_FUZZ_FROM", 0);
	fuzz->single = argc > 3;
	fuzz->cases = argument(0, NULL, 0, "MODBPF_FUZZ_CASES", 0);
}

static void print_progress(const struct fuzz *fuzz)
{
	if (fuzz->number % (fuzz->cases / 10 ?: 1) == 0)
		fprintf(stderr, "  %llu of %llu, %llu s\n", fuzz->number, fuzz->cases,
			(u64)time(NULL) - fuzz->begin);
}

bool fuzz_next(struct fuzz *fuzz)
{
	if (fuzz->single)
		return false;
	if (fuzz->cases ? fuzz->number + 1 >= fuzz->cases : (u64)time(NULL) >= fuzz->end)
		return false;
	fuzz->number++;
	if (fuzz->cases)
		print_progress(fuzz);
	return true;
}
