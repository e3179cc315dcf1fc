// SPDX-License-Identifier: GPL-2.0-only
/* Packets: Ethernet, VLAN, IPv4 and IPv6, TCP and UDP, read and written in place. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct flow {
	__u32 saddr[4], daddr[4];
	__u16 sport, dport;
	__u8 proto, pad[3];
};

struct count {
	__u64 packets, bytes;
};

struct prefix {
	__u32 bits;
	__u32 addr;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow);
	__type(value, struct count);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct prefix);
	__type(value, __u32);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct count);
} protos SEC(".maps");

static __always_inline int parse_ports(void *at, void *end, struct flow *flow)
{
	struct udphdr *udp = at;	/* ports are at the same place in TCP */

	if ((void *)(udp + 1) > end)
		return -1;
	flow->sport = udp->source;
	flow->dport = udp->dest;
	return 0;
}

static __always_inline int parse_ip(void *at, void *end, __u16 proto, struct flow *flow)
{
	if (proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = at;
		__u32 bytes;

		if ((void *)(ip + 1) > end)
			return -1;
		bytes = ip->ihl * 4;
		if (bytes < sizeof(*ip))
			return -1;
		flow->saddr[0] = ip->saddr;
		flow->daddr[0] = ip->daddr;
		flow->proto = ip->protocol;
		if (flow->proto != IPPROTO_TCP && flow->proto != IPPROTO_UDP)
			return 0;
		return parse_ports(at + bytes, end, flow);
	}
	if (proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = at;

		if ((void *)(ip + 1) > end)
			return -1;
		__builtin_memcpy(flow->saddr, &ip->saddr, 16);
		__builtin_memcpy(flow->daddr, &ip->daddr, 16);
		flow->proto = ip->nexthdr;
		if (flow->proto != IPPROTO_TCP && flow->proto != IPPROTO_UDP)
			return 0;
		return parse_ports(ip + 1, end, flow);
	}
	return -1;
}

static __always_inline void count(struct flow *flow, __u32 bytes)
{
	struct count *seen = bpf_map_lookup_elem(&flows, flow);
	struct count first = { 1, bytes };
	__u32 proto = flow->proto;

	if (seen) {
		__sync_fetch_and_add(&seen->packets, 1);
		__sync_fetch_and_add(&seen->bytes, bytes);
	} else {
		bpf_map_update_elem(&flows, flow, &first, BPF_NOEXIST);
	}
	seen = bpf_map_lookup_elem(&protos, &proto);
	if (seen) {
		seen->packets++;
		seen->bytes += bytes;
	}
}

SEC("tc")
int classify(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct flow flow = {};
	void *at = eth + 1;
	__u16 proto;
	int i;

	if (at > end)
		return 0;
	proto = eth->h_proto;
	for (i = 0; i < 2; i++) {
		if (proto != bpf_htons(ETH_P_8021Q))
			break;
		if (at + 4 > end)
			return 0;
		proto = *(__u16 *)(at + 2);
		at += 4;
	}
	if (parse_ip(at, end, proto, &flow))
		return 0;
	count(&flow, skb->len);
	if (flow.dport == bpf_htons(9))
		return 2;
	skb->mark = flow.proto;
	skb->cb[0] = flow.sport;
	return 0;
}

SEC("cgroup_skb/ingress")
int filter(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct prefix prefix = { .bits = 32 };
	struct flow flow = {};
	__u32 *verdict;

	if (parse_ip(data, end, skb->protocol, &flow))
		return 1;
	prefix.addr = flow.saddr[0];
	verdict = bpf_map_lookup_elem(&prefixes, &prefix);
	count(&flow, skb->len);
	return verdict ? *verdict & 1 : 1;
}

/* Decrements the hop count and patches the checksum. */
SEC("tc")
int decrement(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u32 sum;

	if ((void *)(ip + 1) > end || ip->version != 4 || ip->ttl <= 1)
		return 2;
	sum = ip->check;
	sum += bpf_htons(0x0100);
	ip->check = sum + (sum >= 0xffff);
	ip->ttl--;
	return 0;
}

SEC("socket")
int header_bytes(struct __sk_buff *skb)
{
	__u8 bytes[20];
	__u32 sum = 0;
	int i;

	if (bpf_skb_load_bytes(skb, 14, bytes, sizeof(bytes)) < 0)
		return 0;
	for (i = 0; i < 20; i++)
		sum += bytes[i];
	return sum;
}

/* Options of variable length, one after the other. */
SEC("tc")
int tcp_options(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct tcphdr *tcp = data + sizeof(struct ethhdr) + sizeof(struct iphdr);
	__u32 off = 0, bytes, mss = 0;
	int i;

	if ((void *)(tcp + 1) > end)
		return 0;
	bytes = tcp->doff * 4 - sizeof(*tcp);
	for (i = 0; i < 10; i++) {
		__u8 *option;

		if (off >= 40 || off >= bytes)
			break;
		option = (__u8 *)(tcp + 1) + off;
		if ((void *)(option + 1) > end)
			break;
		if (option[0] == 0)
			break;
		if (option[0] == 1) {
			off++;
			continue;
		}
		if ((void *)(option + 4) > end)
			break;
		if (option[0] == 2)
			mss = option[2] << 8 | option[3];
		if (option[1] < 2)
			break;
		off += option[1];
	}
	return mss;
}

/* Lengths as ints: differences of places in the packet, of which only the lower half counts. */
SEC("tc")
int tc_lengths(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	int left = end - data - 3, at = 0, i;
	__u8 *byte = data;

	for (i = 0; i < 8 && (void *)(byte + 2) <= end; i++) {
		int bytes = byte[1] & 15;

		at = (void *)byte - data;
		if (left - at < bytes || byte[0] == 0xff)
			break;
		byte += 2 + bytes;
	}
	return left > at ? left - at : at;
}

char LICENSE[] SEC("license") = "GPL";
