// SPDX-License-Identifier: GPL-2.0-only
/*
 * The protocol of what comes in is rewritten behind the choice of a socket for it: UDP to a
 * port becomes TCP, TCP to another becomes UDP. Each is then to be looked up as what it is.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/protocol.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PROTOCOL_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} protocols SEC(".maps");

static __always_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&protocols, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline int is_on(void)
{
	__u32 slot = PROTOCOL_ON;
	__u64 *value = bpf_map_lookup_elem(&protocols, &slot);

	return value && *value;
}

/* What a TCP segment's first bytes say as UDP: its length, and a checksum, which is the devices' affair. */
static __always_inline void as_udp(struct __sk_buff *skb, __u32 at)
{
	struct udphdr udp;

	bpf_skb_load_bytes(skb, at, &udp, sizeof(udp));
	udp.len = bpf_htons(skb->len - at);
	udp.check = 0xffff;
	bpf_skb_store_bytes(skb, at, &udp, sizeof(udp), 0);
}

/* 0: not one to be rewritten. */
static __always_inline __u8 other(struct __sk_buff *skb, __u8 protocol, __u32 at)
{
	struct tcphdr tcp;

	if (bpf_skb_load_bytes(skb, at, &tcp, sizeof(tcp)))
		return 0;
	if (protocol == IPPROTO_UDP && tcp.dest == bpf_htons(PORT_UDP))
		return IPPROTO_TCP;
	if (protocol == IPPROTO_TCP && tcp.dest == bpf_htons(PORT_TCP) && skb->len > at + tcp.doff * 4)
		return IPPROTO_UDP;
	return 0;
}

SEC("tc/inet/local_in")
int another_protocol(struct __sk_buff *skb)
{
	int v4 = skb->protocol == bpf_htons(ETH_P_IP);
	__u32 at = v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	__u32 protocol_at = v4 ? offsetof(struct iphdr, protocol) : offsetof(struct ipv6hdr, nexthdr);
	__u8 protocol, new;

	if (!is_on() || bpf_skb_load_bytes(skb, protocol_at, &protocol, 1))
		return 0;
	new = other(skb, protocol, at);
	if (!new)
		return 0;
	if (new == IPPROTO_UDP)
		as_udp(skb, at);
	if (bpf_skb_store_bytes(skb, protocol_at, &new, 1, 0))
		return 0;
	count(new == IPPROTO_TCP ? PROTOCOL_TO_TCP : PROTOCOL_TO_UDP);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
