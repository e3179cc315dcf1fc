// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers on packets in every form that a packet comes in: in pieces, shared with a clone,
 * with checksums that a device has computed or is to compute, with and without a socket.
 */
#include <linux/gfp.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <net/checksum.h>
#include <net/sock.h>
#include <kunit/test.h>
#include <uapi/linux/filter.h>

#include "module/helper.h"
#include "module/helper/dynptr.h"
#include "module/hook/skb_fill.h"
#include "verifier/helper.h"

#define P(address) ((u64)(unsigned long)(address))
#define CALL(name, r1, r2, r3, r4, r5) \
	((s64)modbpf_helpers[MODBPF_FUNC_##name](r1, r2, r3, r4, r5))
#define RECOMPUTE_CSUM 1
#define PSEUDO_HDR 0x10

/* 40 bytes in the head, 100 in a page; byte n of the packet is n. */
static struct sk_buff *make_packet(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);
	struct page *page = alloc_page(GFP_KERNEL);
	u8 *at;
	u32 i;

	KUNIT_ASSERT_TRUE(test, skb && page);
	skb_reserve(skb, 64);
	for (at = skb_put(skb, 40), i = 0; i < 40; i++)
		at[i] = i;
	for (at = page_address(page); i < 140; i++)
		at[i - 40 + 8] = i;
	skb_fill_page_desc(skb, 0, page, 8, 100);
	skb->len += 100;
	skb->data_len += 100;
	skb->truesize += PAGE_SIZE;
	return skb;
}

/* A program may read each byte: whatever was there before, it sees the same. */
static void contexts_are_filled_in_whole(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct skb_ctx ones, zeros;

	memset(&ones, 0xff, sizeof(ones));
	memset(&zeros, 0, sizeof(zeros));
	skb_ctx_init(&ones, skb, 0, NULL, NULL);
	skb_ctx_init(&zeros, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, memcmp(&ones, &zeros, sizeof(ones)), 0);
	KUNIT_EXPECT_EQ(test, ones.len, 140);
	KUNIT_EXPECT_EQ(test, ones.cb[0] | ones.cb[4] | ones.tc_classid | ones.rx_queue_index, 0);
	kfree_skb(skb);
}

static void skb_load_bytes_reads_across_pieces(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct skb_ctx ctx;
	u8 got[160];
	u32 i;

	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 0, P(got), 140, 0), 0ll);
	for (i = 0; i < 140; i++)
		KUNIT_EXPECT_EQ(test, got[i], i);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 38, P(got), 4, 0), 0ll);
	KUNIT_EXPECT_EQ(test, memcmp(got, "\x26\x27\x28\x29", 4), 0);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 139, P(got), 1, 0), 0ll);
	KUNIT_EXPECT_EQ(test, got[0], 139);
	memset(got, 0xff, sizeof(got));
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 139, P(got), 2, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, got[0] | got[1], 0);
	KUNIT_EXPECT_EQ(test, got[2], 0xff);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 0xffffffff, P(got), 1, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 0x7fffffff, P(got), 8, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 0xfffffff0, P(got), 100, 0),
			(s64)-EFAULT);
	/* Offsets count from where the program's data begin. */
	skb_pull(skb, 10);
	skb_ctx_init(&ctx, skb, -10, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 3, P(got), 1, 0), 0ll);
	KUNIT_EXPECT_EQ(test, got[0], 3);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 0, P(got), 140, 0), 0ll);
	KUNIT_EXPECT_EQ(test, got[139], 139);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes, P(&ctx), 0, P(got), 141, 0), (s64)-EFAULT);
	kfree_skb(skb);
}

