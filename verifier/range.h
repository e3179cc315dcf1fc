/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bounds of a number of @width bits, both as unsigned and as signed: a range
 * stands for the numbers that lie within both pairs. Operators take the width
 * as an argument (64 and 32 in the verifier), so a test proves the very same
 * code for all operands at 4 and 5 bits.
 *
 * Unsigned bounds lie in 0..2^width-1, signed ones in -2^(width-1)..2^(width-1)-1.
 */
#ifndef MODBPF_VERIFIER_RANGE_H
#define MODBPF_VERIFIER_RANGE_H

#include "isa/platform.h"

struct value_range {
	u64 umin, umax;
	s64 smin, smax;
};

u64 range_mask(u32 width);
/* @value's low @width bits as a signed number. */
s64 range_signed(u64 value, u32 width);

struct value_range range_const(u64 value, u32 width);
struct value_range range_full(u32 width);
struct value_range range_unsigned(u64 umin, u64 umax, u32 width);
struct value_range range_signed_between(s64 smin, s64 smax, u32 width);

/* Is no number left? Only range_intersect() and bounds set by hand make such a range. */
bool range_is_empty(struct value_range r);
bool range_has(struct value_range r, u64 value, u32 width);
/* Let the signed bounds learn from the unsigned ones, and back. */
struct value_range range_settle(struct value_range r, u32 width);
struct value_range range_intersect(struct value_range a, struct value_range b, u32 width);
bool range_covers(struct value_range outer, struct value_range inner);

/* Bounds of the low @width bits of a number that lies in @r, which is wider. */
struct value_range range_low(struct value_range r, u32 width);
/*
 * @r, of @width bits, without the ends whose low half (@half bits) is outside
 * @low. May become empty.
 */
struct value_range range_refine(struct value_range r, struct value_range low, u32 width, u32 half);

/* Arithmetic modulo 2^width; what may wrap around loses its bounds. */
struct value_range range_add(struct value_range a, struct value_range b, u32 width);
struct value_range range_sub(struct value_range a, struct value_range b, u32 width);
struct value_range range_mul(struct value_range a, struct value_range b, u32 width);
/* Bounds of a bit operation; tnum gives the rest. */
struct value_range range_and(struct value_range a, struct value_range b, u32 width);
struct value_range range_or(struct value_range a, struct value_range b, u32 width);
struct value_range range_xor(struct value_range a, struct value_range b, u32 width);
/* RFC 9669 section 4.1: x / 0 = 0, x % 0 = x, smallest / -1 = smallest. */
struct value_range range_udiv(struct value_range a, struct value_range b, u32 width);
struct value_range range_umod(struct value_range a, struct value_range b, u32 width);
struct value_range range_sdiv(struct value_range a, struct value_range b, u32 width);
struct value_range range_smod(struct value_range a, struct value_range b, u32 width);
/* Counts are masked to below @width first (a power of two). */
struct value_range range_lsh(struct value_range a, struct value_range count, u32 width);
/* Shifted by a known @count, of a number whose low @width - @count bits are in @low. */
struct value_range range_lsh_exact(struct value_range low, u32 count, u32 width);
struct value_range range_rsh(struct value_range a, struct value_range count, u32 width);
struct value_range range_arsh(struct value_range a, struct value_range count, u32 width);

#endif
