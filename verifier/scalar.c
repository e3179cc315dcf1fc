// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is known of a result, in all views at once? Bits and bounds are computed
 * each by its own operator, for the whole number and for its low half, and then
 * taught to each other by scalar_settle().
 *
 * The widths are DOMAIN_BITS and half of it (64 and 32), so that a test proves
 * this file for all operands at a small width.
 */
#include "verifier/scalar.h"

#include "isa/insn.h"
#include "verifier/scalar_settle.h"

/* The bounds that known bits give a number of @width bits. */
static struct value_range range_of_bits(struct tnum bits, u32 width)
{
	struct value_range r = range_full(width);
	u64 sign = 1ULL << (width - 1);

	bits = tnum_low(bits, width);
	r.umin = tnum_min(bits);
	r.umax = tnum_max(bits);
	/* Signed, the sign bit counts the other way round. */
	r.smin = range_signed(bits.value | (bits.mask & sign), width);
	r.smax = range_signed(bits.value | (bits.mask & ~sign), width);
	return r;
}

/* Intersect *@r, which is settled, with @other. */
static void learn(struct value_range *r, struct value_range other, u32 width)
{
	if (!range_covers(other, *r))
		*r = range_intersect(*r, other, width);
}

/* Bits and bounds of the same @width learn from each other. */
static bool settle_view(struct tnum *bits, struct value_range *r, u32 width)
{
	struct tnum of_range;

	learn(r, range_of_bits(*bits, width), width);
	if (range_is_empty(*r))
		return false;
	of_range = tnum_between(r->umin, r->umax);
	if (!tnum_overlap(tnum_low(*bits, width), of_range))
		return false;
	*bits = tnum_with_low(*bits, tnum_intersect(tnum_low(*bits, width), of_range), width);
	return true;
}

/* One round of all views' lessons. False: no number is left. */
static bool settle_once(struct scalar *s)
{
	if (!settle_view(&s->bits, &s->r64, DOMAIN_BITS) ||
	    !settle_view(&s->bits, &s->r32, DOMAIN_HALF))
		return false;
	learn(&s->r32, range_low(s->r64, DOMAIN_HALF), DOMAIN_HALF);
	s->r64 = range_refine(s->r64, s->r32, DOMAIN_BITS, DOMAIN_HALF);
	return !range_is_empty(s->r32) && !range_is_empty(s->r64);
}

/* A single number: all views say which, or there is none. */
static bool settle_const(struct scalar *s)
{
	if (!range_has(s->r64, s->bits.value, DOMAIN_BITS) ||
	    !range_has(s->r32, s->bits.value & range_mask(DOMAIN_HALF), DOMAIN_HALF))
		return false;
	*s = scalar_const(s->bits.value);
	return true;
}

bool scalar_settle(struct scalar *s)
{
	struct scalar before;
	u32 round;

	if (!s->bits.mask)
		return settle_const(s);
	s->r64 = range_settle(s->r64, DOMAIN_BITS);
	s->r32 = range_settle(s->r32, DOMAIN_HALF);
	for (round = 0; round < 2; round++) {
		before = *s;
		if (!settle_once(s))
			return false;
		if (!memcmp(&before, s, sizeof(before)))
			return true;	/* what no round changes, no further round does */
	}
	if (!settle_view(&s->bits, &s->r64, DOMAIN_BITS) ||
	    !settle_view(&s->bits, &s->r32, DOMAIN_HALF))
		return false;
	return s->bits.mask || settle_const(s);
}

struct scalar scalar_unknown(void)
{
	struct scalar s = {
		.bits = tnum_unknown(),
		.r64 = range_full(DOMAIN_BITS),
		.r32 = range_full(DOMAIN_HALF),
	};

	return s;
}

/*
 * Views that were computed soundly have a number in common. Should they not,
 * that is a bug, and knowing nothing is the answer that does no harm.
 */
static struct scalar settled(struct scalar s)
{
	return scalar_settle(&s) ? s : scalar_unknown();
}