/* BPF_LD_[ABS|IND]: by bytes whose values are their places. */
static void packet_load_counts_from_the_headers(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct skb_ctx ctx;

	skb_reset_mac_header(skb);
	skb_set_network_header(skb, 14);
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), 5, 1, 0, 0), 5ll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), 5, 2, 0, 0), 0x0506ll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), 38, 4, 0, 0), 0x26272829ll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), 136, 4, 0, 0), 0x88898a8bll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), 137, 4, 0, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), 0x7fffffff, 4, 0, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), SKF_NET_OFF + 1, 1, 0, 0), 15ll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), SKF_LL_OFF + 1, 1, 0, 0), 1ll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), SKF_LL_OFF - 1, 1, 0, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), -1, 1, 0, 0), (s64)-EFAULT);
	/* The program's data begin behind the link layer's header. */
	skb_pull(skb, 14);
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), 0, 1, 0, 0), 14ll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), SKF_NET_OFF, 1, 0, 0), 14ll);
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), SKF_LL_OFF, 2, 0, 0), 1ll);
	/* In front of the memory that the packet has. */
	skb_set_mac_header(skb, -14 - (int)skb_headroom(skb));
	KUNIT_EXPECT_EQ(test, CALL(packet_load, P(&ctx), SKF_LL_OFF, 1, 0, 0), (s64)-EFAULT);
	kfree_skb(skb);
}

/* What pktgen hands to a device's hook may have other users, who see all that changes. */
static void shared_packet_stays(struct kunit *test)
{
	struct sk_buff *skb = skb_get(make_packet(test));
	u32 headlen = skb_headlen(skb);
	struct skb_ctx ctx;
	u8 byte = 0;

	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 1000, 0, 0, 0), (s64)-ENOMEM);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 140, 0, 0, 0), (s64)-ENOMEM);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 0, P(&byte), 1, 0), (s64)-EFAULT);
	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	skb->data[1] = 2;
	KUNIT_EXPECT_EQ(test, CALL(skb_ecn_set_ce, P(&ctx), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, skb->data[1], 2);
	KUNIT_EXPECT_EQ(test, skb->len, 140u);
	KUNIT_EXPECT_EQ(test, skb_headlen(skb), headlen);
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 140, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, skb_headlen(skb), 140u);
	kfree_skb(skb);
}

/* Byte @at of the packet, wherever it lies. */
static u8 byte_at(const struct sk_buff *skb, u32 at)
{
	u8 byte = 0xee;

	skb_copy_bits(skb, at, &byte, 1);
	return byte;
}

/* What is stored to one packet is not in its clone: TCP's queue, a tap. */
static void stores_are_private(struct kunit *test)
{
	static const u32 places[] = { 0, 20, 36, 38, 40, 100, 136 };
	struct sk_buff *skb, *clone;
	struct skb_ctx ctx;
	u32 i, at;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		skb = make_packet(test);
		clone = skb_clone(skb, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, clone);
		skb_ctx_init(&ctx, skb, 0, NULL, NULL);
		KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), places[i], P("\xf0\xf1\xf2\xf3"),
					   4, 0), 0ll);
		for (at = 0; at < 140; at++) {
			bool stored = at >= places[i] && at < places[i] + 4;

			KUNIT_EXPECT_EQ(test, byte_at(clone, at), at);
			KUNIT_EXPECT_EQ(test, byte_at(skb, at),
					stored ? 0xf0 + at - places[i] : at);
		}
		KUNIT_EXPECT_PTR_NE(test, (void *)skb->head, (void *)clone->head);
		KUNIT_EXPECT_PTR_EQ(test, (void *)ctx.data, (void *)skb->data);
		KUNIT_EXPECT_PTR_EQ(test, (void *)ctx.data_end,
				    (void *)(skb->data + skb_headlen(skb)));
		kfree_skb(clone);
		kfree_skb(skb);
	}
}

static void what_is_pulled_is_private(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test), *clone = skb_clone(skb, GFP_KERNEL);
	struct skb_ctx ctx;

	KUNIT_ASSERT_NOT_NULL(test, clone);
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, ctx.data_end - ctx.data, 40l);
	ctx.data[0] = 0xaa;
	KUNIT_EXPECT_EQ(test, byte_at(clone, 0), 0);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 120, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, ctx.data_end - ctx.data, 120l);
	KUNIT_EXPECT_EQ(test, ctx.len, 140u);
	ctx.data[119] = 0xbb;
	KUNIT_EXPECT_EQ(test, byte_at(clone, 119), 119);
	KUNIT_EXPECT_EQ(test, byte_at(skb, 119), 0xbb);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 141, 0, 0, 0), (s64)-ENOMEM);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), ~0u, 0, 0, 0), (s64)-ENOMEM);
	KUNIT_EXPECT_EQ(test, ctx.len, 140u);
	kfree_skb(clone);
	kfree_skb(skb);
}

