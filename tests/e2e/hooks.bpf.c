// SPDX-License-Identifier: GPL-2.0-only
/*
 * At which hooks does a ping pass? Each program counts echo requests and replies (IPv4)
 * at its hook, one slot per program.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} at_hook SEC(".maps");

static __always_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&at_hook, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline int is_ping(struct __sk_buff *skb)
{
	struct iphdr *ip = (void *)(long)skb->data;

	return (void *)(ip + 1) <= (void *)(long)skb->data_end && ip->version == 4 &&
	       ip->protocol == IPPROTO_ICMP;
}

SEC("tc/ipv4/prerouting")
int at_prerouting(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(0);
	return 0;
}

SEC("tc/inet/local_in")
int at_local_in(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(1);
	return 0;
}

SEC("cgroup_skb/ipv4/forward")
int at_forward(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(2);
	return 1;
}

SEC("cgroup_skb/inet/local_out")
int at_local_out(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(3);
	return 1;
}

SEC("tc/inet/postrouting")
int at_postrouting(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(4);
	return 0;
}

SEC("netfilter/ipv4/local_in")
int as_netfilter(void *ctx)
{
	count(5);
	return 1;
}

/* Two that take each other's place: each packet is counted by one of them. */
SEC("cgroup_skb/ipv4/local_in/20")
int turn_one(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(6);
	return 1;
}

SEC("cgroup_skb/ipv4/forward/20")
int turn_two(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(7);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
