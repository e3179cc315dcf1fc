// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which packets come in, and shall they? One slot of "seen" per IP protocol counts
 * them, one of "verdict" decides: 0 keeps, 1 drops. "bytes" adds up their lengths.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} bytes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} verdict SEC(".maps");

static __always_inline __u32 protocol_of(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = data;

		return (void *)(ip + 1) > end ? 255 : ip->protocol;
	}
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip6 = data;

		return (void *)(ip6 + 1) > end ? 255 : ip6->nexthdr;
	}
	return 254;
}

SEC("cgroup_skb/local_in")
int judge(struct __sk_buff *skb)
{
	__u32 proto = protocol_of(skb);
	__u64 *count = bpf_map_lookup_elem(&seen, &proto);
	__u64 *length = bpf_map_lookup_elem(&bytes, &proto);
	__u64 *drop = bpf_map_lookup_elem(&verdict, &proto);

	if (count)
		++*count;
	if (length)
		*length += skb->len;
	return !(drop && *drop);
}

char LICENSE[] SEC("license") = "GPL";
