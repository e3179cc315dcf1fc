// SPDX-License-Identifier: GPL-2.0-only
/* The product of two 8 by 8 matrices. */
#include "bench.h"

u64 run(void *ctx)
{
	const u32 *a = bench_data.words, *b = bench_data.words + 64;
	u32 i, k, n;

#pragma clang loop unroll(disable)
	for (i = 0; i < 8; i++)
#pragma clang loop unroll(disable)
		for (k = 0; k < 8; k++) {
			u64 sum = 0;

#pragma clang loop unroll(disable)
			for (n = 0; n < 8; n++)
				sum += (u64)a[i * 8 + n] * b[n * 8 + k];
			bench_data.longs[i * 8 + k] = sum;
		}
	return bench_data.longs[63];
}
