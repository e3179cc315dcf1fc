// SPDX-License-Identifier: GPL-2.0-only
/* How does a program read and change a packet beyond what lies in one piece? */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <uapi/linux/filter.h>

#include "isa/abi.h"
#include "module/hook/skb.h"

/* context: the packet that it stands for */
u64 helper_cast_to_kern_ctx(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return (unsigned long)((const struct skb_ctx *)(unsigned long)r1)->skb;
}

/*
 * context, offset, to, size. The offset counts from where the program's data
 * begin; neither what is in front nor what is behind the packet can be read.
 */
u64 helper_skb_load_bytes(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct skb_ctx *ctx = (const struct skb_ctx *)(unsigned long)r1;
	const struct sk_buff *skb = ctx->skb;
	void *to = (void *)(unsigned long)r3;
	s64 from = (s64)(u32)r2 + ctx->network_offset;
	u32 size = r4;

	/* The helper's argument is 32 bits, and signed 32 bits is what a packet can have. */
	if (unlikely((u32)r2 > INT_MAX || from + size > skb->len))
		goto fail;
	if (unlikely(skb_copy_bits(skb, from, to, size) < 0))
		goto fail;
	return 0;

fail:
	memset(to, 0, size);
	return -EFAULT;
}

/* context, offset, to, size, 0 or 1: the offset counts from the link layer's header, or the network's. */
u64 helper_skb_load_bytes_relative(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct sk_buff *skb = ((const struct skb_ctx *)(unsigned long)r1)->skb;
	void *to = (void *)(unsigned long)r3;
	u32 size = r4;
	s64 from = (u32)r2;

	if (unlikely(from > 0xffff))
		goto fail;
	if ((u32)r5 == 1)
		from += skb_network_offset(skb);
	else if (!(u32)r5 && skb_mac_header_was_set(skb))
		from += skb_mac_offset(skb);
	else
		goto fail;
	if (unlikely(from < -(s64)skb_headroom(skb) || from + size > skb->len ||
		     skb_copy_bits(skb, from, to, size) < 0))
		goto fail;
	return 0;

fail:
	memset(to, 0, size);
	return -EFAULT;
}

/* Where an offset of BPF_LD_[ABS|IND] begins, from skb->data. False: nowhere. */
static bool packet_load_offset(const struct skb_ctx *ctx, s32 offset, s64 *from)
{
	const struct sk_buff *skb = ctx->skb;

	if (offset >= 0)
		*from = (s64)offset + ctx->network_offset;
	else if (offset >= SKF_NET_OFF)
		*from = (s64)offset - SKF_NET_OFF + skb_network_offset(skb);
	else if (offset >= SKF_LL_OFF && skb_mac_header_was_set(skb))
		*from = (s64)offset - SKF_LL_OFF + skb_mac_offset(skb);
	else
		return false;
	return *from >= -(s64)skb_headroom(skb);
}

/*
 * context, offset, size of 1, 2 or 4 bytes: the number there, from network byte order.
 * Negative offsets are Linux's: SKF_NET_OFF and up from the network header, SKF_LL_OFF
 * and up from the link layer's. -EFAULT if the packet has no such bytes.
 */
u64 helper_packet_load(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct skb_ctx *ctx = (const struct skb_ctx *)(unsigned long)r1;
	const struct sk_buff *skb = ctx->skb;
	u32 size = r3, number = 0, i;
	u8 bytes[4];
	s64 from;

	if (unlikely(!packet_load_offset(ctx, r2, &from) || from + size > skb->len ||
		     skb_copy_bits(skb, from, bytes, size) < 0))
		return -EFAULT;
	for (i = 0; i < size; i++)
		number = number << 8 | bytes[i];
	return number;
}

/* Flags of skb_store_bytes. */
enum {
	STORE_RECOMPUTE_CSUM = 1 << 0,
	STORE_INVALIDATE_HASH = 1 << 1,
};

/* context, offset, from, size, flags. */
u64 helper_skb_store_bytes(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	const void *from = (const void *)(unsigned long)r3;
	u32 offset = r2, size = r4, begin, bytes;
	struct sk_buff *skb = ctx->skb;

	if (r5 & ~(STORE_RECOMPUTE_CSUM | STORE_INVALIDATE_HASH))
		return -EINVAL;
	if (offset > INT_MAX || skb_ctx_make_writable(ctx, (s64)offset + size))
		return -EFAULT;
	/* skb->csum counts what skb->data begins with; what is in front is not in it. */
	begin = max_t(s64, (s64)offset + ctx->network_offset, 0);
	bytes = max_t(s64, (s64)offset + size + ctx->network_offset - begin, 0);
	if (r5 & STORE_RECOMPUTE_CSUM)
		__skb_postpull_rcsum(skb, skb->data + begin, bytes, begin);
	memcpy(ctx->data + offset, from, size);
	if (r5 & STORE_RECOMPUTE_CSUM)
		__skb_postpush_rcsum(skb, skb->data + begin, bytes, begin);
	if (r5 & STORE_INVALIDATE_HASH)
		skb_clear_hash(skb);
	return 0;
}

/* context, bytes to have in one piece, 0: those that are in it, private. */
u64 helper_skb_pull_data(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	u32 bytes = r2;

	return skb_ctx_make_writable(ctx, bytes ? : ctx->data_end - ctx->data);
}

