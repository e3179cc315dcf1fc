// SPDX-License-Identifier: GPL-2.0-only
/*
 * At which hooks does a ping pass? Each program counts echo requests and replies (IPv4)
 * at its hook, one slot per program.
 */
#include "tests/e2e/families.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} at_hook SEC(".maps");

SEC("tc/ipv4/prerouting")
int at_prerouting(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count_in(&at_hook, 0);
	return 0;
}

SEC("tc/inet/local_in")
int at_local_in(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count_in(&at_hook, 1);
	return 0;
}

SEC("cgroup_skb/ipv4/forward")
int at_forward(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count_in(&at_hook, 2);
	return 1;
}

SEC("cgroup_skb/inet/local_out")
int at_local_out(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count_in(&at_hook, 3);
	return 1;
}

SEC("tc/inet/postrouting")
int at_postrouting(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count_in(&at_hook, 4);
	return 0;
}

SEC("netfilter/ipv4/local_in")
int as_netfilter(void *ctx)
{
	count_in(&at_hook, 5);
	return 1;
}

/* Two that take each other's place: each packet is counted by one of them. */
SEC("cgroup_skb/ipv4/local_in/20")
int turn_one(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count_in(&at_hook, 6);
	return 1;
}

SEC("cgroup_skb/ipv4/forward/20")
int turn_two(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count_in(&at_hook, 7);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
