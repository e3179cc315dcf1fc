// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classic filters: what is refused and why, what beside the packet can be asked, and how a
 * filter that tcpdump made judges packets. Random filters: tests/fuzz/fuzz_classic.c.
 */
#include "tests/support/check.h"
#include "tests/support/classic_try.h"
#include "verifier/verifier.h"

#define RET(k) { 0x06, 0, 0, k }
#define RET_A { 0x16, 0, 0, 0 }
#define AD(which) ((u32)CLASSIC_AD_OFF + CLASSIC_AD_##which)

static const struct row {
	const char *name, *why;		/* why NULL: passes */
	struct classic_insn insns[5];
	u32 cnt, insn;
} rows[] = {
	{ "nothing", "1 to 4096", { RET(0) }, 0, 0 },
	{ "a return", NULL, { RET(1) }, 1, 0 },
	{ "no return at the end", "no return", { RET(1), { 0x00, 0, 0, 1 } }, 2, 1 },
	{ "an opcode of eBPF", "unknown opcode", { { 0xb7, 0, 0, 0 }, RET(0) }, 2, 0 },
	{ "an opcode of 16 bits", "unknown opcode", { { 0x106, 0, 0, 0 }, RET(0) }, 2, 0 },
	{ "return of X", "unknown opcode", { { 0x0e, 0, 0, 0 }, RET(0) }, 2, 0 },
	{ "a jump behind the end", "behind the end", { { 0x05, 0, 0, 1 }, RET(0) }, 2, 0 },
	{ "a jump that wraps", "behind the end", { { 0x05, 0, 0, 0xffffffff }, RET(0) }, 2, 0 },
	{ "a branch behind the end, if true", "behind the end", { { 0x15, 1, 0, 0 }, RET(0) }, 2, 0 },
	{ "a branch behind the end, if false", "behind the end", { { 0x15, 0, 1, 0 }, RET(0) }, 2, 0 },
	{ "a jump behind the end that is not reached", "behind the end",
	  { RET(1), { 0x05, 0, 0, 1 }, RET(0) }, 3, 1 },
	{ "a branch behind the end that is not reached, if true", "behind the end",
	  { RET(1), { 0x15, 1, 0, 0 }, RET(0) }, 3, 1 },
	{ "a branch behind the end that is not reached, if false", "behind the end",
	  { RET(1), { 0x15, 0, 1, 0 }, RET(0) }, 3, 1 },
	{ "a jump to the end that is not reached", NULL, { RET(1), { 0x05, 0, 0, 0 }, RET(0) }, 3, 0 },
	{ "a store that is not reached sets nothing", "no store",
	  { { 0x05, 0, 0, 1 }, { 0x02, 0, 0, 3 }, { 0x60, 0, 0, 3 }, RET_A }, 4, 2 },
	{ "a way that is not reached takes nothing away", NULL,
	  { { 0x02, 0, 0, 3 }, { 0x05, 0, 0, 1 }, { 0x05, 0, 0, 0 }, { 0x60, 0, 0, 3 }, RET_A }, 5, 0 },
	{ "a branch to the end", NULL, { { 0x15, 1, 0, 0 }, RET(1), RET(0) }, 3, 0 },
	{ "division by zero", "divides by zero", { { 0x34, 0, 0, 0 }, RET_A }, 2, 0 },
	{ "modulo zero", "divides by zero", { { 0x94, 0, 0, 0 }, RET_A }, 2, 0 },
	{ "a shift by 32", "32 or more", { { 0x64, 0, 0, 32 }, RET_A }, 2, 0 },
	{ "a shift right by 32", "32 or more", { { 0x74, 0, 0, 32 }, RET_A }, 2, 0 },
	{ "a shift by 31", NULL, { { 0x64, 0, 0, 31 }, RET_A }, 2, 0 },
	{ "a store to M[16]", "that there is not", { { 0x02, 0, 0, 16 }, RET_A }, 2, 0 },
	{ "a load of M[16]", "that there is not", { { 0x60, 0, 0, 16 }, RET_A }, 2, 0 },
	{ "a load of what is not stored", "no store", { { 0x60, 0, 0, 3 }, RET_A }, 2, 0 },
	{ "a load of what is stored", NULL, { { 0x02, 0, 0, 3 }, { 0x60, 0, 0, 3 }, RET_A }, 3, 0 },
	{ "a load of what is stored on one way", "no store",
	  { { 0x15, 0, 1, 0 }, { 0x02, 0, 0, 3 }, { 0x60, 0, 0, 3 }, RET_A }, 4, 2 },
	{ "the mark", NULL, { { 0x20, 0, 0, AD(MARK) }, RET_A }, 2, 0 },
	{ "an attribute of netlink", "not to be had", { { 0x20, 0, 0, AD(NLATTR) }, RET_A }, 2, 0 },
	{ "the payload's offset", "not to be had", { { 0x20, 0, 0, AD(PAY_OFFSET) }, RET_A }, 2, 0 },
	{ "behind all that there is", "not to be had", { { 0x20, 0, 0, 0xffffffff }, RET_A }, 2, 0 },
	{ "between two of them", "not to be had", { { 0x20, 0, 0, AD(MARK) + 1 }, RET_A }, 2, 0 },
};

