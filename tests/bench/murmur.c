// SPDX-License-Identifier: GPL-2.0-only
/* Multiply, rotate, multiply: a hash of words. */
#include "bench.h"

u64 run(void *ctx)
{
	u32 hash = 99, k, i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 128; i++) {
		k = bench_data.words[i] * 0xcc9e2d51;
		k = ROL32(k, 15) * 0x1b873593;
		hash = ROL32(hash ^ k, 13) * 5 + 0xe6546b64;
	}
	hash ^= hash >> 16;
	hash *= 0x85ebca6b;
	return hash ^ hash >> 13;
}
