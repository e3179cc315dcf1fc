// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Between which bounds does a result lie when its operands lie between theirs?
 *
 * Each operator first bounds its result as unsigned and as signed on its own,
 * giving up a view that may wrap around, and then lets the views learn from
 * each other (range_settle()). A view that every number of wraps around the
 * same way keeps its bounds.
 */
#include "verifier/range.h"

u64 range_mask(u32 width)
{
	return ~0ULL >> (64 - width);
}

s64 range_signed(u64 value, u32 width)
{
	u32 up = 64 - width;

	return (s64)(value << up) >> up;
}

static s64 signed_min(u32 width)
{
	return range_signed(1ULL << (width - 1), width);
}

static s64 signed_max(u32 width)
{
	return (s64)(range_mask(width) >> 1);
}

static u64 umin_of(u64 a, u64 b)
{
	return a < b ? a : b;
}

static u64 umax_of(u64 a, u64 b)
{
	return a > b ? a : b;
}

static s64 smin_of(s64 a, s64 b)
{
	return a < b ? a : b;
}

static s64 smax_of(s64 a, s64 b)
{
	return a > b ? a : b;
}

/* All ones up to the highest one of @x. */
static u64 fill(u64 x)
{
	u32 step;

	for (step = 1; step < 64; step *= 2)
		x |= x >> step;
	return x;
}

struct value_range range_full(u32 width)
{
	struct value_range r = {
		.umin = 0, .umax = range_mask(width),
		.smin = signed_min(width), .smax = signed_max(width),
	};

	return r;
}

struct value_range range_const(u64 value, u32 width)
{
	return range_unsigned(value & range_mask(width), value & range_mask(width), width);
}

struct value_range range_unsigned(u64 umin, u64 umax, u32 width)
{
	struct value_range r = range_full(width);

	r.umin = umin;
	r.umax = umax;
	return range_settle(r, width);
}

struct value_range range_signed_between(s64 smin, s64 smax, u32 width)
{
	struct value_range r = range_full(width);

	r.smin = smin;
	r.smax = smax;
	return range_settle(r, width);
}

static struct value_range range_empty(void)
{
	struct value_range r = { .umin = 1, .umax = 0, .smin = 1, .smax = 0 };

	return r;
}

bool range_is_empty(struct value_range r)
{
	return r.umin > r.umax || r.smin > r.smax;
}

bool range_has(struct value_range r, u64 value, u32 width)
{
	s64 as_signed = range_signed(value, width);

	return value >= r.umin && value <= r.umax &&
	       as_signed >= r.smin && as_signed <= r.smax;
}

/*
 * The numbers fall into those without and those with the sign bit. In each half
 * both orders agree, so there the two pairs of bounds intersect to one pair;
 * the hull of what is left is the tightest answer.
 */
struct value_range range_settle(struct value_range r, u32 width)
{
	u64 mask = range_mask(width);
	u64 plus_lo, plus_hi, minus_lo, minus_hi;
	bool plus, minus;

	if (range_is_empty(r))
		return range_empty();
	plus_lo = umax_of(r.umin, r.smin < 0 ? 0 : (u64)r.smin);
	plus_hi = umin_of(r.umax, (u64)r.smax);
	plus = r.smax >= 0 && plus_lo <= plus_hi;
	minus_lo = umax_of(r.umin, (u64)r.smin & mask);
	minus_hi = umin_of(r.umax, r.smax < 0 ? (u64)r.smax & mask : mask);
	minus = r.smin < 0 && minus_lo <= minus_hi;
	if (!plus && !minus)
		return range_empty();
	r.umin = plus ? plus_lo : minus_lo;
	r.umax = minus ? minus_hi : plus_hi;
	r.smin = minus ? range_signed(minus_lo, width) : (s64)plus_lo;
	r.smax = plus ? (s64)plus_hi : range_signed(minus_hi, width);
	return r;
}

struct value_range range_intersect(struct value_range a, struct value_range b, u32 width)
{
	a.umin = umax_of(a.umin, b.umin);
	a.umax = umin_of(a.umax, b.umax);
	a.smin = smax_of(a.smin, b.smin);
	a.smax = smin_of(a.smax, b.smax);
	return range_settle(a, width);
}

bool range_covers(struct value_range outer, struct value_range inner)
{
	return outer.umin <= inner.umin && outer.umax >= inner.umax &&
	       outer.smin <= inner.smin && outer.smax >= inner.smax;
}

