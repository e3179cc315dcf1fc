// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bounds of quotients, remainders and shifts: the operators of verifier/range.h
 * that have edges (RFC 9669 section 4.1): x / 0 = 0, x % 0 = x, the smallest
 * number by -1, and shift counts modulo the width.
 */
#include "verifier/range.h"

static s64 signed_min(u32 width)
{
	return range_signed(1ULL << (width - 1), width);
}

static bool is_const(struct value_range r)
{
	return r.umin == r.umax;
}

struct value_range range_udiv(struct value_range a, struct value_range b, u32 width)
{
	if (b.umax == 0)
		return range_const(0, width);
	if (b.umin == 0)	/* by zero gives zero, by one changes nothing */
		return range_unsigned(0, a.umax, width);
	return range_unsigned(a.umin / b.umax, a.umax / b.umin, width);
}

struct value_range range_umod(struct value_range a, struct value_range b, u32 width)
{
	u64 highest;

	if (b.umax == 0 || a.umax < b.umin)
		return a;
	if (is_const(a) && is_const(b))
		return range_const(a.umin % b.umin, width);
	highest = a.umax;
	if (b.umin != 0 && b.umax - 1 < highest)
		highest = b.umax - 1;
	return range_unsigned(0, highest, width);
}

static void stretch(s64 *lo, s64 *hi, s64 x)
{
	if (x < *lo)
		*lo = x;
	if (x > *hi)
		*hi = x;
}

/*
 * Quotients by divisors of one sign, lo..hi without zero. Truncated division is
 * monotone in either operand as long as the other keeps its sign, so the
 * extremes are at the corners, or at zero where the dividend passes it (and then
 * the corners have both signs and enclose zero).
 */
static void stretch_by_quotients(struct value_range a, s64 lo, s64 hi, s64 *smin, s64 *smax)
{
	stretch(smin, smax, a.smin / lo);
	stretch(smin, smax, a.smin / hi);
	stretch(smin, smax, a.smax / lo);
	stretch(smin, smax, a.smax / hi);
}

struct value_range range_sdiv(struct value_range a, struct value_range b, u32 width)
{
	bool by_zero = b.smin <= 0 && b.smax >= 0;
	s64 smin, smax;

	if (b.smin == 0 && b.smax == 0)
		return range_const(0, width);
	/* The smallest number by -1 wraps around to itself: anything can come out. */
	if (a.smin == signed_min(width) && b.smin <= -1 && b.smax >= -1) {
		if (is_const(a) && is_const(b))
			return a;
		return range_full(width);
	}
	smin = (s64)(~0ULL >> 1);
	smax = -(s64)(~0ULL >> 1) - 1;
	if (by_zero)
		stretch(&smin, &smax, 0);
	if (b.smax > 0)
		stretch_by_quotients(a, b.smin > 1 ? b.smin : 1, b.smax, &smin, &smax);
	if (b.smin < 0)
		stretch_by_quotients(a, b.smin, b.smax < -1 ? b.smax : -1, &smin, &smax);
	return range_signed_between(smin, smax, width);
}

static u64 magnitude(s64 x)
{
	return x < 0 ? -(u64)x : (u64)x;
}

/* The remainder has the dividend's sign, and is smaller than the divisor. */
struct value_range range_smod(struct value_range a, struct value_range b, u32 width)
{
	u64 left, left_b = magnitude(b.smax);
	s64 smin = a.smin < 0 ? a.smin : 0;
	s64 smax = a.smax > 0 ? a.smax : 0;

	if (b.smin == 0 && b.smax == 0)
		return a;
	if (is_const(a) && is_const(b))
		return range_const(b.smin == -1 ? 0 : (u64)(a.smin % b.smin), width);
	if (b.smin <= 0 && b.smax >= 0)
		return range_signed_between(smin, smax, width);
	left = magnitude(b.smin);
	left = (left > left_b ? left : left_b) - 1;
	if (magnitude(smin) > left)
		smin = -(s64)left;
	if (magnitude(smax) > left)
		smax = (s64)left;
	return range_signed_between(smin, smax, width);
}

/* Shift counts that are possible; all of them unless the bounds are below @width. */
static void count_bounds(struct value_range count, u32 width, u32 *lo, u32 *hi)
{
	bool within = count.umax < width;

	*lo = within ? (u32)count.umin : 0;
	*hi = within ? (u32)count.umax : width - 1;
	if (is_const(count))
		*lo = *hi = (u32)(count.umin & (width - 1));
}

struct value_range range_lsh_exact(struct value_range low, u32 count, u32 width)
{
	struct value_range r = {
		.umin = low.umin << count, .umax = low.umax << count,
		.smin = (s64)((u64)low.smin << count), .smax = (s64)((u64)low.smax << count),
	};

	return range_settle(r, width);
}

struct value_range range_lsh(struct value_range a, struct value_range count, u32 width)
{
	struct value_range r = range_full(width);
	u64 mask = range_mask(width);
	u32 lo, hi;

	count_bounds(count, width, &lo, &hi);
	if (lo == hi)	/* only the bits that stay matter */
		return range_lsh_exact(lo ? range_low(a, width - lo) : a, lo, width);
	if (a.umax <= mask >> hi) {
		r.umin = a.umin << lo;
		r.umax = a.umax << hi;
	}
	/* No bit is lost that is not a copy of the sign. */
	if (a.smin >= signed_min(width) >> hi && a.smax <= (s64)(mask >> 1) >> hi) {
		r.smin = (s64)((u64)a.smin << (a.smin < 0 ? hi : lo));
		r.smax = (s64)((u64)a.smax << (a.smax < 0 ? lo : hi));
	}
	return range_settle(r, width);
}

struct value_range range_rsh(struct value_range a, struct value_range count, u32 width)
{
	u32 lo, hi;

	count_bounds(count, width, &lo, &hi);
	return range_unsigned(a.umin >> hi, a.umax >> lo, width);
}

struct value_range range_arsh(struct value_range a, struct value_range count, u32 width)
{
	u32 lo, hi;

	count_bounds(count, width, &lo, &hi);
	return range_signed_between(a.smin >> (a.smin < 0 ? lo : hi),
				    a.smax >> (a.smax < 0 ? hi : lo), width);
}
