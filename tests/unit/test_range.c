// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bounds, proved on the very code that the verifier runs, at a small width: at 4
 * bits for all pairs of ranges, at 5 for all pairs of unsigned and signed
 * intervals. A range is compared as a set: bit x of a word is number x.
 */
#include "tests/support/check.h"
#include "verifier/range.h"

#define MAX_RANGES 2048
#define MAX_VALUES 32

struct op {
	const char *name;
	struct value_range (*abstract)(struct value_range a, struct value_range b, u32 width);
	u64 (*concrete)(u64 a, u64 b, u32 width);
	/* At 4 and at 5 bits: how many results are held for 100,000 possible ones. Less is better. */
	u32 most_at_4, most_at_5;
};

static struct value_range ranges[MAX_RANGES];
static u32 sets[MAX_RANGES], cnt;
static u32 row[MAX_VALUES][MAX_RANGES];	/* results of x op all of a range */

static u32 set_of(struct value_range r, u32 width)
{
	u32 set = 0;
	u64 x;

	for (x = 0; x <= range_mask(width); x++)
		if (range_has(r, x, width))
			set |= 1u << x;
	return set;
}

static void add_range(struct value_range r, u32 width)
{
	u32 set = set_of(r, width), i;

	if (range_is_empty(r))
		return;
	for (i = 0; i < cnt; i++)
		if (sets[i] == set)
			return;
	ranges[cnt] = r;
	sets[cnt++] = set;
}

static void list_intervals(u32 width)
{
	u64 lo, hi;

	cnt = 0;
	for (lo = 0; lo <= range_mask(width); lo++) {
		for (hi = lo; hi <= range_mask(width); hi++) {
			u64 sign = 1ULL << (width - 1);

			add_range(range_unsigned(lo, hi, width), width);
			add_range(range_signed_between((s64)(lo - sign), (s64)(hi - sign), width), width);
		}
	}
}

static void list_ranges(u32 width)
{
	u32 intervals, i, j;

	list_intervals(width);
	intervals = cnt;
	for (i = 0; i < intervals; i++)
		for (j = 0; j < i; j++)
			add_range(range_intersect(ranges[i], ranges[j], width), width);
}

static u64 c_add(u64 a, u64 b, u32 w) { return a + b; }
static u64 c_sub(u64 a, u64 b, u32 w) { return a - b; }
static u64 c_mul(u64 a, u64 b, u32 w) { return a * b; }
static u64 c_and(u64 a, u64 b, u32 w) { return a & b; }
static u64 c_or(u64 a, u64 b, u32 w) { return a | b; }
static u64 c_xor(u64 a, u64 b, u32 w) { return a ^ b; }
static u64 c_udiv(u64 a, u64 b, u32 w) { return b ? a / b : 0; }
static u64 c_umod(u64 a, u64 b, u32 w) { return b ? a % b : a; }
static s64 sx(u64 x, u32 w) { return x >> (w - 1) ? (s64)x - (1LL << w) : (s64)x; }
static u64 c_sdiv(u64 a, u64 b, u32 w) { return b ? (u64)(sx(a, w) / sx(b, w)) : 0; }
static u64 c_smod(u64 a, u64 b, u32 w) { return b ? (u64)(sx(a, w) % sx(b, w)) : a; }
/* Counts are masked at widths that are powers of two; the width 5 is not. */
static u64 count(u64 b, u32 w) { return w == 4 ? b & 3 : b % 5; }
static u64 c_lsh(u64 a, u64 b, u32 w) { return a << count(b, w); }
static u64 c_rsh(u64 a, u64 b, u32 w) { return a >> count(b, w); }
static u64 c_arsh(u64 a, u64 b, u32 w) { return (u64)(sx(a, w) >> count(b, w)); }

