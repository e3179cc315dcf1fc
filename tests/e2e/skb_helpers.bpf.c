// SPDX-License-Identifier: GPL-2.0-only
/* Programs that call the helpers on packets, for skb_helpers.c, which knows what must come out. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/skb_helpers.h"

long results[16];

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} groups SEC(".maps");

#define IP_FIELD(field) (IP_AT + offsetof(struct iphdr, field))
#define UDP_FIELD(field) (UDP_AT + offsetof(struct udphdr, field))

SEC("tc")
int store(struct __sk_buff *skb)
{
	char text[7] = "stored";

	results[0] = bpf_skb_store_bytes(skb, DATA_AT + 1, text, 6, 0);
	results[1] = bpf_skb_store_bytes(skb, skb->len - 6, text, 6, BPF_F_INVALIDATE_HASH);
	results[2] = bpf_skb_store_bytes(skb, skb->len - 6, text, 7, BPF_F_RECOMPUTE_CSUM);
	results[3] = bpf_skb_store_bytes(skb, 0xffffffff, text, 1, 0);
	results[4] = bpf_skb_store_bytes(skb, 0x7fffffff, text, 7, 0);
	results[5] = bpf_skb_store_bytes(skb, DATA_AT, text, 1, 4);
	return 0;
}

/* Another source, field by field. */
SEC("tc")
int rewrite(struct __sk_buff *skb)
{
	__be32 source = bpf_htonl(NEW_SOURCE), old_source = 0;
	__be16 port = bpf_htons(NEW_PORT), old_port = 0;

	results[0] = bpf_skb_load_bytes(skb, IP_FIELD(saddr), &old_source, 4);
	results[1] = bpf_skb_load_bytes(skb, UDP_FIELD(source), &old_port, 2);
	results[2] = bpf_l4_csum_replace(skb, UDP_FIELD(check), old_source, source,
					 BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | 4);
	results[3] = bpf_l4_csum_replace(skb, UDP_FIELD(check), old_port, port,
					 BPF_F_MARK_MANGLED_0 | 2);
	results[4] = bpf_l3_csum_replace(skb, IP_FIELD(check), old_source, source, 4);
	results[5] = bpf_skb_store_bytes(skb, IP_FIELD(saddr), &source, 4, 0);
	results[6] = bpf_skb_store_bytes(skb, UDP_FIELD(source), &port, 2, 0);
	return 0;
}

/* The same by differences, and the time to live by a field of two bytes. */
SEC("tc")
int rewrite_by_diff(struct __sk_buff *skb)
{
	__be32 source = bpf_htonl(NEW_SOURCE), old_source = 0;
	__be32 port = bpf_htonl(NEW_PORT << 16), old_port = 0;
	__be16 old_ttl = 0, ttl;
	__s64 diff;

	results[0] = bpf_skb_load_bytes(skb, IP_FIELD(saddr), &old_source, 4);
	results[1] = bpf_skb_load_bytes(skb, UDP_FIELD(source), &old_port, 2);
	results[2] = bpf_skb_load_bytes(skb, IP_FIELD(ttl), &old_ttl, 2);
	diff = bpf_csum_diff(&old_source, 4, &source, 4, 0);
	results[3] = bpf_l3_csum_replace(skb, IP_FIELD(check), 0, diff, 0);
	results[4] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, diff, BPF_F_PSEUDO_HDR);
	diff = bpf_csum_diff(&old_port, 4, &port, 4, 0);
	results[5] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, diff, 0);
	ttl = old_ttl - bpf_htons(0x0100);
	results[6] = bpf_l3_csum_replace(skb, IP_FIELD(check), old_ttl, ttl, 2);
	results[7] = bpf_skb_store_bytes(skb, IP_FIELD(saddr), &source, 4, 0);
	results[8] = bpf_skb_store_bytes(skb, UDP_FIELD(source), &port, 2, 0);
	results[9] = bpf_skb_store_bytes(skb, IP_FIELD(ttl), &ttl, 2, 0);
	return 0;
}

