// SPDX-License-Identifier: GPL-2.0-only
/*
 * Known bits, proved: at 8 bits every operator is run on all pairs of tnums; what it
 * says of a bit must be so in each concrete result. Addition, subtraction and the bit
 * operators must also be exact: no tnum that contains all results is smaller.
 */
#define DOMAIN_BITS 8
#include "verifier/tnum.c"
#include "tests/support/check.h"

#define VALUES 256
#define TNUMS 6561		/* 3^8 */

static struct tnum all[TNUMS];
static u16 halves[TNUMS][2];	/* with the lowest unknown bit 0, and 1: both come earlier in the list */
static u16 index_of[VALUES][VALUES];	/* by mask and value */

static void list_all(void)
{
	u32 cnt = 0, value, mask, low;

	for (mask = 0; mask < VALUES; mask++) {
		low = mask & -mask;
		for (value = 0; value < VALUES; value++) {
			if (value & mask)
				continue;
			halves[cnt][0] = index_of[mask ^ low][value];
			halves[cnt][1] = index_of[mask ^ low][value | low];
			index_of[mask][value] = cnt;
			all[cnt++] = (struct tnum){ value, mask };
		}
	}
	CHECK_EQ(cnt, TNUMS);
}

/* Bits that are 1, and that are 0, in all results. */
struct agreed {
	u8 ones, zeros;
};

static struct agreed both(struct agreed a, struct agreed b)
{
	return (struct agreed){ a.ones & b.ones, a.zeros & b.zeros };
}

static u64 op_add(u64 a, u64 b) { return a + b; }
static u64 op_sub(u64 a, u64 b) { return a - b; }
static u64 op_mul(u64 a, u64 b) { return a * b; }
static u64 op_and(u64 a, u64 b) { return a & b; }
static u64 op_or(u64 a, u64 b) { return a | b; }
static u64 op_xor(u64 a, u64 b) { return a ^ b; }

/*
 * All results of @op on the members of all pairs: what holds for two halves of a tnum holds
 * for it. So each result is looked at, but none of them twice.
 */
static struct agreed of_number[VALUES][TNUMS];	/* a number and a tnum */

static void gather(u64 (*op)(u64, u64))
{
	u32 x, j;

	for (x = 0; x < VALUES; x++) {
		struct agreed *row = of_number[x];

		for (j = 0; j < TNUMS; j++) {
			u8 result = op(x, all[j].value);

			row[j] = (struct agreed){ result, ~result };
			if (all[j].mask)
				row[j] = both(row[halves[j][0]], row[halves[j][1]]);
		}
	}
}

/* Does @got say of the bits only what they all have, and nothing of others? */
static void check_pair(const struct tnum *a, const struct tnum *b, struct tnum got, struct agreed want)
{
	if (!(got.value & got.mask) && (got.value | got.mask) < VALUES && !(got.value & ~want.ones) &&
	    !((u8)~(got.value | got.mask) & ~want.zeros))
		return;
	check_failed(__FILE__, __LINE__, "(%llx,%llx) op (%llx,%llx) = (%llx,%llx), but all have only %x, none %x",
		     a->value, a->mask, b->value, b->mask, got.value, got.mask, want.ones, want.zeros);
}

/* @most: unknown bits in 100,000 that must be unknown; less is better, no more is exact. */
static void prove(struct tnum (*abstract)(struct tnum, struct tnum), u64 (*op)(u64, u64), u32 most)
{
	static struct agreed of_tnum[TNUMS];	/* with the second operand at hand */
	static u8 bits[VALUES];
	u64 held = 0, needed = 0;
	u32 i, j;

	list_all();
	gather(op);
	for (i = 0; i < VALUES; i++)
		bits[i] = __builtin_popcount(i);
	for (j = 0; j < TNUMS; j++) {
		for (i = 0; i < TNUMS; i++) {
			struct tnum got = abstract(all[i], all[j]);
			struct agreed *want = &of_tnum[i];

			*want = of_number[all[i].value][j];
			if (all[i].mask)
				*want = both(of_tnum[halves[i][0]], of_tnum[halves[i][1]]);
			held += bits[(u8)got.mask];
			needed += bits[(u8)~(want->ones | want->zeros)];
			check_pair(&all[i], &all[j], got, *want);
		}
	}
	printf("\tunknown bits / bits that must be = %.5f\n", (double)held / (double)needed);
	CHECK((held * 100000 + needed / 2) / needed <= most);
}

