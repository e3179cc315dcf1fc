// SPDX-License-Identifier: GPL-2.0-only
/* The length of strings, and the search for a word among them. */
#include "bench.h"

static const char word[8] = "x-token";

u64 run(void *ctx)
{
	u64 found = 0, len = 0;
	u32 i, k;

#pragma clang loop unroll(disable)
	for (i = 0; i < 400; i++) {
		len += bench_data.in[i] != 0;
#pragma clang loop unroll(disable)
		for (k = 0; k < 7; k++)
			if (bench_data.in[i + k] != (u8)word[k])
				break;
		found += k == 7;
	}
	return found << 32 | len;
}
