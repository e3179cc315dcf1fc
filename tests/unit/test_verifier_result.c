// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does the verifier tell of a program that it accepts? Facts of instructions, what the
 * subprograms are, what the runtime must know before it attaches the program.
 */
#include "tests/support/asm.h"
#include "tests/support/check.h"
#include "tests/support/verify.h"
#include "verifier/ctx_skb.h"

static void finds_facts(void)
{
	static const char program[] =
		"*(u32 *)(r10 -4) = 3\n"
		"r1 = map[array]\n"
		"r2 = r10\n"
		"r2 += -4\n"
		"call map_lookup_elem\n"	/* final 5 */
		"call get_prandom_u32\n"
		"r6 = r0\n"
		"r6 &= 7\n"			/* 8 */
		"r6 |= 1\n"
		"r7 = 100\n"
		"r7 /= r6\n"			/* 11 */
		"r6 -= 1\n"
		"r7 /= r6\n"			/* 13 */
		"call ktime_get_ns\n"
		"r0 += 1\n"			/* 15 */
		"r0 = 0\n"
		"exit\n";
	struct verify_input input = { .text = program, .prog_type = 1 };
	struct verify_output out;

	verify_text(&input, &out);
	CHECK_EQ(out.err, 0);
	if (!out.err) {
		CHECK_EQ(out.prog->facts[5].flags, FACT_CONST_MAP | FACT_CONST_KEY);
		CHECK_EQ(out.prog->facts[5].map, 0);
		CHECK_EQ(out.prog->facts[5].key, 3);
		CHECK_EQ(out.prog->facts[8].flags, FACT_UPPER_ZERO);
		CHECK(out.prog->facts[11].flags & FACT_DIVISOR_NONZERO);
		CHECK(!(out.prog->facts[13].flags & FACT_DIVISOR_NONZERO));
		CHECK(!(out.prog->facts[15].flags & FACT_UPPER_ZERO));
		CHECK_EQ(out.prog->origin[5], 5);
		CHECK_EQ(out.prog->subprog_cnt, 1);
		CHECK_EQ(out.prog->subprogs[0].stack_depth, 8);
		CHECK(!out.prog->subprogs[0].has_tail_call);
	}
	verify_output_free(&out);
}

/* A fact must hold on every path: here the map, the key and the divisor differ. */
static void forgets_facts(void)
{
	static const char program[] =
		"*(u32 *)(r10 -4) = 3\n"
		"r6 = 5\n"
		"r1 = map[array]\n"
		"r7 = r1\n"
		"call get_prandom_u32\n"
		"if r0 == 0 goto look\n"
		"*(u32 *)(r10 -4) = 2\n"
		"r6 = 0\n"
		"r7 = map[percpu]\n"
		"look: r1 = r7\n"		/* final 11 */
		"r2 = r10\n"
		"r2 += -4\n"
		"call map_lookup_elem\n"	/* 14 */
		"r0 = 9\n"
		"r0 /= r6\n"			/* 16 */
		"exit\n";
	struct verify_input input = { .text = program, .prog_type = 1 };
	struct verify_output out;

	verify_text(&input, &out);
	CHECK_EQ(out.err, 0);
	if (!out.err) {
		CHECK_EQ(out.prog->facts[14].flags, 0);
		CHECK(!(out.prog->facts[16].flags & FACT_DIVISOR_NONZERO));
	}
	verify_output_free(&out);
}

