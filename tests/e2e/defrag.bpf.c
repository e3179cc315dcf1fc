// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pings of 4000 bytes that come in: as which pieces, and how many whole ones, before the kernel puts them
 * together, behind that, and by the programs that ask for it?
 */
#include "tests/e2e/families.bpf.h"

#define ICMP_BYTES 4008
#define IPV6_FRAGMENT 44

enum { EARLY, ASKS_IPV6, ASKS_INET, LATE, PROGRAMS };
enum { PIECES, WHOLE, PIECES6, WHOLE6, SLOTS };	/* of each program */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PROGRAMS * SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} came SEC(".maps");

static __always_inline int is_piece(struct __sk_buff *skb)
{
	struct iphdr *ip = (void *)(long)skb->data;

	return (void *)(ip + 1) <= (void *)(long)skb->data_end && ip->frag_off & bpf_htons(0x3fff);
}

static __always_inline int is_piece6(struct __sk_buff *skb)
{
	struct ipv6hdr *ip = (void *)(long)skb->data;

	return (void *)(ip + 1) <= (void *)(long)skb->data_end && ip->version == 6 && ip->nexthdr == IPV6_FRAGMENT;
}

static __always_inline void count(struct __sk_buff *skb, __u32 program)
{
	if (is_piece6(skb))
		count_in(&came, program * SLOTS + PIECES6);
	else if (is_ping6(skb) && skb->len == sizeof(struct ipv6hdr) + ICMP_BYTES)
		count_in(&came, program * SLOTS + WHOLE6);
	else if (is_ping(skb) && is_piece(skb))
		count_in(&came, program * SLOTS + PIECES);
	else if (is_ping(skb) && skb->len == sizeof(struct iphdr) + ICMP_BYTES)
		count_in(&came, program * SLOTS + WHOLE);
}

SEC("cgroup_skb/inet/prerouting/-450")
int early(struct __sk_buff *skb)
{
	count(skb, EARLY);
	return 1;
}

SEC("tc/ipv6/prerouting/0/defrag")
int asks_ipv6(struct __sk_buff *skb)
{
	count(skb, ASKS_IPV6);
	return 0;
}

SEC("cgroup_skb/inet/prerouting/0/defrag")
int asks_inet(struct __sk_buff *skb)
{
	count(skb, ASKS_INET);
	return 1;
}

SEC("tc/inet/prerouting/1")
int late(struct __sk_buff *skb)
{
	count(skb, LATE);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
