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

bool agreement_check(u64 seed)
{
	static struct modbpf_insn insns[RANDPROG_MAX_INSNS];
	u64 before[RANDPROG_WORDS], after[RANDPROG_WORDS], r0;
	struct verified_prog *prog;
	struct interp_env env = { .helpers = helpers, .max_insns = 1000000 };
	struct rng rng;
	bool stopped, same = true;
	u32 i;

	helpers[RANDPROG_HELPER] = (unsigned long)mix;
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
	for (i = 0; same && i < (seed & 1 ? ARRAY_SIZE(jit_flags) : 5); i++)
		same = is_same_under_jit(prog, before, after, r0, jit_flags[i]);
	if (!same) {
		fprintf(stderr, "seed %llu:\n", seed);
		print_program(prog);
	}
	prog_free(prog);
	return same;
}
