// SPDX-License-Identifier: GPL-2.0-only
/* How does a program that changes a packet keep its checksums true? */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/skbuff.h>
#include <net/checksum.h>

#include "isa/abi.h"
#include "module/hook/skb.h"

/* Flags of l3_csum_replace and l4_csum_replace. */
enum {
	REPLACE_SIZE = 0xf,		/* bytes of the changed field; 0: a difference is given */
	REPLACE_PSEUDO_HDR = 1 << 4,	/* the field is part of the pseudo header */
	REPLACE_MANGLED_0 = 1 << 5,	/* UDP over IPv4: 0 is no checksum */
	REPLACE_ENFORCE = 1 << 6,	/* make one where there was none */
	REPLACE_IPV6 = 1 << 7,		/* no checksum of the network header makes up for it */
};

/* Linux's numbers for csum_level. */
enum { LEVEL_QUERY, LEVEL_INC, LEVEL_DEC, LEVEL_RESET };

/* The checksum at @offset, which is now the packet's own. NULL: it has none there. */
static __sum16 *checksum_at(struct skb_ctx *ctx, u64 offset)
{
	if ((u32)offset > 0xffff || offset & 1 ||
	    skb_ctx_make_writable(ctx, (u32)offset + sizeof(__sum16)))
		return NULL;
	return (__sum16 *)(ctx->data + (u32)offset);
}

/* context, offset of the checksum, old and new content of the field, flags. */
u64 helper_l3_csum_replace(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	__sum16 *sum;

	if (r5 & ~REPLACE_SIZE)
		return -EINVAL;
	sum = checksum_at(ctx, r2);
	if (!sum)
		return -EFAULT;
	switch (r5 & REPLACE_SIZE) {
	case 0:
		if (r3)
			return -EINVAL;
		csum_replace_by_diff(sum, (__force __wsum)(u32)r4);
		return 0;
	case 2:
		csum_replace2(sum, (__force __be16)(u16)r3, (__force __be16)(u16)r4);
		return 0;
	case 4:
		csum_replace4(sum, (__force __be32)(u32)r3, (__force __be32)(u32)r4);
		return 0;
	default:
		return -EINVAL;
	}
}

/*
 * The transport's checksum changes by @diff. With CHECKSUM_PARTIAL the field holds
 * the sum of the pseudo header, not inverted, and the device adds the rest. With
 * CHECKSUM_COMPLETE skb->csum is the sum of all bytes: what changes in the pseudo
 * header changes the field along with it, which the network header's own checksum
 * evens out; IPv6 has none.
 */
static void replace_by_diff(struct sk_buff *skb, __sum16 *sum, __wsum diff, u64 flags)
{
	bool pseudo = flags & REPLACE_PSEUDO_HDR;

	if (skb->ip_summed != CHECKSUM_PARTIAL) {
		csum_replace_by_diff(sum, diff);
		if (skb->ip_summed == CHECKSUM_COMPLETE && pseudo && !(flags & REPLACE_IPV6))
			skb->csum = ~csum_add(diff, ~skb->csum);
	} else if (pseudo) {
		*sum = ~csum_fold(csum_add(diff, csum_unfold(*sum)));
	}
}

/* As helper_l3_csum_replace(). */
u64 helper_l4_csum_replace(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct skb_ctx *ctx = (struct skb_ctx *)(unsigned long)r1;
	bool pseudo = r5 & REPLACE_PSEUDO_HDR, mangled_0 = r5 & REPLACE_MANGLED_0;
	__sum16 *sum;

	if (r5 & ~(REPLACE_SIZE | REPLACE_PSEUDO_HDR | REPLACE_MANGLED_0 | REPLACE_ENFORCE |
		   REPLACE_IPV6))
		return -EINVAL;
	sum = checksum_at(ctx, r2);
	if (!sum)
		return -EFAULT;
	if (mangled_0 && !(r5 & REPLACE_ENFORCE) && !*sum)
		return 0;
	switch (r5 & REPLACE_SIZE) {
	case 0:
		if (r3)
			return -EINVAL;
		replace_by_diff(ctx->skb, sum, (__force __wsum)(u32)r4, r5);
		break;
	case 2:
		inet_proto_csum_replace2(sum, ctx->skb, (__force __be16)(u16)r3,
					 (__force __be16)(u16)r4, pseudo);
		break;
	case 4:
		inet_proto_csum_replace4(sum, ctx->skb, (__force __be32)(u32)r3,
					 (__force __be32)(u32)r4, pseudo);
		break;
	default:
		return -EINVAL;
	}
	if (mangled_0 && !*sum)
		*sum = CSUM_MANGLED_0;
	return 0;
}

/* To 16 bits; the kernel's function inverts what it has folded. */
static u16 fold(__wsum sum)
{
	return ~(__force u16)csum_fold(sum);
}

/* Of the two zeroes the positive one where nothing is left, in whichever form the kernel's function has the sum. */
static u16 pull(const void *from, u32 from_bytes, __wsum sum)
{
	u32 inverse = fold(csum_partial(from, from_bytes, 0)) + fold(~sum);

	return (__force u16)csum_fold((__force __wsum)inverse);
}

/*
 * from, its bytes, to, its bytes, seed: the sum of seed, to and the inverse of from,
 * folded to 16 bits as Linux does since 6.13. Bytes come by four; either may be none.
 */
u64 helper_csum_diff(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const void *from = (const void *)(unsigned long)r1, *to = (const void *)(unsigned long)r3;
	u32 from_bytes = r2, to_bytes = r4;
	__wsum sum = (__force __wsum)(u32)r5;

	if ((from_bytes | to_bytes) & 3)
		return -EINVAL;
	if (from_bytes && !to_bytes)
		return pull(from, from_bytes, sum);
	if (to_bytes)
		sum = csum_partial(to, to_bytes, sum);
	if (from_bytes)
		sum = csum_sub(sum, csum_partial(from, from_bytes, 0));
	return fold(sum);
}

/* context, sum to add to that of all bytes, if the device has told it. */
u64 helper_csum_update(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sk_buff *skb = ((const struct skb_ctx *)(unsigned long)r1)->skb;

	if (skb->ip_summed != CHECKSUM_COMPLETE)
		return -MODBPF_ENOTSUPP;
	skb->csum = csum_add(skb->csum, (__force __wsum)(u32)r2);
	return (__force u32)skb->csum;
}

/* context, LEVEL_*: how many checksums has the device found right? */
u64 helper_csum_level(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sk_buff *skb = ((const struct skb_ctx *)(unsigned long)r1)->skb;

	switch (r2) {
	case LEVEL_QUERY:
		return skb->ip_summed == CHECKSUM_UNNECESSARY ? skb->csum_level : -EACCES;
	case LEVEL_INC:
		__skb_incr_checksum_unnecessary(skb);
		return 0;
	case LEVEL_DEC:
		__skb_decr_checksum_unnecessary(skb);
		return 0;
	case LEVEL_RESET:
		__skb_reset_checksum_unnecessary(skb);
		return 0;
	default:
		return -EINVAL;
	}
}
