// SPDX-License-Identifier: GPL-2.0-only
/* Functions that call functions. */
#include "bench.h"

CALLED u64 weigh(u64 a, u64 b)
{
	return (a ^ b) + (a & b) * 3;
}

CALLED u64 judge(u64 a, u64 b, u64 c)
{
	if (a > b)
		return weigh(a, c) + b;
	return weigh(b, c) - a;
}

u64 run(void *ctx)
{
	u64 sum = 1;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 100; i++)
		sum = judge(sum, bench_data.in[i], i);
	return sum;
}
