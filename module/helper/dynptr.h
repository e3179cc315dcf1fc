/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dynptr as programs have it in 16 bytes of their stack, and as a helper that calls back
 * may give it to them. The verifier lets nobody else read or write it. Any context, NMI
 * included, for all that is made of it.
 */
#ifndef MODBPF_MODULE_HELPER_DYNPTR_H
#define MODBPF_MODULE_HELPER_DYNPTR_H

#include <linux/build_bug.h>
#include <linux/types.h>

#define DYNPTR_MAX_BYTES ((1U << 24) - 1)	/* as Linux */

enum dynptr_of {
	DYNPTR_OF_MEMORY,
	DYNPTR_OF_CTX,		/* data is a struct skb_ctx: the packet as its program sees it */
	DYNPTR_OF_SKB,		/* data is a struct sk_buff: the packet from skb->data on */
};

struct modbpf_dynptr {
	void *data;	/* NULL: there is nothing, as where making it failed */
	u32 offset;	/* bytes from there to where it begins */
	u32 size : 24;	/* bytes; 0 without data */
	u32 of : 2;	/* enum dynptr_of */
	u32 is_rdonly : 1;
};
static_assert(sizeof(struct modbpf_dynptr) == 16);

/* dynptr_packet.c: of one that is not of memory; what is asked for is known to be in it. */
int dynptr_packet_read(const struct modbpf_dynptr *dynptr, u32 off, void *to, u32 bytes);
/* @flags: BPF_F_RECOMPUTE_CSUM, BPF_F_INVALIDATE_HASH. The packet may move. */
int dynptr_packet_write(const struct modbpf_dynptr *dynptr, u32 off, const void *from, u32 bytes,
			u64 flags);
/* Where the bytes are: in the packet, or copied to @buffer, which may be NULL. NULL: nowhere. */
void *dynptr_packet_slice(const struct modbpf_dynptr *dynptr, u32 off, void *buffer, u32 bytes);

#endif