/* The path that is pruned must not break a fact of the one that was followed. */
static void facts_hold_on_pruned_paths(void)
{
	static const char program[] =
		"r6 = 0\n"
		"*(u64 *)(r10 -8) = 0\n"
		"r1 = 2\n"
		"r9 = -1\n"
		"call get_prandom_u32\n"
		"if r0 == 0 goto meet\n"
		"r6 = 5\n"
		"r1 = 1\n"
		"*(u32 *)(r10 -4) = 1\n"
		"r9 = 1\n"
		"meet: r1 = 0\n"		/* final 10 */
		"r0 = 9\n"
		"r0 /= r6\n"			/* 12 */
		"r9 += 1\n"			/* 13 */
		"r9 += -2\n"			/* 14 */
		"r1 = map[array]\n"		/* 15 */
		"r2 = r10\n"
		"r2 += -4\n"
		"call map_lookup_elem\n"	/* 19 */
		"r0 = 0\n"
		"exit\n";
	struct verify_input input = { .text = program, .prog_type = 1 };
	struct verify_output out;

	verify_text(&input, &out);
	CHECK_STR(out.syntax, "");
	CHECK_EQ(out.err, 0);
	if (!out.err) {
		CHECK(!(out.prog->facts[12].flags & FACT_DIVISOR_NONZERO));
		CHECK(!(out.prog->facts[13].flags & FACT_UPPER_ZERO));
		CHECK(!(out.prog->facts[14].flags & FACT_UPPER_ZERO));
		CHECK_EQ(out.prog->facts[19].flags, FACT_CONST_MAP);
	}
	verify_output_free(&out);
}

/* A program that calls it has its own frame, and must know how much stack is left. */
static void tells_what_it_cost(void)
{
	struct verify_input input = { .text = "r1 = r10; *(u64 *)(r1 -40) = 0; r0 = 0; exit", .prog_type = 1 };
	struct verify_output out;

	verify_text(&input, &out);
	CHECK_EQ(out.err, 0);
	if (!out.err) {
		CHECK_EQ(out.prog->stats.stack_depth, 40);
		CHECK_EQ(out.prog->stats.insns_processed, 4);
		CHECK(!memcmp(&out.prog->stats, &out.stats, sizeof(out.stats)));
	}
	verify_output_free(&out);
}

static void describes_subprograms(void)
{
	static const char program[] =
		"call f\n"
		"r0 = 0\n"
		"if r0 != 0 goto never\n"
		"exit\n"
		"never: call g\n"
		"exit\n"
		"g: r0 = 0\n"
		"exit\n"
		"f: call h\n"
		"*(u64 *)(r10 -24) = 0\n"
		"exit\n"
		"h: r1 = 0\n"
		"r0 = 0\n"
		"exit\n";
	struct verify_input input = { .text = program, .prog_type = 1 };
	struct verify_output out;

	verify_text(&input, &out);
	CHECK_EQ(out.err, 0);
	if (!out.err) {
		CHECK_EQ(out.prog->subprog_cnt, 3);
		CHECK_EQ(out.prog->subprogs[0].start, 0);
		CHECK_EQ(out.prog->subprogs[0].end, 3);
		CHECK_EQ(out.prog->subprogs[1].start, 3);
		CHECK_EQ(out.prog->subprogs[1].end, 6);
		CHECK_EQ(out.prog->subprogs[1].stack_depth, 24);
		CHECK_EQ(out.prog->subprogs[2].start, 6);
		CHECK_EQ(out.prog->subprogs[2].end, 9);
		CHECK(!out.prog->subprogs[0].reaches_tail_call);
		CHECK_EQ(out.stats.stack_depth, 24);
	}
	verify_output_free(&out);
}

static void marks_tail_calls(void)
{
	static const char program[] =
		"r6 = r1\n"
		"call get_prandom_u32\n"
		"r1 = r6\n"
		"call f\n"
		"r0 = 0\n"
		"exit\n"
		"f: r2 = map[progs]\n"
		"r3 = 0\n"
		"call tail_call\n"
		"exit\n";
	struct verify_input input = { .text = program, .prog_type = 1 };
	struct verify_output out;

	verify_text(&input, &out);
	CHECK_EQ(out.err, 0);
	if (!out.err) {
		CHECK(!out.prog->subprogs[0].has_tail_call);
		CHECK(out.prog->subprogs[0].reaches_tail_call);
		CHECK(out.prog->subprogs[1].has_tail_call);
		CHECK(out.prog->facts[9].flags & FACT_CONST_MAP);
		CHECK_EQ(out.prog->facts[9].map, 6);
	}
	verify_output_free(&out);
}

#define MAKE_DYNPTR "r2 = 0; r3 = r10; r3 += -16; call kfunc#dynptr_from_skb;"

