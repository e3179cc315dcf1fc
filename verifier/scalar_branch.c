// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which way does a comparison go, and what has been learnt once it went there?
 *
 * The ten conditions come down to four relations, each of which has a rule for
 * "is it always, never so" and one for "it is so": equal, unequal, all bits of
 * a mask clear or not, and less (or equal) in one of the two orders.
 */
#include "isa/insn.h"
#include "verifier/scalar_settle.h"

/* Bits that are clear are what a jump not taken tells: no condition asks for them. */
enum relation { EQUAL, UNEQUAL, BITS_SET, BITS_CLEAR, LESS, LESS_EQUAL };

struct condition {
	enum relation relation;
	bool is_signed;		/* of the order */
	bool swap;		/* a is the source */
};

static const struct condition conditions[16] = {
	[BPF_JEQ >> 4] = { EQUAL, false, false },
	[BPF_JNE >> 4] = { UNEQUAL, false, false },
	[BPF_JSET >> 4] = { BITS_SET, false, false },
	[BPF_JGT >> 4] = { LESS, false, true },
	[BPF_JGE >> 4] = { LESS_EQUAL, false, true },
	[BPF_JLT >> 4] = { LESS, false, false },
	[BPF_JLE >> 4] = { LESS_EQUAL, false, false },
	[BPF_JSGT >> 4] = { LESS, true, true },
	[BPF_JSGE >> 4] = { LESS_EQUAL, true, true },
	[BPF_JSLT >> 4] = { LESS, true, false },
	[BPF_JSLE >> 4] = { LESS_EQUAL, true, false },
};

/* One width of a scalar. */
struct view {
	struct tnum bits;
	struct value_range r;
};

static struct view view_of(struct scalar s, u32 width)
{
	struct view v = {
		.bits = tnum_low(s.bits, width),
		.r = width == DOMAIN_BITS ? s.r64 : s.r32,
	};

	return v;
}

static struct condition negate(struct condition c)
{
	switch (c.relation) {
	case EQUAL:
		c.relation = UNEQUAL;
		break;
	case UNEQUAL:
		c.relation = EQUAL;
		break;
	case BITS_SET:
		c.relation = BITS_CLEAR;
		break;
	default:		/* not a < b: b <= a */
		c.relation = c.relation == LESS ? LESS_EQUAL : LESS;
		c.swap = !c.swap;
		break;
	}
	return c;
}

static bool is_disjoint(struct view a, struct view b, u32 width)
{
	return !tnum_overlap(a.bits, b.bits) ||
	       range_is_empty(range_intersect(a.r, b.r, width));
}

/* 1: always equal, 0: never, -1: it depends. */
static int equal_outcome(struct view a, struct view b, u32 width)
{
	if (!a.bits.mask && !b.bits.mask && a.bits.value == b.bits.value)
		return 1;
	return is_disjoint(a, b, width) ? 0 : -1;
}

static int set_outcome(struct view a, struct view b)
{
	struct tnum both = tnum_and(a.bits, b.bits);

	if (both.value)
		return 1;
	return both.mask ? -1 : 0;
}

static int less_outcome(struct value_range a, struct value_range b, bool is_signed, bool or_equal)
{
	if (is_signed) {
		if (or_equal ? a.smax <= b.smin : a.smax < b.smin)
			return 1;
		return (or_equal ? a.smin > b.smax : a.smin >= b.smax) ? 0 : -1;
	}
	if (or_equal ? a.umax <= b.umin : a.umax < b.umin)
		return 1;
	return (or_equal ? a.umin > b.umax : a.umin >= b.umax) ? 0 : -1;
}

static int opposite(int outcome)
{
	return outcome < 0 ? outcome : !outcome;
}

int scalar_branch(u8 op, bool is64, struct scalar dst, struct scalar src)
{
	struct condition c = conditions[op >> 4];
	u32 width = is64 ? DOMAIN_BITS : DOMAIN_HALF;
	struct view a = view_of(c.swap ? src : dst, width);
	struct view b = view_of(c.swap ? dst : src, width);

	switch (c.relation) {
	case EQUAL:
		return equal_outcome(a, b, width);
	case UNEQUAL:
		return opposite(equal_outcome(a, b, width));
	case BITS_SET:
		return set_outcome(a, b);
	default:
		return less_outcome(a.r, b.r, c.is_signed, c.relation == LESS_EQUAL);
	}
}

/* Take the one number @x off the ends of @r. */
static struct value_range without(struct value_range r, u64 x, u32 width)
{
	s64 as_signed = range_signed(x, width);
	struct value_range none = { .umin = 1, .umax = 0, .smin = 1, .smax = 0 };

