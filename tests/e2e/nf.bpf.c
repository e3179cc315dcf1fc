// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netfilter programs as they are written for Linux: what the hook's and the packet's
 * structures say is compared with what is known otherwise.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/nf.h"
#include "tests/e2e/nf_ctx.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NF_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} nf_seen SEC(".maps");

static __always_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&nf_seen, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

/* Those of a certain length, which came in through veth-right. */
SEC("netfilter/ipv4/local_in")
int nf_fields(struct bpf_nf_ctx *ctx)
{
	const struct nf_hook_state *state = ctx->state;
	const struct sk_buff *skb = ctx->skb;

	if (skb->len != NF_LENGTH)
		return NF_ACCEPT;
	count(state->hook == NF_HOOK_LOCAL_IN && state->pf == NF_FAMILY_IPV4 ? NF_PLACES : NF_WRONG);
	count(state->in->name[0] == 'v' && state->in->name[5] == 'r' &&
	      state->in->ifindex == skb->dev->ifindex ? NF_DEVICES : NF_WRONG);
	/* Nothing goes out here: what is behind null is 0. */
	count(!state->out && !state->out->ifindex ? NF_DEVICES : NF_WRONG);
	return NF_ACCEPT;
}

/* As Linux declares them. */
extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr__uninit) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *ptr, __u32 offset, void *buffer, __u32 buffer__szk) __ksym;
extern void *bpf_dynptr_slice_rdwr(const struct bpf_dynptr *ptr, __u32 offset, void *buffer,
				   __u32 buffer__szk) __ksym;
extern __u32 bpf_dynptr_size(const struct bpf_dynptr *ptr) __ksym;
extern _Bool bpf_dynptr_is_null(const struct bpf_dynptr *ptr) __ksym;
extern _Bool bpf_dynptr_is_rdonly(const struct bpf_dynptr *ptr) __ksym;
extern int bpf_dynptr_adjust(const struct bpf_dynptr *ptr, __u32 start, __u32 end) __ksym;
extern int bpf_dynptr_clone(const struct bpf_dynptr *ptr, struct bpf_dynptr *clone__uninit) __ksym;

static __always_inline int packet_of(struct bpf_nf_ctx *ctx, struct bpf_dynptr *packet)
{
	return bpf_dynptr_from_skb((struct __sk_buff *)ctx->skb, 0, packet);
}

static __always_inline int is_ping(const struct bpf_dynptr *packet, __u32 bytes)
{
	struct iphdr room;
	const struct iphdr *ip = bpf_dynptr_slice(packet, 0, &room, sizeof(room));

	return ip && ip->version == 4 && ip->protocol == IPPROTO_ICMP &&
	       ip->tot_len == bpf_htons(bytes);
}

/* Bytes that ping has put there: each says where it is. */
static __always_inline int are_right(const __u8 *bytes, __u32 at)
{
	return bytes && bytes[0] == (__u8)(at - NF_PAYLOAD) && bytes[3] == (__u8)(at + 3 - NF_PAYLOAD);
}

/* What came in pieces, and lies in pieces. */
SEC("netfilter/ipv4/local_in")
int nf_pieces(struct bpf_nf_ctx *ctx)
{
	struct bpf_dynptr packet, part;
	__u8 room[4];
	__u32 number;

	if (packet_of(ctx, &packet) || !is_ping(&packet, NF_PIECES_LENGTH))
		return NF_ACCEPT;
	count(bpf_dynptr_size(&packet) == NF_PIECES_LENGTH && !bpf_dynptr_is_null(&packet) &&
	      !bpf_dynptr_is_rdonly(&packet) ? NF_WHOLE : NF_WRONG);
	count(bpf_dynptr_slice(&packet, NF_FAR, NULL, 4) ? NF_WRONG : NF_NOT_LINEAR);
	count(are_right(bpf_dynptr_slice(&packet, NF_FAR, room, 4), NF_FAR) ? NF_COPIED : NF_WRONG);
	count(bpf_dynptr_slice(&packet, NF_PIECES_LENGTH - 3, room, 4) ? NF_WRONG : NF_OUTSIDE);
	count(bpf_dynptr_data(&packet, 0, 4) ? NF_WRONG : NF_OUTSIDE);
	number = 1;
	count(!bpf_dynptr_read(&number, 4, &packet, NF_FAR, 0) && are_right((__u8 *)&number, NF_FAR) ?
	      NF_READ : NF_WRONG);
	count(bpf_dynptr_read(&number, 4, &packet, NF_PIECES_LENGTH - 3, 0) || number ? NF_OUTSIDE : NF_WRONG);
	/* A part of it counts from its own start. */
	if (bpf_dynptr_clone(&packet, &part) || bpf_dynptr_adjust(&part, NF_FAR, NF_FAR + 100))
		count(NF_WRONG);
	count(bpf_dynptr_size(&part) == 100 &&
	      are_right(bpf_dynptr_slice(&part, 50, room, 4), NF_FAR + 50) ? NF_PART : NF_WRONG);
	count(bpf_dynptr_slice(&part, 97, room, 4) ? NF_WRONG : NF_OUTSIDE);
	return NF_ACCEPT;
}

