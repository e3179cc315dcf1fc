// SPDX-License-Identifier: GPL-2.0-only
/* A machine of eight states driven by bytes: a big switch. */
#include "bench.h"

u64 run(void *ctx)
{
	u32 state = 0, i, acc = 0;

#pragma clang loop unroll(disable)
	for (i = 0; i < 64; i++) {
		u8 c = bench_data.in[i];

		switch (state) {
		case 0: state = c < 64 ? 1 : 2; break;
		case 1: state = c & 1 ? 3 : 0; acc += c; break;
		case 2: state = c == 255 ? 7 : 4; break;
		case 3: acc ^= c << 8; state = 5; break;
		case 4: state = c > 128 ? 6 : 1; acc++; break;
		case 5: state = (c & 6) == 6 ? 0 : 2; break;
		case 6: acc = acc * 31 + c; state = 3; break;
		default: state = 0; break;
		}
	}
	return acc;
}