/* What is no checksum stays none, unless it is wanted; and none that is one is 0. */
SEC("tc")
int udp_zero(struct __sk_buff *skb)
{
	__u16 sum = 0;

	results[0] = bpf_skb_store_bytes(skb, UDP_FIELD(check), &sum, 2, 0);
	results[1] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, 5, BPF_F_MARK_MANGLED_0 | 2);
	results[2] = bpf_skb_load_bytes(skb, UDP_FIELD(check), &sum, 2);
	results[3] = sum;
	results[4] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, 5, BPF_F_MARK_MANGLED_0 |
					 BPF_F_MARK_ENFORCE | 2);
	results[5] = bpf_skb_load_bytes(skb, UDP_FIELD(check), &sum, 2);
	results[6] = sum;
	/* 0x0005 becomes 0, and so all ones; without the flag it stays 0. */
	sum = bpf_htons(5);
	results[7] = bpf_skb_store_bytes(skb, UDP_FIELD(check), &sum, 2, 0);
	results[8] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, bpf_htons(5),
					 BPF_F_MARK_MANGLED_0 | 2);
	results[9] = bpf_skb_load_bytes(skb, UDP_FIELD(check), &sum, 2);
	results[10] = sum;
	sum = bpf_htons(5);
	results[11] = bpf_skb_store_bytes(skb, UDP_FIELD(check), &sum, 2, 0);
	results[12] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, bpf_htons(5), 2);
	results[13] = bpf_skb_load_bytes(skb, UDP_FIELD(check), &sum, 2);
	results[14] = sum;
	return 0;
}

SEC("tc")
int csum_errors(struct __sk_buff *skb)
{
	results[0] = bpf_l3_csum_replace(skb, IP_FIELD(check), 0, 1, 0x10);
	results[1] = bpf_l3_csum_replace(skb, IP_FIELD(check) + 1, 0, 1, 2);
	results[2] = bpf_l3_csum_replace(skb, 0x10000, 0, 1, 2);
	results[3] = bpf_l3_csum_replace(skb, 0xfffe, 0, 1, 2);
	results[4] = bpf_l3_csum_replace(skb, IP_FIELD(check), 0, 1, 3);
	results[5] = bpf_l3_csum_replace(skb, IP_FIELD(check), 1, 1, 0);
	results[6] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, 1, 0x100);
	results[7] = bpf_l4_csum_replace(skb, UDP_FIELD(check) + 1, 0, 1, 2);
	results[8] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, 1, 8);
	results[9] = bpf_l4_csum_replace(skb, UDP_FIELD(check), 1, 1, 0);
	/* No device has summed this packet. */
	results[10] = bpf_csum_update(skb, 1);
	results[11] = bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY);
	results[12] = bpf_csum_level(skb, 4);
	results[13] = bpf_csum_level(skb, BPF_CSUM_LEVEL_RESET);
	return 0;
}

/* One more checksum is known to be right, and one more; then all but one, then none. */
SEC("tc")
int csum_levels(struct __sk_buff *skb)
{
	results[0] = bpf_csum_level(skb, BPF_CSUM_LEVEL_INC);
	results[1] = bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY);
	results[2] = bpf_csum_level(skb, BPF_CSUM_LEVEL_INC);
	results[3] = bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY);
	results[4] = bpf_csum_level(skb, BPF_CSUM_LEVEL_DEC);
	results[5] = bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY);
	results[6] = bpf_csum_level(skb, BPF_CSUM_LEVEL_RESET);
	results[7] = bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY);
	return 0;
}

SEC("tc")
int diffs(struct __sk_buff *skb)
{
	__be32 from[] = DIFF_FROM, to[] = DIFF_TO;
	__u32 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	results[0] = bpf_csum_diff(from, sizeof(from), to, sizeof(to), DIFF_SEED);
	results[1] = bpf_csum_diff(NULL, 0, to, sizeof(to), DIFF_SEED);
	results[2] = bpf_csum_diff(from, sizeof(from), NULL, 0, DIFF_SEED);
	results[3] = bpf_csum_diff(NULL, 0, NULL, 0, DIFF_SEED);
	results[4] = bpf_csum_diff(from, sizeof(from), from, sizeof(from), 0);
	results[5] = bpf_csum_diff(from, 3, to, sizeof(to), 0);
	results[6] = bpf_csum_diff(from, sizeof(from), to, 6, 0);
	if (data + 8 <= end)
		results[7] = bpf_csum_diff(NULL, 0, data, 32, 0);
	return 0;
}

