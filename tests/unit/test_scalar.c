// SPDX-License-Identifier: GPL-2.0-only
/*
 * The product of bits, bounds and halves, proved at 4 bits with halves of 2: the
 * scalars that differ as sets are listed, and operators and branches are run on
 * pairs of them, every concrete result being looked up in what came out.
 */
#define DOMAIN_BITS 4
#include "verifier/tnum.c"
#include "verifier/scalar.c"
#include "verifier/scalar_branch.c"
#include "tests/support/check.h"

#define VALUES 16
#define MAX_SCALARS 65536

static struct scalar all[MAX_SCALARS];
static u32 sets[MAX_SCALARS], cnt;
static u64 lost;	/* when views learnt from each other */
static u8 seen[1 << VALUES];

static u32 set_of(struct scalar s)
{
	u32 set = 0;
	u64 x;

	for (x = 0; x < VALUES; x++)
		if (scalar_contains_value(s, x))
			set |= 1u << x;
	return set;
}

static void add_scalar(struct scalar s)
{
	u32 before = set_of(s), set;
	bool is_left = scalar_settle(&s);

	lost += is_left ? before & ~set_of(s) : before;
	if (!is_left)
		return;
	set = set_of(s);
	if (seen[set])
		return;
	seen[set] = 1;
	all[cnt] = s;
	sets[cnt++] = set;
}

static void add_with_bits(struct value_range r, struct value_range low)
{
	u32 value, mask;

	for (mask = 0; mask < VALUES; mask++)
		for (value = 0; value < VALUES; value++)
			if (!(value & mask))
				add_scalar((struct scalar){ { value, mask }, r, low });
}

/* Every unsigned interval, every signed one, every low interval, with all bits. */
static void list_scalars(void)
{
	u64 lo, hi, l, h;

	for (lo = 0; lo < VALUES && !cnt; lo++)
		add_scalar(scalar_unknown());
	for (lo = 0; lo < VALUES; lo++) {
		for (hi = lo; hi < VALUES; hi++) {
			for (l = 0; l < 4; l++) {
				for (h = l; h < 4; h++) {
					add_with_bits(range_unsigned(lo, hi, 4), range_unsigned(l, h, 2));
					add_with_bits(range_signed_between((s64)lo - 8, (s64)hi - 8, 4),
						      range_signed_between((s64)l - 2, (s64)h - 2, 2));
				}
			}
		}
	}
}

struct alu {
	const char *name;
	u8 op;
	bool is_signed;
	u32 most, most32;	/* results that are held for 100,000 possible ones; less is better */
};

static const struct alu alus[] = {
	{ "add", BPF_ADD, false, 118672, 102381 }, { "sub", BPF_SUB, false, 118678, 102411 },
	{ "mul", BPF_MUL, false, 132191, 107639 }, { "div", BPF_DIV, false, 159415, 118772 },
	{ "mod", BPF_MOD, false, 156469, 112309 }, { "sdiv", BPF_DIV, true, 184126, 120492 },
	{ "smod", BPF_MOD, true, 147076, 136530 }, { "and", BPF_AND, false, 107348, 102885 },
	{ "or", BPF_OR, false, 108102, 102866 }, { "xor", BPF_XOR, false, 117524, 102392 },
	{ "lsh", BPF_LSH, false, 212304, 116526 }, { "rsh", BPF_RSH, false, 185517, 110675 },
	{ "arsh", BPF_ARSH, false, 154829, 118917 }, { "neg", BPF_NEG, false, 116129, 114402 },
	{ "mov", BPF_MOV, false, 100000, 109658 },
};

/* RFC 9669 section 4.1, at @w bits; the operands' higher bits do not count. */
static u64 concrete(const struct alu *alu, u64 a, u64 b, u32 w)
{
	u64 m = (1u << w) - 1, sign = 1u << (w - 1);
	s64 sa, sb;

	a &= m;
	b &= m;
	sa = a & sign ? (s64)a - (s64)m - 1 : (s64)a;
	sb = b & sign ? (s64)b - (s64)m - 1 : (s64)b;
	switch (alu->op) {
	case BPF_ADD: return (a + b) & m;
	case BPF_SUB: return (a - b) & m;
	case BPF_MUL: return (a * b) & m;
	case BPF_DIV: return !b ? 0 : alu->is_signed ? (u64)(sa / sb) & m : a / b;
	case BPF_MOD: return !b ? a : alu->is_signed ? (u64)(sa % sb) & m : a % b;
	case BPF_AND: return a & b;
	case BPF_OR: return a | b;
	case BPF_XOR: return a ^ b;
	case BPF_LSH: return (a << (b & (w - 1))) & m;
	case BPF_RSH: return a >> (b & (w - 1));
	case BPF_ARSH: return (u64)(sa >> (b & (w - 1))) & m;
	case BPF_NEG: return -a & m;
	default: return b;
	}
}