/* What is written there is in one piece then, and what it was again when the next one looks. */
SEC("netfilter/ipv4/local_in/1")
int nf_writes(struct bpf_nf_ctx *ctx)
{
	__u32 number = 0x55aa55aa, was = 0, is = 0;
	struct bpf_dynptr packet;
	__u32 *there;

	if (packet_of(ctx, &packet) || !is_ping(&packet, NF_PIECES_LENGTH))
		return NF_ACCEPT;
	if (bpf_dynptr_read(&was, 4, &packet, NF_FAR, 0) ||
	    bpf_dynptr_write(&packet, NF_FAR, &number, 4, BPF_F_RECOMPUTE_CSUM) ||
	    bpf_dynptr_read(&is, 4, &packet, NF_FAR, 0))
		count(NF_WRONG);
	there = bpf_dynptr_slice_rdwr(&packet, NF_FAR, NULL, 4);
	count(is == number && there && *there == number ? NF_WRITTEN : NF_WRONG);
	/* Stored directly it is in the packet, too; put back before a checksum is counted on. */
	if (there)
		*there = 0;
	if (bpf_dynptr_read(&is, 4, &packet, NF_FAR, 0) || is)
		count(NF_WRONG);
	if (there)
		*there = number;
	count(bpf_dynptr_write(&packet, NF_FAR, &was, 4, BPF_F_RECOMPUTE_CSUM) ? NF_WRONG : NF_WRITTEN);
	count(bpf_dynptr_write(&packet, NF_PIECES_LENGTH - 3, &was, 4, 0) ? NF_OUTSIDE : NF_WRONG);
	count(bpf_dynptr_write(&packet, 0, &was, 4, 1 << 5) ? NF_OUTSIDE : NF_WRONG);
	return NF_ACCEPT;
}

/* "hello" becomes "jello", with the checksum that is right for it. */
SEC("netfilter/ipv4/prerouting")
int nf_jello(struct bpf_nf_ctx *ctx)
{
	struct iphdr ip_room;
	const struct iphdr *ip;
	struct udphdr udp_room, *udp;
	struct bpf_dynptr packet;
	__u32 at, sum;
	__u8 text[2];

	if (packet_of(ctx, &packet))
		return NF_ACCEPT;
	ip = bpf_dynptr_slice(&packet, 0, &ip_room, sizeof(ip_room));
	if (!ip || ip->protocol != IPPROTO_UDP || ip->ihl != 5)
		return NF_ACCEPT;
	at = sizeof(*ip);
	if (bpf_dynptr_read(text, sizeof(text), &packet, at + sizeof(*udp), 0) || text[0] != 'h' ||
	    text[1] != 'e')
		return NF_ACCEPT;
	if (bpf_dynptr_write(&packet, at + sizeof(*udp), "j", 1, BPF_F_RECOMPUTE_CSUM))
		return NF_DROP;
	udp = bpf_dynptr_slice_rdwr(&packet, at, &udp_room, sizeof(udp_room));
	if (!udp || udp->dest != bpf_htons(NF_PORT))
		return NF_ACCEPT;
	/* RFC 1624: from ~(~check + ~old + new), of 16 bits. */
	sum = (__u16)~bpf_ntohs(udp->check) + (__u16)~('h' << 8 | 'e') + ('j' << 8 | 'e');
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	udp->check = bpf_htons(~sum);
	if (udp == &udp_room)
		bpf_dynptr_write(&packet, at, &udp_room, sizeof(udp_room), 0);
	count(NF_JELLO);
	return NF_ACCEPT;
}

char LICENSE[] SEC("license") = "GPL";
