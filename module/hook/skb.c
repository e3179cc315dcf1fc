// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where is each field of __sk_buff? Most lie at a fixed offset of struct
 * sk_buff and are read there by the program itself; bit-fields and what needs
 * the hook's devices are copied into skb_ctx before the program runs.
 */
#include "module/hook/skb_fill.h"

#include <linux/errno.h>
#include <linux/minmax.h>

#define IN_CTX(source, member) [source] = { .hop = -1, \
	.offset = offsetof(struct skb_ctx, member), \
	.size = sizeof_field(struct skb_ctx, member) },
#define IN_SKB(source, member, bytes) [source] = { .hop = offsetof(struct skb_ctx, skb), \
	.offset = offsetof(struct sk_buff, member), .size = bytes },
#define CHECK_NOTHING(source, member)
#define CHECK_BYTES(source, member, bytes) \
	static_assert(sizeof_field(struct sk_buff, member) == (bytes), "bytes of " #member);
#ifdef CONFIG_NET_SCHED
#define IN_SCHED IN_SKB
#define CHECK_SCHED CHECK_BYTES
#else
#define IN_SCHED(source, member, bytes)
#define CHECK_SCHED IN_SCHED
#endif

SKB_CTX_SOURCES(CHECK_NOTHING, CHECK_BYTES, CHECK_SCHED)

const struct ctx_slot modbpf_skb_slots[CTX_SOURCE_COUNT] = {
	SKB_CTX_SOURCES(IN_CTX, IN_SKB, IN_SCHED)
};

void skb_ctx_refresh(struct skb_ctx *ctx)
{
	skb_ctx_fill(ctx);
}

int skb_ctx_make_writable(struct skb_ctx *ctx, s64 bytes)
{
	struct sk_buff *skb = ctx->skb;
	s64 end = bytes + ctx->network_offset;
	int err;

	/* What is shared as a whole, as pktgen's may be at a device's hook, cannot be made private. */
	if (end > skb->len || skb_shared(skb))
		return -ENOMEM;
	/* What lies in front of skb->data moves, and becomes private, with the rest. */
	err = skb_ensure_writable(skb, max_t(s64, end, 0));
	skb_ctx_refresh(ctx);
	return err;
}
