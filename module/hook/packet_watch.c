// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does the kernel rely on behind a hook that a program may have rewritten there?
 *
 * The header: who makes it longer, or rewrites options that were read already, has it read
 * and write past them; who changes the packet's length must say so in it. Such packets are
 * dropped.
 *
 * The socket: one that was found before the hook (early demultiplexing, TPROXY, eBPF at tc)
 * is taken by TCP and UDP as one of theirs, unseen. It is taken from a packet that it may not
 * be meant for any more: they look for it themselves then.
 */
#include "module/hook/packet_watch.h"

#include <linux/atomic.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/minmax.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "module/hook/netfilter.h"

#define PORTS_BYTES 4

static bool ip_says_length(const struct sk_buff *skb, u8 family)
{
	const struct iphdr *ip = (const void *)skb->data;
	const struct ipv6hdr *ip6 = (const void *)skb->data;

	return family == NFPROTO_IPV4 ? ntohs(ip->tot_len) == skb->len :
					ntohs(ip6->payload_len) + sizeof(*ip6) == skb->len;
}

/* Where IP hands packets in, as INET too; at the others a socket is the sender's. */
static bool comes_in(const struct nf_hook_state *state)
{
	return (state->pf == NFPROTO_IPV4 || state->pf == NFPROTO_IPV6) &&
	       state->hook <= NF_INET_FORWARD;
}

/*
 * IPv4's options are read when it comes in and when it is made. IPv6's extension headers are
 * read one by one: hop-by-hop options before the first hook, others if it comes by once more,
 * decrypted. What was read is reported to programs that receive it, by the lengths that are
 * there then.
 */
static u32 checked_bytes(const struct sk_buff *skb, u8 family, bool comes_in)
{
	u32 bytes;

	if (family == NFPROTO_IPV4) {
		bytes = (skb->data[0] & 15) * 4;
		return bytes > sizeof(struct iphdr) && bytes <= skb_headlen(skb) ?
			       bytes : sizeof(struct iphdr);
	}
	if (!comes_in || !skb_transport_header_was_set(skb))
		return sizeof(struct ipv6hdr);
	return max_t(s32, skb_transport_offset(skb), sizeof(struct ipv6hdr));
}

/* Up to the ports. 0: what it was chosen by is not known, or too long to be remembered. */
static u32 socket_bytes(const struct sk_buff *skb, u8 family)
{
	const struct iphdr *ip = (const void *)skb->data;
	s32 bytes = -1;
	u8 protocol = 0;

	if (family == NFPROTO_IPV4) {
		protocol = ip->protocol;
		bytes = ip->ihl * 4;
	}
#if IS_ENABLED(CONFIG_IPV6)
	if (family == NFPROTO_IPV6) {
		__be16 fragment;

		protocol = ((const struct ipv6hdr *)skb->data)->nexthdr;
		bytes = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &protocol, &fragment);
	}
#endif
	if (bytes < 0 || (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP))
		return 0;
	bytes += PORTS_BYTES;
	return bytes <= sizeof_field(struct packet_watch, headers) && bytes <= skb->len ? bytes : 0;
}

/* Its bytes are shared, with TCP's retransmit queue and with taps; the ports may lie elsewhere. */
static bool make_own(const struct packet_watch *watch, struct sk_buff *skb)
{
	return !skb_shared(skb) &&
	       !skb_ensure_writable(skb, max_t(u32, skb_headlen(skb), watch->chosen_by));
}

bool packet_watch_begin(struct packet_watch *watch, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	watch->ip_family = netfilter_ip_family(skb, state);
	watch->least = state->pf == NFPROTO_ARP ? skb->len : 0;
	watch->checked = 0;
	watch->chosen_by = 0;
	/* What is not IP's yet keeps a socket when IP gets it only if eBPF at tc has set that. */
	watch->has_socket = skb->sk && (comes_in(state) || skb_sk_is_prefetched(skb));
	if (watch->has_socket && comes_in(state))
		watch->chosen_by = socket_bytes(skb, state->pf);
	if (!make_own(watch, skb))
		return false;
	if (!watch->ip_family)
		return true;
	watch->says_length = ip_says_length(skb, watch->ip_family);
	watch->checked = checked_bytes(skb, watch->ip_family, comes_in(state));
	if (watch->checked > sizeof(watch->headers) || watch->checked > skb_headlen(skb)) {
		atomic64_inc(&netfilter_bad_verdicts);
		return false;
	}
	memcpy(watch->headers, skb->data, max(watch->checked, watch->chosen_by));
	return true;
}

static bool ip_is_kept(const struct packet_watch *watch, const struct sk_buff *skb)
{
	const u8 *was = watch->headers, *is = skb->data;
	bool v4 = watch->ip_family == NFPROTO_IPV4;
	u32 fixed = v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	u32 next = offsetof(struct ipv6hdr, nexthdr);

	if (skb_headlen(skb) < watch->checked)
		return false;
	/* The other half of IPv6's first byte is traffic class. */
	if ((was[0] ^ is[0]) & (v4 ? 0xff : 0xf0))
		return false;
	/* What is read by now may not become something else either. */
	if (!v4 && watch->checked > fixed && was[next] != is[next])
		return false;
	return !memcmp(was + fixed, is + fixed, watch->checked - fixed) &&
	       (!watch->says_length || ip_says_length(skb, watch->ip_family));
}

/* Protocol, addresses and all behind them: who marks a packet or counts its hops chooses no other. */
static bool socket_is_kept(const struct packet_watch *watch, const struct sk_buff *skb)
{
	bool v4 = watch->ip_family == NFPROTO_IPV4;
	u32 protocol = v4 ? offsetof(struct iphdr, protocol) : offsetof(struct ipv6hdr, nexthdr);
	u32 addresses = v4 ? offsetof(struct iphdr, saddr) : offsetof(struct ipv6hdr, saddr);

	return watch->chosen_by && skb_headlen(skb) >= watch->chosen_by &&
	       watch->headers[protocol] == skb->data[protocol] &&
	       !memcmp(watch->headers + addresses, skb->data + addresses, watch->chosen_by - addresses);
}

bool packet_watch_end(const struct packet_watch *watch, struct sk_buff *skb)
{
	if (skb->len < watch->least || (watch->ip_family && !ip_is_kept(watch, skb))) {
		atomic64_inc(&netfilter_bad_verdicts);
		return false;
	}
	if (watch->has_socket && !socket_is_kept(watch, skb))
		skb_orphan(skb);
	return true;
}
