// SPDX-License-Identifier: GPL-2.0-only
/* The primes below 512. */
#include "bench.h"

u64 run(void *ctx)
{
	u8 *composite = bench_data.out;
	u32 i, k, cnt = 0;

#pragma clang loop unroll(disable)
	for (i = 2; i < 512; i++)
		composite[i] = 0;
#pragma clang loop unroll(disable)
	for (i = 2; i < 512; i++) {
		if (composite[i])
			continue;
		cnt++;
#pragma clang loop unroll(disable)
		for (k = 2 * i; k < 512; k += i)
			composite[k & 511] = 1;
	}
	return cnt;
}
