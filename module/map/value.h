/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How bytes get into and out of a map while programs look at them: 8 bytes at
 * a time wherever both sides are aligned, so that an aligned word of 8 bytes
 * (or 4, 2 at the end) is never seen half written.
 */
#ifndef MODBPF_MODULE_MAP_VALUE_H
#define MODBPF_MODULE_MAP_VALUE_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

/* Bytes from one value to the next. @value_size at most INT_MAX. */
static inline u32 value_stride(u32 value_size)
{
	return round_up(value_size, 8);
}

static inline void value_copy_tail(u8 *dst, const u8 *src, u32 bytes)
{
	if (bytes & 4) {
		WRITE_ONCE(*(u32 *)dst, READ_ONCE(*(const u32 *)src));
		dst += 4;
		src += 4;
	}
	if (bytes & 2) {
		WRITE_ONCE(*(u16 *)dst, READ_ONCE(*(const u16 *)src));
		dst += 2;
		src += 2;
	}
	if (bytes & 1)
		WRITE_ONCE(*dst, READ_ONCE(*src));
}

/* Any context. No overlap. */
static inline void value_copy(void *dst, const void *src, u32 bytes)
{
	u64 *to = dst;
	const u64 *from = src;
	u32 words = bytes / 8;

	/* Memory of the program at an odd address is seen by nobody else. */
	if (unlikely(((unsigned long)dst | (unsigned long)src) & 7)) {
		memcpy(dst, src, bytes);
		return;
	}
	while (words--)
		WRITE_ONCE(*to++, READ_ONCE(*from++));
	if (bytes & 7)
		value_copy_tail((u8 *)to, (const u8 *)from, bytes);
}

#endif