SEC("tc")
int hashes(struct __sk_buff *skb)
{
	__u32 flow = bpf_get_hash_recalc(skb);

	results[0] = flow;
	results[1] = skb->hash == flow && bpf_get_hash_recalc(skb) == flow;
	results[2] = bpf_set_hash(skb, 0x12345678);
	results[3] = skb->hash;
	results[4] = bpf_get_hash_recalc(skb);
	bpf_set_hash_invalid(skb);
	results[5] = skb->hash;
	results[6] = bpf_get_hash_recalc(skb) == flow;
	return 0;
}

static __always_inline int read_relative(struct __sk_buff *skb)
{
	__u32 word = 0;

	results[0] = bpf_skb_load_bytes_relative(skb, 12, &word, 4, BPF_HDR_START_NET);
	results[1] = bpf_ntohl(word);
	results[2] = bpf_skb_load_bytes_relative(skb, 12, &word, 2, BPF_HDR_START_MAC);
	results[3] = bpf_ntohl(word) >> 16;
	word = ~0;
	results[4] = bpf_skb_load_bytes_relative(skb, 0, &word, 4, 2);
	results[5] = word;
	word = ~0;
	results[6] = bpf_skb_load_bytes_relative(skb, 0x10000, &word, 4, BPF_HDR_START_MAC);
	results[7] = word;
	results[8] = bpf_skb_load_bytes_relative(skb, skb->len, &word, 4, BPF_HDR_START_NET);
	return 1;
}

SEC("tc")
int relative(struct __sk_buff *skb)
{
	return read_relative(skb);
}

/* Its data begin behind the Ethernet header. */
SEC("cgroup_skb/ingress")
int relative_cgroup(struct __sk_buff *skb)
{
	return read_relative(skb);
}

SEC("tc")
int pull(struct __sk_buff *skb)
{
	unsigned char *data, *end;

	results[0] = bpf_skb_pull_data(skb, 0);
	results[1] = bpf_skb_pull_data(skb, skb->len);
	results[2] = bpf_skb_pull_data(skb, skb->len + 1);
	results[3] = bpf_skb_pull_data(skb, 0xffffffff);
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	results[4] = end - data == skb->len;
	if (data + DATA_AT + 1 > end)
		return 0;
	data[DATA_AT] = 'P';
	return data[IP_AT];
}

SEC("tc")
int tail_grows(struct __sk_buff *skb)
{
	unsigned char *data, *end;

	results[0] = bpf_skb_change_tail(skb, skb->len + 600, 0);
	results[1] = skb->len;
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	results[2] = end - data;
	return 0;
}

SEC("tc")
int tail_shrinks(struct __sk_buff *skb)
{
	results[0] = bpf_skb_change_tail(skb, skb->len, 0);
	results[1] = bpf_skb_change_tail(skb, skb->len, 1);
	results[2] = bpf_skb_change_tail(skb, 0x7fffffff, 0);
	results[3] = bpf_skb_change_tail(skb, 13, 0);
	results[4] = bpf_skb_change_tail(skb, DATA_AT + 2, 0);
	results[5] = skb->len;
	return 0;
}

SEC("tc")
int types(struct __sk_buff *skb)
{
	results[0] = bpf_skb_change_type(skb, 3);
	results[1] = skb->pkt_type;
	results[2] = bpf_skb_change_type(skb, 4);
	results[3] = skb->pkt_type;
	results[4] = bpf_skb_change_type(skb, 0);
	results[5] = skb->pkt_type;
	return 0;
}

SEC("tc")
int congestion(struct __sk_buff *skb)
{
	return bpf_skb_ecn_set_ce(skb);
}

SEC("cgroup_skb/ingress")
int congestion_cgroup(struct __sk_buff *skb)
{
	return bpf_skb_ecn_set_ce(skb) == 1;
}

/* A packet of no socket, that has come by no route. */
SEC("tc")
int homeless(struct __sk_buff *skb)
{
	results[0] = bpf_get_socket_cookie(skb);
	results[1] = bpf_get_socket_uid(skb);
	results[2] = bpf_skb_cgroup_id(skb);
	results[3] = bpf_skb_ancestor_cgroup_id(skb, 0);
	results[4] = bpf_skb_cgroup_classid(skb);
	results[5] = bpf_get_route_realm(skb);
	results[6] = bpf_get_cgroup_classid(skb);
	return 0;
}

