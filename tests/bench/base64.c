// SPDX-License-Identifier: GPL-2.0-only
/* Three bytes become four letters. */
#include "bench.h"

static const char letters[64] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

u64 run(void *ctx)
{
	u64 sum = 0;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 100; i++) {
		const u8 *in = &bench_data.in[i * 3];
		u32 v = in[0] << 16 | in[1] << 8 | in[2];
		u8 *out = &bench_data.out[i * 4];

		out[0] = letters[v >> 18 & 63];
		out[1] = letters[v >> 12 & 63];
		out[2] = letters[v >> 6 & 63];
		out[3] = letters[v & 63];
		sum += out[2];
	}
	return sum;
}
