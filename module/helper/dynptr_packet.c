// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dynptrs of packets: how does a program reach a packet that may lie in pieces? It stays
 * where it is for reading; what is written is brought into the first piece, private. A
 * program that may write has its first piece private from the start (module/hook/netfilter.c).
 */
#include "module/helper/dynptr.h"

#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/skbuff.h>

#include "module/helper/functions.h"
#include "module/hook/skb.h"
#include "verifier/helper.h"

#define P(pointer) ((unsigned long)(pointer))

/* What the helpers for packets take; @own is made it if it is not there. */
static struct skb_ctx *ctx_of(const struct modbpf_dynptr *dynptr, struct skb_ctx *own)
{
	if (dynptr->of == DYNPTR_OF_CTX)
		return dynptr->data;
	own->skb = dynptr->data;
	own->network_offset = 0;
	return own;
}

/* context or struct sk_buff, flags (none), the dynptr that is made, HELPER_TOLD_* */
u64 helper_dynptr_from_skb(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_dynptr *dynptr = (struct modbpf_dynptr *)(unsigned long)r3;
	struct modbpf_dynptr made = {
		.data = (void *)(unsigned long)r1,
		.of = r4 & HELPER_TOLD_IS_SKB ? DYNPTR_OF_SKB : DYNPTR_OF_CTX,
		.is_rdonly = !(r4 & HELPER_TOLD_WRITABLE),
	};
	struct skb_ctx own, *ctx = ctx_of(&made, &own);
	s64 bytes = (s64)((const struct sk_buff *)ctx->skb)->len - ctx->network_offset;
	int err = r2 ? -EINVAL : bytes < 0 || bytes > DYNPTR_MAX_BYTES ? -E2BIG : 0;

	*dynptr = (struct modbpf_dynptr){ 0 };
	if (unlikely(err))
		return err;
	made.size = bytes;
	*dynptr = made;
	return 0;
}

int dynptr_packet_read(const struct modbpf_dynptr *dynptr, u32 off, void *to, u32 bytes)
{
	struct skb_ctx own;

	return helper_skb_load_bytes(P(ctx_of(dynptr, &own)), dynptr->offset + off, P(to), bytes, 0);
}

int dynptr_packet_write(const struct modbpf_dynptr *dynptr, u32 off, const void *from, u32 bytes,
			u64 flags)
{
	struct skb_ctx own;

	return helper_skb_store_bytes(P(ctx_of(dynptr, &own)), dynptr->offset + off, P(from), bytes,
				      flags);
}

void *dynptr_packet_slice(const struct modbpf_dynptr *dynptr, u32 off, void *buffer, u32 bytes)
{
	struct skb_ctx own;
	const struct skb_ctx *ctx = ctx_of(dynptr, &own);
	struct sk_buff *skb = ctx->skb;
	u32 from = dynptr->offset + off;
	/* Places in the first piece where so many bytes begin, counted as the dynptr does. */
	s64 starts = (s64)skb_headlen(skb) - ctx->network_offset - bytes + 1;

	if (from < starts)
		return skb->data + ctx->network_offset + array_index_nospec(from, (unsigned long)starts);
	if (!buffer || helper_skb_load_bytes(P(ctx), from, P(buffer), bytes, 0))
		return NULL;
	return buffer;
}
