// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do the interpreter and the JIT do the same? Both run the corpus, whose results
 * are known, and random programs (tests/fuzz/fuzz_jit.c runs more of them).
 */
#include <stdlib.h>

#include "tests/support/agreement.h"
#include "tests/support/check.h"
#include "tests/support/corpus.h"
#include "tests/support/jitrun.h"
#include "tests/support/prog.h"
#include "tests/support/randprog.h"

static const u32 jit_flags[] = { 0, JIT_RUN_OPT1, JIT_RUN_OPT2, JIT_RUN_OPT2 | JIT_RUN_BMI2,
				 JIT_RUN_BEST | JIT_RUN_BLIND,
				 JIT_RUN_THUNKS, JIT_RUN_OPT1 | JIT_RUN_THUNKS,
				 JIT_RUN_OPT2 | JIT_RUN_THUNKS, JIT_RUN_BLIND };

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

/* Every level, and blinded; thunks, which only surround a program, for one case in sixteen. */
static void run_corpus_case(const struct corpus_case *c, void *cookie)
{
	struct verified_prog *prog = prog_build(c->insns, c->insn_cnt);
	u32 *nth = cookie;
	u32 i, cnt = (*nth)++ % 16 ? 5 : ARRAY_SIZE(jit_flags);

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

static void random_programs(void)
{
	u64 seed, executed = 0;

	for (seed = 1; seed <= 3000; seed++) {
		if (!agreement_check(seed, &executed))
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

static const struct check_case cases[] = {
	{ "the JIT does what the corpus says", the_corpus },
	{ "random programs use every opcode", random_programs_vary },
	{ "random programs do the same in the interpreter and the JIT", random_programs },
};

int main(int argc, char **argv)
{
	return check_run("agreement", cases, ARRAY_SIZE(cases), argc, argv);
}
