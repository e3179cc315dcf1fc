// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scalars at their real widths: random ones, each made around a number that it
 * must contain, are put through every operator and branch beside that number.
 * The numbers lean towards the edges, where 64-bit arithmetic goes wrong.
 *
 * usage: test_scalar64 [CASE]	MODBPF_SEED, MODBPF_ROUNDS in the environment
 */
#include <stdlib.h>

#include "isa/insn.h"
#include "tests/support/check.h"
#include "verifier/scalar_settle.h"

static u64 seed = 1;

static u64 next_random(void)	/* xorshift64*, Vigna 2016 */
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1dULL;
}

static u64 random_number(void)
{
	static const u64 edges[] = {
		0, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000ULL,
		0x7fffffffffffffffULL, 0x8000000000000000ULL, 0xffffffff80000000ULL,
	};

	switch (next_random() % 4) {
	case 0:
		return next_random();
	case 1:
		return edges[next_random() % ARRAY_SIZE(edges)] + next_random() % 5 - 2;
	case 2:
		return next_random() >> next_random() % 64;
	default:
		return (u64)((s64)next_random() >> next_random() % 64);
	}
}

/* Some bound from @x on, in the direction that @up says; stays at the end. */
static u64 bound_of(u64 x, bool up)
{
	u64 far = next_random() >> next_random() % 64;

	if (next_random() % 4 == 0)
		far = 0;
	if (up)
		return x + far < x ? ~0ULL : x + far;
	return x - far > x ? 0 : x - far;
}

/* Is as much known of both? */
static bool are_equal(struct scalar a, struct scalar b)
{
	return scalar_contains(a, b) && scalar_contains(b, a);
}

static struct scalar scalar_around(u64 x)
{
	u64 flip = 1ULL << 63, mask = next_random() & next_random();
	struct scalar s = scalar_unknown();

	if (next_random() % 8 == 0)
		return scalar_const(x);
	if (next_random() % 2) {
		s.bits.mask = next_random() % 2 ? mask : ~mask;
		s.bits.value = x & ~s.bits.mask;
	}
	if (next_random() % 2) {
		s.r64.umin = bound_of(x, false);
		s.r64.umax = bound_of(x, true);
	}
	if (next_random() % 2) {
		s.r64.smin = (s64)(bound_of(x ^ flip, false) ^ flip);
		s.r64.smax = (s64)(bound_of(x ^ flip, true) ^ flip);
	}
	if (next_random() % 2) {
		u64 lo = bound_of((x & 0xffffffff) << 32, false) >> 32;
		u64 hi = bound_of((x & 0xffffffff) << 32, true) >> 32;

		s.r32 = range_unsigned(lo, hi, 32);
	}
	if (!scalar_settle(&s))
		check_failed(__FILE__, __LINE__, "settling lost %#llx", x);
	return s;
}

/* RFC 9669 section 4.1, all in unsigned arithmetic; @is64 false: low halves. */
static u64 concrete(u8 op, bool is64, bool is_signed, u64 a, u64 b)
{
	u32 w = is64 ? 64 : 32;
	u64 m = is64 ? ~0ULL : 0xffffffff, sign = 1ULL << (w - 1), q;
	bool na, nb;
	u64 ma, mb;

	a &= m;
	b &= m;
	na = a & sign;
	nb = b & sign;
	ma = na ? -a & m : a;
	mb = nb ? -b & m : b;
	switch (op) {
	case BPF_ADD: return (a + b) & m;
	case BPF_SUB: return (a - b) & m;
	case BPF_MUL: return (a * b) & m;
	case BPF_AND: return a & b;
	case BPF_OR: return a | b;
	case BPF_XOR: return a ^ b;
	case BPF_NEG: return -a & m;
	case BPF_MOV: return b;
	case BPF_LSH: return (a << (b & (w - 1))) & m;
	case BPF_RSH: return a >> (b & (w - 1));
	case BPF_ARSH:
		q = a >> (b & (w - 1));
		return na && (b & (w - 1)) ? (q | ~(m >> (b & (w - 1)))) & m : q;
	case BPF_DIV:
		if (!b)
			return 0;
		q = is_signed ? ma / mb : a / b;
		return (is_signed && na != nb ? -q : q) & m;
	default:
		if (!b)
			return a;
		q = is_signed ? ma % mb : a % b;
		return (is_signed && na ? -q : q) & m;
	}
}

static const u8 ops[] = {
	BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND, BPF_OR, BPF_XOR,
	BPF_LSH, BPF_RSH, BPF_ARSH, BPF_NEG, BPF_MOV,
};

static u32 rounds(void)
{
	const char *s = getenv("MODBPF_ROUNDS");

	return s ? (u32)strtoul(s, NULL, 0) : 60000;
}

static void prove_alu(void)
{
	u32 i, k, n = rounds();

	for (i = 0; i < n; i++) {
		u64 x = random_number(), y = next_random() % 4 ? random_number() : next_random() % 66;
		struct scalar a = scalar_around(x), b = scalar_around(y);
		bool is64 = next_random() % 2, is_signed = next_random() % 2;

		for (k = 0; k < ARRAY_SIZE(ops); k++) {
			struct scalar r = scalar_alu(ops[k], is64, is_signed, a, b);
			u64 want = concrete(ops[k], is64, is_signed, x, y);

			if (!scalar_contains_value(r, want))
				check_failed(__FILE__, __LINE__, "op %#x is64 %d signed %d: %#llx, %#llx gives %#llx",
					     ops[k], is64, is_signed, x, y, want);
			if (scalar_is_const(a) && scalar_is_const(b) && !scalar_is_const(r))
				check_failed(__FILE__, __LINE__,
					     "op %#x is64 %d signed %d: of constants %#llx, %#llx not constant",
					     ops[k], is64, is_signed, x, y);
		}
	}
}