static const struct op ops[] = {
	{ "add", range_add, c_add, 113623, 114738 },
	{ "sub", range_sub, c_sub, 113623, 114738 },
	{ "mul", range_mul, c_mul, 121040, 116460 },
	{ "and", range_and, c_and, 122241, 113019 },
	{ "or", range_or, c_or, 122241, 113019 },
	{ "xor", range_xor, c_xor, 114170, 123747 },
	{ "udiv", range_udiv, c_udiv, 129346, 127180 },
	{ "umod", range_umod, c_umod, 146718, 130338 },
	{ "sdiv", range_sdiv, c_sdiv, 173067, 153459 },
	{ "smod", range_smod, c_smod, 132973, 113867 },
	{ "lsh", range_lsh, c_lsh, 168797, 0 },
	{ "rsh", range_rsh, c_rsh, 145907, 0 },
	{ "arsh", range_arsh, c_arsh, 117972, 0 },
};

static void fill_rows(const struct op *op, u32 width)
{
	u64 x, y;
	u32 j;

	for (x = 0; x <= range_mask(width); x++) {
		for (j = 0; j < cnt; j++) {
			row[x][j] = 0;
			for (y = 0; y <= range_mask(width); y++)
				if (sets[j] >> y & 1)
					row[x][j] |= 1u << (op->concrete(x, y, width) & range_mask(width));
		}
	}
}

static void prove_op(const struct op *op, u32 width)
{
	u64 members = 0, needed = 0;
	u32 i, j, x, want, got;
	struct value_range r;

	fill_rows(op, width);
	for (i = 0; i < cnt; i++) {
		for (j = 0; j < cnt; j++) {
			want = 0;
			for (x = 0; x <= range_mask(width); x++)
				if (sets[i] >> x & 1)
					want |= row[x][j];
			r = op->abstract(ranges[i], ranges[j], width);
			got = set_of(r, width);
			members += (u32)__builtin_popcount(got);
			needed += (u32)__builtin_popcount(want);
			if (want & ~got)
				check_failed(__FILE__, __LINE__, "%s: %#x op %#x gives %#x, abstract %#x",
					     op->name, sets[i], sets[j], want, got);
		}
	}
	printf("\t%-5s at %u bits, %u ranges: results held / results possible = %.5f\n",
	       op->name, width, cnt, (double)members / (double)needed);
	CHECK((members * 100000 + needed / 2) / needed <= (width == 4 ? op->most_at_4 : op->most_at_5));
}

static void prove_at_4(void)
{
	u32 i;

	list_ranges(4);
	CHECK_EQ(cnt, 36 * 36 + 36 + 36);	/* a run in either half, or in both */
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		prove_op(&ops[i], 4);
}

static void prove_at_5(void)
{
	u32 i;

	list_intervals(5);
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].abstract != range_lsh && ops[i].abstract != range_rsh &&
		    ops[i].abstract != range_arsh)
			prove_op(&ops[i], 5);
}

/* Lattice operations against the sets, all pairs at 4 bits. */
static void prove_lattice(void)
{
	u32 i, j;

	list_ranges(4);
	for (i = 0; i < cnt; i++) {
		for (j = 0; j < cnt; j++) {
			struct value_range meet = range_intersect(ranges[i], ranges[j], 4);
			u32 both = range_is_empty(meet) ? 0 : set_of(meet, 4);

			if (both != (sets[i] & sets[j]))
				check_failed(__FILE__, __LINE__, "%#x meet %#x is %#x", sets[i], sets[j], both);
			if (range_covers(ranges[i], ranges[j]) != !(sets[j] & ~sets[i]))
				check_failed(__FILE__, __LINE__, "%#x contains %#x", sets[i], sets[j]);
		}
	}
}

/* The low half of every range, and every range refined by every low half. */
static void prove_halves(void)
{
	struct value_range low[64];
	u32 low_set[64], lows, i, j, want;
	u64 x;

	list_ranges(2);
	lows = cnt;
	for (i = 0; i < lows; i++) {
		low[i] = ranges[i];
		low_set[i] = sets[i];
	}
	list_ranges(4);
	for (i = 0; i < cnt; i++) {
		want = 0;
		for (x = 0; x < 16; x++)
			if (sets[i] >> x & 1)
				want |= 1u << (x & 3);
		CHECK(!(want & ~set_of(range_low(ranges[i], 2), 2)));
		for (j = 0; j < lows; j++) {
			struct value_range r = range_refine(ranges[i], low[j], 4, 2);
			u32 got = range_is_empty(r) ? 0 : set_of(r, 4);

			want = 0;
			for (x = 0; x < 16; x++)
				if (sets[i] >> x & 1 && low_set[j] >> (x & 3) & 1)
					want |= 1u << x;
			CHECK(!(want & ~got));
			CHECK(!(got & ~sets[i]));
		}
	}
}

