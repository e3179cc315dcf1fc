// SPDX-License-Identifier: GPL-2.0-only
/*
 * Known bits, proved: at 8 bits every operator is run on all pairs of tnums
 * whose concrete results are then all looked up in what it returned. Addition,
 * subtraction and the bit operators must also be exact: no tnum that contains
 * all results is smaller.
 */
#define DOMAIN_BITS 8
#include "verifier/tnum.c"
#include "tests/support/check.h"

#define VALUES 256
#define TNUMS 6561		/* 3^8 */

static struct tnum all[TNUMS];

static void list_all(void)
{
	u32 cnt = 0, value, mask;

	for (mask = 0; mask < VALUES; mask++)
		for (value = 0; value < VALUES; value++)
			if (!(value & mask))
				all[cnt++] = (struct tnum){ value, mask };
	CHECK_EQ(cnt, TNUMS);
}

/* The smallest tnum that contains all results of @op on the members of @a and @b. */
static struct tnum exact(u64 (*op)(u64, u64), struct tnum a, struct tnum b)
{
	u64 ones = VALUES - 1, zeros = VALUES - 1, x = a.mask, y;

	for (;;) {
		for (y = b.mask;; y = (y - 1) & b.mask) {
			u64 r = op(a.value | x, b.value | y) & (VALUES - 1);

			ones &= r;
			zeros &= ~r;
			if (!y)
				break;
		}
		if (!x)
			break;
		x = (x - 1) & a.mask;
	}
	return (struct tnum){ ones, ~(ones | zeros) & (VALUES - 1) };
}

static u64 op_add(u64 a, u64 b) { return a + b; }
static u64 op_sub(u64 a, u64 b) { return a - b; }
static u64 op_mul(u64 a, u64 b) { return a * b; }
static u64 op_and(u64 a, u64 b) { return a & b; }
static u64 op_or(u64 a, u64 b) { return a | b; }
static u64 op_xor(u64 a, u64 b) { return a ^ b; }

/*
 * All pairs with @stride 1; with more, every one-in-@stride second operand,
 * another residue for each first one.
 */
static void prove(struct tnum (*abstract)(struct tnum, struct tnum), u64 (*op)(u64, u64),
		  bool is_exact, u32 stride)
{
	struct tnum got, want;
	u32 i, j;

	list_all();
	for (i = 0; i < TNUMS; i++) {
		for (j = i % stride; j < TNUMS; j += stride) {
			got = abstract(all[i], all[j]);
			want = exact(op, all[i], all[j]);
			if (!tnum_contains(got, want) || (got.value & got.mask) ||
			    got.value >= VALUES || got.mask >= VALUES ||
			    (is_exact && (got.value != want.value || got.mask != want.mask)))
				check_failed(__FILE__, __LINE__,
					     "(%llx,%llx) op (%llx,%llx) = (%llx,%llx), not (%llx,%llx)",
					     all[i].value, all[i].mask, all[j].value, all[j].mask,
					     got.value, got.mask, want.value, want.mask);
		}
	}
}

static void prove_add(void) { prove(tnum_add, op_add, true, 11); }
static void prove_sub(void) { prove(tnum_sub, op_sub, true, 11); }
static void prove_mul(void) { prove(tnum_mul, op_mul, false, 23); }
static void prove_and(void) { prove(tnum_and, op_and, true, 23); }
static void prove_or(void) { prove(tnum_or, op_or, true, 23); }
static void prove_xor(void) { prove(tnum_xor, op_xor, true, 23); }

static bool has(struct tnum t, u64 x)
{
	return ((x ^ t.value) & ~t.mask) == 0;
}

/* Operators of one tnum, on all of them; each member is followed by hand. */
static void prove_unary(void)
{
	struct tnum t;
	u32 i, count;
	u64 x;

	list_all();
	for (i = 0; i < TNUMS; i++) {
		t = all[i];
		for (x = 0; x < VALUES; x++) {
			if (!has(t, x))
				continue;
			CHECK(has(tnum_neg(t), -x & 0xff));
			CHECK(has(tnum_low(t, 4), x & 0xf));
			CHECK(has(tnum_sext(t, 4), (u64)(u8)((s8)(x << 4) >> 4)));
			for (count = 0; count < 8; count++) {
				CHECK(has(tnum_lsh(t, count, 8), (x << count) & 0xff));
				CHECK(has(tnum_rsh(t, count), x >> count));
				CHECK(has(tnum_arsh(t, count, 8), (u64)(u8)((s8)x >> count)));
			}
		}
	}
}

/* Shifts, extensions and halves keep each bit known or unknown: count them. */
static void prove_shift_precision(void)
{
	struct tnum t = { 0x80, 0x01 };

	CHECK_EQ(tnum_arsh(t, 3, 8).value, 0xf0);
	CHECK_EQ(tnum_arsh(t, 3, 8).mask, 0);
	CHECK_EQ(tnum_lsh(t, 1, 8).value, 0);
	CHECK_EQ(tnum_lsh(t, 1, 8).mask, 2);
	CHECK_EQ(tnum_sext(t, 1).mask, 0xff);
	CHECK_EQ(tnum_with_low(tnum_const(0xab), tnum_const(0x5), 4).value, 0xa5);
}

static void prove_between(void)
{
	u64 lo, hi, x;

	for (lo = 0; lo < VALUES; lo++)
		for (hi = lo; hi < VALUES; hi++)
			for (x = lo; x <= hi; x++)
				if (!has(tnum_between(lo, hi), x))
					check_failed(__FILE__, __LINE__, "%llx..%llx lacks %llx", lo, hi, x);
	CHECK_EQ(tnum_between(0x40, 0x4f).mask, 0x0f);
	CHECK_EQ(tnum_between(0x40, 0x4f).value, 0x40);
}

/* Relations of two tnums against their sets, all pairs. */
static void prove_relations(void)
{
	struct tnum a, b;
	u64 x;
	u32 i, j;

	list_all();
	for (i = 0; i < TNUMS; i += 3) {
		for (j = 0; j < TNUMS; j += 7) {
			bool overlap = false, contains = true, bad = false;

			a = all[i];
			b = all[j];
			for (x = 0; x < VALUES; x++) {
				overlap |= has(a, x) && has(b, x);
				contains &= !has(b, x) || has(a, x);
				bad |= (has(a, x) || has(b, x)) && !has(tnum_join(a, b), x);
			}
			for (x = 0; overlap && x < VALUES; x++)
				bad |= (has(a, x) && has(b, x)) != has(tnum_intersect(a, b), x);
			CHECK_EQ(tnum_overlap(a, b), overlap);
			CHECK_EQ(tnum_contains(a, b), contains);
			CHECK(!bad);
		}
	}
}

static const struct check_case cases[] = {
	{ "addition contains every sum, and no smaller tnum does", prove_add },
	{ "subtraction contains every difference, and no smaller tnum does", prove_sub },
	{ "multiplication contains every product", prove_mul },
	{ "and is exact", prove_and },
	{ "or is exact", prove_or },
	{ "xor is exact", prove_xor },
	{ "negation, shifts and extensions contain every result", prove_unary },
	{ "shifts and extensions forget no bit that they know", prove_shift_precision },
	{ "between contains all numbers from one end to the other", prove_between },
	{ "overlap, contains, intersect and join agree with the sets", prove_relations },
};

int main(int argc, char **argv)
{
	return check_run("test_tnum", cases, ARRAY_SIZE(cases), argc, argv);
}
