// SPDX-License-Identifier: GPL-2.0-only
/* Division by constants: digits, seconds and minutes. */
#include "bench.h"

u64 run(void *ctx)
{
	u64 sum = 0;
	u32 i, v;

#pragma clang loop unroll(disable)
	for (i = 0; i < 100; i++) {
		v = bench_data.words[i];
		sum += v / 3600 + v / 60 % 60 + v % 60;
		sum += v / 10 % 10 + v / 1000;
		sum += bench_data.longs[i & 63] / 1000000007;
	}
	return sum;
}
