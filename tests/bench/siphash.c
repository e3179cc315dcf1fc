// SPDX-License-Identifier: GPL-2.0-only
/* Rounds of additions, rotations and exclusive ors on four 64-bit words. */
#include "bench.h"

u64 run(void *ctx)
{
	u64 a = 0x736f6d65, b = 0x646f7261, c = 0x6c796765, d = 0x74656462;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 64; i++) {
		d ^= bench_data.longs[i];
		a += b; b = ROL64(b, 13); b ^= a; a = ROL64(a, 32);
		c += d; d = ROL64(d, 16); d ^= c;
		a += d; d = ROL64(d, 21); d ^= a;
		c += b; b = ROL64(b, 17); b ^= c; c = ROL64(c, 32);
		a ^= bench_data.longs[i];
	}
	return a ^ b ^ c ^ d;
}
