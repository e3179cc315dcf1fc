// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the verifier keep its promises about itself? Memory that cannot be had,
 * a caller that is being killed, budgets, the same verdict at every log level,
 * and shapes of programs that are known to explode.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "tests/support/asm.h"
#include "tests/support/check.h"
#include "tests/support/verify.h"
#include "user/platform.h"
#include "verifier/explore.h"

/* A program that is made. */
static char *text_at;
static char text[1 << 20];

static void __printf(1, 2) add(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_at += vsprintf(text_at, fmt, args);
	va_end(args);
}

/* A program that uses every part: frames, spills, records, packets, joins, rewriting. */
static const char everything[] =
	"	r6 = r1\n"
	"	r7 = *(u32 *)(r1 +8)\n"
	"	r8 = *(u32 *)(r6 +76)\n"
	"	r9 = *(u32 *)(r6 +80)\n"
	"	r1 = r8\n"
	"	r1 += 20\n"
	"	if r1 > r9 goto out\n"
	"	r1 = *(u8 *)(r8 +9)\n"
	"	*(u64 *)(r10 -24) = r1\n"
	"	*(u64 *)(r10 -16) = r8\n"
	"	*(u32 *)(r10 -4) = 0\n"
	"	r1 = map[array]\n"
	"	r2 = r10\n"
	"	r2 += -4\n"
	"	call map_lookup_elem\n"
	"	if r0 == 0 goto out\n"
	"	r1 = 1\n"
	"	lock *(u64 *)(r0 +0) += r1\n"
	"	r9 = 0\n"
	"again:	r1 = r9\n"
	"	r2 = r10\n"
	"	r2 += -24\n"
	"	call f\n"
	"	r9 += 1\n"
	"	if r9 < 5 goto again\n"
	"	if r7 > 5 goto out\n"
	"	*(u32 *)(r6 +8) = r7\n"
	"	r1 = 2\n"
	"	r2 = subprog[g]\n"
	"	r3 = 0\n"
	"	r4 = 0\n"
	"	call loop\n"
	"	r1 = r6\n"
	"	call h\n"
	"out:	r0 = 0\n"
	"	exit\n"
	"f:	r6 = r2\n"
	"	*(u64 *)(r10 -64) = r1\n"
	"	r1 = map[ring]\n"
	"	r2 = 16\n"
	"	r3 = 0\n"
	"	call ringbuf_reserve\n"
	"	if r0 == 0 goto none\n"
	"	r1 = *(u64 *)(r6 +0)\n"
	"	*(u64 *)(r0 +0) = r1\n"
	"	r1 = r0\n"
	"	r2 = 0\n"
	"	call ringbuf_submit\n"
	"none:	r0 = 0\n"
	"	exit\n"
	"g:	r0 = 0\n"
	"	exit\n"
	"h:	r2 = map[progs]\n"
	"	r3 = 0\n"
	"	call tail_call\n"
	"	r0 = 0\n"
	"	exit\n";

static const struct verify_input everything_input = {
	.text = everything, .prog_type = MODBPF_PROG_SCHED_CLS, .log_level = 2, .fence = true,
};

static void accepts_everything(void)
{
	struct verify_output out;

	verify_text(&everything_input, &out);
	CHECK_STR(out.syntax, "");
	CHECK_EQ(out.err, 0);
	CHECK_EQ(verify_run(&out), 0);
	CHECK(out.stats.insns_processed > 40);
	CHECK_EQ(out.stats.stack_depth, 88);
	verify_output_free(&out);
}

/* Assembling does not use the verifier's allocator, so the nth is always the verifier's. */
static void fails_each_allocation(void)
{
	struct verify_output out;
	u64 before = platform_bytes();
	u32 nth;

	for (nth = 1;; nth++) {
		platform_fail_nth(nth);
		verify_text(&everything_input, &out);
		if (!platform_has_failed())
			break;
		CHECK_EQ(out.err, -ENOMEM);
		CHECK(!out.prog);
		verify_output_free(&out);
		CHECK_EQ(platform_bytes(), before);
	}
	platform_fail_nth(0);
	CHECK_EQ(out.err, 0);
	CHECK(nth > 50);
	verify_output_free(&out);
	CHECK_EQ(platform_bytes(), before);
}

