// SPDX-License-Identifier: GPL-2.0-only
/* How does a program read a packet beyond what lies in one piece? */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <uapi/linux/filter.h>

#include "verifier/ctx_skb.h"

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