static const u8 jumps[] = {
	BPF_JEQ, BPF_JNE, BPF_JSET, BPF_JGT, BPF_JGE, BPF_JLT, BPF_JLE,
	BPF_JSGT, BPF_JSGE, BPF_JSLT, BPF_JSLE,
};

static bool is_taken(u8 op, bool is64, u64 a, u64 b)
{
	s64 sa = is64 ? (s64)a : (s32)a, sb = is64 ? (s64)b : (s32)b;

	if (!is64) {
		a &= 0xffffffff;
		b &= 0xffffffff;
	}
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

static void prove_branches(void)
{
	u32 i, k, n = rounds();

	for (i = 0; i < n; i++) {
		u64 x = random_number(), y = next_random() % 4 ? random_number() : x + next_random() % 3 - 1;
		struct scalar a = scalar_around(x), b = scalar_around(y);
		bool is64 = next_random() % 2;

		for (k = 0; k < ARRAY_SIZE(jumps); k++) {
			bool way = is_taken(jumps[k], is64, x, y);
			struct scalar ra = a, rb = b;

			CHECK(scalar_branch(jumps[k], is64, a, b) != !way);
			if (!scalar_assume(jumps[k], is64, way, &ra, &rb) ||
			    !scalar_contains_value(ra, x) || !scalar_contains_value(rb, y))
				check_failed(__FILE__, __LINE__, "jump %#x is64 %d way %d lost %#llx, %#llx",
					     jumps[k], is64, way, x, y);
			CHECK(scalar_contains(a, ra) && scalar_contains(b, rb));
		}
	}
}

static void prove_memory(void)
{
	u32 i, n = rounds(), bytes;

	for (i = 0; i < n; i++) {
		u64 x = random_number();
		struct scalar s = scalar_around(x);

		for (bytes = 1; bytes <= 8; bytes *= 2) {
			u32 up = 64 - 8 * bytes;

			CHECK(scalar_contains_value(scalar_truncate(s, bytes, false), x << up >> up));
			CHECK(scalar_contains_value(scalar_truncate(s, bytes, true), (u64)((s64)(x << up) >> up)));
			CHECK(scalar_contains_value(scalar_loaded(bytes, false), x << up >> up));
			CHECK(scalar_contains_value(scalar_loaded(bytes, true), (u64)((s64)(x << up) >> up)));
		}
		CHECK(scalar_contains_value(scalar_swap(s, 64), __builtin_bswap64(x)));
		CHECK(scalar_contains_value(scalar_swap(s, 32), __builtin_bswap32((u32)x)));
		CHECK(scalar_contains_value(scalar_swap(s, 16), __builtin_bswap16((u16)x)));
	}
	for (bytes = 1; bytes <= 8; bytes *= 2) {
		CHECK(are_equal(scalar_loaded(bytes, false), scalar_truncate(scalar_unknown(), bytes, false)));
		CHECK(are_equal(scalar_loaded(bytes, true), scalar_truncate(scalar_unknown(), bytes, true)));
	}
	CHECK_EQ(scalar_loaded(1, false).r64.umax, 0xff);
	CHECK_EQ(scalar_loaded(2, true).r64.smin, -0x8000);
	CHECK_EQ(scalar_loaded(4, false).r64.umax, 0xffffffff);
}

/* What clang's code for real programs needs. */
static void prove_idioms(void)
{
	struct scalar a, b;

	a = scalar_alu(BPF_AND, true, false, scalar_unknown(), scalar_const(0xf));
	CHECK_EQ(a.r64.umax, 15);
	a = scalar_alu(BPF_LSH, true, false, a, scalar_const(2));	/* ihl * 4 */
	CHECK_EQ(a.r64.umax, 60);
	CHECK_EQ(a.bits.mask, 0x3c);
	a = scalar_unknown();			/* w1 > 100: exit; then a 64-bit use after lsh, rsh */
	b = scalar_const(100);
	CHECK(scalar_assume(BPF_JGT, false, false, &a, &b));
	a = scalar_alu(BPF_LSH, true, false, a, scalar_const(32));
	a = scalar_alu(BPF_RSH, true, false, a, scalar_const(32));
	CHECK_EQ(a.r64.umax, 100);
	a = scalar_alu(BPF_LSH, true, false, scalar_unknown(), scalar_const(32));	/* sign extension */
	a = scalar_alu(BPF_ARSH, true, false, a, scalar_const(32));
	CHECK_EQ(a.r64.smin, -0x80000000LL);
	CHECK_EQ(a.r64.smax, 0x7fffffffLL);
	b = scalar_const(0);
	CHECK(scalar_assume(BPF_JSLT, true, false, &a, &b));
	CHECK_EQ(a.r64.umax, 0x7fffffffLL);
	a = scalar_alu(BPF_MOV, false, false, scalar_unknown(), scalar_unknown());
	CHECK_EQ(a.r64.umax, 0xffffffffLL);
}

static const struct check_case cases[] = {
	{ "arithmetic contains the concrete result, and keeps constants", prove_alu },
	{ "branches keep the numbers that take them", prove_branches },
	{ "loads, truncation and byte swaps contain the concrete result", prove_memory },
	{ "the idioms of compilers keep their bounds", prove_idioms },
};

int main(int argc, char **argv)
{
	const char *s = getenv("MODBPF_SEED");

	if (s)
		seed = strtoull(s, NULL, 0) | 1;
	return check_run("test_scalar64", cases, ARRAY_SIZE(cases), argc, argv);
}
