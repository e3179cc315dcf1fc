// SPDX-License-Identifier: GPL-2.0-only
/* One multiplication for each byte. */
#include "bench.h"

u64 run(void *ctx)
{
	u64 hash = 0xcbf29ce484222325;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 512; i++)
		hash = (hash ^ bench_data.in[i]) * 0x100000001b3;
	return hash;
}
