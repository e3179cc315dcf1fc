// SPDX-License-Identifier: GPL-2.0-only
/* For how long does a fuzzer run, and from where? See fuzz.h. */
#include "tests/support/fuzz.h"

#include <stdlib.h>
#include <time.h>

static u64 argument(int argc, char **argv, int at, const char *name, u64 otherwise)
{
	const char *text = argc > at ? argv[at] : name ? getenv(name) : NULL;

	return text ? strtoull(text, NULL, 0) : otherwise;
}

void fuzz_begin(struct fuzz *fuzz, int argc, char **argv)
{
	fuzz->end = time(NULL) + argument(argc, argv, 1, "MODBPF_FUZZ_SECONDS", 20);
	fuzz->seed = argument(argc, argv, 2, "MODBPF_SEED", 1);
	fuzz->number = argument(argc, argv, 3, NULL, 0);
	fuzz->single = argc > 3;
}

bool fuzz_next(struct fuzz *fuzz)
{
	if (fuzz->single || (u64)time(NULL) >= fuzz->end)
		return false;
	fuzz->number++;
	return true;
}
