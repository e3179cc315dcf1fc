// SPDX-License-Identifier: GPL-2.0-only
/* Rewrite addresses and ports of packets and mend their checksums. */
#include "bench.h"

INLINE u16 mend(u16 sum, u32 from, u32 to)
{
	u32 value = (u16)~sum + (~from & 0xffff) + (~from >> 16) + (to & 0xffff) + (to >> 16);

	value = (value & 0xffff) + (value >> 16);
	value = (value & 0xffff) + (value >> 16);
	return ~value;
}

u64 run(void *ctx)
{
	u64 sum = 0;
	u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < 30; i++) {
		u8 *packet = &bench_data.in[i * 64];
		u32 from = *(u32 *)(packet + 12), to = 0x0a000001 + i;
		u16 port = *(u16 *)(packet + 20), ip = *(u16 *)(packet + 10);

		if ((packet[0] & 0xf0) == 0xf0 || packet[9] == 1)
			continue;
		*(u32 *)(packet + 12) = to;
		*(u16 *)(packet + 20) = __builtin_bswap16(__builtin_bswap16(port) + 1000);
		*(u16 *)(packet + 10) = mend(ip, from, to);
		*(u16 *)(packet + 36) = mend(*(u16 *)(packet + 36), from ^ port, to);
		sum += from;
	}
	return sum;
}
