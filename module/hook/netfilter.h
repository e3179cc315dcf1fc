/* SPDX-License-Identifier: GPL-2.0-only */
/* The decisions of the netfilter hook that can be tested on their own. */
#ifndef MODBPF_MODULE_HOOK_NETFILTER_H
#define MODBPF_MODULE_HOOK_NETFILTER_H

#include <linux/atomic.h>
#include <linux/types.h>

struct net;
struct nf_hook_state;
struct sk_buff;

/* R1 of a NETFILTER program; layout of Linux's struct bpf_nf_ctx. */
struct nf_ctx {
	const struct nf_hook_state *state;
	struct sk_buff *skb;
};

/* Namespaces and devices that go are told of. 0 or -errno. Sleep. */
int netfilter_init(void);
void netfilter_exit(void);

/* NF_ACCEPT or NF_DROP for what a SCHED_CLS program returned. Any context. */
unsigned int netfilter_tc_verdict(s32 act);

/*
 * Verdicts of SCHED_CLS programs that mean nothing here, and IP headers that they
 * bent out of shape; their packets were dropped.
 */
extern atomic64_t netfilter_bad_verdicts;

/*
 * Where a program's view of a packet at the hook begins, in bytes from skb->data: at the
 * network header, or in front of it @with_link_layer, where the packet has one, of a device
 * or a bridge. At most skb_headlen(). Any context.
 */
s32 netfilter_view_offset(const struct sk_buff *skb, const struct nf_hook_state *state,
			  bool with_link_layer);
/* NFPROTO_IPV4, _IPV6: behind the hook the kernel relies on such a header. NFPROTO_UNSPEC: on none. */
u8 netfilter_ip_family(const struct sk_buff *skb, const struct nf_hook_state *state);

/* Numbers of programs and of their links: room for @room each. */
struct netfilter_ids {
	u32 *progs, *links;
	u32 room;
};

/* What hangs in @net: as many numbers as there is room for; how many there are. Sleeps. */
u32 netfilter_links_of(const struct net *net, const struct netfilter_ids *ids);

/* 0, -EAFNOSUPPORT, -EPROTO, -EOPNOTSUPP or -ERANGE. */
int netfilter_check_place(u32 pf, u32 hooknum, s32 priority, u32 flags);

#endif
