// SPDX-License-Identifier: GPL-2.0-only
/* Do the interpreter and the JIT do the same with a random program? See agreement.h. */
#include "tests/support/agreement.h"

#include "isa/abi.h"
#include "isa/disasm.h"
#include "isa/interp.h"
#include "tests/support/check.h"
#include "tests/support/jitrun.h"
#include "tests/support/prog.h"
#include "tests/support/randprog.h"

static const u32 jit_flags[] = { 0, JIT_RUN_OPT1, JIT_RUN_OPT2, JIT_RUN_OPT2 | JIT_RUN_BMI2,
				 JIT_RUN_BEST | JIT_RUN_BLIND,
				 JIT_RUN_THUNKS, JIT_RUN_OPT1 | JIT_RUN_THUNKS,
				 JIT_RUN_OPT2 | JIT_RUN_THUNKS, JIT_RUN_BLIND };

static u64 helpers[MODBPF_FUNC_LIMIT];

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

/* A program's memory before and after a run of the interpreter, and its R0. */
struct outcome {
	u64 before[RANDPROG_WORDS], after[RANDPROG_WORDS], r0;
};

static bool is_same_outcome(const struct jit_run *run, const struct outcome *want, u32 flags)
{
	u64 memory[RANDPROG_WORDS], got;
	bool kept, same;

	memcpy(memory, want->before, sizeof(memory));
	got = jit_run_call(run, memory, &kept);
	same = !memcmp(memory, want->after, sizeof(memory));
	if (got == want->r0 && kept && same)
		return true;
	check_failed(__FILE__, __LINE__, "flags %#x: R0 %#llx, not %#llx; memory %s; C's registers %s",
		     flags, got, want->r0, same ? "is the same" : "differs", kept ? "kept" : "lost");
	return false;
}

static bool is_same_under_jit(const struct verified_prog *prog, const struct outcome *want, u32 flags)
{
	struct jit_run run;
	bool same = true;
	u32 i;

	if (jit_run_prepare(&run, prog, NULL, helpers, flags)) {
		check_failed(__FILE__, __LINE__, "the JIT refuses the program");
		return false;
	}
	for (i = 0; same && i < AGREEMENT_RUNS; i++)
		same = is_same_outcome(&run, &want[i], flags);
	jit_run_release(&run);
	return same;
}

static void count(void *cookie, const struct verified_prog *prog, u32 insn, const u64 *regs, u32 depth)
{
	++*(u64 *)cookie;
}

static bool interpret(const struct verified_prog *prog, struct rng *rng, struct outcome *out, u64 *executed)
{
	struct interp_env env = { .prog = prog, .helpers = helpers, .max_insns = 1000000,
				  .trace = count, .cookie = executed };
	bool stopped;
	u32 i;

	for (i = 0; i < RANDPROG_WORDS; i++)
		out->before[i] = rng_value(rng);
	memcpy(out->after, out->before, sizeof(out->after));
	out->r0 = modbpf_interp_run(&env, out->after, &stopped);
	if (stopped)
		check_failed(__FILE__, __LINE__, "the program does not end");
	return !stopped;
}

bool agreement_check(u64 seed, u64 *executed)
{
	static struct modbpf_insn insns[RANDPROG_MAX_INSNS];
	static struct outcome want[AGREEMENT_RUNS];
	struct verified_prog *prog;
	struct rng rng;
	bool same = true;
	u32 i;

	helpers[RANDPROG_HELPER] = (unsigned long)mix;
	rng_seed(&rng, seed);
	prog = prog_build(insns, randprog_make(&rng, false, insns));
	for (i = 0; i < prog->insn_cnt && seed % 4 == 0; i++)
		if (rng_below(&rng, 4) == 0)
			prog->facts[i].flags |= FACT_FENCE;
	for (i = 0; same && i < AGREEMENT_RUNS; i++)
		same = interpret(prog, &rng, &want[i], executed);
	for (i = 0; same && i < (seed & 1 ? ARRAY_SIZE(jit_flags) : 5); i++)
		same = is_same_under_jit(prog, want, jit_flags[i]);
	if (!same) {
		fprintf(stderr, "seed %llu:\n", seed);
		print_program(prog);
	}
	prog_free(prog);
	return same;
}