struct scalar scalar_const(u64 value)
{
	struct scalar s = {
		.bits = tnum_const(value),
		.r64 = range_const(value, DOMAIN_BITS),
		.r32 = range_const(value, DOMAIN_HALF),
	};

	return s;
}

struct scalar scalar_between(u64 umin, u64 umax)
{
	struct scalar s = scalar_unknown();

	s.r64 = range_unsigned(umin, umax, DOMAIN_BITS);
	return settled(s);
}

struct scalar scalar_loaded(u32 bytes, bool sign_extend)
{
	u32 width = bytes * DOMAIN_BITS / 8;
	struct scalar s = scalar_unknown();
	u64 sign;

	if (width >= DOMAIN_BITS)
		return s;
	sign = 1ULL << (width - 1);
	if (sign_extend) {
		s.r64 = range_signed_between(-(s64)sign, (s64)sign - 1, DOMAIN_BITS);
		s.r32 = range_signed_between(-(s64)sign, (s64)sign - 1, DOMAIN_HALF);
		return s;
	}
	s.bits = tnum_low(s.bits, width);
	s.r64 = range_unsigned(0, range_mask(width), DOMAIN_BITS);
	s.r32 = range_unsigned(0, range_mask(width), DOMAIN_HALF);
	return s;
}

bool scalar_contains_value(struct scalar s, u64 value)
{
	return tnum_contains(s.bits, tnum_const(value)) &&
	       range_has(s.r64, value, DOMAIN_BITS) &&
	       range_has(s.r32, value & range_mask(DOMAIN_HALF), DOMAIN_HALF);
}

bool scalar_contains(struct scalar outer, struct scalar inner)
{
	return tnum_contains(outer.bits, inner.bits) &&
	       range_covers(outer.r64, inner.r64) &&
	       range_covers(outer.r32, inner.r32);
}

/* A number of @width bits with these views, extended to all bits. */
static struct scalar extended(struct tnum bits, struct value_range r, u32 width, bool sign_extend)
{
	struct scalar s = scalar_unknown();

	s.bits = sign_extend ? tnum_sext(bits, width) : tnum_low(bits, width);
	if (sign_extend)
		s.r64 = range_signed_between(r.smin, r.smax, DOMAIN_BITS);
	else
		s.r64 = range_unsigned(r.umin, r.umax, DOMAIN_BITS);
	return settled(s);
}

struct scalar scalar_truncate(struct scalar s, u32 bytes, bool sign_extend)
{
	u32 width = bytes * DOMAIN_BITS / 8;
	struct value_range low;

	if (width >= DOMAIN_BITS)
		return s;
	low = range_low(s.r64, width);
	if (width < DOMAIN_HALF)
		low = range_intersect(low, range_low(s.r32, width), width);
	else
		low = range_intersect(low, s.r32, width);
	return extended(s.bits, low, width, sign_extend);
}

/* The bits of a shift whose count is not known: of all counts that are possible. */
static struct tnum shift_bits(u8 op, struct tnum bits, struct value_range count, u32 width)
{
	u32 from = 0, to = width - 1, i;
	struct tnum sum = bits, shifted;

	if (count.umin == count.umax) {
		from = (u32)(count.umin & (width - 1));
		to = from;
	} else if (count.umax < width) {
		from = (u32)count.umin;
		to = (u32)count.umax;
	}
	for (i = from; i <= to; i++) {
		if (op == BPF_LSH)
			shifted = tnum_lsh(bits, i, width);
		else if (op == BPF_RSH)
			shifted = tnum_rsh(bits, i);
		else
			shifted = tnum_arsh(bits, i, width);
		sum = i == from ? shifted : tnum_join(sum, shifted);
	}
	return sum;
}