/* The headers that others rely upon must stay, and the checksum that a device is to fill in. */
static s64 least_length(const struct sk_buff *skb)
{
	s64 least = skb_network_offset(skb);

	if (skb_transport_header_was_set(skb))
		least = max_t(s64, least, skb_transport_offset(skb));
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		least = max_t(s64, least, skb_checksum_start_offset(skb) + skb->csum_offset +
					  (s64)sizeof(__sum16));
	return least;
}

static int grow(struct sk_buff *skb, u32 more)
{
	int room = skb_tailroom(skb);

	if (room < (int)more && pskb_expand_head(skb, 0, more - room, GFP_ATOMIC))
		return -ENOMEM;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	skb_put_zero(skb, more);
	return 0;
}

/* context, new length, flags (none). What is added is zero. */
u64 helper_skb_change_tail(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	struct sk_buff *skb = ctx->skb;
	s64 length = (s64)(u32)r2 + ctx->network_offset;
	int err;

	if (r3 || length > SKB_MAX_ALLOC || length < least_length(skb))
		return -EINVAL;
	/* The headers inside are not looked at: they would be cut off. */
	if (skb->encapsulation)
		return -MODBPF_ENOTSUPP;
	err = skb_ctx_make_writable(ctx, ctx->len);
	if (err)
		return err;
	if (length > skb->len)
		err = grow(skb, length - skb->len);
	else if (length < skb->len)
		err = pskb_trim_rcsum(skb, length);
	if (!err && skb_is_gso(skb))
		skb_gso_reset(skb);
	skb_ctx_refresh(ctx);
	return err;
}

/*
 * A tag goes in front of what the link layer's header, which the program sees then, leads to. Packets of
 * devices for IP alone (tun) have none: theirs begins, and ends, where IP begins.
 */
static bool sees_link_layer(const struct skb_ctx *ctx)
{
	const struct sk_buff *skb = ctx->skb;

	return skb_mac_header_was_set(skb) && ctx->data == skb_mac_header(skb) &&
	       skb_mac_header(skb) != skb_network_header(skb);
}

/*
 * context, protocol, tag. It stands beside the packet: the device, or who sends, puts it in.
 * Not supported: a second one, for which the first would have to go into the packet; a packet that has
 * other users (pktgen's), who would have the tag, too.
 */
u64 helper_skb_vlan_push(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	__be16 protocol = (__force __be16)(u16)r2;
	struct sk_buff *skb = ctx->skb;

	if (!sees_link_layer(ctx) || skb_vlan_tag_present(skb) || skb_shared(skb))
		return -EOPNOTSUPP;
	if (!eth_type_vlan(protocol))
		protocol = htons(ETH_P_8021Q);
	__vlan_hwaccel_put_tag(skb, protocol, (u16)r3);
	skb_ctx_refresh(ctx);
	return 0;
}

/* context. Without a tag nothing happens; one that is in the packet is not supported. */
u64 helper_skb_vlan_pop(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	struct sk_buff *skb = ctx->skb;

	if (!sees_link_layer(ctx) || eth_type_vlan(skb->protocol) || skb_shared(skb))
		return -EOPNOTSUPP;
	__vlan_hwaccel_clear_tag(skb);
	skb_ctx_refresh(ctx);
	return 0;
}

/* context, PACKET_HOST to PACKET_OTHERHOST. */
u64 helper_skb_change_type(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	struct sk_buff *skb = ctx->skb;
	u32 type = r2;

	if (type > PACKET_OTHERHOST || skb->pkt_type > PACKET_OTHERHOST)
		return -EINVAL;
	skb->pkt_type = type;
	ctx->pkt_type = type;
	return 0;
}

/*
 * context: mark that there was congestion, if the header is the packet's own and its ends
 * can tell each other. 1: it is marked now.
 */
u64 helper_skb_ecn_set_ce(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sk_buff *skb = ((const struct skb_ctx *)(unsigned long)r1)->skb;
	u32 end = skb_network_offset(skb);

	switch (skb_protocol(skb, true)) {
	case htons(ETH_P_IP):
		end += sizeof(struct iphdr);
		break;
	case htons(ETH_P_IPV6):
		end += sizeof(struct ipv6hdr);
		break;
	default:
		return 0;
	}
	if (skb_headlen(skb) < end || skb_shared(skb) ||
	    (skb_cloned(skb) && !skb_clone_writable(skb, end)))
		return 0;
	return INET_ECN_set_ce(skb);
}

/*
 * context: the flow's hash. Whoever computes it wants to know the network namespace, by the
 * device or the socket; where a packet is sent from neither is set yet at times.
 */
u64 helper_get_hash_recalc(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sk_buff *skb = ((const struct skb_ctx *)(unsigned long)r1)->skb;
	bool homeless = !skb->dev && !skb->sk;
	u32 hash;

	if (homeless && !skb_dst(skb))
		return skb->hash;
	if (homeless)
		skb->dev = skb_dst(skb)->dev;
	hash = skb_get_hash(skb);
	if (homeless)
		skb->dev = NULL;
	return hash;
}

/* context, hash. */
u64 helper_set_hash(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sk_buff *skb = ((const struct skb_ctx *)(unsigned long)r1)->skb;

	__skb_set_sw_hash(skb, (u32)r2, true);
	return 0;
}

/* context: whoever wants the hash computes it anew. */
u64 helper_set_hash_invalid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sk_buff *skb = ((const struct skb_ctx *)(unsigned long)r1)->skb;

	skb_clear_hash(skb);
	return 0;
}
