// SPDX-License-Identifier: GPL-2.0-only
/* Pings that a router passes on, and those for itself: each program counts, and may drop, requests and replies. */
#include "tests/e2e/families.bpf.h"

enum { AT_INET, AT_IPV4, AT_IPV6, LOCAL, DROPS };	/* DROPS: a bit for each program */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} at_forward SEC(".maps");

/* Shall it go? */
static __always_inline int count(struct __sk_buff *skb, __u32 slot)
{
	if (!is_ping(skb) && !is_ping6(skb))
		return 0;
	count_in(&at_forward, slot);
	return setting_in(&at_forward, DROPS) >> slot & 1;
}

SEC("tc/inet/forward/-5")
int forward_inet(struct __sk_buff *skb)
{
	return count(skb, AT_INET) ? 2 : 0;
}

SEC("cgroup_skb/ipv4/forward")
int forward_ipv4(struct __sk_buff *skb)
{
	return !count(skb, AT_IPV4);
}

SEC("tc/ipv6/forward")
int forward_ipv6(struct __sk_buff *skb)
{
	return count(skb, AT_IPV6) ? 2 : 0;
}

SEC("cgroup_skb/inet/local_in")
int for_itself(struct __sk_buff *skb)
{
	count(skb, LOCAL);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