	if (r.umin == r.umax)
		return r.umin == x ? none : r;
	if (r.umin == x)
		r.umin++;
	if (r.umax == x)
		r.umax--;
	if (r.smin == as_signed)
		r.smin++;
	if (r.smax == as_signed)
		r.smax--;
	return range_settle(r, width);
}

static void assume_unequal(struct view *a, struct view *b, u32 width)
{
	if (!b->bits.mask)
		a->r = without(a->r, b->bits.value, width);
	if (!a->bits.mask)
		b->r = without(b->r, a->bits.value, width);
}

/* a & b is not 0: if only one bit of the mask can be set, it is. */
static bool assume_set(struct view *a, struct view *b)
{
	u64 possible = tnum_max(a->bits) & tnum_max(b->bits);
	struct tnum bit;

	if (!possible)
		return false;
	if (possible & (possible - 1))
		return true;
	bit.value = possible;
	bit.mask = DOMAIN_MASK & ~possible;
	a->bits = tnum_intersect(a->bits, bit);
	b->bits = tnum_intersect(b->bits, bit);
	return true;
}

/* a & b is 0: where one has a bit, the other has not. */
static bool assume_clear(struct view *a, struct view *b)
{
	u64 in_a = a->bits.value, in_b = b->bits.value;

	if (in_a & in_b)
		return false;
	a->bits.mask &= ~in_b;
	b->bits.mask &= ~in_a;
	return true;
}

static bool assume_less_unsigned(struct value_range *a, struct value_range *b, bool or_equal)
{
	u64 gap = or_equal ? 0 : 1;

	if (b->umax < gap || a->umin > b->umax - gap)
		return false;
	if (a->umax > b->umax - gap)
		a->umax = b->umax - gap;
	if (b->umin < a->umin + gap)
		b->umin = a->umin + gap;
	return true;
}

static bool assume_less_signed(struct value_range *a, struct value_range *b, bool or_equal)
{
	s64 gap = or_equal ? 0 : 1;

	/* a->smin <= b->smax - gap, without going below the smallest number. */
	if (or_equal ? a->smin > b->smax : a->smin >= b->smax)
		return false;
	if (a->smax > b->smax - gap)
		a->smax = b->smax - gap;
	if (b->smin < a->smin + gap)
		b->smin = a->smin + gap;
	return true;
}

static void assume_equal(struct view *a, struct view *b, u32 width)
{
	a->bits = tnum_intersect(a->bits, b->bits);
	a->r = range_intersect(a->r, b->r, width);
	*b = *a;
}

static bool assume_view(struct condition c, struct view *a, struct view *b, u32 width)
{
	switch (c.relation) {
	case EQUAL:
		if (is_disjoint(*a, *b, width))
			return false;
		assume_equal(a, b, width);
		return true;
	case UNEQUAL:
		assume_unequal(a, b, width);
		return true;
	case BITS_SET:
		return assume_set(a, b);
	case BITS_CLEAR:
		return assume_clear(a, b);
	default:
		return c.is_signed ?
			assume_less_signed(&a->r, &b->r, c.relation == LESS_EQUAL) :
			assume_less_unsigned(&a->r, &b->r, c.relation == LESS_EQUAL);
	}
}

/* Put what was learnt of one width back. False: no number is left. */
static bool narrow(struct scalar *s, struct view v, u32 width)
{
	s->bits = tnum_with_low(s->bits, v.bits, width);
	if (width == DOMAIN_BITS)
		s->r64 = v.r;
	else
		s->r32 = v.r;
	return scalar_settle(s);
}

/* Equal in all bits means equal in the low ones. */
static void share_low(struct scalar *a, struct scalar *b)
{
	a->r32 = range_intersect(a->r32, b->r32, DOMAIN_HALF);
	b->r32 = a->r32;
}

bool scalar_assume(u8 op, bool is64, bool taken, struct scalar *dst, struct scalar *src)
{
	struct condition c = taken ? conditions[op >> 4] : negate(conditions[op >> 4]);
	u32 width = is64 ? DOMAIN_BITS : DOMAIN_HALF;
	struct scalar a = c.swap ? *src : *dst, b = c.swap ? *dst : *src;
	struct view va = view_of(a, width), vb = view_of(b, width);

	if (!assume_view(c, &va, &vb, width))
		return false;
	if (is64 && c.relation == EQUAL)
		share_low(&a, &b);
	if (!narrow(&a, va, width) || !narrow(&b, vb, width))
		return false;
	*dst = c.swap ? b : a;
	*src = c.swap ? a : b;
	return true;
}
