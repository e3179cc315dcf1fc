// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which packets to this machine pass? The rules are in firewall.h.
 *
 * Headers are read from the packet directly where they lie in its linear part,
 * and copied where they do not; a packet never passes or drops for the way its
 * bytes lie in memory. IPv4 arrives here reassembled; of an IPv6 datagram in
 * fragments the first one is judged by its port, and the others cannot be put
 * together without it.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "examples/firewall/firewall.h"

#define IPV6_HEADERS_MAX 8	/* extension headers of a packet; more is malformed */
#define FRAGMENT_OFFSET_MASK 0x1fff

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FIREWALL_SLOTS);
	__type(key, struct firewall_prefix4);
	__type(value, struct firewall_rule);
} fw_prefix4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FIREWALL_SLOTS);
	__type(key, struct firewall_prefix6);
	__type(value, struct firewall_rule);
} fw_prefix6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FIREWALL_SLOTS);
	__type(key, struct firewall_port);
	__type(value, struct firewall_rule);
} fw_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FIREWALL_SLOTS);
	__type(key, __u32);
	__type(value, struct firewall_count);
} fw_counters SEC(".maps");

/* Not read here: the user side keeps its list of rules in it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FIREWALL_SLOTS);
	__type(key, __u32);
	__type(value, struct firewall_slot);
} fw_slots SEC(".maps");

/* Copy @size bytes at @off of the packet to @to; 0, or negative if it has not so many. */
static __always_inline int read_packet(struct __sk_buff *skb, __u32 off, void *to, __u32 size)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	void *at;

	if (off > 0xffff)
		return -1;
	at = data + off;
	if (at + size > end)
		return bpf_skb_load_bytes(skb, off, to, size);
	/* Not true, but the machine does not mind; without it clang copies byte by byte. */
	__builtin_memcpy(to, __builtin_assume_aligned(at, 4), size);
	return 0;
}

static __always_inline int count_packet(struct __sk_buff *skb, __u32 slot, int verdict)
{
	struct firewall_count *count = bpf_map_lookup_elem(&fw_counters, &slot);

	if (count) {
		count->packets++;
		count->bytes += skb->len;
	}
	return verdict;
}

static __always_inline int apply_rule(struct __sk_buff *skb, const struct firewall_rule *rule)
{
	return count_packet(skb, rule->slot,
			    rule->action == FIREWALL_PASS ? FIREWALL_PASS : FIREWALL_DROP);
}

static __always_inline int drop_malformed(struct __sk_buff *skb)
{
	return count_packet(skb, SLOT_MALFORMED, FIREWALL_DROP);
}

static __always_inline int pass_without_rule(struct __sk_buff *skb)
{
	return count_packet(skb, SLOT_NO_RULE, FIREWALL_PASS);
}

/* The rule of the port in the transport header at @off. */
static __always_inline int judge_port(struct __sk_buff *skb, __u32 off, __u32 proto)
{
	struct firewall_port key = { .proto = proto };
	const struct firewall_rule *rule;
	__u16 ports[2];		/* source, destination */
	__u8 icmp[2];		/* type, code */

	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		if (read_packet(skb, off, ports, sizeof(ports)))
			return drop_malformed(skb);
		key.port = bpf_ntohs(ports[1]);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (read_packet(skb, off, icmp, sizeof(icmp)))
			return drop_malformed(skb);
		key.port = icmp[0];
		break;
	default:
		return pass_without_rule(skb);
	}
	rule = bpf_map_lookup_elem(&fw_ports, &key);
	return rule ? apply_rule(skb, rule) : pass_without_rule(skb);
}

static __always_inline int judge_ipv4(struct __sk_buff *skb)
{
	struct firewall_prefix4 source;
	const struct firewall_rule *rule;
	struct iphdr ip;

	if (read_packet(skb, 0, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl < 5)
		return drop_malformed(skb);
	source.bits = 32;
	__builtin_memcpy(source.addr, &ip.saddr, sizeof(source.addr));
	rule = bpf_map_lookup_elem(&fw_prefix4, &source);
	if (rule)
		return apply_rule(skb, rule);
	if (ip.frag_off & bpf_htons(FRAGMENT_OFFSET_MASK))
		return pass_without_rule(skb);	/* no ports in it, useless without the first */
	return judge_port(skb, ip.ihl * 4, ip.protocol);
}

struct ipv6_extension {
	__u8 next;
	__u8 len;		/* in 8 bytes, the first 8 not counted; of AH in 4, less 2 */
	__be16 fragment;	/* of a fragment header: offset in the upper 13 bits */
};

static __always_inline int judge_ipv6(struct __sk_buff *skb)
{
	struct firewall_prefix6 source;
	__u32 off = sizeof(struct ipv6hdr), proto, i;
	const struct firewall_rule *rule;
	struct ipv6_extension ext;
	struct ipv6hdr ip;

	if (read_packet(skb, 0, &ip, sizeof(ip)) || ip.version != 6)
		return drop_malformed(skb);
	source.bits = 128;
	__builtin_memcpy(source.addr, &ip.saddr, sizeof(source.addr));
	rule = bpf_map_lookup_elem(&fw_prefix6, &source);
	if (rule)
		return apply_rule(skb, rule);
	proto = ip.nexthdr;
	for (i = 0; i < IPV6_HEADERS_MAX; i++) {
		if (proto != IPPROTO_HOPOPTS && proto != IPPROTO_ROUTING &&
		    proto != IPPROTO_DSTOPTS && proto != IPPROTO_FRAGMENT && proto != IPPROTO_AH)
			return judge_port(skb, off, proto);
		if (read_packet(skb, off, &ext, sizeof(ext)))
			return drop_malformed(skb);
		if (proto == IPPROTO_FRAGMENT) {
			if (ext.fragment & bpf_htons(0xfff8))
				return pass_without_rule(skb);
			off += 8;
		} else if (proto == IPPROTO_AH) {
			off += (ext.len + 2) * 4;
		} else {
			off += (ext.len + 1) * 8;
		}
		proto = ext.next;
	}
	return drop_malformed(skb);
}

SEC("cgroup_skb/inet/local_in")
int firewall(struct __sk_buff *skb)
{
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return judge_ipv4(skb);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return judge_ipv6(skb);
	return pass_without_rule(skb);
}

char LICENSE[] SEC("license") = "GPL";
