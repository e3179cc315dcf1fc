// SPDX-License-Identifier: GPL-2.0-only
/* Additions that depend on each other. */
#include "bench.h"

u64 run(void *ctx)
{
	u64 a = 0, b = 1, c;
	u32 i, n = 200 + (bench_data.in[0] & 63);

#pragma clang loop unroll(disable)
	for (i = 0; i < n; i++) {
		c = a + b;
		a = b;
		b = c;
	}
	return a;
}