/* Where the program's data begin in front of skb->data, offsets count from there. */
static void offsets_count_from_the_link_layer(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test), *clone = skb_clone(skb, GFP_KERNEL);
	struct skb_ctx ctx;

	KUNIT_ASSERT_NOT_NULL(test, clone);
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb_ctx_init(&ctx, skb, -ETH_HLEN, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 2, P("\xaa"), 1, 0), 0ll);
	KUNIT_EXPECT_EQ(test, ctx.data[2], 0xaa);
	KUNIT_EXPECT_PTR_EQ(test, (void *)ctx.data, (void *)(skb->data - ETH_HLEN));
	KUNIT_EXPECT_EQ(test, byte_at(clone, 2), 2);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 138, P("\xbb\xcc"), 2, 0), 0ll);
	KUNIT_EXPECT_EQ(test, byte_at(skb, 139 - ETH_HLEN), 0xcc);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 139, P("\xbb\xcc"), 2, 0),
			(s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 140, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, ctx.data_end - ctx.data, 140l);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes_relative, P(&ctx), 1, P(&ctx.cb), 1, 0), 0ll);
	KUNIT_EXPECT_EQ(test, *(u8 *)ctx.cb, 1);
	KUNIT_EXPECT_EQ(test, CALL(skb_load_bytes_relative, P(&ctx), 1, P(&ctx.cb), 1, 1), 0ll);
	KUNIT_EXPECT_EQ(test, *(u8 *)ctx.cb, 15);
	kfree_skb(clone);
	kfree_skb(skb);
}

/* Where they begin behind skb->data, too; and so do lengths. */
static void offsets_count_from_the_network_header(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test), *clone = skb_clone(skb, GFP_KERNEL);
	struct skb_ctx ctx;

	KUNIT_ASSERT_NOT_NULL(test, clone);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->ip_summed = CHECKSUM_COMPLETE;
	skb->csum = skb_checksum(skb, 0, skb->len, 0);
	skb_ctx_init(&ctx, skb, ETH_HLEN, NULL, NULL);
	KUNIT_EXPECT_EQ(test, ctx.len, 126u);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 1, P("\xaa\xbb\xcc"), 3, RECOMPUTE_CSUM), 0ll);
	KUNIT_EXPECT_PTR_EQ(test, (void *)ctx.data, (void *)(skb->data + ETH_HLEN));
	KUNIT_EXPECT_EQ(test, byte_at(skb, 14), 14);
	KUNIT_EXPECT_EQ(test, byte_at(skb, 15), 0xaa);
	KUNIT_EXPECT_EQ(test, byte_at(clone, 15), 15);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 124, P("\xdd\xee"), 2, RECOMPUTE_CSUM), 0ll);
	KUNIT_EXPECT_EQ(test, byte_at(skb, 139), 0xee);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 125, P("\xdd\xee"), 2, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, csum_fold(skb->csum), csum_fold(skb_checksum(skb, 0, skb->len, 0)));
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 127, 0, 0, 0), (s64)-ENOMEM);
	KUNIT_EXPECT_EQ(test, CALL(skb_pull_data, P(&ctx), 126, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, ctx.data_end - ctx.data, 126l);
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 60, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, skb->len, 74u);
	KUNIT_EXPECT_EQ(test, ctx.len, 60u);
	kfree_skb(clone);
	kfree_skb(skb);
}

