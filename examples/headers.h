/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where does a packet come from, and where is its transport header? For eBPF programs whose
 * packet begins with the network header. Bytes are copied, so that it does not matter
 * where in memory they lie.
 */
#ifndef EXAMPLES_HEADERS_H
#define EXAMPLES_HEADERS_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define IPV6_HEADERS_MAX 8	/* extension headers of a packet; more is malformed */

/* IPv6, and IPv4 as ::ffff:a.b.c.d. As the key of an LPM_TRIE an IPv4 prefix has 96 bits more. */
struct source_prefix {
	__u32 bits;
	__u8 addr[16];
};

enum headers_found {
	HEADERS_WHOLE,
	HEADERS_OTHER,		/* no IP, or a fragment other than the first */
	HEADERS_MALFORMED,
};

struct headers {
	struct source_prefix source;	/* all bits */
	__u32 transport_at;
	__u8 proto;
};

struct ipv6_extension {
	__u8 next;
	__u8 len;		/* in 8 bytes, the first 8 not counted; of AH in 4, less 2 */
	__be16 fragment;	/* of a fragment header: offset in the upper 13 bits */
};

static __always_inline enum headers_found headers_skip_ipv6(struct __sk_buff *skb,
							    struct headers *h)
{
	struct ipv6_extension ext;
	__u32 i;

	for (i = 0; i < IPV6_HEADERS_MAX; i++) {
		if (h->proto != IPPROTO_HOPOPTS && h->proto != IPPROTO_ROUTING &&
		    h->proto != IPPROTO_DSTOPTS && h->proto != IPPROTO_FRAGMENT &&
		    h->proto != IPPROTO_AH)
			return HEADERS_WHOLE;
		if (bpf_skb_load_bytes(skb, h->transport_at, &ext, sizeof(ext)))
			return HEADERS_MALFORMED;
		if (h->proto == IPPROTO_FRAGMENT && ext.fragment & bpf_htons(0xfff8))
			return HEADERS_OTHER;
		h->transport_at += h->proto == IPPROTO_FRAGMENT ? 8 :
				   h->proto == IPPROTO_AH ? (ext.len + 2) * 4 : (ext.len + 1) * 8;
		h->proto = ext.next;
	}
	return HEADERS_MALFORMED;
}

static __always_inline enum headers_found headers_read(struct __sk_buff *skb, struct headers *h)
{
	struct ipv6hdr ip6;
	struct iphdr ip;

	__builtin_memset(h, 0, sizeof(*h));
	h->source.bits = 128;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl < 5)
			return HEADERS_MALFORMED;
		h->source.addr[10] = h->source.addr[11] = 0xff;
		__builtin_memcpy(&h->source.addr[12], &ip.saddr, 4);
		h->transport_at = ip.ihl * 4;
		h->proto = ip.protocol;
		return ip.frag_off & bpf_htons(0x1fff) ? HEADERS_OTHER : HEADERS_WHOLE;
	}
	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return HEADERS_OTHER;
	if (bpf_skb_load_bytes(skb, 0, &ip6, sizeof(ip6)) || ip6.version != 6)
		return HEADERS_MALFORMED;
	__builtin_memcpy(h->source.addr, &ip6.saddr, 16);
	h->transport_at = sizeof(ip6);
	h->proto = ip6.nexthdr;
	return headers_skip_ipv6(skb, h);
}

/* Does it ask for a TCP connection? HEADERS_OTHER: no. */
static __always_inline enum headers_found headers_of_syn(struct __sk_buff *skb, struct headers *h)
{
	enum headers_found found = headers_read(skb, h);
	struct tcphdr tcp;

	if (found != HEADERS_WHOLE || h->proto != IPPROTO_TCP)
		return found == HEADERS_WHOLE ? HEADERS_OTHER : found;
	if (bpf_skb_load_bytes(skb, h->transport_at, &tcp, sizeof(tcp)))
		return HEADERS_MALFORMED;
	return tcp.syn && !tcp.ack ? HEADERS_WHOLE : HEADERS_OTHER;
}

#endif
