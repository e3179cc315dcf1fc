/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet as a program sees it: fills struct skb_ctx from a live sk_buff, and
 * tells the verifier where each field of __sk_buff is.
 */
#ifndef MODBPF_MODULE_HOOK_SKB_H
#define MODBPF_MODULE_HOOK_SKB_H

#include "verifier/ctx_skb.h"
#include "verifier/verifier.h"

struct net_device;
struct sk_buff;

/* CTX_SOURCE_COUNT entries, for verify_request.ctx. */
extern const struct ctx_slot modbpf_skb_slots[CTX_SOURCE_COUNT];

/*
 * @offset: where the program's view begins, in bytes from skb->data: 0; negative for the
 * MAC header in front of it; positive where skb->data is the MAC header and the view begins
 * behind that, at most skb_headlen(). @in, @out: devices or NULL. Any context.
 */
void skb_ctx_init(struct skb_ctx *ctx, struct sk_buff *skb, s32 offset,
		  const struct net_device *in, const struct net_device *out);
/* The sk_buff has been changed in the meantime: its bytes may lie elsewhere. */
void skb_ctx_refresh(struct skb_ctx *ctx);
/*
 * Make the first @bytes that the program sees private, and have them in one piece.
 * The packet may move, after an error too. 0, -ENOMEM (it has not so many, too).
 * May allocate, atomically: process context or softirq.
 */
int skb_ctx_make_writable(struct skb_ctx *ctx, s64 bytes);

#endif