static void the_check(void)
{
	struct classic_error error;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];

		check_begin(row->name);
		CHECK_EQ(classic_check(row->insns, row->cnt, &error), row->why ? -EINVAL : 0);
		if (row->why && !strstr(error.what, row->why))
			check_failed(__FILE__, __LINE__, "says '%s'", error.what);
		if (row->why)
			CHECK_EQ(error.insn, row->insn);
		check_end();
	}
}

static void the_longest(void)
{
	static struct classic_insn insns[CLASSIC_MAX_INSNS + 1];
	struct classic_error error;
	const char *why;
	u32 i;
	struct verified_prog *prog;

	/* Each becomes the most there is, and the first jumps over all of them. */
	for (i = 0; i < ARRAY_SIZE(insns); i++)
		insns[i] = (struct classic_insn){ 0xb1, 0, 0, 0 };
	insns[0] = (struct classic_insn){ 0x05, 0, 0, CLASSIC_MAX_INSNS - 2 };
	insns[CLASSIC_MAX_INSNS - 1] = (struct classic_insn)RET(7);
	insns[CLASSIC_MAX_INSNS] = (struct classic_insn)RET(7);
	CHECK_EQ(classic_check(insns, CLASSIC_MAX_INSNS + 1, &error), -EINVAL);
	prog = classic_verify(insns, CLASSIC_MAX_INSNS, &why);
	CHECK(prog);
	modbpf_verified_free(prog);
	/* The same with every instruction reached. */
	insns[0] = (struct classic_insn){ 0x28, 0, 0, 0 };
	insns[1] = (struct classic_insn){ 0x15, 253, 0, 1 };
	prog = classic_verify(insns, CLASSIC_MAX_INSNS, &why);
	CHECK(prog);
	modbpf_verified_free(prog);
}

/* tcpdump -y RAW -ddd 'udp dst port 53' of version 4.99, IPv4 and IPv6. */
static const struct classic_insn dns[] = {
	{ 48, 0, 0, 0 }, { 84, 0, 0, 240 }, { 21, 0, 4, 96 }, { 48, 0, 0, 6 }, { 21, 0, 13, 17 },
	{ 40, 0, 0, 42 }, { 21, 10, 11, 53 }, { 48, 0, 0, 0 }, { 84, 0, 0, 240 }, { 21, 0, 8, 64 },
	{ 48, 0, 0, 9 }, { 21, 0, 6, 17 }, { 40, 0, 0, 6 }, { 69, 4, 0, 8191 }, { 177, 0, 0, 0 },
	{ 72, 0, 0, 2 }, { 21, 0, 1, 53 }, { 6, 0, 0, 262144 }, { 6, 0, 0, 0 },
};

static void a_filter_of_tcpdump(void)
{
	u8 bytes[64] = { 0x46, [9] = 17, [26] = 0, [27] = 53 };
	struct classic_packet packet = { .bytes = bytes, .len = 64 };
	const char *why;
	struct verified_prog *prog = classic_verify(dns, ARRAY_SIZE(dns), &why);

	CHECK(prog);
	if (!prog)
		return;
	CHECK_EQ(classic_try(prog, &packet), 262144);
	bytes[9] = 6;
	CHECK_EQ(classic_try(prog, &packet), 0);
	bytes[9] = 17;
	bytes[7] = 1;	/* a fragment that is not the first */
	CHECK_EQ(classic_try(prog, &packet), 0);
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 0x60;
	bytes[6] = 17;
	bytes[43] = 53;
	CHECK_EQ(classic_try(prog, &packet), 262144);
	packet.len = 43;
	CHECK_EQ(classic_try(prog, &packet), 0);
	modbpf_verified_free(prog);
}

static const struct check_case cases[] = {
	{ "filters of 4096 instructions, and not of more", the_longest },
	{ "a filter that tcpdump made", a_filter_of_tcpdump },
};

int main(int argc, char **argv)
{
	the_check();
	return check_run("classic", cases, ARRAY_SIZE(cases), argc, argv);
}