/* A device that summed all bytes: the sum stays that of all bytes, at odd places too. */
static void complete_sums_stay_true(struct kunit *test)
{
	static const u32 places[] = { 0, 1, 13, 20, 35, 39, 77, 136 };
	static const u32 lengths[] = { 1, 2, 3, 4 };
	struct sk_buff *skb = make_packet(test);
	struct skb_ctx ctx;
	u32 i, k;

	skb->ip_summed = CHECKSUM_COMPLETE;
	skb->csum = skb_checksum(skb, 0, skb->len, 0);
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (k = 0; k < ARRAY_SIZE(lengths); k++) {
			KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), places[i],
						   P("\xde\xad\xbe\xef"), lengths[k],
						   RECOMPUTE_CSUM), 0ll);
			KUNIT_EXPECT_EQ_MSG(test, csum_fold(skb->csum),
					    csum_fold(skb_checksum(skb, 0, skb->len, 0)),
					    "%u bytes at %u", lengths[k], places[i]);
		}
	}
	/* What the program asks to add is added. */
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 20, P("\0\0\0\0"), 4, RECOMPUTE_CSUM), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(skb_store_bytes, P(&ctx), 20, P("\x12\x34\x56\x78"), 4, 0), 0ll);
	KUNIT_EXPECT_GE(test, CALL(csum_update, P(&ctx), (__force u32)htonl(0x12345678), 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, csum_fold(skb->csum), csum_fold(skb_checksum(skb, 0, skb->len, 0)));
	/* What is cut off is not counted any more; what is added makes it unknown. */
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 101, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_COMPLETE);
	KUNIT_EXPECT_EQ(test, csum_fold(skb->csum), csum_fold(skb_checksum(skb, 0, skb->len, 0)));
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 2000, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_NONE);
	KUNIT_EXPECT_EQ(test, ctx.len, 2000u);
	KUNIT_EXPECT_EQ(test, ctx.data_end - ctx.data, 2000l);
	KUNIT_EXPECT_NULL(test, memchr_inv(ctx.data + 101, 0, 1899));
	KUNIT_EXPECT_EQ(test, ctx.data[100], 100);
	kfree_skb(skb);
}

/*
 * An address of the pseudo header changes from 0x01020304 to 0x0a0b0c0d. The transport's
 * checksum is at 26, its own bytes are 20 to 139.
 */
static void pseudo_headers_are_counted(struct kunit *test)
{
	static const u8 old_address[] = { 1, 2, 3, 4 }, new_address[] = { 10, 11, 12, 13 };
	__be32 old = *(const __be32 *)old_address, new = *(const __be32 *)new_address;
	struct sk_buff *skb = make_packet(test);
	__wsum old_sum = csum_partial(old_address, 4, 0), new_sum = csum_partial(new_address, 4, 0);
	__sum16 sum = 0;
	struct skb_ctx ctx;

	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	/* Made right by the sender. */
	CALL(skb_store_bytes, P(&ctx), 26, P(&sum), 2, 0);
	sum = csum_fold(skb_checksum(skb, 20, 120, old_sum));
	CALL(skb_store_bytes, P(&ctx), 26, P(&sum), 2, 0);
	KUNIT_EXPECT_EQ(test, csum_fold(skb_checksum(skb, 20, 120, old_sum)), 0);
	KUNIT_EXPECT_EQ(test, CALL(l4_csum_replace, P(&ctx), 26, (__force u32)old, (__force u32)new,
				   PSEUDO_HDR | 4), 0ll);
	KUNIT_EXPECT_EQ(test, csum_fold(skb_checksum(skb, 20, 120, new_sum)), 0);
	/* Back, by a difference. */
	KUNIT_EXPECT_EQ(test, CALL(l4_csum_replace, P(&ctx), 26, 0,
				   CALL(csum_diff, P(new_address), 4, P(old_address), 4, 0),
				   PSEUDO_HDR), 0ll);
	KUNIT_EXPECT_EQ(test, csum_fold(skb_checksum(skb, 20, 120, old_sum)), 0);
	/* To be completed by the device: the field has the pseudo header's sum alone. */
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + 20;
	skb->csum_offset = 6;
	sum = ~csum_fold(old_sum);
	CALL(skb_store_bytes, P(&ctx), 26, P(&sum), 2, 0);
	KUNIT_EXPECT_EQ(test, CALL(l4_csum_replace, P(&ctx), 26, (__force u32)old, (__force u32)new,
				   PSEUDO_HDR | 4), 0ll);
	KUNIT_EXPECT_EQ(test, *(__sum16 *)(ctx.data + 26), (__sum16)~csum_fold(new_sum));
	KUNIT_EXPECT_EQ(test, CALL(l4_csum_replace, P(&ctx), 26, 0,
				   CALL(csum_diff, P(new_address), 4, P(old_address), 4, 0),
				   PSEUDO_HDR), 0ll);
	KUNIT_EXPECT_EQ(test, *(__sum16 *)(ctx.data + 26), (__sum16)~csum_fold(old_sum));
	/* What is not of the pseudo header is none of its business. */
	KUNIT_EXPECT_EQ(test, CALL(l4_csum_replace, P(&ctx), 26, 1, 2, 2), 0ll);
	KUNIT_EXPECT_EQ(test, *(__sum16 *)(ctx.data + 26), (__sum16)~csum_fold(old_sum));
	/* The field that the device writes to must stay. */
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 27, 0, 0, 0), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 28, 0, 0, 0), 0ll);
	kfree_skb(skb);
}

