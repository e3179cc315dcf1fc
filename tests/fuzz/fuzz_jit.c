// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do the interpreter and the JIT do the same with random programs? Arguments are
 * those of tests/support/fuzz.h.
 */
#include "tests/support/agreement.h"
#include "tests/support/check.h"
#include "tests/support/fuzz.h"

#define SEEDS_APART (1ULL << 32)	/* programs of one seed, before those of the next */

int main(int argc, char **argv)
{
	struct fuzz fuzz;
	bool same;
	u64 cnt = 0, executed = 0;

	fuzz_begin(&fuzz, argc, argv);
	check_begin("random programs do the same in the interpreter and the JIT");
	do {
		same = agreement_check((fuzz.seed - 1) * SEEDS_APART + fuzz.number + 1, &executed);
		cnt++;
	} while (same && fuzz_next(&fuzz));
	printf("seed %llu: %llu programs, %llu instructions: %s\n", fuzz.seed, cnt, executed,
	       same ? "no difference" : "DIFFERENT");
	if (!same)
		printf("again: fuzz_jit 0 %llu %llu\n", fuzz.seed, fuzz.number);
	check_end();
	return check_run("fuzz_jit", NULL, 0, 1, argv);
}
