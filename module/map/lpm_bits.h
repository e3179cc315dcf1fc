/* SPDX-License-Identifier: GPL-2.0-only */
/* Prefixes as strings of bits, the highest bit of the first byte first. */
#ifndef MODBPF_MODULE_MAP_LPM_BITS_H
#define MODBPF_MODULE_MAP_LPM_BITS_H

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#define LPM_MAX_BYTES 256

/* A key of the map, copied so that it cannot change while the trie is. */
struct lpm_key {
	u32 prefixlen;			/* bits */
	u8 data[LPM_MAX_BYTES];		/* zero behind the prefix */
};

static inline u32 lpm_bit(const u8 *data, u32 at)
{
	return (data[at / 8] >> (7 - at % 8)) & 1;
}

/* The bits from 64 * @nr on, the first one the highest; zeros behind the last of @bytes bytes. */
static __always_inline u64 lpm_word(const u8 *data, u32 bytes, u32 nr)
{
	u32 left = bytes - nr * 8, i;
	__be64 whole;
	__be32 half;
	u64 word = 0;

	data += nr * 8;
	if (left == 4) {
		memcpy(&half, data, 4);
		return (u64)be32_to_cpu(half) << 32;
	}
	if (left >= 8) {
		memcpy(&whole, data, 8);
		return be64_to_cpu(whole);
	}
	for (i = 0; i < left; i++)
		word |= (u64)data[i] << (56 - 8 * i);
	return word;
}

/* The number of bits, at most @limit, in which @a and @b begin alike. No byte behind @limit is read. */
static inline u32 lpm_common(const u8 *a, const u8 *b, u32 limit)
{
	u32 bytes = DIV_ROUND_UP(limit, 8), i = 0;
	__be64 wa, wb;

	for (; i + 8 <= bytes; i += 8) {
		memcpy(&wa, a + i, 8);
		memcpy(&wb, b + i, 8);
		if (wa != wb)
			return min(limit, i * 8 + 64 - fls64(be64_to_cpu(wa ^ wb)));
	}
	for (; i < bytes; i++)
		if (a[i] != b[i])
			return min_t(u32, limit, i * 8 + 8 - fls(a[i] ^ b[i]));
	return limit;
}

/* Clear what is behind the first @prefixlen bits of @bytes bytes. */
static inline void lpm_clear_behind(u8 *data, u32 bytes, u32 prefixlen)
{
	u32 whole = prefixlen / 8;

	if (whole >= bytes)
		return;
	data[whole] &= ~(0xff >> (prefixlen % 8));
	memset(data + whole + 1, 0, bytes - whole - 1);
}

#endif
