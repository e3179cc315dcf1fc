/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs at the hooks of devices and of families share: which packets are a test's, and counting them. */
#ifndef MODBPF_TESTS_E2E_FAMILIES_BPF_H
#define MODBPF_TESTS_E2E_FAMILIES_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

static __always_inline void count_in(void *map, __u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(map, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline __u64 setting_in(void *map, __u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(map, &slot);

	return value ? *value : 0;
}

/* Behind a link layer's header that says IPv4. */
static __always_inline int is_ping_in_frame(struct __sk_buff *skb)
{
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);

	return (void *)(ip + 1) <= (void *)(long)skb->data_end && eth->h_proto == bpf_htons(ETH_P_IP) &&
	       ip->version == 4 && ip->protocol == IPPROTO_ICMP;
}

static __always_inline int is_ping(struct __sk_buff *skb)
{
	struct iphdr *ip = (void *)(long)skb->data;

	return (void *)(ip + 1) <= (void *)(long)skb->data_end && ip->version == 4 &&
	       ip->protocol == IPPROTO_ICMP;
}

/* An echo's request or reply, in one piece. */
static __always_inline int is_ping6(struct __sk_buff *skb)
{
	struct ipv6hdr *ip = (void *)(long)skb->data;
	__u8 *type = (void *)(ip + 1);

	return (void *)(type + 1) <= (void *)(long)skb->data_end && ip->version == 6 &&
	       ip->nexthdr == IPPROTO_ICMPV6 && (*type == 128 || *type == 129);
}

#endif
