// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do the interpreter and the JIT do the same? Both run the corpus, whose results
 * are known, and random programs.
 *
 *	test_agreement				the corpus and a few thousand programs
 *	test_agreement fuzz SECONDS [SEED]	random programs for so long
 */
#include <stdlib.h>
#include <time.h>

#include "isa/abi.h"
#include "isa/disasm.h"
#include "isa/interp.h"
#include "tests/support/check.h"
#include "tests/support/corpus.h"
#include "tests/support/jitrun.h"
#include "tests/support/prog.h"
#include "tests/support/randprog.h"

static const u32 jit_flags[] = { 0, JIT_RUN_OPT1, JIT_RUN_THUNKS, JIT_RUN_OPT1 | JIT_RUN_THUNKS };

static u64 helpers[MODBPF_FUNC_LIMIT];

/* --- the corpus ------------------------------------------------------------ */

static void run_case_under_jit(const struct corpus_case *c, const struct verified_prog *prog,
			       u32 flags)
{
	u64 *memory = malloc(c->word_cnt ? c->word_cnt * 8 : 1);
	struct jit_run run;
	bool kept;
	u32 i;

	memcpy(memory, c->before, c->word_cnt * 8);
	CHECK_EQ(jit_run_prepare(&run, prog, NULL, NULL, flags), 0);
	CHECK_EQ(jit_run_call(&run, memory, &kept), c->r0);
	CHECK(kept);
	for (i = 0; i < c->word_cnt; i++)
		CHECK_EQ(memory[i], c->after[i]);
	jit_run_release(&run);
	free(memory);
}

/* Every level; thunks, which only surround a program, for one case in sixteen. */
static void run_corpus_case(const struct corpus_case *c, void *cookie)
{
	struct verified_prog *prog = prog_build(c->insns, c->insn_cnt);
	u32 *nth = cookie;
	u32 i, cnt = (*nth)++ % 16 ? 2 : 4;

	check_begin(c->name);
	for (i = 0; i < cnt; i++)
		run_case_under_jit(c, prog, jit_flags[i]);
	check_end();
	prog_free(prog);
}

static void the_corpus(void)
{
	u32 nth = 0;
	int cases;

	cases = corpus_read("tests/isa", run_corpus_case, &nth);
	check_begin("the whole corpus was run");
	CHECK(cases >= 12500);
}

/* --- random programs --------------------------------------------------------- */

static u64 mix(u64 a, u64 b, u64 c, u64 d, u64 e)
{
	return (a * 3 + b) ^ (c << 7) ^ (d >> 3) ^ ~e;
}

static void print_program(const struct verified_prog *prog)
{
	char text[MODBPF_DISASM_BYTES];
	u32 i;

	for (i = 0; i < prog->insn_cnt; i += insn_is_ld_imm64(&prog->insns[i]) ? 2 : 1) {
		modbpf_insn_print(&prog->insns[i], NULL, text, sizeof(text));
		fprintf(stderr, "\t%4u: %s\n", i, text);
	}
}

/* True if the JIT's code leaves R0 and the memory as the interpreter does. */
static bool is_same_under_jit(const struct verified_prog *prog, const u64 *before,
			      const u64 *after, u64 r0, u32 flags)
{
	u64 memory[RANDPROG_WORDS], got;
	struct jit_run run;
	bool kept, same;

	memcpy(memory, before, sizeof(memory));
	if (jit_run_prepare(&run, prog, NULL, helpers, flags)) {
		check_failed(__FILE__, __LINE__, "the JIT refuses the program");
		return false;
	}
	got = jit_run_call(&run, memory, &kept);
	same = got == r0 && kept && !memcmp(memory, after, sizeof(memory));
	if (!same)
		check_failed(__FILE__, __LINE__, "flags %#x: R0 %#llx, not %#llx; memory %s; C's registers %s",
			     flags, got, r0, memcmp(memory, after, sizeof(memory)) ? "differs" : "is the same",
			     kept ? "kept" : "lost");
	jit_run_release(&run);
	return same;
}

static bool compare_program(u64 seed)
{
	static struct modbpf_insn insns[RANDPROG_MAX_INSNS];
	u64 before[RANDPROG_WORDS], after[RANDPROG_WORDS], r0;
	struct verified_prog *prog;
	struct interp_env env = { .helpers = helpers, .max_insns = 1000000 };
	struct rng rng;
	bool stopped, same = true;
	u32 i;

	rng_seed(&rng, seed);
	prog = prog_build(insns, randprog_make(&rng, false, insns));
	for (i = 0; i < RANDPROG_WORDS; i++)
		before[i] = rng_value(&rng);
	memcpy(after, before, sizeof(after));
	env.prog = prog;
	r0 = modbpf_interp_run(&env, after, &stopped);
	if (stopped) {
		check_failed(__FILE__, __LINE__, "the program does not end");
		same = false;
	}
	for (i = 0; same && i < 2; i++)
		same = is_same_under_jit(prog, before, after, r0, jit_flags[(seed & 1) * 2 + i]);
	if (!same) {
		fprintf(stderr, "seed %llu:\n", seed);
		print_program(prog);
	}
	prog_free(prog);
	return same;
}

static void random_programs(void)
{
	u64 seed;

	for (seed = 1; seed <= 3000; seed++) {
		if (!compare_program(seed))
			return;
	}
}

/* What random programs are worth: all forms of instructions, and not only dead ends. */
static void random_programs_vary(void)
{
	static struct modbpf_insn insns[RANDPROG_MAX_INSNS];
	static u8 seen[256];
	u32 cnt, i, codes = 0;
	struct rng rng;
	u64 seed;

	for (seed = 1; seed <= 3000; seed++) {
		rng_seed(&rng, seed);
		cnt = randprog_make(&rng, false, insns);
		CHECK(cnt < RANDPROG_MAX_INSNS);
		for (i = 0; i < cnt; i++)
			seen[insns[i].code] = 1;
	}
	for (i = 0; i < 256; i++)
		codes += seen[i];
	CHECK_EQ(codes, 121 + 1);	/* all opcodes but the packet loads, and the second slot's 0 */
}

static int fuzz(u64 seconds, u64 seed)
{
	u64 first = seed, end = time(NULL) + seconds;
	bool same = true;

	check_begin("random programs");
	while (same && (u64)time(NULL) < end)
		same = compare_program(seed++);
	printf("agreement fuzz: %llu programs from seed %llu: %s\n", seed - first, first,
	       same ? "no difference" : "DIFFERENT");
	return !same;
}

static const struct check_case cases[] = {
	{ "the JIT does what the corpus says", the_corpus },
	{ "random programs use every opcode", random_programs_vary },
	{ "random programs do the same in the interpreter and the JIT", random_programs },
};

int main(int argc, char **argv)
{
	helpers[RANDPROG_HELPER] = (unsigned long)mix;
	if (argc > 2 && !strcmp(argv[1], "fuzz"))
		return fuzz(strtoull(argv[2], NULL, 0),
			    argc > 3 ? strtoull(argv[3], NULL, 0) : (u64)time(NULL) << 20);
	return check_run("agreement", cases, ARRAY_SIZE(cases), argc, argv);
}
