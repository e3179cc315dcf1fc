// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which program is this? Instructions go through SHA-1 (FIPS 180-4) one at a
 * time, so that no copy of the program is needed.
 */
#include "isa/tag.h"

#define BLOCK_BYTES 64

struct sha1 {
	u32 state[5];
	u64 bytes;		/* so far */
	u8 block[BLOCK_BYTES];	/* the last bytes % BLOCK_BYTES of them */
};

static u32 rotate_left(u32 value, u32 bits)
{
	return value << bits | value >> (32 - bits);
}

static u32 big_endian_word(const u8 *bytes)
{
	return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

/* f(t) + K(t) of sections 4.1.1 and 4.2.1. */
static u32 round_function(u32 t, u32 b, u32 c, u32 d)
{
	if (t < 20)
		return ((b & c) ^ (~b & d)) + 0x5a827999;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (t < 60)
		return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

/* Section 6.1.3: the message schedule in 16 words. */
static u32 schedule_word(u32 w[16], u32 t)
{
	u32 s = t & 15;

	if (t >= 16)
		w[s] = rotate_left(w[(s + 13) & 15] ^ w[(s + 8) & 15] ^ w[(s + 2) & 15] ^ w[s], 1);
	return w[s];
}

static void hash_block(struct sha1 *sha)
{
	u32 a = sha->state[0], b = sha->state[1], c = sha->state[2];
	u32 d = sha->state[3], e = sha->state[4];
	u32 w[16], t, sum;

	for (t = 0; t < 16; t++)
		w[t] = big_endian_word(sha->block + 4 * t);
	for (t = 0; t < 80; t++) {
		sum = rotate_left(a, 5) + round_function(t, b, c, d) + e + schedule_word(w, t);
		e = d;
		d = c;
		c = rotate_left(b, 30);
		b = a;
		a = sum;
	}
	sha->state[0] += a;
	sha->state[1] += b;
	sha->state[2] += c;
	sha->state[3] += d;
	sha->state[4] += e;
}

static void start(struct sha1 *sha)
{
	static const struct sha1 initial = {
		.state = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 },
	};

	*sha = initial;
}

static void add(struct sha1 *sha, const void *data, size_t bytes)
{
	const u8 *from = data;
	size_t used, part;

	while (bytes) {
		used = sha->bytes % BLOCK_BYTES;
		part = BLOCK_BYTES - used;
		if (part > bytes)
			part = bytes;
		memcpy(sha->block + used, from, part);
		sha->bytes += part;
		from += part;
		bytes -= part;
		if (used + part == BLOCK_BYTES)
			hash_block(sha);
	}
}

/* Section 5.1.1: a one bit, zeros, and the length in bits fill the last block. */
static void finish(struct sha1 *sha, u8 *digest, u32 digest_bytes)
{
	static const u8 padding[BLOCK_BYTES] = { 0x80 };
	u64 bits = sha->bytes * 8;
	u32 used = sha->bytes % BLOCK_BYTES;
	u8 length[8];
	u32 i;

	for (i = 0; i < 8; i++)
		length[i] = bits >> (56 - 8 * i);
	add(sha, padding, used < 56 ? 56 - used : 120 - used);
	add(sha, length, sizeof(length));
	for (i = 0; i < digest_bytes; i++)
		digest[i] = sha->state[i / 4] >> (24 - i % 4 * 8);
}

void modbpf_sha1(const u8 *data, size_t bytes, u8 digest[MODBPF_SHA1_BYTES])
{
	struct sha1 sha;

	start(&sha);
	add(&sha, data, bytes);
	finish(&sha, digest, MODBPF_SHA1_BYTES);
}

static bool names_map_fd(const struct modbpf_insn *insn)
{
	return insn_is_ld_imm64(insn) && (insn->src_reg == BPF_PSEUDO_MAP_FD ||
					  insn->src_reg == BPF_PSEUDO_MAP_VALUE);
}

static bool is_second_slot(const struct modbpf_insn *insn)
{
	return !insn->code && !insn->dst_reg && !insn->src_reg && !insn->off;
}

void modbpf_prog_tag(const struct modbpf_insn *insns, u32 insn_cnt,
		     u8 tag[MODBPF_TAG_BYTES])
{
	bool is_after_map = false;
	struct modbpf_insn insn;
	struct sha1 sha;
	u32 i;

	start(&sha);
	for (i = 0; i < insn_cnt; i++) {
		insn = insns[i];
		if (is_after_map) {
			is_after_map = false;
			if (is_second_slot(&insn))
				insn.imm = 0;
		} else if (names_map_fd(&insn)) {
			is_after_map = true;
			insn.imm = 0;
		}
		add(&sha, &insn, sizeof(insn));
	}
	finish(&sha, tag, MODBPF_TAG_BYTES);
}
