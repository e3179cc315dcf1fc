/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What R1 points to while a packet program runs: the runtime's side of
 * __sk_buff. The program sees offsets of __sk_buff; the verifier rewrites each
 * access to a load from here, or from what skb points to, as the runtime's
 * ctx_slot table says.
 */
#ifndef MODBPF_VERIFIER_CTX_SKB_H
#define MODBPF_VERIFIER_CTX_SKB_H

#include "isa/platform.h"

struct skb_ctx {
	u8 *data;		/* first byte that direct access may touch */
	u8 *data_end;		/* one past the last */
	void *skb;		/* struct sk_buff *, never NULL */
	u32 ifindex;
	u32 ingress_ifindex;
	u32 cb[5];		/* scratch of the program, zero at the start */
	u32 tc_classid;
	u32 protocol;		/* network byte order in the low 16 bits */
	u32 len;		/* bytes of the packet from data on, paged part included */
	s32 network_offset;	/* of data from skb->data; for helpers */
	u32 pkt_type;
	u32 vlan_present;	/* 0 or 1 */
	u32 pad;
};

#endif
