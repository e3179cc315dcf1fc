// SPDX-License-Identifier: GPL-2.0-only
/* Set bits, reversed bits, parity, and shifts by variables. */
#include "bench.h"

u64 run(void *ctx)
{
	u64 sum = 0;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 80; i++) {
		u64 x = bench_data.longs[i];
		u32 v = bench_data.words[i], n = i & 31;

		x -= x >> 1 & 0x5555555555555555;
		x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
		x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
		sum += x * 0x0101010101010101 >> 56;
		v = v << n | v >> (-n & 31);
		v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
		v ^= v >> 16;
		sum ^= v;
	}
	return sum;
}