/* With all bytes summed, the sum follows field and address together. */
static void complete_sums_follow_the_pseudo_header(struct kunit *test)
{
	static const u8 old_address[] = { 1, 2, 3, 4 }, new_address[] = { 10, 11, 12, 13 };
	__be32 old = *(const __be32 *)old_address, new = *(const __be32 *)new_address;
	struct sk_buff *skb = make_packet(test);
	struct skb_ctx ctx;
	u32 by_diff;

	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	for (by_diff = 0; by_diff < 2; by_diff++) {
		/* An IPv4 header of 20 bytes, its checksum at 10 and an address at 12. */
		CALL(skb_store_bytes, P(&ctx), 12, P(old_address), 4, 0);
		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = skb_checksum(skb, 0, skb->len, 0);
		CALL(l3_csum_replace, P(&ctx), 10, (__force u32)old, (__force u32)new, 4);
		if (by_diff)
			CALL(l4_csum_replace, P(&ctx), 26, 0,
			     CALL(csum_diff, P(old_address), 4, P(new_address), 4, 0), PSEUDO_HDR);
		else
			CALL(l4_csum_replace, P(&ctx), 26, (__force u32)old, (__force u32)new,
			     PSEUDO_HDR | 4);
		CALL(skb_store_bytes, P(&ctx), 12, P(new_address), 4, 0);
		KUNIT_EXPECT_EQ(test, csum_fold(skb->csum),
				csum_fold(skb_checksum(skb, 0, skb->len, 0)));
	}
	kfree_skb(skb);
}

/* In ones' complement there are two zeroes: pulling from a seed leaves the positive one, as Linux from 6.13 on. */
static void differences_are_sums(struct kunit *test)
{
	static const struct {
		u32 from, to;
		bool has_from, has_to;
		u32 seed, sum;
	} rows[] = {
		{ 0, 0, false, false, 0x12345, 0x2346 },
		{ 0, 0x00010002, false, true, 3, 6 },
		{ 0x00010002, 0, true, false, 5, 2 },
		{ 0x11223344, 0, true, false, 0x11223344, 0 },
		{ 0, 0, true, false, 0, 0 },
		{ 2, 0, true, false, 1, 0xfffe },
		{ 0x11223344, 0x11223344, true, true, 0, 0xffff },
		{ 0x00010002, 0x00030004, true, true, 0, 4 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, CALL(csum_diff, P(&rows[i].from), rows[i].has_from ? 4 : 0,
					       P(&rows[i].to), rows[i].has_to ? 4 : 0, rows[i].seed),
				    (s64)rows[i].sum, "row %u", i);
}

static void gso_is_over_when_the_tail_changes(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct skb_ctx ctx;

	skb_set_network_header(skb, 0);
	skb_set_transport_header(skb, 20);
	skb_shinfo(skb)->gso_size = 50;
	skb_shinfo(skb)->gso_segs = 3;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 19, 0, 0, 0), (s64)-EINVAL);
	KUNIT_EXPECT_TRUE(test, skb_is_gso(skb));
	/* Whoever unpacks it wants the headers inside, which nobody looks at here. */
	skb->encapsulation = 1;
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 60, 0, 0, 0), (s64)-MODBPF_ENOTSUPP);
	KUNIT_EXPECT_TRUE(test, skb_is_gso(skb));
	skb->encapsulation = 0;
	KUNIT_EXPECT_EQ(test, CALL(skb_change_tail, P(&ctx), 60, 0, 0, 0), 0ll);
	KUNIT_EXPECT_FALSE(test, skb_is_gso(skb));
	KUNIT_EXPECT_EQ(test, skb->len, 60u);
	KUNIT_EXPECT_EQ(test, byte_at(skb, 59), 59);
	kfree_skb(skb);
}