static void gives_up_when_killed(void)
{
	static const char text[] = "r6 = 0\nagain:	r6 += 1\n	if r6 < 100000 goto again\n"
				   "	r0 = 0\n	exit\n";
	struct verify_input input = { .text = text, .prog_type = 1 };
	struct verify_output out;
	u64 before = platform_bytes();

	platform_interrupt_at(3);
	verify_text(&input, &out);
	platform_interrupt_at(0);
	CHECK_EQ(out.err, -EINTR);
	CHECK(out.stats.insns_processed < 50000);
	CHECK(out.stats.insns_processed > 100);	/* it is not asked all the time, either */
	verify_output_free(&out);
	CHECK_EQ(platform_bytes(), before);
}

/* How often is it asked whether the caller lives? */
static u32 times_asked(bool fence)
{
	struct verify_input input = { .text = text, .prog_type = 1, .fence = fence };
	u64 before = platform_bytes();
	struct verify_output out;
	u32 nth;

	for (nth = 1;; nth++) {
		platform_interrupt_at(nth);
		verify_text(&input, &out);
		platform_interrupt_at(0);
		verify_output_free(&out);
		CHECK_EQ(platform_bytes(), before);
		if (!out.err)
			return nth - 1;
		CHECK_EQ(out.err, -EINTR);
		CHECK(!out.prog);
	}
}

static void gives_up_fences_when_killed(void)
{
	u32 i;

	text_at = text;
	for (i = 0; i < 6000; i++)
		add("r0 = %u\n", i);
	add("exit\n");
	CHECK_EQ(times_asked(true), times_asked(false) + 1);
}

static void log_level_changes_no_verdict(void)
{
	struct verify_input input = everything_input;
	struct verify_output outs[4];
	static const u32 levels[] = { 0, 1, 2, 4 };
	u32 i;

	for (i = 0; i < 4; i++) {
		input.log_level = levels[i];
		verify_text(&input, &outs[i]);
		CHECK_EQ(outs[i].err, 0);
		CHECK_EQ(outs[i].stats.work, outs[0].stats.work);
		CHECK_STR(outs[i].final, outs[0].final);
	}
	CHECK_STR(outs[0].log, "");
	CHECK(!strncmp(outs[1].log, "processed ", 10));
	CHECK(strstr(outs[2].log, "r8 = *(u32 *)(r6 +76) ; R8=pkt(off=0,r=0,0)"));
	CHECK(strstr(outs[3].log, "stack depth 88\n"));
	for (i = 0; i < 4; i++) {
		CHECK(!outs[i].log[0] || outs[i].log[strlen(outs[i].log) - 1] == '\n');
		verify_output_free(&outs[i]);
	}
}

/* --- shapes ---------------------------------------------------------------- */

static u32 shape_states_peak;	/* states that were kept at a time */

/* Verify what was added; at most @work units may be spent. */
static void check_shape(int want, u64 work)
{
	struct verify_input input = { .text = text, .prog_type = 1, .log_level = 1 };
	struct verify_output out;

	platform_reset_peak();
	verify_text(&input, &out);
	shape_states_peak = out.stats.states_peak;
	CHECK_STR(out.syntax, "");
	CHECK_EQ(out.err, want);
	CHECK(out.stats.work <= work);
	CHECK(platform_peak() <= 64 << 20);
	if (want == -E2BIG)
		CHECK(out.log && strstr(out.log, "too "));
	verify_output_free(&out);
	text_at = text;
}

