// SPDX-License-Identifier: GPL-2.0-only
/* A block cipher of 32 rounds whose key index depends on the sum. */
#include "bench.h"

u64 run(void *ctx)
{
	u32 a = bench_data.words[0], b = bench_data.words[1], sum = 0, i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 64; i++) {
		a += ((b << 4 ^ b >> 5) + b) ^ (sum + bench_data.words[4 + (sum & 3)]);
		sum += 0x9e3779b9;
		b += ((a << 4 ^ a >> 5) + a) ^ (sum + bench_data.words[4 + (sum >> 11 & 3)]);
	}
	return (u64)a << 32 | b;
}
