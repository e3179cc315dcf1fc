// SPDX-License-Identifier: GPL-2.0-only
/* Quarter rounds on a block of sixteen words in memory. */
#include "bench.h"

#define QUARTER(a, b, c, d) do { \
	w[a] += w[b]; w[d] ^= w[a]; w[d] = ROL32(w[d], 16); \
	w[c] += w[d]; w[b] ^= w[c]; w[b] = ROL32(w[b], 12); \
	w[a] += w[b]; w[d] ^= w[a]; w[d] = ROL32(w[d], 8); \
	w[c] += w[d]; w[b] ^= w[c]; w[b] = ROL32(w[b], 7); \
} while (0)

u64 run(void *ctx)
{
	u32 *w = bench_data.words;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 10; i++) {
		QUARTER(0, 4, 8, 12); QUARTER(1, 5, 9, 13);
		QUARTER(2, 6, 10, 14); QUARTER(3, 7, 11, 15);
		QUARTER(0, 5, 10, 15); QUARTER(1, 6, 11, 12);
		QUARTER(2, 7, 8, 13); QUARTER(3, 4, 9, 14);
	}
	return w[0] ^ w[15];
}
