/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys of hashes: a secret hash function, and comparison.
 *
 * Two words of the key, each mixed with 64 bits that only the map knows, are multiplied, and
 * both halves of the product folded together: as in wyhash (Wang Yi, 2019), which several
 * languages' tables use for keys from strangers. The second multiplication is there for keys
 * at regular distances, which the first alone spreads no better than one does.
 */
#ifndef MODBPF_MODULE_MAP_HASH_KEY_H
#define MODBPF_MODULE_MAP_HASH_KEY_H

#include <linux/random.h>
#include <linux/string.h>
#include <linux/types.h>

struct hash_secret {
	u64 first, second;
};

/* @is_known: always the same (MODBPF_F_ZERO_SEED). The digits of pi. */
static inline void hash_secret_make(struct hash_secret *secret, bool is_known)
{
	if (!is_known) {
		get_random_bytes(secret, sizeof(*secret));
		return;
	}
	secret->first = 0x243f6a8885a308d3ULL;
	secret->second = 0x13198a2e03707344ULL;
}

/* A key lies at any address. */
static __always_inline u32 word4(const void *at)
{
	u32 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static __always_inline u64 word8(const void *at)
{
	u64 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static __always_inline u64 hash_fold(u64 a, u64 b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (u64)product ^ (u64)(product >> 64);
}

static __always_inline u32 hash_end(const struct hash_secret *secret, u64 folded)
{
	return folded * secret->second >> 32;
}

/* @bytes of all keys of a map are the same, at least 1. */
static __always_inline u32 hash_bytes(const struct hash_secret *secret, const void *key, u32 bytes)
{
	const u8 *at = key;
	u64 a, b, rest = secret->second;

	if (likely(bytes == 4)) {
		a = word4(at);
		return hash_end(secret, hash_fold(a ^ secret->first, a ^ rest));
	}
	for (; bytes > 16; bytes -= 16, at += 16)
		rest = hash_fold(word8(at) ^ secret->first,
				 word8(at + 8) ^ rest);
	/* The last 1 to 16 bytes; the two words may overlap. */
	if (bytes >= 8) {
		a = word8(at);
		b = word8(at + bytes - 8);
	} else if (bytes >= 4) {
		a = word4(at);
		b = word4(at + bytes - 4);
	} else {
		a = at[0] | at[bytes / 2] << 8;
		b = at[bytes - 1];
	}
	return hash_end(secret, hash_fold(a ^ secret->first, b ^ rest));
}

static __always_inline bool keys_are_equal(const void *a, const void *b, u32 bytes)
{
	if (likely(bytes == 4))
		return word4(a) == word4(b);
	if (bytes == 8)
		return word8(a) == word8(b);
	if (bytes == 16)
		return !((word8(a) ^ word8(b)) | (word8(a + 8) ^ word8(b + 8)));
	return !memcmp(a, b, bytes);
}

#endif
