// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks beside those of IP: a device, a bridge, ARP, and whole packets of fragments. Each
 * program counts in a slot of its own what it knows to be one of the test's.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

enum { INGRESS, EGRESS, NETWORK, ARP, BRIDGE, WHOLE, PIECES, FIRST, SECOND, DROPS };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} at_family SEC(".maps");

static __always_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&at_family, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline __u64 setting(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&at_family, &slot);

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

SEC("tc/netdev/veth-right/ingress")
int at_ingress(struct __sk_buff *skb)
{
	if (!is_ping_in_frame(skb))
		return 0;
	count(INGRESS);
	return setting(DROPS) ? 2 : 0;
}

SEC("tc/netdev/veth-right/egress")
int at_egress(struct __sk_buff *skb)
{
	if (is_ping_in_frame(skb))
		count(EGRESS);
	return 0;
}

SEC("cgroup_skb/netdev/veth-right/egress/5")
int at_egress_network(struct __sk_buff *skb)
{
	if (is_ping(skb))
		count(NETWORK);
	return 1;
}

/* Hardware type, protocol, lengths, operation: a request from 10.77.0.1. */
SEC("tc/arp/input")
int at_arp(struct __sk_buff *skb)
{
	unsigned char *arp = (void *)(long)skb->data;

	if (arp + 28 > (unsigned char *)(long)skb->data_end)
		return 0;
	if (arp[7] == 1 && arp[14] == 10 && arp[15] == 77 && arp[17] == 1)
		count(ARP);
	return 0;
}

SEC("tc/bridge/forward")
int at_bridge(struct __sk_buff *skb)
{
	if (is_ping_in_frame(skb))
		count(BRIDGE);
	return 0;
}

/* As many bytes as were sent, at once. */
SEC("tc/ip/prerouting/0/defrag")
int sees_whole(struct __sk_buff *skb)
{
	if (is_ping(skb) && skb->len > 3000)
		count(WHOLE);
	return 0;
}

/* What a device takes in is not put together. */
SEC("cgroup_skb/netdev/veth-right/ingress/-5")
int sees_pieces(struct __sk_buff *skb)
{
	if (is_ping(skb) && skb->len > 1000)
		count(PIECES);
	return 1;
}

/* Whose number is lower sees it first. */
SEC("tc/ip/local_in/7")
int is_second(struct __sk_buff *skb)
{
	if (is_ping(skb) && setting(FIRST) > setting(SECOND))
		count(SECOND);
	return 0;
}

SEC("tc/ip/local_in/6")
int is_first(struct __sk_buff *skb)
{
	if (is_ping(skb) && setting(FIRST) == setting(SECOND))
		count(FIRST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
