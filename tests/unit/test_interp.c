// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the interpreter do what RFC 9669 says? The corpus covers the instructions;
 * the cases here cover what surrounds them: helpers, maps, tail calls, loads that
 * may fault, limits and the trace.
 */
#include "isa/interp.h"

#include <stdlib.h>

#include "isa/abi.h"
#include "isa/opcode.h"
#include "tests/support/check.h"
#include "tests/support/corpus.h"
#include "tests/support/prog.h"

/* A program with what it is bound to; maps "array" (0) and "progs" (1). */
struct setup {
	struct verified_prog *prog;
	struct interp_env env;
	struct map_bind binds[2];
	u64 helpers[MODBPF_FUNC_LIMIT];
	u64 values[4];
	u64 entries[4];
};

static void set_up(struct setup *s, const char *text)
{
	static const char *const maps[] = { "array", "progs" };

	memset(s, 0, sizeof(*s));
	s->prog = prog_from_text(text, maps, 2);
	if (!s->prog)
		exit(1);
	s->binds[0].map = 0x1234567887654321;
	s->binds[0].values = (unsigned long)s->values;
	s->binds[0].stride = 8;
	s->binds[0].max_entries = 4;
	s->binds[1].map = 0xabcdef;
	s->binds[1].values = (unsigned long)s->entries;
	s->binds[1].max_entries = 4;
	s->env.prog = s->prog;
	s->env.binds = s->binds;
	s->env.helpers = s->helpers;
}

static void tear_down(struct setup *s)
{
	prog_free(s->prog);
}

static u64 run_text(const char *text)
{
	struct setup s;
	u64 r0;

	set_up(&s, text);
	r0 = modbpf_interp_run(&s.env, NULL, NULL);
	tear_down(&s);
	return r0;
}

/* --- the corpus ---------------------------------------------------------- */

static void run_corpus_case(const struct corpus_case *c, void *cookie)
{
	u8 *seen = cookie;
	u64 *memory = malloc(c->word_cnt ? c->word_cnt * 8 : 1);	/* ASan guards its end */
	struct interp_env env = { .prog = prog_build(c->insns, c->insn_cnt) };
	bool stopped;
	u32 i;

	memcpy(memory, c->before, c->word_cnt * 8);
	check_begin(c->name);
	for (i = 0; i < c->insn_cnt; i += insn_is_ld_imm64(&c->insns[i]) ? 2 : 1) {
		CHECK(!opcode_check(&c->insns[i], c->insn_cnt - i));
		seen[c->insns[i].code] = 1;
	}
	env.max_insns = 1000000;
	CHECK_EQ(modbpf_interp_run(&env, memory, &stopped), c->r0);
	CHECK(!stopped);
	for (i = 0; i < c->word_cnt; i++)
		CHECK_EQ(memory[i], c->after[i]);
	check_end();
	prog_free((struct verified_prog *)env.prog);
	free(memory);
}

/* Every opcode is in the corpus, but for those that no program here can use. */
static void run_corpus(void)
{
	static u8 seen[256];
	const struct opcode *row;
	u32 code;
	int cases;

	cases = corpus_read("tests/isa", run_corpus_case, seen);
	check_begin("the corpus is complete");
	printf("corpus: %d cases\n", cases);
	CHECK(cases >= 12500);
	for (code = 0; code < 256; code++) {
		row = opcode_lookup(code);
		if (!row || row->flags & OPCODE_REFUSED || row->form == FORM_LD_ABS ||
		    row->form == FORM_LD_IND)
			continue;
		if (!seen[code])
			check_failed(__FILE__, __LINE__, "no case uses opcode %#x", code);
	}
}

static void corpus_is_generated(void)
{
	CHECK_EQ(system("python3 tests/isa/generate.py --check"), 0);
}

/* --- helpers and maps ------------------------------------------------------ */

static u64 weigh(u64 a, u64 b, u64 c, u64 d, u64 e)
{
	return a + 10 * b + 100 * c + 1000 * d + 10000 * e;
}

static void helper_arguments(void)
{
	struct setup s;

	set_up(&s, "r1 = 1; r2 = 2; r3 = 3; r4 = 4; r5 = 5; r6 = 6; call 7; r0 += r6; exit");
	s.helpers[7] = (unsigned long)weigh;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 54321 + 6);
	tear_down(&s);
}

static void absent_helper_ends_the_program(void)
{
	CHECK_EQ(run_text("r0 = 3; call 7; r0 = 4; exit"), 3);
	CHECK_EQ(run_text("r0 = 3; call 100000; r0 = 4; exit"), 3);
}

static void map_addresses(void)
{
	struct setup s;

	set_up(&s, "r0 = map[array]; exit");
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 0x1234567887654321);
	tear_down(&s);
	set_up(&s, "r1 = map_value[array] + 16; r0 = *(u64 *)(r1 +0); *(u32 *)(r1 +8) = 7; exit");
	s.values[2] = 0x1122334455667788;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 0x1122334455667788);
	CHECK_EQ(s.values[3], 7);
	tear_down(&s);
}

