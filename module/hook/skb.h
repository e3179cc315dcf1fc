/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet as a program sees it: where is each field of __sk_buff, and what if it moves? */
#ifndef MODBPF_MODULE_HOOK_SKB_H
#define MODBPF_MODULE_HOOK_SKB_H

#include "verifier/ctx_skb.h"
#include "verifier/verifier.h"

/* CTX_SOURCE_COUNT entries, for verify_request.ctx. */
extern const struct ctx_slot modbpf_skb_slots[CTX_SOURCE_COUNT];

/* The sk_buff has been changed in the meantime: its bytes may lie elsewhere. */
void skb_ctx_refresh(struct skb_ctx *ctx);
/*
 * Make the first @bytes that the program sees private, and have them in one piece.
 * The packet may move, after an error too. 0, -ENOMEM (it has not so many, too).
 * May allocate, atomically: process context or softirq.
 */
int skb_ctx_make_writable(struct skb_ctx *ctx, s64 bytes);

#endif
