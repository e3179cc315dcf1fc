// SPDX-License-Identifier: GPL-2.0-only
/* Counts of bytes, and of powers of two. */
#include "bench.h"

u64 run(void *ctx)
{
	u32 i, v, slot;

#pragma clang loop unroll(disable)
	for (i = 0; i < 300; i++) {
		bench_data.words[bench_data.in[i]]++;
		v = bench_data.in[i] | bench_data.in[i + 1] << 8;
		slot = (v > 0xff) << 3;
		v >>= slot;
		slot |= (v > 0xf) << 2;
		v >>= (v > 0xf) << 2;
		bench_data.longs[slot + (v > 3)]++;
	}
	return bench_data.words[3];
}