/* A tag beside the packet, twice. */
SEC("tc")
int tags(struct __sk_buff *skb)
{
	results[0] = bpf_skb_vlan_pop(skb);
	results[1] = skb->vlan_present;
	results[2] = bpf_skb_vlan_push(skb, bpf_htons(0x88a8), 0x6005);
	results[3] = skb->vlan_present;
	results[4] = skb->vlan_tci;
	results[5] = bpf_ntohs(skb->vlan_proto);
	results[6] = skb->len;
	results[7] = bpf_skb_vlan_pop(skb);
	results[8] = skb->vlan_present;
	results[9] = bpf_skb_vlan_push(skb, 0, 0x1fff);
	results[10] = bpf_ntohs(skb->vlan_proto);
	results[11] = skb->vlan_tci;
	return 0;
}

/* Of a packet that nobody's socket has sent. */
SEC("tc")
int grouped(struct __sk_buff *skb)
{
	results[0] = bpf_skb_under_cgroup(skb, &groups, 0);
	results[1] = bpf_skb_under_cgroup(skb, &groups, 1);
	results[2] = bpf_skb_under_cgroup(skb, &groups, 2);
	return 0;
}

SEC("xdp")
int xdp_bytes(struct xdp_md *xdp)
{
	__u32 word = ~0, len = bpf_xdp_get_buff_len(xdp);
	__u16 proto = 0;

	results[0] = len;
	results[1] = bpf_xdp_load_bytes(xdp, 12, &proto, 2);
	results[2] = bpf_ntohs(proto);
	results[3] = bpf_xdp_load_bytes(xdp, len - 3, &word, 4);
	results[4] = bpf_xdp_load_bytes(xdp, 0, &word, 4);
	results[5] = bpf_xdp_store_bytes(xdp, DATA_AT, "stored", 6);
	results[6] = bpf_xdp_store_bytes(xdp, len - 3, "stored", 4);
	results[7] = bpf_xdp_store_bytes(xdp, 0x10000, "stored", 4);
	results[8] = bpf_xdp_load_bytes(xdp, 0xffffffff, &word, 4);
	results[9] = xdp->ingress_ifindex;
	return XDP_PASS;
}

SEC("xdp")
int xdp_head(struct xdp_md *xdp)
{
	char *data, *end;

	results[0] = bpf_xdp_adjust_head(xdp, -100);
	results[1] = bpf_xdp_get_buff_len(xdp);
	results[2] = bpf_xdp_adjust_head(xdp, -200);
	results[3] = bpf_xdp_adjust_head(xdp, 0x7fffffff);
	results[4] = bpf_xdp_adjust_head(xdp, 149);
	results[5] = bpf_xdp_adjust_head(xdp, 1);
	results[6] = bpf_xdp_adjust_head(xdp, -53);
	results[7] = bpf_xdp_get_buff_len(xdp);
	data = (void *)(long)xdp->data;
	end = (void *)(long)xdp->data_end;
	if (data + 4 <= end)
		__builtin_memcpy(data, "head", 4);
	return XDP_PASS;
}

SEC("xdp")
int xdp_tail(struct xdp_md *xdp)
{
	results[0] = bpf_xdp_adjust_tail(xdp, 1000);
	results[1] = bpf_xdp_get_buff_len(xdp);
	results[2] = bpf_xdp_adjust_tail(xdp, 4000);
	results[3] = bpf_xdp_adjust_tail(xdp, -1050);
	results[4] = bpf_xdp_adjust_tail(xdp, -1000 - (int)(results[1] - 1000 - 14));
	results[5] = bpf_xdp_get_buff_len(xdp);
	results[6] = bpf_xdp_adjust_tail(xdp, -1);
	results[7] = bpf_xdp_adjust_tail(xdp, 6);
	results[8] = bpf_xdp_get_buff_len(xdp);
	return XDP_PASS;
}

/* What a test run gives, and what becomes of it; it may be run more than once. */
SEC("tc")
int fields(struct __sk_buff *skb)
{
	results[0] = skb->mark;
	results[1] = skb->priority;
	results[2] = skb->ingress_ifindex;
	results[3] = skb->ifindex;
	results[4] = skb->cb[0];
	results[5] = skb->cb[4];
	results[6] = skb->len;
	skb->mark += 1;
	skb->priority = 0xabcd;
	skb->cb[0] += 0x100;
	skb->cb[1] = 7;
	return 3;
}

char LICENSE[] SEC("license") = "GPL";