static u64 probe(u64 addr, u32 bytes)
{
	return addr == 0x1000 ? 0 : 0xf0f1f2f3f4f5f6f7 & (bytes == 8 ? ~0ULL : (1ULL << bytes * 8) - 1);
}

static void probed_loads(void)
{
	struct setup s;

	set_up(&s, "r1 = 0x2000; r2 = *(u16 *)(r1 +0); r0 = *(s8 *)(r1 +8); r0 += r2; exit");
	s.env.probe_load = probe;
	s.prog->facts[1].flags = FACT_PROBE_LOAD;
	s.prog->facts[2].flags = FACT_PROBE_LOAD;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 0xf6f7 - 9);
	tear_down(&s);
	set_up(&s, "r1 = 0x2000; r0 = *(u64 *)(r1 -0x1000); exit");
	s.env.probe_load = probe;
	s.prog->facts[1].flags = FACT_PROBE_LOAD;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 0);
	tear_down(&s);
}

/* --- tail calls -------------------------------------------------------------- */

#define TAIL_CALL(index) "r2 = map[progs]; r3 = " index "; call tail_call;"

static void tail_call_lands(void)
{
	struct setup from, to;

	set_up(&from, "r6 = r1;" TAIL_CALL("2") "r0 = 1; exit");
	set_up(&to, "r0 = *(u64 *)(r1 +0); exit");
	from.entries[2] = (unsigned long)&to.env;
	from.values[0] = 77;
	CHECK_EQ(modbpf_interp_run(&from.env, from.values, NULL), 77);
	tear_down(&from);
	tear_down(&to);
}

static void tail_call_falls_through(void)
{
	struct setup s, other;

	set_up(&s, TAIL_CALL("3") "exit");
	set_up(&other, "r0 = 5; exit");
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), INTERP_TAIL_CALL_FAILED);
	s.entries[3] = (unsigned long)&other.env;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 5);
	s.binds[1].max_entries = 3;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), INTERP_TAIL_CALL_FAILED);
	tear_down(&s);
	/* The index is 32 bits wide. */
	set_up(&s, TAIL_CALL("0xffffffff00000000 ll") "r0 = 6; exit");
	s.entries[0] = (unsigned long)&other.env;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 5);
	tear_down(&s);
	tear_down(&other);
}

/* The frame that counts from then on is that of the program called. */
static void tail_call_changes_the_frame(void)
{
	struct setup from, to;

	set_up(&from, TAIL_CALL("0") "exit");
	set_up(&to, "*(u64 *)(r10 -8) = 7; call sub; r0 = *(u64 *)(r10 -8); exit;"
		    "sub: *(u64 *)(r10 -8) = 8; r0 = 0; exit");
	from.entries[0] = (unsigned long)&to.env;
	CHECK_EQ(modbpf_interp_run(&from.env, NULL, NULL), 7);
	tear_down(&from);
	tear_down(&to);
}

static u64 count_calls;

static u64 count_call(u64 a, u64 b, u64 c, u64 d, u64 e)
{
	return ++count_calls;
}

static void thirty_three_tail_calls(void)
{
	struct setup s;
	bool stopped;

	set_up(&s, "r6 = r1; call 7; r1 = r6;" TAIL_CALL("1") "exit");
	s.helpers[7] = (unsigned long)count_call;
	s.entries[1] = (unsigned long)&s.env;
	s.env.max_insns = 10000;
	count_calls = 0;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, &stopped), INTERP_TAIL_CALL_FAILED);
	CHECK(!stopped);
	CHECK_EQ(count_calls, 34);	/* the first run and 33 more */
	tear_down(&s);
}

static void tail_call_from_a_subprogram(void)
{
	struct setup from, to;

	set_up(&from, "r6 = 5; *(u64 *)(r10 -8) = 6; call sub; r0 += r6; r1 = *(u64 *)(r10 -8);"
		      "r0 += r1; exit; sub: r6 = 100;" TAIL_CALL("0") "r0 = 1000; exit");
	set_up(&to, "*(u64 *)(r10 -8) = 99; r6 = 99; call other; exit; other: r0 = 50; exit");
	from.entries[0] = (unsigned long)&to.env;
	/* The target returns to the caller of the subprogram, whose registers and stack stay. */
	CHECK_EQ(modbpf_interp_run(&from.env, NULL, NULL), 61);
	tear_down(&from);
	tear_down(&to);
}

static void tail_call_must_fit(void)
{
	struct setup from, deep, wide;

	set_up(&from, "*(u64 *)(r10 -256) = 6; call sub; exit;"
		      "sub:" TAIL_CALL("0") "r0 = 1; exit");
	set_up(&deep, "*(u64 *)(r10 -256) = 0; r0 = 2; exit");
	from.entries[0] = (unsigned long)&deep.env;
	CHECK_EQ(modbpf_interp_run(&from.env, NULL, NULL), 2);
	tear_down(&deep);
	set_up(&deep, "*(u64 *)(r10 -264) = 0; r0 = 2; exit");
	CHECK_EQ(modbpf_interp_run(&from.env, NULL, NULL), 1);
	set_up(&wide, "call a; exit; a: call b; exit; b: call c; exit; c: call d; exit;"
		      "d: call e; exit; e: call f; exit; f: call g; exit; g: r0 = 8; exit");
	from.entries[0] = (unsigned long)&wide.env;
	CHECK_EQ(modbpf_interp_run(&from.env, NULL, NULL), 1);	/* 9 frames */
	CHECK_EQ(modbpf_interp_run(&wide.env, NULL, NULL), 8);	/* 8 frames */
	tear_down(&from);
	tear_down(&deep);
	tear_down(&wide);
}

