// SPDX-License-Identifier: GPL-2.0-only
/* A hash of three words at a time, as flow tables use it. */
#include "bench.h"

INLINE void mix(u32 *a, u32 *b, u32 *c)
{
	*a -= *c; *a ^= ROL32(*c, 4); *c += *b;
	*b -= *a; *b ^= ROL32(*a, 6); *a += *c;
	*c -= *b; *c ^= ROL32(*b, 8); *b += *a;
	*a -= *c; *a ^= ROL32(*c, 16); *c += *b;
	*b -= *a; *b ^= ROL32(*a, 19); *a += *c;
	*c -= *b; *c ^= ROL32(*b, 4); *b += *a;
}

u64 run(void *ctx)
{
	u32 a = 0xdeadbeef, b = 17, c = 42, i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 40; i++) {
		a += bench_data.words[i * 3];
		b += bench_data.words[i * 3 + 1];
		c += bench_data.words[i * 3 + 2];
		mix(&a, &b, &c);
	}
	return (u64)a << 32 | c;
}
