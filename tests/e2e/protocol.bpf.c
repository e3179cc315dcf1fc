// SPDX-License-Identifier: GPL-2.0-only
/*
 * The protocol of what comes in is rewritten behind the choice of a socket for it: UDP to a
 * port becomes TCP, TCP to another becomes UDP. Each is then to be looked up as what it is. Or
 * the headers of datagrams are bent.
 */
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stddef.h>

#include "tests/e2e/families.bpf.h"
#include "tests/e2e/protocol.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PROTOCOL_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} protocols SEC(".maps");

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

/* Flip @bits of the byte @at. */
static __always_inline void bend(struct __sk_buff *skb, __u32 at, __u8 bits)
{
	__u8 byte;

	if (bpf_skb_load_bytes(skb, at, &byte, 1))
		return;
	byte ^= bits;
	if (!bpf_skb_store_bytes(skb, at, &byte, 1, 0))
		count_in(&protocols, PROTOCOL_BENT);
}

static __always_inline void bend_header(struct __sk_buff *skb, int v4, __u64 change)
{
	if (change == CHANGE_SHAPE)
		bend(skb, 0, v4 ? 0x02 : 0x10);
	else if (change == CHANGE_LENGTH)
		bend(skb, v4 ? offsetof(struct iphdr, tot_len) + 1 : offsetof(struct ipv6hdr, payload_len) + 1, 1);
	else if (change == CHANGE_CLASS)
		bend(skb, 1, v4 ? 0x08 : 0x80);
}

SEC("tc/inet/local_in")
int another_protocol(struct __sk_buff *skb)
{
	int v4 = skb->protocol == bpf_htons(ETH_P_IP);
	__u32 at = v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	__u32 protocol_at = v4 ? offsetof(struct iphdr, protocol) : offsetof(struct ipv6hdr, nexthdr);
	__u64 change = setting_in(&protocols, PROTOCOL_HOW);
	__u8 protocol, new;

	if (change == CHANGE_NOTHING || bpf_skb_load_bytes(skb, protocol_at, &protocol, 1))
		return 0;
	new = other(skb, protocol, at);
	if (new == IPPROTO_TCP && change != CHANGE_PROTOCOL)
		bend_header(skb, v4, change);
	if (!new || change != CHANGE_PROTOCOL)
		return 0;
	if (new == IPPROTO_UDP)
		as_udp(skb, at);
	if (bpf_skb_store_bytes(skb, protocol_at, &new, 1, 0))
		return 0;
	count_in(&protocols, new == IPPROTO_TCP ? PROTOCOL_TO_TCP : PROTOCOL_TO_UDP);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
