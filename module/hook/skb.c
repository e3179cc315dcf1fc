// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where is each field of __sk_buff? Most lie at a fixed offset of struct
 * sk_buff and are read there by the program itself; bit-fields and what needs
 * the hook's devices are copied into skb_ctx before the program runs.
 */
#include "module/hook/skb.h"

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#define IN_CTX(member) { .hop = -1, \
	.offset = offsetof(struct skb_ctx, member), \
	.size = sizeof_field(struct skb_ctx, member) }
#define IN_SKB(member) { .hop = offsetof(struct skb_ctx, skb), \
	.offset = offsetof(struct sk_buff, member), \
	.size = sizeof_field(struct sk_buff, member) }

const struct ctx_slot modbpf_skb_slots[CTX_SOURCE_COUNT] = {
	[CTX_SKB_DATA] = IN_CTX(data),
	[CTX_SKB_DATA_END] = IN_CTX(data_end),
	/* No metadata in front of a packet here: an empty range. */
	[CTX_SKB_DATA_META] = IN_CTX(data),
	[CTX_SKB_LEN] = IN_CTX(len),
	[CTX_SKB_PKT_TYPE] = IN_CTX(pkt_type),
	[CTX_SKB_MARK] = IN_SKB(mark),
	[CTX_SKB_QUEUE_MAPPING] = IN_SKB(queue_mapping),
	[CTX_SKB_PROTOCOL] = IN_CTX(protocol),
	[CTX_SKB_VLAN_PRESENT] = IN_CTX(vlan_present),
	[CTX_SKB_VLAN_TCI] = IN_SKB(vlan_tci),
	[CTX_SKB_VLAN_PROTO] = IN_SKB(vlan_proto),
	[CTX_SKB_PRIORITY] = IN_SKB(priority),
	[CTX_SKB_INGRESS_IFINDEX] = IN_CTX(ingress_ifindex),
	[CTX_SKB_IFINDEX] = IN_CTX(ifindex),
#ifdef CONFIG_NET_SCHED
	[CTX_SKB_TC_INDEX] = IN_SKB(tc_index),
#endif
	[CTX_SKB_CB] = { .hop = -1, .offset = offsetof(struct skb_ctx, cb), .size = 4 },
	[CTX_SKB_HASH] = IN_SKB(hash),
	[CTX_SKB_TC_CLASSID] = IN_CTX(tc_classid),
};

void skb_ctx_init(struct skb_ctx *ctx, struct sk_buff *skb, s32 offset,
		  const struct net_device *in, const struct net_device *out)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->skb = skb;
	ctx->data = skb->data + offset;
	ctx->data_end = skb->data + skb_headlen(skb);
	ctx->len = skb->len - offset;
	ctx->network_offset = offset;
	ctx->ifindex = out ? out->ifindex : in ? in->ifindex : 0;
	ctx->ingress_ifindex = in ? in->ifindex : 0;
	ctx->protocol = (__force u32)skb->protocol;
	ctx->pkt_type = skb->pkt_type;
	ctx->vlan_present = !!skb_vlan_tag_present(skb);
}