/* Known bits of @op, whose operands have no bits above @width; so has the result. */
static struct tnum alu_bits(u8 op, struct tnum a, struct tnum b, struct value_range count, u32 width)
{
	switch (op) {
	case BPF_ADD:
		return tnum_low(tnum_add(a, b), width);
	case BPF_SUB:
		return tnum_low(tnum_sub(a, b), width);
	case BPF_MUL:
		return tnum_low(tnum_mul(a, b), width);
	case BPF_AND:
		return tnum_and(a, b);
	case BPF_OR:
		return tnum_or(a, b);
	case BPF_XOR:
		return tnum_xor(a, b);
	case BPF_NEG:
		return tnum_low(tnum_neg(a), width);
	case BPF_MOV:
		return b;
	case BPF_LSH:
	case BPF_RSH:
	case BPF_ARSH:
		return shift_bits(op, a, count, width);
	default:		/* quotients and remainders have their bounds only */
		return tnum_low(tnum_unknown(), width);
	}
}

static struct value_range alu_range(u8 op, bool is_signed, struct value_range a, struct value_range b, u32 width)
{
	switch (op) {
	case BPF_ADD:
		return range_add(a, b, width);
	case BPF_SUB:
		return range_sub(a, b, width);
	case BPF_MUL:
		return range_mul(a, b, width);
	case BPF_DIV:
		return is_signed ? range_sdiv(a, b, width) : range_udiv(a, b, width);
	case BPF_MOD:
		return is_signed ? range_smod(a, b, width) : range_umod(a, b, width);
	case BPF_AND:
		return range_and(a, b, width);
	case BPF_OR:
		return range_or(a, b, width);
	case BPF_XOR:
		return range_xor(a, b, width);
	case BPF_NEG:
		return range_sub(range_const(0, width), a, width);
	case BPF_MOV:
		return b;
	case BPF_LSH:
		return range_lsh(a, b, width);
	case BPF_RSH:
		return range_rsh(a, b, width);
	case BPF_ARSH:
		return range_arsh(a, b, width);
	default:
		return range_full(width);
	}
}

/* Does the low half of the result depend on the low halves of the operands alone? */
static bool is_low_exact(u8 op)
{
	return op == BPF_ADD || op == BPF_SUB || op == BPF_MUL || op == BPF_AND ||
	       op == BPF_OR || op == BPF_XOR || op == BPF_NEG || op == BPF_MOV;
}

/*
 * A known shift of half the width or more takes up the low half alone, and its
 * bounds may be known better than those of the whole ("<< 32, >> 32").
 */
static struct value_range lsh_of_low(struct scalar dst, struct scalar src)
{
	u32 count = (u32)(src.bits.value & (DOMAIN_BITS - 1));
	struct value_range low = dst.r32;

	if (src.bits.mask || count < DOMAIN_HALF)
		return range_full(DOMAIN_BITS);
	if (count > DOMAIN_HALF)
		low = range_low(low, DOMAIN_BITS - count);
	return range_lsh_exact(low, count, DOMAIN_BITS);
}

struct scalar scalar_alu(u8 op, bool is64, bool is_signed,
			 struct scalar dst, struct scalar src)
{
	struct scalar s = scalar_unknown();
	struct tnum low;

	if (!is64) {
		low = alu_bits(op, tnum_low(dst.bits, DOMAIN_HALF),
			       tnum_low(src.bits, DOMAIN_HALF), src.r32, DOMAIN_HALF);
		return extended(low, alu_range(op, is_signed, dst.r32, src.r32, DOMAIN_HALF),
				DOMAIN_HALF, false);
	}
	s.bits = alu_bits(op, dst.bits, src.bits, src.r64, DOMAIN_BITS);
	s.r64 = alu_range(op, is_signed, dst.r64, src.r64, DOMAIN_BITS);
	if (op == BPF_LSH)
		s.r64 = range_intersect(s.r64, lsh_of_low(dst, src), DOMAIN_BITS);
	if (is_low_exact(op))
		s.r32 = alu_range(op, is_signed, dst.r32, src.r32, DOMAIN_HALF);
	return settled(s);
}

static u64 swapped(u64 x, u32 bits)
{
	return __builtin_bswap64(x) >> (64 - bits);
}

struct scalar scalar_swap(struct scalar s, u32 bits)
{
	struct scalar out = scalar_unknown();

	out.bits.value = swapped(s.bits.value, bits);
	out.bits.mask = swapped(s.bits.mask, bits);
	return settled(out);
}
