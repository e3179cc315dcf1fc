// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does an XDP program reach and resize its packet? Here it is an sk_buff in one piece that
 * no one else has, of a test run.
 */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/xdp.h>

#include "module/hook/skb.h"

/* context */
u64 helper_xdp_get_buff_len(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return ((const struct skb_ctx *)(unsigned long)r1)->len;
}

/* Are @size bytes from @offset of the packet there? 0, -EFAULT, -EINVAL. */
static int check_place(const struct skb_ctx *ctx, u32 offset, u32 size)
{
	if (offset > 0xffff || size > 0xffff)
		return -EFAULT;
	return offset + size > ctx->len ? -EINVAL : 0;
}

/* context, offset, to, size. */
u64 helper_xdp_load_bytes(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct skb_ctx *ctx = (const struct skb_ctx *)(unsigned long)r1;
	void *to = (void *)(unsigned long)r3;
	int err = check_place(ctx, r2, r4);

	if (err)
		memset(to, 0, (u32)r4);
	else
		memcpy(to, ctx->data + (u32)r2, (u32)r4);
	return err;
}

/* context, offset, from (of the packet, perhaps), size. */
u64 helper_xdp_store_bytes(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct skb_ctx *ctx = (const struct skb_ctx *)(unsigned long)r1;
	int err = check_place(ctx, r2, r4);

	if (!err)
		memmove(ctx->data + (u32)r2, (const void *)(unsigned long)r3, (u32)r4);
	return err;
}

/* context, by how much the packet begins later. What a frame needs of the room in front stays. */
u64 helper_xdp_adjust_head(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	struct sk_buff *skb = ctx->skb;
	s64 room = (s64)skb_headroom(skb) - (s64)sizeof(struct xdp_frame), by = (s32)r2;

	if (by > (s64)skb->len - ETH_HLEN || -by > room)
		return -EINVAL;
	if (by < 0)
		__skb_push(skb, -by);
	else
		__skb_pull(skb, by);
	skb_ctx_refresh(ctx);
	return 0;
}

/* context, by how much the packet ends later. What is added is zero. */
u64 helper_xdp_adjust_tail(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	struct sk_buff *skb = ctx->skb;
	s64 by = (s32)r2;

	if (by > skb_tailroom(skb) || (s64)skb->len + by < ETH_HLEN)
		return -EINVAL;
	if (by > 0)
		skb_put_zero(skb, by);
	else
		__skb_trim(skb, skb->len + by);
	skb_ctx_refresh(ctx);
	return 0;
}
