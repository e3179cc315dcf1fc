// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first byte of what TCP sends to COUNTED_PORT is counted up on its way out, and each
 * second of those packets is then lost. What TCP keeps to send it again must not have been
 * counted up: what arrives in the end is one more than what was sent, not two.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/nat.h"

/* 0: packets counted up, 1: lost, 2: helpers that failed, 3: packets whose socket is in no control group. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} payloads SEC(".maps");

/* Empty. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} groups SEC(".maps");

static __always_inline __u64 count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&payloads, &slot);

	return value ? __sync_fetch_and_add(value, 1) : 0;
}

/* Where the payload begins; 0: there is none, or it goes elsewhere. */
static __always_inline __u32 payload_of(struct __sk_buff *skb)
{
	struct iphdr *ip = (void *)(long)skb->data;
	struct tcphdr *tcp = (void *)(ip + 1);
	__u32 at;

	if (skb->protocol != bpf_htons(ETH_P_IP) || (void *)(tcp + 1) > (void *)(long)skb->data_end ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || tcp->dest != bpf_htons(COUNTED_PORT))
		return 0;
	at = sizeof(*ip) + tcp->doff * 4;
	return skb->len > at ? at : 0;
}

SEC("tc/ipv4/local_out")
int count_up(struct __sk_buff *skb)
{
	__u32 at = payload_of(skb);
	__u16 old = 0, new = 0;
	int err, group;

	if (!at)
		return 0;
	/* The packet has a socket, in some group; its link layer's header is not there yet. */
	group = bpf_skb_under_cgroup(skb, &groups, 0);
	if (group == -ENOENT)
		count(3);
	else if (group != -EAGAIN || bpf_skb_under_cgroup(skb, &groups, 1) != -E2BIG)
		count(2);
	if (bpf_skb_vlan_push(skb, 0, 5) != -EOPNOTSUPP || bpf_skb_vlan_pop(skb) != -EOPNOTSUPP)
		count(2);
	/* A checksum counts in pairs of bytes from the header on, which is a whole number of them. */
	err = bpf_skb_load_bytes(skb, at, &old, 2);
	new = bpf_htons(bpf_ntohs(old) + 0x100);
	err = err ? : bpf_skb_store_bytes(skb, at, &new, 2, BPF_F_RECOMPUTE_CSUM);
	err = err ? : bpf_l4_csum_replace(skb, sizeof(struct iphdr) + offsetof(struct tcphdr, check),
					  old, new, 2);
	count(err ? 2 : 0);
	return err ? 2 : 0;
}

SEC("tc/ipv4/postrouting")
int lose(struct __sk_buff *skb)
{
	static __u64 seen;

	if (!payload_of(skb) || __sync_fetch_and_add(&seen, 1) % 2)
		return 0;
	count(1);
	return 2;
}

char LICENSE[] SEC("license") = "GPL";
