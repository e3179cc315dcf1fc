/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What netfilter programs get, as they are written for Linux: as much of the kernel's structures as
 * is looked at; where it lies is for libbpf to say.
 */
#ifndef MODBPF_TESTS_E2E_NF_CTX_BPF_H
#define MODBPF_TESTS_E2E_NF_CTX_BPF_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct net_device {
	int ifindex;
	char name[16];
};

struct nf_hook_state {
	__u8 hook, pf;
	struct net_device *in, *out;
};

struct sk_buff {
	unsigned int len, mark;
	__u16 protocol;
	unsigned long _nfct;	/* a struct nf_conn's address, and the state below it */
	struct net_device *dev;
};
#pragma clang attribute pop

struct bpf_nf_ctx {
	const struct nf_hook_state *state;
	struct sk_buff *skb;
};

#endif
