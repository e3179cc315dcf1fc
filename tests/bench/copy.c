// SPDX-License-Identifier: GPL-2.0-only
/* Structures copied field by field, with a change. */
#include "bench.h"

struct event {
	u64 when;
	u32 pid, uid;
	u16 port, family;
	u8 flags, pad[3];
	u64 bytes;
};

u64 run(void *ctx)
{
	const struct event *from = (const struct event *)bench_data.in;
	struct event *to = (struct event *)bench_data.out;
	u64 sum = 0;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 50; i++) {
		to[i].when = from[i].when + 1;
		to[i].pid = from[i].pid;
		to[i].uid = from[i].uid;
		to[i].port = __builtin_bswap16(from[i].port);
		to[i].family = 2;
		to[i].flags = from[i].flags | 1;
		to[i].bytes = from[i].bytes;
		sum += from[i].bytes;
	}
	return sum;
}
