// SPDX-License-Identifier: GPL-2.0-only
/* What a device sends, where the kernel has that hook: pings, with the frame and from the network header on. */
#include "tests/e2e/families.bpf.h"

enum { FRAMES, PACKETS, DROPS };	/* DROPS: a bit for each program */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} at_egress SEC(".maps");

SEC("tc/netdev/veth-right/egress")
int whole_frame(struct __sk_buff *skb)
{
	if (!is_ping_in_frame(skb))
		return 0;
	count_in(&at_egress, FRAMES);
	return setting_in(&at_egress, DROPS) & 1 << FRAMES ? 2 : 0;
}

SEC("cgroup_skb/netdev/veth-right/egress/5")
int from_network_on(struct __sk_buff *skb)
{
	if (!is_ping(skb))
		return 1;
	count_in(&at_egress, PACKETS);
	return !(setting_in(&at_egress, DROPS) & 1 << PACKETS);
}

char LICENSE[] SEC("license") = "GPL";
