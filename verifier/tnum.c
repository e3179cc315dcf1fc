// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which bits of a result are known when some bits of the operands are?
 *
 * Every result keeps the invariant value & mask == 0 and lies below
 * 2^DOMAIN_BITS. Addition and subtraction are the optimal ones of Vishwanathan,
 * Shachnai, Narayana and Nagarakatte, "Sound, precise, and fast abstract
 * interpretation with tristate numbers" (CGO 2022), section III.
 */
#include "verifier/tnum.h"

static struct tnum tnum_make(u64 value, u64 mask)
{
	struct tnum t = {
		.value = value & ~mask & DOMAIN_MASK,
		.mask = mask & DOMAIN_MASK,
	};

	return t;
}

static u64 low_mask(u32 width)
{
	return width >= 64 ? ~0ULL : (1ULL << width) - 1;
}

/* All ones up to the highest one of @x. */
static u64 fill(u64 x)
{
	u32 step;

	for (step = 1; step < 64; step *= 2)
		x |= x >> step;
	return x;
}

static u64 sign_extend(u64 x, u32 width)
{
	u32 up = 64 - width;

	return (u64)((s64)(x << up) >> up);
}

struct tnum tnum_const(u64 value)
{
	return tnum_make(value, 0);
}

struct tnum tnum_unknown(void)
{
	return tnum_make(0, ~0ULL);
}

struct tnum tnum_between(u64 umin, u64 umax)
{
	/* Below the highest bit in which the ends differ every pattern occurs. */
	return tnum_make(umin, fill(umin ^ umax));
}

struct tnum tnum_add(struct tnum a, struct tnum b)
{
	u64 lowest = a.value + b.value;
	u64 highest = lowest + a.mask + b.mask;

	/* A carry is uncertain exactly where the two extreme sums differ. */
	return tnum_make(lowest, (lowest ^ highest) | a.mask | b.mask);
}

struct tnum tnum_sub(struct tnum a, struct tnum b)
{
	u64 difference = a.value - b.value;
	u64 highest = difference + a.mask;
	u64 lowest = difference - b.mask;

	return tnum_make(difference, (lowest ^ highest) | a.mask | b.mask);
}

struct tnum tnum_mul(struct tnum a, struct tnum b)
{
	struct tnum sum = tnum_const(0);

	/* Long multiplication; a bit of @a that may be set may add its row. */
	while (a.value || a.mask) {
		if (a.value & 1)
			sum = tnum_add(sum, b);
		else if (a.mask & 1)
			sum = tnum_join(sum, tnum_add(sum, b));
		a.value >>= 1;
		a.mask >>= 1;
		b = tnum_make(b.value << 1, b.mask << 1);
	}
	return sum;
}

struct tnum tnum_and(struct tnum a, struct tnum b)
{
	u64 possible = (a.value | a.mask) & (b.value | b.mask);
	u64 certain = a.value & b.value;

	return tnum_make(certain, possible & ~certain);
}

struct tnum tnum_or(struct tnum a, struct tnum b)
{
	u64 certain = a.value | b.value;

	return tnum_make(certain, (a.mask | b.mask) & ~certain);
}

struct tnum tnum_xor(struct tnum a, struct tnum b)
{
	return tnum_make(a.value ^ b.value, a.mask | b.mask);
}

struct tnum tnum_neg(struct tnum a)
{
	return tnum_sub(tnum_const(0), a);
}

struct tnum tnum_lsh(struct tnum a, u32 count, u32 width)
{
	return tnum_low(tnum_make(a.value << count, a.mask << count), width);
}

struct tnum tnum_rsh(struct tnum a, u32 count)
{
	return tnum_make(a.value >> count, a.mask >> count);
}

struct tnum tnum_arsh(struct tnum a, u32 count, u32 width)
{
	/* An unknown sign fills mask with ones, a known one value: both are its copies. */
	u64 value = (u64)((s64)sign_extend(a.value, width) >> count);
	u64 mask = (u64)((s64)sign_extend(a.mask, width) >> count);

	return tnum_low(tnum_make(value, mask), width);
}

struct tnum tnum_low(struct tnum a, u32 width)
{
	return tnum_make(a.value & low_mask(width), a.mask & low_mask(width));
}

struct tnum tnum_sext(struct tnum a, u32 width)
{
	return tnum_make(sign_extend(a.value, width), sign_extend(a.mask, width));
}

struct tnum tnum_with_low(struct tnum a, struct tnum low, u32 width)
{
	u64 keep = ~low_mask(width);

	return tnum_make((a.value & keep) | (low.value & ~keep),
			 (a.mask & keep) | (low.mask & ~keep));
}

bool tnum_overlap(struct tnum a, struct tnum b)
{
	return !((a.value ^ b.value) & ~a.mask & ~b.mask);
}

struct tnum tnum_intersect(struct tnum a, struct tnum b)
{
	return tnum_make(a.value | b.value, a.mask & b.mask);
}

struct tnum tnum_join(struct tnum a, struct tnum b)
{
	return tnum_make(a.value, a.mask | b.mask | (a.value ^ b.value));
}

bool tnum_contains(struct tnum outer, struct tnum inner)
{
	return !(inner.mask & ~outer.mask) &&
	       !((inner.value ^ outer.value) & ~outer.mask);
}