/* What the runtime must know of a program before it attaches it. */
static void tells_of_packet_and_context(void)
{
	static const struct {
		const char *text;
		u32 type, ctx_end;
		bool writes, uses;
	} rows[] = {
		{ "r0 = *(u64 *)(r1 +16); r0 = *(u8 *)(r1 +8); r0 = 0; exit",
		  MODBPF_PROG_TRACEPOINT, 24, false, true },
		{ "r0 = 0; exit", MODBPF_PROG_TRACEPOINT, 0, false, false },
		{ "r2 = *(u32 *)(r1 +80); r1 = *(u32 *)(r1 +76); r3 = r1; r3 += 1; r0 = 0;"
		  "if r3 > r2 goto out; *(u8 *)(r1 +0) = 0; out: exit",
		  MODBPF_PROG_SCHED_CLS, 84, true, true },
		{ "r2 = *(u32 *)(r1 +80); r1 = *(u32 *)(r1 +76); r3 = r1; r3 += 1; r0 = 0;"
		  "if r3 > r2 goto out; r0 = *(u8 *)(r1 +0); out: exit",
		  MODBPF_PROG_SCHED_CLS, 84, false, true },
		{ "r2 = 0; r3 = r10; r3 += -8; *(u64 *)(r10 -8) = 0; r4 = 8; r5 = 0;"
		  "call skb_store_bytes; r0 = 0; exit", MODBPF_PROG_SCHED_CLS, 0, true, true },
		{ "r2 = 0; r3 = r10; r3 += -8; r4 = 8;"
		  "call skb_load_bytes; r0 = 0; exit", MODBPF_PROG_SCHED_CLS, 0, false, true },
		{ MAKE_DYNPTR "r1 = r10; r1 += -16; r2 = 0; r3 = r10; r3 += -24; *(u64 *)(r10 -24) = 0; r4 = 8; r5 = 0;"
		  "call dynptr_write; r0 = 0; exit", MODBPF_PROG_SCHED_CLS, 0, true, true },
		{ MAKE_DYNPTR "r1 = r10; r1 += -16; r2 = 0; r3 = 0; r4 = 8; call kfunc#dynptr_slice_rdwr; r0 = 0; exit",
		  MODBPF_PROG_SCHED_CLS, 0, true, true },
		{ MAKE_DYNPTR "r1 = r10; r1 += -16; r2 = 0; r3 = 0; r4 = 8; call kfunc#dynptr_slice; r0 = 0; exit",
		  MODBPF_PROG_SCHED_CLS, 0, false, true },
		{ MAKE_DYNPTR "r1 = r10; r1 += -16; r2 = 0; r3 = r10; r3 += -24; *(u64 *)(r10 -24) = 0; r4 = 8; r5 = 0;"
		  "call dynptr_write; r0 = 0; exit", MODBPF_PROG_CGROUP_SKB, 0, false, true },
		{ "call get_smp_processor_id; r1 = 0; r0 += r1; exit", MODBPF_PROG_TRACEPOINT, 0, false, false },
		{ "r6 = 0; r0 = 0; if r6 == 0 goto out; r0 = *(u64 *)(r1 +8); out: r0 = 0; exit",
		  MODBPF_PROG_TRACEPOINT, 0, false, true },
		{ "call get_attach_cookie; r0 = 0; exit", MODBPF_PROG_TRACEPOINT, 0, false, true },
		{ "r6 = r1; r0 = 0; exit", MODBPF_PROG_TRACEPOINT, 0, false, true },
		{ "call f; exit; f: r0 = 0; exit", MODBPF_PROG_TRACEPOINT, 0, false, false },
		{ "call f; exit; f: r0 = *(u32 *)(r1 +8); r0 = 0; exit", MODBPF_PROG_TRACEPOINT, 12, false, true },
		{ "*(u64 *)(r10 -8) = r1; r0 = 0; exit", MODBPF_PROG_TRACEPOINT, 0, false, true },
		{ "r2 = map[progs]; r3 = 0; call tail_call; r0 = 0; exit", MODBPF_PROG_TRACEPOINT, 0, true, true },
		{ "call f; exit; f: r2 = map[progs]; r3 = 0; call tail_call; r0 = 0; exit",
		  MODBPF_PROG_SCHED_CLS, 0, true, true },
	};
	struct verify_output out;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct verify_input input = { .text = rows[i].text, .prog_type = rows[i].type };

		verify_text(&input, &out);
		CHECK_EQ(out.err, 0);
		if (!out.err) {
			CHECK_EQ(out.prog->ctx_end, rows[i].ctx_end);
			CHECK_EQ(out.prog->uses_packet_write, rows[i].writes);
			CHECK_EQ(out.prog->uses_ctx, rows[i].uses);
		}
		verify_output_free(&out);
	}
}

