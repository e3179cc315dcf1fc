// SPDX-License-Identifier: GPL-2.0-only
/*
 * Headers rewritten with their checksums, both ways: who connects to the shown address
 * and port is served by the real ones, and answered by the shown ones. TCP and UDP, IPv4
 * and IPv6 without extension headers.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stdbool.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/nat.h"

/* 0: to the real one, 1: to the shown one, 2: helpers that failed, 3: bytes stored directly. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} rewritten SEC(".maps");

static __always_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&rewritten, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

struct change {
	__be32 address_from[4], address_to[4];
	__u32 words;		/* of an address */
	__u32 address_at, transport_at;
	__be16 port_from, port_to;
	__u32 port_at;		/* in the transport header */
};

/* Where a transport's checksum is; 0: not one that is known. */
static __always_inline __u32 check_of(__u8 proto)
{
	return proto == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
	       proto == IPPROTO_UDP ? offsetof(struct udphdr, check) : 0;
}

static __always_inline int apply(struct __sk_buff *skb, const struct change *c, __u8 proto)
{
	__u32 check_at = c->transport_at + check_of(proto);
	__u64 mangled = proto == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
	__be16 port;
	int err;

	if (!check_of(proto) ||
	    bpf_skb_load_bytes(skb, c->transport_at + c->port_at, &port, 2) || port != c->port_from)
		return 0;
	if (c->words == 1) {
		err = bpf_l3_csum_replace(skb, offsetof(struct iphdr, check), c->address_from[0],
					  c->address_to[0], 4);
		err = err ? : bpf_l4_csum_replace(skb, check_at, c->address_from[0], c->address_to[0],
						  BPF_F_PSEUDO_HDR | mangled | 4);
		err = err ? : bpf_skb_store_bytes(skb, c->address_at, c->address_to, 4, 0);
	} else {
		err = bpf_l4_csum_replace(skb, check_at, 0,
					  bpf_csum_diff((void *)c->address_from, 16,
							(void *)c->address_to, 16, 0),
					  BPF_F_PSEUDO_HDR | mangled);
		err = err ? : bpf_skb_store_bytes(skb, c->address_at, c->address_to, 16, 0);
	}
	err = err ? : bpf_l4_csum_replace(skb, check_at, c->port_from, c->port_to, mangled | 2);
	err = err ? : bpf_skb_store_bytes(skb, c->transport_at + c->port_at, &c->port_to, 2, 0);
	count(err ? 2 : c->port_to == bpf_htons(SHOWN_PORT));
	return err ? 2 : 0;
}

static __always_inline int rewrite(struct __sk_buff *skb, bool to_shown)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data;
	struct ipv6hdr *ip6 = data;
	__be16 real = bpf_htons(REAL_PORT), shown = bpf_htons(SHOWN_PORT);
	struct change c = {
		.port_from = to_shown ? real : shown, .port_to = to_shown ? shown : real,
		.port_at = to_shown ? 0 : 2,
	};
	__u32 i;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip + 1) > end)
			return 0;
		c.words = 1;
		c.address_from[0] = bpf_htonl(to_shown ? REAL_ADDRESS : SHOWN_ADDRESS);
		c.address_to[0] = bpf_htonl(to_shown ? SHOWN_ADDRESS : REAL_ADDRESS);
		c.address_at = to_shown ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr);
		c.transport_at = ip->ihl * 4;
		if ((to_shown ? ip->saddr : ip->daddr) != c.address_from[0])
			return 0;
		return apply(skb, &c, ip->protocol);
	}
	if (skb->protocol != bpf_htons(ETH_P_IPV6) || (void *)(ip6 + 1) > end)
		return 0;
	c.words = 4;
	c.address_from[0] = c.address_to[0] = bpf_htonl(ADDRESS6_PREFIX);
	c.address_from[3] = bpf_htonl(to_shown ? REAL_ADDRESS6_END : SHOWN_ADDRESS6_END);
	c.address_to[3] = bpf_htonl(to_shown ? SHOWN_ADDRESS6_END : REAL_ADDRESS6_END);
	c.address_at = to_shown ? offsetof(struct ipv6hdr, saddr) : offsetof(struct ipv6hdr, daddr);
	c.transport_at = sizeof(*ip6);
	for (i = 0; i < 4; i++)
		if ((to_shown ? &ip6->saddr : &ip6->daddr)->in6_u.u6_addr32[i] != c.address_from[i])
			return 0;
	return apply(skb, &c, ip6->nexthdr);
}

/* Before them all: a byte written where it lies, which a tap that has the packet must not see. */
SEC("tc/ipv4/prerouting/-10")
int stain(struct __sk_buff *skb)
{
	struct iphdr *ip = (void *)(long)skb->data;
	__u16 old, new;

	if ((void *)(ip + 1) > (void *)(long)skb->data_end || ip->daddr != bpf_htonl(SHOWN_ADDRESS))
		return 0;
	old = *(__u16 *)ip;
	ip->tos = 0x10;
	new = *(__u16 *)ip;
	count(bpf_l3_csum_replace(skb, offsetof(struct iphdr, check), old, new, 2) ? 2 : 3);
	return 0;
}

SEC("tc/inet/prerouting")
int to_real(struct __sk_buff *skb)
{
	return rewrite(skb, false);
}

SEC("tc/inet/local_out")
int to_shown(struct __sk_buff *skb)
{
	return rewrite(skb, true);
}

char LICENSE[] SEC("license") = "GPL";
