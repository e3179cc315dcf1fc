// SPDX-License-Identifier: GPL-2.0-only
/* A cipher of rotations by 8 and 3 on 64-bit words. */
#include "bench.h"

u64 run(void *ctx)
{
	u64 x = bench_data.longs[0], y = bench_data.longs[1];
	u64 k = bench_data.longs[2], l = bench_data.longs[3];
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 64; i++) {
		x = (ROL64(x, 56) + y) ^ k;
		y = ROL64(y, 3) ^ x;
		l = (ROL64(l, 56) + k) ^ i;
		k = ROL64(k, 3) ^ l;
	}
	return x ^ y;
}
