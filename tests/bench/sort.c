// SPDX-License-Identifier: GPL-2.0-only
/* Insertion of 24 words into a sorted array. */
#include "bench.h"

u64 run(void *ctx)
{
	u32 *w = bench_data.words, i, k, value;

#pragma clang loop unroll(disable)
	for (i = 0; i < 24; i++)
		w[i] = bench_data.in[i] * 259;
#pragma clang loop unroll(disable)
	for (i = 1; i < 24; i++) {
		value = w[i];
#pragma clang loop unroll(disable)
		for (k = i; k > 0; k--) {
			u32 below = w[(k - 1) & 31];

			if (below <= value)
				break;
			w[k & 31] = below;
		}
		w[k & 31] = value;
	}
	return w[0] + w[12] + w[23];
}
