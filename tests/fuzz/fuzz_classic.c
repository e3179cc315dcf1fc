// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does every classic filter of this size that passes the check become a program that the verifier
 * accepts, and does it return what the filter returns? Random filters on random packets,
 * against the interpreter of tests/support/classic_run.c. Arguments: tests/support/fuzz.h.
 */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/classic_try.h"
#include "tests/support/fuzz.h"
#include "tests/support/randprog.h"
#include "verifier/verifier.h"

#define MAX_INSNS 60
#define PACKETS 8
#define PACKET_BYTES 64
#define ROOM_BYTES 16

static struct {
	u64 made, passed, runs, nonzero;
} counts;

static const u16 loads[] = { 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x00, 0x80, 0x01, 0x81, 0xb1 };
static const u16 others[] = { 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c,
			      0x64, 0x6c, 0x74, 0x7c, 0x84, 0x94, 0x9c, 0xa4, 0xac, 0x07, 0x87 };
static const u16 branches[] = { 0x05, 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d };
static const u32 headers[] = { -0x1000, -0x100000, -0x200000 };	/* SKF_AD_OFF, SKF_NET_OFF, SKF_LL_OFF */
static const u8 beside[] = { 0, 4, 8, 20, 24, 32, 36, 40, 44, 48, 56, 60 };

/* A number, a place in the packet or in front of it, or what lies beside it. */
static u32 load_operand(struct rng *rng, u16 code)
{
	if (!(code & 0xe6))
		return rng_below(rng, 3) ? rng_below(rng, 20) : rng_value(rng);
	if ((code & 0xe7) == 0x20 && !rng_below(rng, 4))
		return CLASSIC_AD_OFF + beside[rng_below(rng, sizeof(beside))];
	if (!rng_below(rng, 6))
		return headers[rng_below(rng, ARRAY_SIZE(headers))] - 2 + rng_below(rng, PACKET_BYTES);
	return rng_below(rng, PACKET_BYTES + 4);
}

/* One that is right more often than not: @set has the words of M[] that were stored to. */
static struct classic_insn make_insn(struct rng *rng, u32 left, u32 *set)
{
	struct classic_insn insn = { .k = rng_below(rng, 2) ? rng_value(rng) : rng_below(rng, 40) };
	u32 kind = rng_below(rng, 16);

	if (kind < 5) {
		insn.code = loads[rng_below(rng, ARRAY_SIZE(loads))];
		insn.k = load_operand(rng, insn.code);
	} else if (kind < 10) {
		insn.code = others[rng_below(rng, ARRAY_SIZE(others))];
		if (insn.code == 0x64 || insn.code == 0x74)
			insn.k &= 31;
		if (insn.code == 0x34 || insn.code == 0x94)
			insn.k |= 1;
	} else if (kind < 13) {
		insn.code = branches[rng_below(rng, ARRAY_SIZE(branches))];
		insn.jt = rng_below(rng, left > 6 ? 6 : left);
		insn.jf = rng_below(rng, left > 6 ? 6 : left);
		if (insn.code == 0x05)
			insn.k = insn.jt;
	} else if (kind < 15 || !*set) {
		insn.code = 2 + rng_below(rng, 2);
		insn.k = rng_below(rng, 4);
		*set |= 1u << insn.k;
	} else {
		insn.code = 0x60 + rng_below(rng, 2);
		while (insn.k = rng_below(rng, 4), !(*set >> insn.k & 1))
			;
	}
	return insn;
}

static u32 make_filter(struct rng *rng, struct classic_insn *insns)
{
	u32 cnt = 2 + rng_below(rng, MAX_INSNS - 2), i, set = 0;

	for (i = 0; i < cnt - 1; i++) {
		if (!rng_below(rng, 30))
			insns[i] = (struct classic_insn){ 0x06, 0, 0, rng_value(rng) };
		else
			insns[i] = make_insn(rng, cnt - 1 - i, &set);
		if (!rng_below(rng, 3000))
			insns[i].code = rng_next(rng);
	}
	insns[i] = (struct classic_insn){ rng_below(rng, 2) ? 0x16 : 0x06, 0, 0, rng_value(rng) };
	return cnt;
}

static bool same_result(const struct classic_insn *insns, const struct verified_prog *prog, u64 seed)
{
	u8 bytes[ROOM_BYTES + PACKET_BYTES];
	struct classic_packet packet = { .bytes = bytes + ROOM_BYTES, .room = ROOM_BYTES };
	struct rng rng;
	u32 want, got, i;

	rng_seed(&rng, seed);
	packet.len = rng_below(&rng, 4) ? PACKET_BYTES : rng_below(&rng, PACKET_BYTES + 1);
	packet.network = (s32)rng_below(&rng, 20);
	packet.link = (s32)rng_below(&rng, ROOM_BYTES + 8) - ROOM_BYTES;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = rng_below(&rng, 2) ? rng_below(&rng, 4) : rng_next(&rng);
	classic_beside(&packet, seed);
	want = classic_run(insns, &packet);
	got = classic_try(prog, &packet);
	counts.runs++;
	counts.nonzero += !!want;
	if (got == want)
		return true;
	check_failed(__FILE__, __LINE__, "the program returns %#x, the filter %#x", got, want);
	return false;
}

static void print_filter(const struct classic_insn *insns, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt; i++)
		printf("\t{ %#04x, %u, %u, %#x },\t/* %u */\n", insns[i].code, insns[i].jt,
		       insns[i].jf, insns[i].k, i);
}

static bool one_filter(const struct fuzz *fuzz)
{
	struct classic_insn insns[MAX_INSNS];
	u64 seed = fuzz->seed * 0x100000001b3 + fuzz->number;
	struct verified_prog *prog;
	struct classic_error error;
	const char *why;
	struct rng rng;
	bool same = true;
	u32 cnt, i;

	rng_seed(&rng, seed);
	rng_next(&rng);
	cnt = make_filter(&rng, insns);
	counts.made++;
	if (classic_check(insns, cnt, &error))
		return true;
	counts.passed++;
	prog = classic_verify(insns, cnt, &why);
	if (!prog)
		check_failed(__FILE__, __LINE__, "refused by %s", why ? why : "a lack of memory");
	for (i = 0; prog && i < PACKETS && same; i++)
		same = same_result(insns, prog, seed * PACKETS + i);
	if (!prog || !same)
		print_filter(insns, cnt);
	modbpf_verified_free(prog);
	return prog && same;
}

int main(int argc, char **argv)
{
	struct fuzz fuzz;
	bool same;

	fuzz_begin(&fuzz, argc, argv);
	check_begin("random classic filters");
	do
		same = one_filter(&fuzz);
	while (same && fuzz_next(&fuzz));
	printf("seed %llu: %llu filters, %llu pass the check, %llu runs, %llu end with another number than 0\n",
	       fuzz.seed, counts.made, counts.passed, counts.runs, counts.nonzero);
	if (!same)
		printf("again: fuzz_classic 0 %llu %llu\n", fuzz.seed, fuzz.number);
	if (same && counts.made > 100) {
		CHECK(counts.passed * 3 >= counts.made);
		CHECK(counts.nonzero * 5 >= counts.runs);
	}
	check_end();
	return check_run("fuzz_classic", NULL, 0, 1, argv);
}
