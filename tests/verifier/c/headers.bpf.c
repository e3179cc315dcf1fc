// SPDX-License-Identifier: GPL-2.0-only
/* Headers that take work: extension headers, TCP options, DNS names, HTTP, TLS, tunnels. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct cursor {
	void *at, *end;
};

struct dns_header {
	__be16 id, flags, questions, answers, authorities, additional;
};

struct name {
	char bytes[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct name);
	__type(value, __u64);
} blocked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct name);
} scratch SEC(".maps");

__u64 methods[8];

static __always_inline int skip(struct cursor *c, __u32 bytes)
{
	if (c->at + bytes > c->end)
		return -1;
	c->at += bytes;
	return 0;
}

/* The transport protocol behind up to four extension headers. */
SEC("tc")
int ipv6_extensions(struct __sk_buff *skb)
{
	struct cursor c = { (void *)(long)skb->data, (void *)(long)skb->data_end };
	struct ipv6hdr *ip;
	__u8 next, *ext;
	int i;

	if (skip(&c, sizeof(struct ethhdr)))
		return 0;
	ip = c.at;
	if (skip(&c, sizeof(*ip)))
		return 0;
	next = ip->nexthdr;
	for (i = 0; i < 4; i++) {
		__u32 bytes;

		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS)
			break;
		ext = c.at;
		if ((void *)(ext + 2) > c.end)
			return 0;
		bytes = (ext[1] + 1) * 8;
		next = ext[0];
		if (skip(&c, bytes))
			return 0;
	}
	skb->mark = next;
	return 0;
}

static __always_inline struct tcphdr *tcp_of(struct __sk_buff *skb, struct cursor *c)
{
	struct iphdr *ip;
	struct tcphdr *tcp;

	c->at = (void *)(long)skb->data;
	c->end = (void *)(long)skb->data_end;
	if (skip(c, sizeof(struct ethhdr)))
		return 0;
	ip = c->at;
	if ((void *)(ip + 1) > c->end || ip->protocol != IPPROTO_TCP || ip->ihl < 5)
		return 0;
	if (skip(c, ip->ihl * 4))
		return 0;
	tcp = c->at;
	return (void *)(tcp + 1) > c->end ? 0 : tcp;
}

SEC("tc")
int tcp_options(struct __sk_buff *skb)
{
	struct cursor c;
	struct tcphdr *tcp = tcp_of(skb, &c);
	__u8 *opt, *stop;
	__u32 mss = 0;
	int i;

	if (!tcp || tcp->doff < 5)
		return 0;
	opt = (void *)(tcp + 1);
	stop = (void *)tcp + tcp->doff * 4;
	for (i = 0; i < 10; i++) {
		if (opt + 1 > (__u8 *)c.end || opt + 1 > stop || *opt == 0)
			break;
		if (*opt == 1) {
			opt++;
			continue;
		}
		if (opt + 2 > (__u8 *)c.end || opt[1] < 2)
			break;
		if (*opt == 2 && opt + 4 <= (__u8 *)c.end)
			mss = opt[2] << 8 | opt[3];
		opt += opt[1];
	}
	skb->mark = mss;
	return 0;
}

SEC("tc")
int http_method(struct __sk_buff *skb)
{
	struct cursor c;
	struct tcphdr *tcp = tcp_of(skb, &c);
	__u32 word;
	char *text;

	if (!tcp || skip(&c, tcp->doff * 4))
		return 0;
	text = c.at;
	if ((void *)(text + 8) > c.end)
		return 0;
	word = (__u8)text[0] << 24 | (__u8)text[1] << 16 | (__u8)text[2] << 8 | (__u8)text[3];
	switch (word) {
	case 0x47455420:	/* "GET " */
		methods[0]++;
		break;
	case 0x504f5354:	/* "POST" */
		methods[1]++;
		break;
	case 0x50555420:	/* "PUT " */
		methods[2]++;
		break;
	case 0x48454144:	/* "HEAD" */
		methods[3]++;
		break;
	case 0x44454c45:	/* "DELE" */
		methods[4]++;
		break;
	default:
		methods[7]++;
	}
	return 0;
}

/* The question's name, dots in place of lengths, looked up in a list. */
SEC("tc")
int dns_question(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct udphdr *udp = (void *)(ip + 1);
	struct dns_header *dns = (void *)(udp + 1);
	__u8 *at = (void *)(dns + 1), left = 0;
	__u32 zero = 0, i;
	struct name *name;
	__u64 *hits;

	if ((void *)(dns + 1) > end || ip->protocol != IPPROTO_UDP || ip->ihl != 5)
		return 0;
	if (udp->dest != bpf_htons(53) || dns->questions != bpf_htons(1))
		return 0;
	name = bpf_map_lookup_elem(&scratch, &zero);
	if (!name)
		return 0;
	__builtin_memset(name, 0, sizeof(*name));
	for (i = 0; i < 63; i++) {
		if (at + i + 1 > (__u8 *)end)
			return 0;
		if (!left) {
			left = at[i];
			if (!left)
				break;
			if (left > 63)
				return 0;
			name->bytes[i] = '.';
			continue;
		}
		name->bytes[i] = at[i] | 0x20;
		left--;
	}
	hits = bpf_map_lookup_elem(&blocked, name);
	if (!hits)
		return 0;
	*hits += 1;
	return 2;
}

/* Is this a TLS client hello, and of which version? */
SEC("cgroup_skb/egress")
int tls_hello(struct __sk_buff *skb)
{
	__u8 head[11];
	__u32 at;

	if (bpf_skb_load_bytes(skb, 0, head, 1) < 0)
		return 1;
	at = (head[0] & 15) * 4 + 20;
	if (bpf_skb_load_bytes(skb, at, head, sizeof(head)) < 0)
		return 1;
	if (head[0] == 22 && head[5] == 1 && head[9] == 3)
		return head[10] >= 3;
	return 1;
}

/* The inner addresses of IP in UDP (VXLAN). */
SEC("tc")
int vxlan_inner(struct __sk_buff *skb)
{
	struct cursor c = { (void *)(long)skb->data, (void *)(long)skb->data_end };
	struct iphdr *outer, *inner;
	struct udphdr *udp;
	__be32 *vni;

	if (skip(&c, sizeof(struct ethhdr)))
		return 0;
	outer = c.at;
	if ((void *)(outer + 1) > c.end || outer->protocol != IPPROTO_UDP)
		return 0;
	if (skip(&c, outer->ihl << 2))
		return 0;
	udp = c.at;
	if (skip(&c, sizeof(*udp)) || udp->dest != bpf_htons(4789))
		return 0;
	vni = c.at + 4;
	if (skip(&c, 8 + sizeof(struct ethhdr)))
		return 0;
	inner = c.at;
	if ((void *)(inner + 1) > c.end)
		return 0;
	skb->mark = bpf_ntohl(*vni) >> 8 ^ inner->saddr ^ inner->daddr;
	return 0;
}

char _license[] SEC("license") = "GPL";
