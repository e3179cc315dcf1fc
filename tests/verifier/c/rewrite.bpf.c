// SPDX-License-Identifier: GPL-2.0-only
/* Packets that are changed: NAT, checksums folded by hand, TTL, DSCP, load balancing, limits. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct tuple {
	__be32 saddr, daddr;
	__be16 sport, dport;
	__u32 proto;
};

struct target {
	__be32 addr;
	__be16 port;
	__u8 mac[6];
};

struct bucket {
	__u64 tokens, stamp;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct tuple);
	__type(value, struct target);
} translations SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct target);
} backends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, struct bucket);
} buckets SEC(".maps");

const volatile __u32 backend_cnt = 7;
const volatile __u64 rate = 1000, burst = 100;

static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static __always_inline void checksum_replace(__u16 *check, __be32 from, __be32 to)
{
	__u32 sum = (__u16)~*check;

	sum += (__u16)~from + (__u16)~(from >> 16);
	sum += (to & 0xffff) + (to >> 16);
	*check = ~fold(sum);
}

static __noinline __u32 header_sum(struct iphdr *ip, void *end)
{
	__u16 *words = (__u16 *)ip;
	__u32 sum = 0, i;

	if ((void *)(ip + 1) > end)
		return 0;
	for (i = 0; i < sizeof(*ip) / 2; i++)
		sum += words[i];
	return fold(sum);
}

SEC("tc")
int check_header(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);

	if ((void *)(ip + 1) > end || ip->ihl != 5)
		return 0;
	return header_sum(ip, end) == 0xffff ? 0 : 2;
}

SEC("tc")
int destination_nat(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tuple tuple = {};
	struct target *to;
	struct udphdr *udp;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return 0;
	udp = (void *)ip + ip->ihl * 4;
	if ((void *)(udp + 1) > end || ip->protocol != IPPROTO_UDP)
		return 0;
	tuple.saddr = ip->saddr;
	tuple.daddr = ip->daddr;
	tuple.sport = udp->source;
	tuple.dport = udp->dest;
	tuple.proto = ip->protocol;
	to = bpf_map_lookup_elem(&translations, &tuple);
	if (!to)
		return 0;
	checksum_replace(&ip->check, ip->daddr, to->addr);
	if (udp->check)
		checksum_replace(&udp->check, ip->daddr, to->addr);
	ip->daddr = to->addr;
	udp->dest = to->port;
	__builtin_memcpy(eth->h_dest, to->mac, 6);
	return 0;
}

SEC("tc")
int balance(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct target *to;
	__u32 hash, slot;

	if ((void *)(tcp + 1) > end || ip->ihl != 5 || ip->protocol != IPPROTO_TCP)
		return 0;
	hash = ip->saddr ^ ip->daddr ^ ((__u32)tcp->source << 16 | tcp->dest);
	hash ^= hash >> 16;
	hash *= 0x85ebca6b;
	hash ^= hash >> 13;
	if (!backend_cnt)
		return 2;
	slot = hash % backend_cnt;
	to = bpf_map_lookup_elem(&backends, &slot);
	if (!to || !to->addr)
		return 2;
	checksum_replace(&ip->check, ip->daddr, to->addr);
	checksum_replace(&tcp->check, ip->daddr, to->addr);
	ip->daddr = to->addr;
	return 0;
}

SEC("tc")
int decrement_ttl(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u32 check;

	if ((void *)(ip + 1) > end)
		return 0;
	if (ip->ttl <= 1)
		return 2;
	check = ip->check + bpf_htons(0x0100);
	ip->check = check + (check >= 0xffff);
	ip->ttl--;
	return 0;
}

SEC("tc")
int mark_dscp(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u8 old, tos;

	if ((void *)(ip + 1) > end)
		return 0;
	old = ip->tos;
	tos = (old & 3) | 46 << 2;
	checksum_replace(&ip->check, bpf_htons(old), bpf_htons(tos));
	ip->tos = tos;
	skb->priority = 6;
	return 0;
}

/* A token bucket per source address. */
SEC("cgroup_skb/ingress")
int limit_rate(struct __sk_buff *skb)
{
	__u64 now = bpf_ktime_get_ns(), gained;
	struct bucket *bucket, fresh;
	struct iphdr ip;

	if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) < 0)
		return 1;
	bucket = bpf_map_lookup_elem(&buckets, &ip.saddr);
	if (!bucket) {
		fresh.tokens = burst;
		fresh.stamp = now;
		bpf_map_update_elem(&buckets, &ip.saddr, &fresh, BPF_NOEXIST);
		return 1;
	}
	gained = (now - bucket->stamp) * rate / 1000000000;
	if (gained) {
		bucket->stamp = now;
		bucket->tokens = bucket->tokens + gained > burst ? burst : bucket->tokens + gained;
	}
	if (!bucket->tokens)
		return 0;
	bucket->tokens--;
	return 1;
}

char _license[] SEC("license") = "GPL";
