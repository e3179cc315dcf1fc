/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Known bits: a bit of mask is set where the number's bit is unknown, and then
 * clear in value; elsewhere value has the bit. Arithmetic is modulo
 * 2^DOMAIN_BITS; a test compiles this at 8 bits and proves it for all operands.
 */
#ifndef MODBPF_VERIFIER_TNUM_H
#define MODBPF_VERIFIER_TNUM_H

#include "isa/platform.h"

#ifndef DOMAIN_BITS
#define DOMAIN_BITS 64
#endif
#define DOMAIN_MASK (~0ULL >> (64 - DOMAIN_BITS))

struct tnum {
	u64 value;
	u64 mask;
};

struct tnum tnum_const(u64 value);
struct tnum tnum_unknown(void);
/* The known bits that all of @umin..@umax share. */
struct tnum tnum_between(u64 umin, u64 umax);

struct tnum tnum_add(struct tnum a, struct tnum b);
struct tnum tnum_sub(struct tnum a, struct tnum b);
struct tnum tnum_mul(struct tnum a, struct tnum b);
struct tnum tnum_and(struct tnum a, struct tnum b);
struct tnum tnum_or(struct tnum a, struct tnum b);
struct tnum tnum_xor(struct tnum a, struct tnum b);
struct tnum tnum_neg(struct tnum a);
/* Shifts by a known count below @width; the number has @width bits. */
struct tnum tnum_lsh(struct tnum a, u32 count, u32 width);
struct tnum tnum_rsh(struct tnum a, u32 count);
struct tnum tnum_arsh(struct tnum a, u32 count, u32 width);

/* The low @width bits, zero- or sign-extended. */
struct tnum tnum_low(struct tnum a, u32 width);
struct tnum tnum_sext(struct tnum a, u32 width);
/* @a with its low @width bits replaced by those of @low. */
struct tnum tnum_with_low(struct tnum a, struct tnum low, u32 width);

/* Are there numbers in both? */
bool tnum_overlap(struct tnum a, struct tnum b);
/* Numbers in both; the two must overlap. */
struct tnum tnum_intersect(struct tnum a, struct tnum b);
/* Smallest tnum that contains both. */
struct tnum tnum_join(struct tnum a, struct tnum b);
/* Is every number of @inner in @outer? */
bool tnum_contains(struct tnum outer, struct tnum inner);

static inline u64 tnum_min(struct tnum a)
{
	return a.value;
}

static inline u64 tnum_max(struct tnum a)
{
	return a.value | a.mask;
}

#endif