static void tail_call_needs_its_fact(void)
{
	struct setup s, other;

	set_up(&s, TAIL_CALL("0") "r0 = 9; exit");
	set_up(&other, "r0 = 5; exit");
	s.entries[0] = (unsigned long)&other.env;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 5);
	s.prog->facts[3].flags = 0;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), 9);
	tear_down(&s);
	tear_down(&other);
}

/* --- limits and trace --------------------------------------------------------- */

static void own_stacks_are_bounded(void)
{
	/* No verifier accepts these: nine frames, and 520 bytes. */
	CHECK_EQ(run_text("r0 = 4; call a; r0 = 1; exit; a: call a; r0 = 2; exit"), 4);
	CHECK_EQ(run_text("r0 = 4; *(u64 *)(r10 -512) = 0; call a; r0 = 1; exit;"
			  "a: *(u64 *)(r10 -8) = 0; r0 = 2; exit"), 4);
}

static void endless_programs_are_stopped(void)
{
	struct setup s;
	bool stopped = false;

	set_up(&s, "again: r0 = 1; goto again");
	s.env.max_insns = 1000;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, &stopped), ~0ULL);
	CHECK(stopped);
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, NULL), ~0ULL);
	tear_down(&s);
	/* The limit is exact. */
	set_up(&s, "r0 = 1; r0 += 1; exit");
	s.env.max_insns = 3;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, &stopped), 2);
	CHECK(!stopped);
	s.env.max_insns = 2;
	CHECK_EQ(modbpf_interp_run(&s.env, NULL, &stopped), ~0ULL);
	CHECK(stopped);
	tear_down(&s);
}

struct traced {
	char text[256];
	const struct verified_prog *prog;
	u64 ctx;
};

static void note_insn(void *cookie, const struct verified_prog *prog, u32 insn,
		      const u64 *regs, u32 depth)
{
	struct traced *t = cookie;

	CHECK(prog == t->prog);
	if (!insn)
		t->ctx = regs[1];
	sprintf(t->text + strlen(t->text), "%u@%u:%lld ", insn, depth, (long long)regs[6]);
}

static void trace_sees_each_instruction(void)
{
	struct traced t = {};
	struct setup s;

	set_up(&s, "r6 = 5; r2 = 1 ll; call sub; if r6 == 5 goto over; r6 = 1; over: exit;"
		   "sub: r6 = 9; r0 = 0; exit");
	s.env.trace = note_insn;
	s.env.cookie = &t;
	t.prog = s.prog;
	modbpf_interp_run(&s.env, s.values, NULL);
	CHECK_STR(t.text, "0@0:0 1@0:5 3@0:5 7@1:5 8@1:9 9@1:9 4@0:5 6@0:5 ");
	CHECK_EQ(t.ctx, (unsigned long)s.values);
	tear_down(&s);
}

static void packet_loads_end_the_program(void)
{
	CHECK_EQ(run_text("r6 = r1; r0 = *(u8 *)skb[0]; r0 = 5; exit"), 0);
}

static const struct check_case cases[] = {
	{ "instructions do what the corpus says", run_corpus },
	{ "the corpus is what its generator writes", corpus_is_generated },
	{ "a helper gets R1 to R5 and its result is R0", helper_arguments },
	{ "a helper that is not there ends the program", absent_helper_ends_the_program },
	{ "map addresses are those it is bound to", map_addresses },
	{ "loads that may fault go through probe_load", probed_loads },
	{ "a tail call goes to the program of its entry", tail_call_lands },
	{ "a tail call to nowhere falls through", tail_call_falls_through },
	{ "a tail call changes the frame's size", tail_call_changes_the_frame },
	{ "the 34th tail call falls through", thirty_three_tail_calls },
	{ "a tail call from a subprogram returns to its caller", tail_call_from_a_subprogram },
	{ "a tail call falls through if its program does not fit", tail_call_must_fit },
	{ "a tail call without a known map falls through", tail_call_needs_its_fact },
	{ "the interpreter's own stacks are not overrun", own_stacks_are_bounded },
	{ "max_insns stops a program, exactly", endless_programs_are_stopped },
	{ "the trace sees each instruction before it runs", trace_sees_each_instruction },
	{ "a packet load that was not rewritten ends the program", packet_loads_end_the_program },
};

int main(int argc, char **argv)
{
	return check_run("interp", cases, ARRAY_SIZE(cases), argc, argv);
}