/* A program of a kprobe, and what the verifier is to tell of it. */
struct told {
	const char *text;
	bool is_so;
};

static bool uses_override(const struct verified_prog *prog)
{
	return prog->uses_override;
}

static bool may_lose(const struct verified_prog *prog)
{
	return prog->may_lose;
}

static void check_told(const struct told *rows, u32 cnt, bool (*tells)(const struct verified_prog *prog))
{
	struct verify_output out;
	u32 i;

	for (i = 0; i < cnt; i++) {
		struct verify_input input = { .text = rows[i].text, .prog_type = MODBPF_PROG_KPROBE };

		verify_text(&input, &out);
		CHECK_EQ(out.err, 0);
		if (!out.err)
			CHECK_EQ(tells(out.prog), rows[i].is_so);
		verify_output_free(&out);
	}
}

/* Before a program is hung somewhere: does it override what the function there returns? */
static void tells_of_overriding(void)
{
	static const struct told rows[] = {
		{ "r2 = 1; call override_return; r0 = 0; exit", true },
		{ "call get_func_ip; r0 = 0; exit", false },
		{ "call f; exit; f: r2 = 1; call override_return; r0 = 0; exit", true },
		{ "r6 = r1; call f; r1 = r6; call g; exit; f: r0 = 0; exit;"
		  "g: r2 = 1; call override_return; r0 = 0; exit", true },
		{ "r6 = 0; if r6 == 0 goto out; r2 = 1; call override_return; out: r0 = 0; exit", false },
		{ "r6 = *(u64 *)(r1 +0); if r6 == 0 goto out; r2 = 1; call override_return; out: r0 = 0; exit", true },
	};

	check_told(rows, ARRAY_SIZE(rows), uses_override);
}

/* Does a run need an account of the records that it loses? */
static void tells_of_losing(void)
{
	static const struct told rows[] = {
		{ "r6 = r1; r1 = map[ring]; r2 = r10; r2 += -8; *(u64 *)(r10 -8) = 0; r3 = 8; r4 = 0;"
		  "call ringbuf_output; r0 = 0; exit", true },
		{ "r1 = map[ring]; r2 = 16; r3 = 0; call ringbuf_reserve; if r0 == 0 goto none;"
		  "r1 = r0; r2 = 0; call ringbuf_discard; none: r0 = 0; exit", true },
		{ "r1 = map[ring]; r2 = 16; r3 = 0; r4 = r10; r4 += -16; call ringbuf_reserve_dynptr;"
		  "r1 = r10; r1 += -16; r2 = 0; call ringbuf_discard_dynptr; r0 = 0; exit", true },
		{ "r2 = map[perf]; r3 = 0; *(u64 *)(r10 -8) = 0; r4 = r10; r4 += -8; r5 = 8;"
		  "call perf_event_output; r0 = 0; exit", true },
		{ "call f; exit; f: r2 = map[progs]; r3 = 0; call tail_call; r0 = 0; exit", true },
		{ "r1 = map[ring]; r2 = 0; call ringbuf_query; r0 = 0; exit", false },
		{ "r6 = 0; if r6 == 0 goto out; r2 = map[progs]; r3 = 0; call tail_call; out: r0 = 0; exit", false },
		{ "r1 = 4; r2 = subprog[f]; r3 = 0; r4 = 0; call loop; r0 = 0; exit;"
		  "f: *(u64 *)(r10 -8) = 0; r1 = map[ring]; r2 = r10; r2 += -8; r3 = 8; r4 = 0;"
		  "call ringbuf_output; r0 = 0; exit", true },
		{ "call get_smp_processor_id; r0 = 0; exit", false },
	};

	check_told(rows, ARRAY_SIZE(rows), may_lose);
}