static void diamonds_that_meet(void)
{
	u32 i;

	text_at = text;
	add("r8 = map_value[single] + 0\n");
	for (i = 0; i < 200; i++)
		add("call get_prandom_u32\nif r0 == 0 goto pc+1\n*(u32 *)(r8 +0) = 1\n");
	add("r0 = 0\nexit\n");
	check_shape(0, 10000);
}

/* Every path leaves another number in R6; what is done with it is @end. */
static void check_diamonds(const char *end, int want, u64 work)
{
	u32 i;

	text_at = text;
	add("r6 = 0\nr8 = map_value[single] + 0\n");
	for (i = 0; i < 60; i++)
		add("call get_prandom_u32\nr6 <<= 1\nif r0 == 0 goto pc+1\nr6 |= 1\n");
	add("%s", end);
	check_shape(want, work);
}

static void diamonds_that_differ(void)
{
	check_diamonds("r6 &= 7\nr8 += r6\nr0 = *(u8 *)(r8 +0)\nexit\n", -E2BIG, 60000000);
}

static void diamonds_that_do_not_matter(void)
{
	check_diamonds("*(u64 *)(r8 +0) = r6\nr0 = r6\nexit\n", 0, 20000);
}

/* That the divisor is not zero is known on each path, and not worth following them all. */
static void diamonds_before_a_division(void)
{
	check_diamonds("r6 |= 1\nr0 = 7\nr0 /= r6\nr0 = 0\nexit\n", 0, 1000000);
}

/* What is forgotten is not counted any more: of many states with a whole stack few are there at a time. */
static void states_that_go(void)
{
	u32 i;

	text_at = text;
	add("call get_prandom_u32\n");
	for (i = 1; i <= 64; i++)
		add("*(u64 *)(r10 -%u) = r0\n", 8 * i);
	add("r7 = r0\n");
	for (i = 0; i < 3 * 12; i++) {
		if (i % 12 == 0)
			add("if r7 == %u goto l%u\nr6 = 0\nr8 = map_value[single] + 0\n", i, i);
		add("call get_prandom_u32\nr6 <<= 1\nif r0 == 0 goto pc+1\nr6 |= 1\n");
		if (i % 12 == 11)
			add("r6 &= 7\nr8 += r6\nr0 = *(u8 *)(r8 +0)\nexit\nl%u: r9 = 0\n", i - 11);
	}
	add("r0 = 0\nexit\n");
	check_shape(0, 10000000);
}

/* The states of a long loop go with the path that went through it. */
/* Memory at its peak: branches that wait, each with a whole stack, until they are too much. */
static u64 peak_behind(u32 rounds)
{
	struct verify_input input = { .text = text, .prog_type = 1, .log_level = 1 };
	struct verify_output out;
	u64 peak;
	u32 i;

	text_at = text;
	add("r6 = 0\nagain: r6 += 1\nif r6 < %u goto again\ncall get_prandom_u32\n", rounds);
	for (i = 1; i <= 64; i++)
		add("*(u64 *)(r10 -%u) = r0\n", 8 * i);
	for (i = 0; i < 8100; i++)
		add("if r0 == %u goto out\n", i);
	add("out: r0 = 0\nexit\n");
	platform_reset_peak();
	verify_text(&input, &out);
	peak = platform_peak();
	CHECK_STR(out.syntax, "");
	CHECK(out.log && strstr(out.log, "code: budget-memory"));
	verify_output_free(&out);
	return peak;
}

/* What is noted of the way is memory as well: a long one leaves less for branches. */
static void long_way_is_counted(void)
{
	u64 some = peak_behind(2), more = peak_behind(150000);

	CHECK(more < some + (1 << 20));
}