/* A header that a clone shares is not marked: the sender would see it in what it sends again. */
static void shared_headers_are_not_marked(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test), *clone = skb_clone(skb, GFP_KERNEL);
	struct skb_ctx ctx;

	KUNIT_ASSERT_NOT_NULL(test, clone);
	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	skb->data[1] = 2;
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_ecn_set_ce, P(&ctx), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, byte_at(clone, 1), 2);
	kfree_skb(clone);
	KUNIT_EXPECT_EQ(test, CALL(skb_ecn_set_ce, P(&ctx), 0, 0, 0, 0), 1ll);
	KUNIT_EXPECT_EQ(test, byte_at(skb, 1), 3);
	skb->protocol = htons(ETH_P_IPV6);
	skb->data[0] = 0x60;
	skb->data[1] = 0x20;	/* ECT(0) where IPv6 has it */
	KUNIT_EXPECT_EQ(test, CALL(skb_ecn_set_ce, P(&ctx), 0, 0, 0, 0), 1ll);
	KUNIT_EXPECT_EQ(test, byte_at(skb, 1), 0x30);
	skb->protocol = htons(ETH_P_ARP);
	KUNIT_EXPECT_EQ(test, CALL(skb_ecn_set_ce, P(&ctx), 0, 0, 0, 0), 0ll);
	kfree_skb(skb);
}

static void sockets_are_told(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct socket *sock, *other;
	struct skb_ctx ctx;
	s64 cookie;

	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(get_socket_cookie, P(&ctx), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(get_socket_uid, P(&ctx), 0, 0, 0, 0), 65534ll);
	KUNIT_EXPECT_EQ(test, CALL(get_hash_recalc, P(&ctx), 0, 0, 0, 0), 0ll);
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &sock), 0);
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &other), 0);
	sock->sk->sk_uid = KUIDT_INIT(1234);
	skb->sk = sock->sk;
	cookie = CALL(get_socket_cookie, P(&ctx), 0, 0, 0, 0);
	KUNIT_EXPECT_NE(test, cookie, 0ll);
	KUNIT_EXPECT_EQ(test, CALL(get_socket_cookie, P(&ctx), 0, 0, 0, 0), cookie);
	KUNIT_EXPECT_EQ(test, CALL(get_socket_uid, P(&ctx), 0, 0, 0, 0), 1234ll);
	skb->sk = other->sk;
	KUNIT_EXPECT_NE(test, CALL(get_socket_cookie, P(&ctx), 0, 0, 0, 0), cookie);
	KUNIT_EXPECT_EQ(test, CALL(skb_ancestor_cgroup_id, P(&ctx), -1, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(skb_ancestor_cgroup_id, P(&ctx), 1000, 0, 0, 0), 0ll);
	skb->sk = NULL;
	sock_release(sock);
	sock_release(other);
	kfree_skb(skb);
}

/* The packet that a context stands for, wherever its view of it begins. */
static void contexts_have_their_packet(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test), *other = make_packet(test);
	struct skb_ctx ctx;

	skb_ctx_init(&ctx, skb, 8, NULL, NULL);
	KUNIT_EXPECT_EQ(test, (u64)CALL(cast_to_kern_ctx, P(&ctx), 0, 0, 0, 0), (u64)P(skb));
	skb_ctx_init(&ctx, other, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, (u64)CALL(cast_to_kern_ctx, P(&ctx), 0, 0, 0, 0), (u64)P(other));
	kfree_skb(other);
	kfree_skb(skb);
}

static u8 *slice_of(const struct modbpf_dynptr *dynptr, u32 off, void *buffer, u32 bytes, u32 fill)
{
	return (u8 *)(unsigned long)modbpf_helpers[MODBPF_FUNC_dynptr_slice](P(dynptr), off, P(buffer),
									      bytes, fill);
}

static u8 *slice_to_write(const struct modbpf_dynptr *dynptr, u32 off, void *buffer, u32 bytes)
{
	return (u8 *)(unsigned long)modbpf_helpers[MODBPF_FUNC_dynptr_slice_rdwr](P(dynptr), off,
										   P(buffer), bytes, 0);
}

