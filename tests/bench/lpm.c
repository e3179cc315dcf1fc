// SPDX-License-Identifier: GPL-2.0-only
/* The longest prefix of addresses in a constant table. */
#include "bench.h"

static const struct {
	u32 net, mask, hop;
} routes[] = {
	{ 0x0a010200, 0xffffff00, 1 }, { 0x0a010000, 0xffff0000, 2 }, { 0x0a000000, 0xff000000, 3 },
	{ 0xc0a80100, 0xffffff00, 4 }, { 0xc0a80000, 0xffff0000, 5 }, { 0xac100000, 0xfff00000, 6 },
	{ 0x64400000, 0xffc00000, 7 }, { 0x80000000, 0xc0000000, 8 }, { 0x40000000, 0xc0000000, 9 },
	{ 0x00000000, 0x00000000, 10 },
};

u64 run(void *ctx)
{
	u64 sum = 0;
	u32 i, k;

#pragma clang loop unroll(disable)
	for (i = 0; i < 60; i++) {
		u32 addr = bench_data.words[i];

#pragma clang loop unroll(disable)
		for (k = 0; k < 10; k++)
			if ((addr & routes[k].mask) == routes[k].net) {
				sum += routes[k].hop;
				break;
			}
	}
	return sum;
}