/* Stacks without a number that is known: in eight frames, and in each branch that waits. */
static void bare_stacks_are_counted(void)
{
	struct verify_input input = { .text = text, .prog_type = 1, .log_level = 1 };
	struct verify_output out;
	u32 i;

	text_at = text;
	for (i = 1; i <= 8; i++)
		add("f%u: call get_prandom_u32\n*(u8 *)(r10 -512) = r0\n%s%c\n%s", i,
		    i < 8 ? "call f" : "call get_prandom_u32", i < 8 ? '1' + i : ' ', i < 8 ? "exit\n" : "");
	for (i = 0; i < 8100; i++)
		add("if r0 == %u goto out\n", i);
	add("out: r0 = 0\nexit\n");
	platform_reset_peak();
	verify_text(&input, &out);
	CHECK_STR(out.syntax, "");
	CHECK(out.log && strstr(out.log, "code: budget-memory"));
	CHECK(platform_peak() < EXPLORE_MAX_BYTES + (4 << 20));
	verify_output_free(&out);
}

static void loops_one_after_another(void)
{
	u32 i;

	text_at = text;
	add("call get_prandom_u32\nr7 = r0\n");
	for (i = 0; i < 6; i++)
		add("if r7 != %u goto l%u\nr6 = 0\na%u: r6 += 1\nif r6 < 6000 goto a%u\nr0 = 0\nexit\nl%u: r8 = 0\n",
		    i, i, i, i, i);
	add("r0 = 0\nexit\n");
	check_shape(0, 20000000);
	CHECK(shape_states_peak < 1000);	/* those of one loop, not of six */
}

static void calls_that_double(void)
{
	u32 i;

	text_at = text;
	add("r1 = 0\ncall f0\nr0 = 0\nexit\n");
	for (i = 0; i < 6; i++)
		add("f%u: r6 = r1\nr1 = r6\nr1 <<= 1\ncall f%u\nr1 = r6\nr1 <<= 1\nr1 |= 1\n"
		    "call f%u\nr0 = 0\nexit\n", i, i + 1, i + 1);
	add("f6: r0 = 0\nexit\n");
	check_shape(0, 20000);
}

static void many_branches_pending(void)
{
	u32 i;

	text_at = text;
	add("call ktime_get_ns\nr6 = r0\n");
	for (i = 0; i < 8000; i++)
		add("if r6 == %u goto pc+0\n", i + 100000);
	add("r0 = 0\nexit\n");
	check_shape(0, 60000000);
}

static void many_branches_never_met(void)
{
	u32 i;

	text_at = text;
	add("call ktime_get_ns\nr6 = r0\n");
	for (i = 0; i < 10000; i++)
		add("if r6 == %u goto out\n", i + 100000);
	add("out: r0 = r6\nexit\n");
	check_shape(-E2BIG, 60000000);
}

static void long_constant_branches(void)
{
	u32 i;

	text_at = text;
	add("r6 = 0\n");
	for (i = 0; i < 20000; i++)
		add("if r6 != 0 goto pc+1\nr7 = 1\n");
	add("r0 = 0\nexit\n");
	check_shape(0, 200000);
}

/* --- map names ------------------------------------------------------------- */

static int index_of(void *cookie, s32 fd, bool by_index)
{
	u32 *calls = cookie;

	(*calls)++;
	return fd == 99 ? -EBADF : fd == 88 ? MODBPF_MAX_USED_MAPS : by_index ? 20 + fd : 10 + fd;
}