/* The low bits of the run from @from to @to, which is shorter than 2^@width. */
static struct value_range range_of_run(u64 from, u64 to, u32 width)
{
	struct value_range r = range_full(width);
	s64 smin = range_signed(from, width), smax = range_signed(to, width);
	u64 mask = range_mask(width);

	/* A run that does not pass the end of an order is bounded by its ends. */
	if ((from & mask) <= (to & mask)) {
		r.umin = from & mask;
		r.umax = to & mask;
	}
	if (smin <= smax) {
		r.smin = smin;
		r.smax = smax;
	}
	return range_settle(r, width);
}

struct value_range range_low(struct value_range r, u32 width)
{
	struct value_range low = range_full(width);

	if (r.umax - r.umin <= range_mask(width))
		low = range_of_run(r.umin, r.umax, width);
	if ((u64)r.smin == r.umin && (u64)r.smax == r.umax)
		return low;
	if ((u64)r.smax - (u64)r.smin <= range_mask(width))
		low = range_intersect(low, range_of_run((u64)r.smin, (u64)r.smax, width), width);
	return low;
}

/* The smallest number from @x up whose low @half bits lie in @low; false: none up to 2^64. */
static bool next_with_low(u64 *x, struct value_range low, u32 half)
{
	u64 mask = range_mask(half), bits = *x & mask;

	if (bits < low.umin) {
		*x = (*x & ~mask) | low.umin;
	} else if (bits > low.umax) {
		*x = ((*x & ~mask) + mask + 1) | low.umin;
		return *x > mask;
	}
	return true;
}

/* The largest number from @x down. */
static bool previous_with_low(u64 *x, struct value_range low, u32 half)
{
	u64 mask = range_mask(half), bits = *x & mask;

	if (bits > low.umax) {
		*x = (*x & ~mask) | low.umax;
	} else if (bits < low.umin) {
		if (*x <= mask)
			return false;
		*x = ((*x & ~mask) - mask - 1) | low.umax;
	}
	return true;
}

struct value_range range_refine(struct value_range r, struct value_range low, u32 width, u32 half)
{
	u64 flip = 1ULL << 63;	/* turns the signed order of 64 bits into the unsigned one */
	u64 smin = (u64)r.smin ^ flip, smax = (u64)r.smax ^ flip;
	const struct value_range before = r;

	if (range_is_empty(r) || range_is_empty(low))
		return range_empty();
	if (!next_with_low(&r.umin, low, half) || !previous_with_low(&r.umax, low, half) ||
	    !next_with_low(&smin, low, half) || !previous_with_low(&smax, low, half))
		return range_empty();
	r.smin = (s64)(smin ^ flip);
	r.smax = (s64)(smax ^ flip);
	/* A number that fits into the low half as signed is bounded by its signed view. */
	if (r.smin >= signed_min(half) && r.smax <= signed_max(half)) {
		r.smin = smax_of(r.smin, low.smin);
		r.smax = smin_of(r.smax, low.smax);
	}
	return memcmp(&before, &r, sizeof(r)) ? range_settle(r, width) : r;
}

/* a + b modulo 2^width; returns whether it wrapped around. */
static bool add_wraps(u64 a, u64 b, u32 width, u64 *sum)
{
	bool carry = __builtin_add_overflow(a, b, sum) || *sum > range_mask(width);

	*sum &= range_mask(width);
	return carry;
}

/* a + b; returns -1, 0 or 1: how often it wrapped around, and which way. */
static int signed_add_wraps(s64 a, s64 b, u32 width, s64 *sum)
{
	s64 exact;

	*sum = range_signed((u64)a + (u64)b, width);
	if (!__builtin_add_overflow(a, b, &exact) && exact == *sum)
		return 0;
	return a < 0 ? -1 : 1;	/* only operands of one sign overflow */
}

struct value_range range_add(struct value_range a, struct value_range b, u32 width)
{
	struct value_range full = range_full(width), r;

	if (add_wraps(a.umin, b.umin, width, &r.umin) !=
	    add_wraps(a.umax, b.umax, width, &r.umax)) {
		r.umin = full.umin;
		r.umax = full.umax;
	}
	if (signed_add_wraps(a.smin, b.smin, width, &r.smin) !=
	    signed_add_wraps(a.smax, b.smax, width, &r.smax)) {
		r.smin = full.smin;
		r.smax = full.smax;
	}
	return range_settle(r, width);
}

