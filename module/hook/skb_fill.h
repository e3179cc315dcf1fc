/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How does a live sk_buff become what a program sees? Part of the hook that a packet comes
 * to: each pays for it, so nothing is set twice, and nothing is left unset.
 */
#ifndef MODBPF_MODULE_HOOK_SKB_FILL_H
#define MODBPF_MODULE_HOOK_SKB_FILL_H

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "module/hook/skb.h"

/* What may change while it runs. Any context. */
static __always_inline void skb_ctx_fill(struct skb_ctx *ctx)
{
	const struct sk_buff *skb = ctx->skb;

	ctx->data = skb->data + ctx->network_offset;
	ctx->data_end = skb->data + skb_headlen(skb);
	ctx->len = skb->len - ctx->network_offset;
	ctx->protocol = (__force u32)skb->protocol;
	ctx->pkt_type = skb->pkt_type;
	ctx->vlan_present = !!skb_vlan_tag_present(skb);
}

/*
 * @offset: where the program's view begins, in bytes from skb->data: 0; negative for the
 * MAC header in front of it; positive where skb->data is the MAC header and the view begins
 * behind that, at most skb_headlen(). @in, @out: devices or NULL. Any context.
 */
static __always_inline void skb_ctx_init(struct skb_ctx *ctx, struct sk_buff *skb, s32 offset,
					 const struct net_device *in, const struct net_device *out)
{
	ctx->skb = skb;
	ctx->network_offset = offset;
	ctx->ifindex = out ? out->ifindex : in ? in->ifindex : 0;
	ctx->ingress_ifindex = in ? in->ifindex : 0;
	memset(ctx->cb, 0, sizeof(ctx->cb));
	ctx->tc_classid = 0;
	ctx->rx_queue_index = 0;
	skb_ctx_fill(ctx);
}

#endif