/* What a slice of 4 bytes is: in the packet, in the buffer, or nothing. */
static void slices_are_where_the_bytes_are(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct modbpf_dynptr dynptr;
	u8 buffer[4] = { 9, 9, 9, 9 };

	KUNIT_EXPECT_EQ(test, CALL(dynptr_from_skb, P(skb), 0, P(&dynptr), HELPER_TOLD_IS_SKB, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_size, P(&dynptr), 0, 0, 0, 0), 140ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_is_rdonly, P(&dynptr), 0, 0, 0, 0), 1ll);
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 36, buffer, 4, 0), skb->data + 36);
	KUNIT_EXPECT_EQ(test, buffer[0], 9);
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 36, buffer, 4, 1), skb->data + 36);
	KUNIT_EXPECT_EQ(test, buffer[0] | buffer[3], 0);
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 37, buffer, 4, 0), (u8 *)buffer);
	KUNIT_EXPECT_EQ(test, memcmp(buffer, "\x25\x26\x27\x28", 4), 0);
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, 37, NULL, 4, 1));
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 136, buffer, 4, 0), (u8 *)buffer);
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, 137, buffer, 4, 0));
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, U32_MAX, buffer, 4, 0));
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, 0, buffer, U32_MAX, 0));
	KUNIT_EXPECT_NULL(test, slice_to_write(&dynptr, 0, NULL, 4));
	KUNIT_EXPECT_EQ(test, CALL(dynptr_data, P(&dynptr), 0, 4, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_write, P(&dynptr), 0, P(buffer), 4, 0), (s64)-EINVAL);
	/* A part counts from its own start. */
	KUNIT_EXPECT_EQ(test, CALL(dynptr_adjust, P(&dynptr), 30, 50, 0, 0), 0ll);
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 6, NULL, 4, 0), skb->data + 36);
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 16, buffer, 4, 0), (u8 *)buffer);
	KUNIT_EXPECT_EQ(test, buffer[3], 49);
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, 17, buffer, 4, 0));
	KUNIT_EXPECT_EQ(test, CALL(dynptr_adjust, P(&dynptr), 0, 21, 0, 0), (s64)-ERANGE);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_adjust, P(&dynptr), 2, 1, 0, 0), (s64)-EINVAL);
	/* The packet became shorter behind the dynptr's back. */
	KUNIT_EXPECT_EQ(test, pskb_trim(skb, 40), 0);
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, 16, buffer, 4, 0));
	KUNIT_EXPECT_EQ(test, CALL(dynptr_read, P(buffer), 4, P(&dynptr), 16, 0), (s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, buffer[0] | buffer[3], 0);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_from_skb, P(skb), 1, P(&dynptr), HELPER_TOLD_IS_SKB, 0), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_is_null, P(&dynptr), 0, 0, 0, 0), 1ll);
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, 0, buffer, 4, 0));
	kfree_skb(skb);
}

/* A clone keeps what it had; the program's view of the packet follows. */
static void dynptr_writes_are_private(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test), *clone = skb_clone(skb, GFP_KERNEL);
	struct modbpf_dynptr dynptr;
	struct skb_ctx ctx;
	u32 word = 0xffffffff;
	u8 got[4];

	KUNIT_ASSERT_NOT_NULL(test, clone);
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_from_skb, P(&ctx), 0, P(&dynptr), HELPER_TOLD_WRITABLE, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_is_rdonly, P(&dynptr), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_write, P(&dynptr), 100, P(&word), 4, 4), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_write, P(&dynptr), 137, P(&word), 4, 0), (s64)-E2BIG);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_write, P(&dynptr), 100, P(&word), 4, 0), 0ll);
	KUNIT_EXPECT_GE(test, skb_headlen(skb), 104u);
	KUNIT_EXPECT_PTR_EQ(test, ctx.data, skb->data);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_read, P(got), 4, P(&dynptr), 99, 0), 0ll);
	KUNIT_EXPECT_EQ(test, memcmp(got, "\x63\xff\xff\xff", 4), 0);
	KUNIT_EXPECT_EQ(test, skb_copy_bits(clone, 99, got, 4), 0);
	KUNIT_EXPECT_EQ(test, memcmp(got, "\x63\x64\x65\x66", 4), 0);
	KUNIT_EXPECT_PTR_EQ(test, slice_to_write(&dynptr, 100, NULL, 4), skb->data + 100);
	kfree_skb(clone);
	kfree_skb(skb);
}

