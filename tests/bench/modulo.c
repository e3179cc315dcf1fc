// SPDX-License-Identifier: GPL-2.0-only
/* Division by variables: the greatest common divisor. */
#include "bench.h"

u64 run(void *ctx)
{
	u64 sum = 0;
	u32 i, k;

#pragma clang loop unroll(disable)
	for (i = 0; i < 40; i++) {
		u32 a = bench_data.words[i], b = bench_data.words[i + 1] | 1;

#pragma clang loop unroll(disable)
		for (k = 0; k < 12 && b; k++) {
			u32 rest = a % b;

			a = b;
			b = rest;
		}
		sum += a;
	}
	return sum;
}