static void prove_alu_at(const struct alu *alu, bool is64, u32 stride)
{
	u64 held = 0, possible = 0;
	u32 rows[VALUES];
	u32 i, j, x, y, want, got;

	for (j = 0; j < cnt; j++) {
		for (x = 0; x < VALUES; x++) {
			rows[x] = 0;
			for (y = 0; y < VALUES; y++)
				if (sets[j] >> y & 1)
					rows[x] |= 1u << concrete(alu, x, y, is64 ? 4 : 2);
		}
		for (i = j % stride; i < cnt; i += stride) {
			want = 0;
			for (x = 0; x < VALUES; x++)
				if (sets[i] >> x & 1)
					want |= rows[x];
			got = set_of(scalar_alu(alu->op, is64, alu->is_signed, all[i], all[j]));
			held += (u32)__builtin_popcount(got);
			possible += (u32)__builtin_popcount(want);
			if (want & ~got)
				check_failed(__FILE__, __LINE__, "%s%s: %#x op %#x gives %#x, abstract %#x",
					     alu->name, is64 ? "" : "32", sets[i], sets[j], want, got);
		}
	}
	printf("\t%-5s%s results held / results possible = %.5f\n", alu->name,
	       is64 ? "  " : "32", (double)held / (double)possible);
	CHECK((held * 100000 + possible / 2) / possible <= (is64 ? alu->most : alu->most32));
}

static void prove_alu(void)
{
	u32 i;

	printf("\t%u scalars\n", cnt);
	for (i = 0; i < ARRAY_SIZE(alus); i++) {
		prove_alu_at(&alus[i], true, 7);
		prove_alu_at(&alus[i], false, 7);
	}
}

static const struct {
	u8 op;
	u32 most;	/* numbers that are kept for 100,000 that go that way; less is better */
} branches[] = {
	{ BPF_JEQ, 100090 }, { BPF_JNE, 100095 }, { BPF_JSET, 111609 }, { BPF_JGT, 100103 },
	{ BPF_JGE, 100094 }, { BPF_JLT, 100098 }, { BPF_JLE, 100101 }, { BPF_JSGT, 100296 },
	{ BPF_JSGE, 100280 }, { BPF_JSLT, 100303 }, { BPF_JSLE, 100293 },
};

static bool is_taken(u8 op, u64 a, u64 b, u32 w)
{
	u64 m = (1u << w) - 1, sign = 1u << (w - 1);
	s64 sa, sb;

	a &= m;
	b &= m;
	sa = (s64)(a ^ sign) - (s64)sign;
	sb = (s64)(b ^ sign) - (s64)sign;
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JSET: return (a & b) != 0;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSGT: return sa > sb;
	case BPF_JSGE: return sa >= sb;
	case BPF_JSLT: return sa < sb;
	default: return sa <= sb;
	}
}

static u64 kept_cnt, living_cnt;	/* numbers that are kept, and that can go that way */

/* One way of one branch on one pair: what may be must stay, what is said must be so. */
static void prove_way(u8 op, bool is64, bool way, u32 i, u32 j)
{
	struct scalar a = all[i], b = all[j];
	u32 want_a = 0, want_b = 0, x, y;
	int outcome = scalar_branch(op, is64, a, b);
	bool feasible = scalar_assume(op, is64, way, &a, &b);

	for (x = 0; x < VALUES; x++) {
		for (y = 0; y < VALUES; y++) {
			if (!(sets[i] >> x & 1) || !(sets[j] >> y & 1) ||
			    is_taken(op, x, y, is64 ? 4 : 2) != way)
				continue;
			want_a |= 1u << x;
			want_b |= 1u << y;
		}
	}
	if (want_a && outcome == !way)
		check_failed(__FILE__, __LINE__, "op %#x: %#x, %#x: said to go one way only", op, sets[i], sets[j]);
	if (want_a && !feasible)
		check_failed(__FILE__, __LINE__, "op %#x: %#x, %#x: a live way called dead", op, sets[i], sets[j]);
	if ((want_a & ~set_of(a)) || (want_b & ~set_of(b)))
		check_failed(__FILE__, __LINE__, "op %#x: %#x, %#x: numbers lost", op, sets[i], sets[j]);
	living_cnt += (u32)__builtin_popcount(want_a) + (u32)__builtin_popcount(want_b);
	if (feasible)
		kept_cnt += (u32)__builtin_popcount(set_of(a)) + (u32)__builtin_popcount(set_of(b));
	if (!feasible && (set_of(a) != sets[i] || set_of(b) != sets[j]))
		check_failed(__FILE__, __LINE__, "op %#x: changed although dead", op);
}

