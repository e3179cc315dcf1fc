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
	u32 rx_queue_index;	/* for xdp_md */
};

/*
 * Which fields of __sk_buff has the runtime, and where? IN_CTX(source, member):
 * in skb_ctx. IN_SKB(source, member, bytes): in what skb points to; the bytes are
 * those of struct sk_buff on every kernel. IN_SCHED(): the same, only where the
 * kernel has packet schedulers. cb is IN_CTX too, but is reached in words.
 * The runtime makes its ctx_slot table of it; sources that are not listed are absent.
 */
#define SKB_CTX_SOURCES(IN_CTX, IN_SKB, IN_SCHED) \
	IN_CTX(CTX_SKB_DATA, data) \
	IN_CTX(CTX_SKB_DATA_END, data_end) \
	/* No metadata in front of a packet here: an empty range. */ \
	IN_CTX(CTX_SKB_DATA_META, data) \
	IN_CTX(CTX_SKB_LEN, len) \
	IN_CTX(CTX_SKB_PKT_TYPE, pkt_type) \
	IN_SKB(CTX_SKB_MARK, mark, 4) \
	IN_SKB(CTX_SKB_QUEUE_MAPPING, queue_mapping, 2) \
	IN_CTX(CTX_SKB_PROTOCOL, protocol) \
	IN_CTX(CTX_SKB_VLAN_PRESENT, vlan_present) \
	IN_SKB(CTX_SKB_VLAN_TCI, vlan_tci, 2) \
	IN_SKB(CTX_SKB_VLAN_PROTO, vlan_proto, 2) \
	IN_SKB(CTX_SKB_PRIORITY, priority, 4) \
	IN_CTX(CTX_SKB_INGRESS_IFINDEX, ingress_ifindex) \
	IN_CTX(CTX_SKB_IFINDEX, ifindex) \
	IN_SCHED(CTX_SKB_TC_INDEX, tc_index, 2) \
	IN_CTX(CTX_SKB_CB, cb[0]) \
	IN_SKB(CTX_SKB_HASH, hash, 4) \
	IN_CTX(CTX_SKB_TC_CLASSID, tc_classid) \
	IN_CTX(CTX_XDP_RX_QUEUE, rx_queue_index)

#endif