/* By a known count, of what is known of the bits that stay; settled bounds; ends that are given. */
static void prove_the_rest(void)
{
	u32 i, count, x, want, a, b;

	for (count = 1; count < 4; count++) {
		list_ranges(4 - count);
		for (i = 0; i < cnt; i++) {
			want = 0;
			for (x = 0; x < 16; x++)
				if (sets[i] >> (x & range_mask(4 - count)) & 1)
					want |= 1u << (x << count & 15);
			CHECK(!(want & ~set_of(range_lsh_exact(ranges[i], count, 4), 4)));
		}
	}
	list_intervals(4);
	for (a = 0; a < cnt; a++) {	/* bounds of one interval as unsigned, of another as signed */
		for (b = 0; b < cnt; b++) {
			struct value_range r = { ranges[a].umin, ranges[a].umax, ranges[b].smin, ranges[b].smax };
			struct value_range settled = range_settle(r, 4);

			CHECK_EQ(range_is_empty(settled) ? 0 : set_of(settled, 4), set_of(r, 4));
		}
	}
	CHECK_EQ(set_of(range_full(4), 4), 0xffff);
	for (x = 0; x < 16; x++) {
		CHECK_EQ(set_of(range_const(x, 4), 4), 1u << x);
		CHECK_EQ(range_signed(x, 4), sx(x, 4));
	}
}

/* At the real widths, where the arithmetic itself can overflow: boundary values. */
static void prove_boundaries(void)
{
	static const u64 edges[] = {
		0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000ULL,
		0x7fffffffffffffffULL, 0x8000000000000000ULL, 0x8000000000000001ULL,
		0xfffffffffffffffeULL, 0xffffffffffffffffULL,
	};
	u32 a, b, c, d;

	for (a = 0; a < ARRAY_SIZE(edges); a++)
	for (b = a; b < ARRAY_SIZE(edges); b++)
	for (c = 0; c < ARRAY_SIZE(edges); c++)
	for (d = c; d < ARRAY_SIZE(edges); d++) {
		struct value_range x = range_unsigned(edges[a], edges[b], 64);
		struct value_range y = range_unsigned(edges[c], edges[d], 64);
		u64 product;

		CHECK(range_has(range_add(x, y, 64), edges[a] + edges[d], 64));
		CHECK(range_has(range_add(x, y, 64), edges[b] + edges[d], 64));
		CHECK(range_has(range_sub(x, y, 64), edges[a] - edges[d], 64));
		CHECK(range_has(range_sub(x, y, 64), edges[b] - edges[c], 64));
		product = edges[b] * edges[d];
		CHECK(range_has(range_mul(x, y, 64), product, 64));
		CHECK(range_has(range_mul(x, y, 64), edges[a] * edges[d], 64));
		if (edges[d])
			CHECK(range_has(range_udiv(x, y, 64), edges[b] / edges[d], 64));
		if (edges[d] && !(edges[b] == 1ULL << 63 && edges[d] == ~0ULL))
			CHECK(range_has(range_sdiv(x, y, 64), (u64)((s64)edges[b] / (s64)edges[d]), 64));
		else
			CHECK(range_has(range_sdiv(x, y, 64), edges[d] ? edges[b] : 0, 64));
	}
}

static const struct check_case cases[] = {
	{ "every operator contains every result, for all ranges of 4 bits", prove_at_4 },
	{ "every operator contains every result, for all intervals of 5 bits", prove_at_5 },
	{ "intersect and contains agree with the sets", prove_lattice },
	{ "low and refine keep every number that they must", prove_halves },
	{ "shifts by a known count, settled bounds and constants hold what they must", prove_the_rest },
	{ "nothing overflows unnoticed at 64 bits", prove_boundaries },
};

int main(int argc, char **argv)
{
	return check_run("test_range", cases, ARRAY_SIZE(cases), argc, argv);
}
