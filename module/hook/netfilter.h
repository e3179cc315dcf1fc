/* SPDX-License-Identifier: GPL-2.0-only */
/* The decisions of the netfilter hook that can be tested on their own. */
#ifndef MODBPF_MODULE_HOOK_NETFILTER_H
#define MODBPF_MODULE_HOOK_NETFILTER_H

#include <linux/atomic.h>
#include <linux/types.h>

struct nf_hook_state;
struct sk_buff;

/* R1 of a NETFILTER program; layout of Linux's struct bpf_nf_ctx. */
struct nf_ctx {
	const struct nf_hook_state *state;
	struct sk_buff *skb;
};

/* NF_ACCEPT or NF_DROP for what a SCHED_CLS program returned. Any context. */
unsigned int netfilter_tc_verdict(s32 act);

/*
 * Verdicts of SCHED_CLS programs that mean nothing here, and IP headers that they
 * bent out of shape; their packets were dropped.
 */
extern atomic64_t netfilter_bad_verdicts;

/* 0, -EAFNOSUPPORT, -EPROTO, -EOPNOTSUPP or -ERANGE. */
int netfilter_check_place(u32 pf, u32 hooknum, s32 priority, u32 flags);

#endif