/* As SCHED_CLS programs see it at a device: from the link layer's header on. */
static void dynptrs_begin_where_the_view_does(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct modbpf_dynptr dynptr;
	struct skb_ctx ctx;
	u8 buffer[4];

	skb_reset_mac_header(skb);
	skb_pull(skb, 14);
	skb_ctx_init(&ctx, skb, -14, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_from_skb, P(&ctx), 0, P(&dynptr), HELPER_TOLD_WRITABLE, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(dynptr_size, P(&dynptr), 0, 0, 0, 0), 140ll);
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 3, buffer, 4, 0), skb->data - 11);
	KUNIT_EXPECT_EQ(test, *slice_of(&dynptr, 3, buffer, 4, 0), 3);
	KUNIT_EXPECT_PTR_EQ(test, slice_of(&dynptr, 136, buffer, 4, 0), (u8 *)buffer);
	KUNIT_EXPECT_EQ(test, buffer[3], 139);
	KUNIT_EXPECT_NULL(test, slice_of(&dynptr, 137, buffer, 4, 0));
	kfree_skb(skb);
}

/* A packet of tun has no link layer's header that a tag could go in front of; one of pktgen's has other users. */
static void tags_need_a_link_layer(struct kunit *test)
{
	struct sk_buff *skb = make_packet(test);
	struct skb_ctx ctx;

	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_ctx_init(&ctx, skb, 0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, CALL(skb_vlan_push, P(&ctx), htons(ETH_P_8021Q), 5, 0, 0), (s64)-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, CALL(skb_vlan_pop, P(&ctx), 0, 0, 0, 0), (s64)-EOPNOTSUPP);
	KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb));
	skb_set_network_header(skb, ETH_HLEN);
	KUNIT_EXPECT_EQ(test, CALL(skb_vlan_push, P(&ctx), htons(ETH_P_8021Q), 5, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, skb_vlan_tag_get(skb), 5);
	skb_get(skb);
	KUNIT_EXPECT_EQ(test, CALL(skb_vlan_pop, P(&ctx), 0, 0, 0, 0), (s64)-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, skb_vlan_tag_get(skb), 5);
	__vlan_hwaccel_clear_tag(skb);
	KUNIT_EXPECT_EQ(test, CALL(skb_vlan_push, P(&ctx), htons(ETH_P_8021Q), 6, 0, 0), (s64)-EOPNOTSUPP);
	KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb));
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, CALL(skb_vlan_push, P(&ctx), htons(ETH_P_8021Q), 5, 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, CALL(skb_vlan_pop, P(&ctx), 0, 0, 0, 0), 0ll);
	KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb));
	kfree_skb(skb);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(contexts_are_filled_in_whole),
	KUNIT_CASE(skb_load_bytes_reads_across_pieces),
	KUNIT_CASE(packet_load_counts_from_the_headers),
	KUNIT_CASE(stores_are_private),
	KUNIT_CASE(what_is_pulled_is_private),
	KUNIT_CASE(shared_packet_stays),
	KUNIT_CASE(offsets_count_from_the_link_layer),
	KUNIT_CASE(offsets_count_from_the_network_header),
	KUNIT_CASE(complete_sums_stay_true),
	KUNIT_CASE(pseudo_headers_are_counted),
	KUNIT_CASE(complete_sums_follow_the_pseudo_header),
	KUNIT_CASE(differences_are_sums),
	KUNIT_CASE(gso_is_over_when_the_tail_changes),
	KUNIT_CASE(shared_headers_are_not_marked),
	KUNIT_CASE(sockets_are_told),
	KUNIT_CASE(contexts_have_their_packet),
	KUNIT_CASE(slices_are_where_the_bytes_are),
	KUNIT_CASE(dynptr_writes_are_private),
	KUNIT_CASE(dynptrs_begin_where_the_view_does),
	KUNIT_CASE(tags_need_a_link_layer),
	{}
};

struct kunit_suite kunit_helper_skb_suite = {
	.name = "helper-skb",
	.test_cases = cases,
};
