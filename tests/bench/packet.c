// SPDX-License-Identifier: GPL-2.0-only
/* Ethernet, VLAN, IPv4, TCP: find the ports of 16 packets, each checked against its end. */
#include "bench.h"

INLINE u32 parse(const u8 *packet, u32 len)
{
	u32 at = 14, type, ihl;

	if (len < 34)
		return 0;
	type = packet[12] << 8 | packet[13];
	if ((type & 1) && len >= 64) {
		type = packet[16] << 8 | packet[17];
		at = 18;
	}
	ihl = (packet[at] & 15) * 4;
	if (ihl < 20)
		ihl = 20;
	if (at + ihl + 4 > len)
		return 1;
	at = (at + ihl) & 127;
	return (packet[at] << 24 | packet[at + 1] << 16 | packet[at + 2] << 8 | packet[at + 3]) ^ type;
}

u64 run(void *ctx)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < 14; i++)
		sum += parse(&bench_data.in[i * 128], bench_data.in[i * 128 + 3] & 127);
	return sum;
}