static void prove_branches(void)
{
	u32 i, j, k;

	for (k = 0; k < ARRAY_SIZE(branches); k++) {
		kept_cnt = 0;
		living_cnt = 0;
		for (j = 0; j < cnt; j++) {
			for (i = (j + k) % 41; i < cnt; i += 41) {
				prove_way(branches[k].op, true, true, i, j);
				prove_way(branches[k].op, true, false, i, j);
				prove_way(branches[k].op, false, true, i, j);
				prove_way(branches[k].op, false, false, i, j);
			}
		}
		printf("\tjump %#x: numbers kept / numbers that go there = %.5f\n", branches[k].op,
		       (double)kept_cnt / (double)living_cnt);
		CHECK((kept_cnt * 100000 + living_cnt / 2) / living_cnt <= branches[k].most);
	}
}

/* Narrowing is worth something: the examples that real programs depend on. */
static void prove_narrowing(void)
{
	struct scalar a = scalar_unknown(), b = scalar_const(5);

	CHECK(scalar_assume(BPF_JLT, true, true, &a, &b));
	CHECK_EQ(set_of(a), 0x001f);
	a = scalar_unknown();
	CHECK(scalar_assume(BPF_JEQ, true, true, &a, &b));
	CHECK(scalar_is_const(a));
	a = scalar_unknown();
	b = scalar_const(0);
	CHECK(scalar_assume(BPF_JSGT, true, false, &a, &b));
	CHECK_EQ(set_of(a), 0xff01);
	CHECK(scalar_assume(BPF_JNE, true, true, &a, &b));
	CHECK_EQ(set_of(a), 0xff00);
	a = scalar_between(4, 7);	/* the upper half is known: bounds of the low one count */
	b = scalar_const(1);
	CHECK(scalar_assume(BPF_JLE, false, true, &a, &b));
	CHECK_EQ(set_of(a), 0x0030);
	a = scalar_unknown();
	b = scalar_const(0);
	CHECK(!scalar_assume(BPF_JLT, true, true, &a, &b));
}

static void prove_lattice(void)
{
	u32 i, j;

	for (i = 0; i < cnt; i++) {
		for (j = 0; j < cnt; j++) {
			if (scalar_contains(all[i], all[j]) && (sets[j] & ~sets[i]))
				check_failed(__FILE__, __LINE__, "%#x contains %#x", sets[i], sets[j]);
		}
		CHECK(scalar_contains(all[i], all[i]));
	}
}

/* 4 "bytes" are the low half here. */
static void prove_truncate(void)
{
	u64 held = 0, possible = 0;
	u32 i, x, zero, sign;

	for (i = 0; i < cnt; i++) {
		zero = 0;
		sign = 0;
		for (x = 0; x < VALUES; x++) {
			if (!(sets[i] >> x & 1))
				continue;
			zero |= 1u << (x & 3);
			sign |= 1u << ((x & 3) | (x & 2 ? 12 : 0));
		}
		CHECK(!(zero & ~set_of(scalar_truncate(all[i], 4, false))));
		CHECK(!(sign & ~set_of(scalar_truncate(all[i], 4, true))));
		CHECK_EQ(set_of(scalar_truncate(all[i], 8, true)), sets[i]);
		held += (u32)__builtin_popcount(set_of(scalar_truncate(all[i], 4, false))) +
			(u32)__builtin_popcount(set_of(scalar_truncate(all[i], 4, true)));
		possible += (u32)__builtin_popcount(zero) + (u32)__builtin_popcount(sign);
	}
	printf("\ttruncation: results held / results possible = %.5f\n", (double)held / (double)possible);
	CHECK((held * 100000 + possible / 2) / possible <= 109573);
}

/* Views that learn from each other lose no number; what is loaded may be any that fits. */
static void prove_settled_and_loaded(void)
{
	CHECK_EQ(lost, 0);
	CHECK_EQ(set_of(scalar_loaded(8, false)), 0xffff);
	CHECK_EQ(set_of(scalar_loaded(4, false)), 0x000f);
	CHECK_EQ(set_of(scalar_loaded(4, true)), 0xc003);
	CHECK_EQ(set_of(scalar_loaded(2, false)), 0x0003);
	CHECK_EQ(set_of(scalar_loaded(2, true)), 0x8001);
	CHECK_EQ(scalar_value(scalar_const(11)), 11);
	CHECK_EQ(set_of(scalar_const(11)), 1u << 11);
	CHECK_EQ(set_of(scalar_between(3, 9)), 0x03f8);
}

static const struct check_case cases[] = {
	{ "settling loses no number, and a load gives all that fit", prove_settled_and_loaded },
	{ "arithmetic contains every result", prove_alu },
	{ "branches keep every number that goes their way, and call only dead ways dead", prove_branches },
	{ "branches narrow what they should", prove_narrowing },
	{ "contains says yes only where it is so", prove_lattice },
	{ "truncation contains every result", prove_truncate },
};

int main(int argc, char **argv)
{
	list_scalars();
	return check_run("test_scalar", cases, ARRAY_SIZE(cases), argc, argv);
}
