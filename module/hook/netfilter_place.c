// SPDX-License-Identifier: GPL-2.0-only
/* Which hooks has netfilter, and where in a packet does a program's view begin there? */
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>

#include "module/compat/netfilter.h"
#include "module/hook/netfilter.h"
#include "uapi/modbpf.h"

static const struct family_row {
	u8 pf;
	bool is_there;		/* in this kernel */
	u8 hooks;
	bool has_fragments;
} rows[] = {
	{ NFPROTO_INET, true, NF_INET_POST_ROUTING + 1, true },
	{ NFPROTO_IPV4, true, NF_INET_POST_ROUTING + 1, true },
	{ NFPROTO_IPV6, true, NF_INET_POST_ROUTING + 1, true },
	{ NFPROTO_ARP, COMPAT_NETFILTER_ARP, NF_ARP_FORWARD + 1, false },
	{ NFPROTO_BRIDGE, COMPAT_NETFILTER_BRIDGE, NF_BR_POST_ROUTING + 1, false },
	{ NFPROTO_NETDEV, COMPAT_NETFILTER_INGRESS,
	  COMPAT_NETFILTER_EGRESS ? COMPAT_NETDEV_EGRESS + 1 : COMPAT_NETDEV_EGRESS, false },
};

static const struct family_row *row_of(u32 pf)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].pf == pf && rows[i].is_there)
			return &rows[i];
	return NULL;
}

/* The errnos are those of Linux for the same mistakes. */
int netfilter_check_place(u32 pf, u32 hooknum, s32 priority, u32 flags)
{
	const struct family_row *row = row_of(pf);

	if (!row)
		return -EAFNOSUPPORT;
	if (hooknum >= row->hooks)
		return -EPROTO;
	if (flags & ~MODBPF_NETFILTER_IP_DEFRAG || (flags && !row->has_fragments))
		return -EOPNOTSUPP;
	/* The first and the last place belong to the kernel (conntrack confirm). */
	if (priority == NF_IP_PRI_FIRST || priority == NF_IP_PRI_LAST)
		return -ERANGE;
	/* Before they are put together nobody sees them whole. */
	if (flags && priority <= NF_IP_PRI_CONNTRACK_DEFRAG)
		return -ERANGE;
	return 0;
}

/* Is skb->data the link layer's header? Elsewhere it is the network's. A bridge's own packets begin with it. */
static bool begins_with_link_layer(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	switch (state->pf) {
	case NFPROTO_NETDEV:
		return state->hook == COMPAT_NETDEV_EGRESS;
	case NFPROTO_ARP:
		return state->hook == NF_ARP_OUT;
	case NFPROTO_BRIDGE:
		return skb_mac_header_was_set(skb) && !skb_mac_offset(skb);
	default:
		return false;
	}
}

s32 netfilter_view_offset(const struct sk_buff *skb, const struct nf_hook_state *state,
			  bool with_link_layer)
{
	bool shows = with_link_layer && (state->pf == NFPROTO_NETDEV || state->pf == NFPROTO_BRIDGE);
	s32 offset;

	if (shows == begins_with_link_layer(skb, state))
		return 0;
	if (shows && !skb_mac_header_was_set(skb))
		return 0;
	offset = shows ? skb_mac_offset(skb) : skb_network_offset(skb);
	/* What was made by hand may say anything of itself. */
	if (offset < -(s32)skb_headroom(skb) || offset > (s32)skb_headlen(skb))
		return 0;
	return offset;
}

/*
 * Does the kernel rely on an IP header behind the hook? A bridge has looked at it when it
 * lets IP's own hooks see its packets.
 */
u8 netfilter_ip_family(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4 || state->pf == NFPROTO_IPV6)
		return state->pf;
	if (state->pf != NFPROTO_BRIDGE || state->hook == NF_BR_PRE_ROUTING)
		return NFPROTO_UNSPEC;
	if (skb->protocol == htons(ETH_P_IP) && skb_headlen(skb) >= 20)
		return NFPROTO_IPV4;
	if (skb->protocol == htons(ETH_P_IPV6) && skb_headlen(skb) >= 40)
		return NFPROTO_IPV6;
	return NFPROTO_UNSPEC;
}