/* a - b; returns -1, 0 or 1 as signed_add_wraps(). */
static int signed_sub_wraps(s64 a, s64 b, u32 width, s64 *difference)
{
	s64 exact;

	*difference = range_signed((u64)a - (u64)b, width);
	if (!__builtin_sub_overflow(a, b, &exact) && exact == *difference)
		return 0;
	return a < 0 ? -1 : 1;	/* only operands of different signs overflow */
}

struct value_range range_sub(struct value_range a, struct value_range b, u32 width)
{
	struct value_range full = range_full(width), r;

	r.umin = (a.umin - b.umax) & range_mask(width);
	r.umax = (a.umax - b.umin) & range_mask(width);
	if ((a.umin < b.umax) != (a.umax < b.umin)) {
		r.umin = full.umin;
		r.umax = full.umax;
	}
	if (signed_sub_wraps(a.smin, b.smax, width, &r.smin) !=
	    signed_sub_wraps(a.smax, b.smin, width, &r.smax)) {
		r.smin = full.smin;
		r.smax = full.smax;
	}
	return range_settle(r, width);
}

/* Widen @r's signed bounds to @x. */
static void signed_stretch(struct value_range *r, s64 x)
{
	r->smin = smin_of(r->smin, x);
	r->smax = smax_of(r->smax, x);
}

/* The products of the four corners; false: one of them does not fit. */
static bool signed_products(struct value_range a, struct value_range b, u32 width, struct value_range *r)
{
	s64 as[2] = { a.smin, a.smax }, bs[2] = { b.smin, b.smax };
	s64 product;
	u32 i;

	r->smin = signed_max(width);
	r->smax = signed_min(width);
	for (i = 0; i < 4; i++) {
		if (__builtin_mul_overflow(as[i & 1], bs[i >> 1], &product) ||
		    product < signed_min(width) || product > signed_max(width))
			return false;
		signed_stretch(r, product);
	}
	return true;
}

struct value_range range_mul(struct value_range a, struct value_range b, u32 width)
{
	struct value_range full = range_full(width), r = full;
	u64 highest;

	if (!__builtin_mul_overflow(a.umax, b.umax, &highest) &&
	    highest <= range_mask(width)) {
		r.umin = a.umin * b.umin;
		r.umax = highest;
	}
	if (!signed_products(a, b, width, &r)) {
		r.smin = full.smin;
		r.smax = full.smax;
	}
	return range_settle(r, width);
}

static struct value_range range_not(struct value_range a, u32 width)
{
	struct value_range r = {
		.umin = range_mask(width) - a.umax, .umax = range_mask(width) - a.umin,
		.smin = ~a.smax, .smax = ~a.smin,
	};

	return r;
}

struct value_range range_and(struct value_range a, struct value_range b, u32 width)
{
	struct value_range r = range_full(width);
	s64 lowest = smin_of(a.smin, b.smin);

	r.umax = umin_of(a.umax, b.umax);
	/*
	 * Signed: with a non-negative operand the result lies in 0..that operand,
	 * else it is not above either. All numbers from @lowest up that are
	 * negative have only ones above its magnitude, and so has their "and".
	 */
	r.smax = smax_of(a.smax, b.smax);
	r.smin = lowest < 0 ? (s64)~fill(~(u64)lowest) : 0;
	return range_settle(r, width);
}

struct value_range range_or(struct value_range a, struct value_range b, u32 width)
{
	struct value_range r = range_not(range_and(range_not(a, width), range_not(b, width), width),
				   width);

	r.umax = umin_of(r.umax, fill(a.umax | b.umax));
	return range_settle(r, width);
}

struct value_range range_xor(struct value_range a, struct value_range b, u32 width)
{
	struct value_range r = range_full(width);
	u64 magnitude = fill((a.smin < 0 ? ~(u64)a.smin : (u64)a.smin) |
			     (a.smax < 0 ? ~(u64)a.smax : (u64)a.smax) |
			     (b.smin < 0 ? ~(u64)b.smin : (u64)b.smin) |
			     (b.smax < 0 ? ~(u64)b.smax : (u64)b.smax));

	r.umax = fill(a.umax | b.umax);
	/* Above @magnitude both operands only have copies of their signs. */
	r.smin = (s64)~magnitude;
	r.smax = (s64)magnitude;
	return range_settle(r, width);
}