#define LOAD_MARK CTX_SKB_MARK, "r0 = *(u32 *)(r1 +8); exit"
#define STORE_MARK CTX_SKB_MARK, "r0 = 0; *(u32 *)(r1 +8) = r0; exit"
#define LOAD_CB CTX_SKB_CB, "r0 = *(u8 *)(r1 +50); exit"
#define LOAD_DATA CTX_SKB_DATA, "r0 = *(u32 *)(r1 +76); r0 = 0; exit"

/* A field is absent where the runtime's place for it is one that a rewritten access cannot have. */
static void refuses_odd_places(void)
{
	static const struct {
		u32 source;
		const char *text;
		struct ctx_slot slot;	/* hop, offset, size, shift, mask */
		bool usable;
	} rows[] = {
		{ LOAD_MARK, { -1, 8, 4, 0, 0 }, true },
		{ LOAD_MARK, { -1, 8, 0, 0, 0 }, false },
		{ LOAD_MARK, { -1, 8, 8, 63, 1 }, true },
		{ LOAD_MARK, { -1, 8, 8, 64, 1 }, false },
		{ LOAD_MARK, { -1, 8, 1, 8, 1 }, false },
		{ LOAD_MARK, { -1, 8, 9, 0, 0 }, false },
		{ LOAD_MARK, { -1, 0x7eff, 4, 0, 0 }, true },
		{ LOAD_MARK, { -1, 0x7f00, 4, 0, 0 }, false },
		{ STORE_MARK, { 0, 8, 4, 0, 0 }, true },
		{ STORE_MARK, { -1, 8, 8, 0, 0 }, false },
		{ STORE_MARK, { -1, 8, 4, 1, 0 }, false },
		{ STORE_MARK, { -1, 8, 4, 0, 3 }, false },
		{ LOAD_CB, { -1, 8, 4, 0, 0 }, true },
		{ LOAD_CB, { 0, 8, 4, 0, 0 }, false },
		{ LOAD_CB, { -1, 8, 4, 1, 0 }, false },
		{ LOAD_CB, { -1, 8, 4, 0, 1 }, false },
		{ LOAD_DATA, { -1, 8, 8, 0, 0 }, true },
		{ LOAD_DATA, { -1, 8, 4, 0, 0 }, false },
		{ LOAD_DATA, { -1, 8, 8, 1, 0 }, false },
		{ LOAD_DATA, { -1, 8, 8, 0, 1 }, false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ctx_slot slots[CTX_SOURCE_COUNT] = {};
		struct verified_prog *prog;
		struct verify_stats stats;
		struct verify_request req;
		struct asm_prog text;
		int err;

		CHECK_EQ(asm_parse(rows[i].text, NULL, 0, &text), 0);
		slots[rows[i].source] = rows[i].slot;
		req = verify_request_of(text.insns, text.insn_cnt, MODBPF_PROG_SCHED_CLS);
		req.ctx = slots;
		err = modbpf_verify(&req, &prog, &stats);
		if (err != (rows[i].usable ? 0 : -EACCES))
			check_failed(__FILE__, __LINE__, "place %u: %d", i, err);
		modbpf_verified_free(prog);
		asm_free(&text);
	}
}

static const struct check_case cases[] = {
	{ "facts are found", finds_facts },
	{ "a fact that one path breaks is none", forgets_facts },
	{ "a fact holds on pruned paths too", facts_hold_on_pruned_paths },
	{ "a program says what it cost, and its stack", tells_what_it_cost },
	{ "subprograms are described, unused ones dropped", describes_subprograms },
	{ "tail calls are marked up to the main program", marks_tail_calls },
	{ "packet writes and the context's end are told", tells_of_packet_and_context },
	{ "the program says whether it overrides what a function returns", tells_of_overriding },
	{ "the program says whether it may lose records", tells_of_losing },
	{ "context fields at odd places are absent", refuses_odd_places },
};

int main(int argc, char **argv)
{
	return check_run("test_verifier_result", cases, ARRAY_SIZE(cases), argc, argv);
}