static void prove_add(void) { prove(tnum_add, op_add, 100000); }
static void prove_sub(void) { prove(tnum_sub, op_sub, 100000); }
static void prove_mul(void) { prove(tnum_mul, op_mul, 101708); }
static void prove_and(void) { prove(tnum_and, op_and, 100000); }
static void prove_or(void) { prove(tnum_or, op_or, 100000); }
static void prove_xor(void) { prove(tnum_xor, op_xor, 100000); }

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

/* The numbers of a tnum, a bit each. */
struct set {
	u64 words[VALUES / 64];
};

static struct set sets[TNUMS];

static void fill_sets(void)
{
	u32 i, x;

	for (i = 0; i < TNUMS; i++)
		for (x = 0; x < VALUES; x++)
			if (has(all[i], x))
				sets[i].words[x / 64] |= 1ULL << (x % 64);
}

static const struct set *set_of(struct tnum t)
{
	return &sets[index_of[t.mask][t.value]];
}

static void check_relations(const struct tnum *a, const struct tnum *b)
{
	const struct set *in_a = set_of(*a), *in_b = set_of(*b), *joined = set_of(tnum_join(*a, *b)), *meet = in_a;
	bool overlap = false, contains = true, fine = true;
	u32 i;

	for (i = 0; i < VALUES / 64; i++) {
		overlap |= in_a->words[i] & in_b->words[i];
		contains &= !(in_b->words[i] & ~in_a->words[i]);
		fine &= !((in_a->words[i] | in_b->words[i]) & ~joined->words[i]);
	}
	if (overlap)
		meet = set_of(tnum_intersect(*a, *b));
	for (i = 0; i < VALUES / 64 && overlap; i++)
		fine &= meet->words[i] == (in_a->words[i] & in_b->words[i]);
	if (!fine || overlap != tnum_overlap(*a, *b) || contains != tnum_contains(*a, *b))
		check_failed(__FILE__, __LINE__, "(%llx,%llx) and (%llx,%llx)", a->value, a->mask, b->value, b->mask);
}

/* Relations of two tnums against their sets, all pairs. */
static void prove_relations(void)
{
	u32 i, j;

	list_all();
	fill_sets();
	for (i = 0; i < TNUMS; i++)
		for (j = 0; j < TNUMS; j++)
			check_relations(&all[i], &all[j]);
}

/* The ends of each tnum; and each with the low half of each that has only one. */
static void prove_ends_and_halves(void)
{
	u32 i, j, x;

	list_all();
	for (i = 0; i < TNUMS; i++) {
		for (x = 0; x < VALUES && !has(all[i], x); x++)
			;
		CHECK_EQ(tnum_min(all[i]), x);
		for (x = VALUES - 1; !has(all[i], x); x--)
			;
		CHECK_EQ(tnum_max(all[i]), x);
		for (j = 0; j < TNUMS; j++) {
			struct tnum low = all[j], got;

			if ((low.value | low.mask) > 0xf)
				continue;
			got = tnum_with_low(all[i], low, 4);
			CHECK_EQ(got.value, (all[i].value & 0xf0) | low.value);
			CHECK_EQ(got.mask, (all[i].mask & 0xf0) | low.mask);
		}
	}
	for (x = 0; x < VALUES; x++)
		CHECK(has(tnum_unknown(), x));
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
	{ "the ends are members, and the low half is the other's", prove_ends_and_halves },
	{ "overlap, contains, intersect and join agree with the sets", prove_relations },
};

int main(int argc, char **argv)
{
	return check_run("test_tnum", cases, ARRAY_SIZE(cases), argc, argv);
}