static void binds_maps(void)
{
	struct modbpf_insn insns[] = {
		{ .code = MODBPF_LD_IMM64, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 3 }, { 0 },
		{ .code = MODBPF_LD_IMM64, .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = 4 },
		{ .imm = 8 },
		{ .code = MODBPF_LD_IMM64, .src_reg = BPF_PSEUDO_MAP_IDX, .imm = 5 }, { 0 },
		{ .code = MODBPF_LD_IMM64, .src_reg = BPF_PSEUDO_MAP_IDX_VALUE, .imm = 6 },
		{ .imm = 16 },
		{ .code = MODBPF_LD_IMM64, .imm = 7 }, { .imm = 7 },
		/* The second slot looks like another one. */
		{ .code = MODBPF_LD_IMM64, .imm = 7 },
		{ .code = MODBPF_LD_IMM64, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 3 },
		/* Cut off. */
		{ .code = MODBPF_LD_IMM64, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 3 },
	};
	u32 calls = 0;

	CHECK_EQ(modbpf_insns_bind_maps(insns, ARRAY_SIZE(insns), index_of, &calls), 0);
	CHECK_EQ(calls, 4);
	CHECK_EQ(insns[0].imm, 13);
	CHECK_EQ(insns[0].src_reg, BPF_PSEUDO_MAP_FD);
	CHECK_EQ(insns[2].imm, 14);
	CHECK_EQ(insns[2].src_reg, BPF_PSEUDO_MAP_VALUE);
	CHECK_EQ(insns[3].imm, 8);
	CHECK_EQ(insns[4].imm, 25);
	CHECK_EQ(insns[4].src_reg, BPF_PSEUDO_MAP_FD);
	CHECK_EQ(insns[6].imm, 26);
	CHECK_EQ(insns[6].src_reg, BPF_PSEUDO_MAP_VALUE);
	CHECK_EQ(insns[7].imm, 16);
	CHECK_EQ(insns[8].imm, 7);
	CHECK_EQ(insns[11].imm, 3);
	CHECK_EQ(insns[12].imm, 3);
}

static void refuses_unknown_maps(void)
{
	struct modbpf_insn insns[] = {
		{ .code = MODBPF_LD_IMM64, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 99 }, { 0 },
	};
	u32 calls = 0;

	CHECK_EQ(modbpf_insns_bind_maps(insns, 2, index_of, &calls), -EBADF);
	insns[0].imm = 88;
	CHECK_EQ(modbpf_insns_bind_maps(insns, 2, index_of, &calls), -E2BIG);
}

static void refuses_sizes(void)
{
	struct modbpf_insn exit_insn = { .code = BPF_JMP | BPF_EXIT };
	struct verify_request req = verify_request_of(&exit_insn, 0, 1);
	struct verified_prog *prog;
	struct verify_stats stats;

	CHECK_EQ(modbpf_verify(&req, &prog, &stats), -E2BIG);
	req.insn_cnt = MODBPF_MAX_INSNS + 1;
	CHECK_EQ(modbpf_verify(&req, &prog, &stats), -E2BIG);
	req.insn_cnt = 1;
	req.map_cnt = MODBPF_MAX_USED_MAPS + 1;
	CHECK_EQ(modbpf_verify(&req, &prog, &stats), -E2BIG);
	CHECK(!prog);
}

static const struct check_case cases[] = {
	{ "a program that uses every part is accepted and runs", accepts_everything },
	{ "each allocation that fails is an error without a leak", fails_each_allocation },
	{ "a killed caller is answered soon", gives_up_when_killed },
	{ "a caller that is killed while fences are placed is answered", gives_up_fences_when_killed },
	{ "the log level changes neither verdict nor work", log_level_changes_no_verdict },
	{ "diamonds that meet cost as much as one path", diamonds_that_meet },
	{ "diamonds that differ are refused in time", diamonds_that_differ },
	{ "diamonds that differ in what does not matter cost little", diamonds_that_do_not_matter },
	{ "diamonds that a division tells apart cost little", diamonds_before_a_division },
	{ "states that are forgotten are not counted", states_that_go },
	{ "a loop's states go with its path", loops_one_after_another },
	{ "stacks are counted, whatever is in them", bare_stacks_are_counted },
	{ "the way of a long path is counted", long_way_is_counted },
	{ "a tree of calls is walked in its size", calls_that_double },
	{ "branches to the next instruction do not pile up", many_branches_pending },
	{ "too many open branches are refused", many_branches_never_met },
	{ "constant branches cost one path", long_constant_branches },
	{ "map fds and indices become map indices", binds_maps },
	{ "a map fd that is none stays an error", refuses_unknown_maps },
	{ "empty and giant programs are refused", refuses_sizes },
};

int main(int argc, char **argv)
{
	return check_run("test_verifier_bounds", cases, ARRAY_SIZE(cases), argc, argv);
}
