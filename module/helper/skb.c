// SPDX-License-Identifier: GPL-2.0-only
/* How does a program read a packet beyond what lies in one piece? */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "verifier/ctx_skb.h"

/*
 * context, offset, to, size. The offset counts from where the program's data
 * begin; neither what is in front nor what is behind the packet can be read.
 */
u64 helper_skb_load_bytes(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct skb_ctx *ctx = (const struct skb_ctx *)(unsigned long)r1;
	const struct sk_buff *skb = ctx->skb;
	void *to = (void *)(unsigned long)r3;
	s64 from = (s64)(u32)r2 + ctx->network_offset;
	u32 size = r4;

	/* The helper's argument is 32 bits, and signed 32 bits is what a packet can have. */
	if (unlikely((u32)r2 > INT_MAX || from + size > skb->len))
		goto fail;
	if (unlikely(skb_copy_bits(skb, from, to, size) < 0))
		goto fail;
	return 0;

fail:
	memset(to, 0, size);
	return -EFAULT;
}
