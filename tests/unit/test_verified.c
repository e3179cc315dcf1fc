// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the whole walk keep a program's meaning? Each program of the corpus is
 * verified, and what the verifier made of it is run by the interpreter and as
 * machine code. Every fact that the verifier states is compared with what is so
 * when the interpreter comes by.
 */
#include <stdlib.h>

#include "isa/abi.h"
#include "isa/interp.h"
#include "isa/opcode.h"
#include "tests/support/check.h"
#include "tests/support/corpus.h"
#include "tests/support/jitrun.h"
#include "verifier/verifier.h"

struct text_log {
	struct verify_log log;
	char text[512];		/* its end: the reason */
	u32 len;
};

static void keep_end(struct verify_log *log, const char *text, u32 bytes)
{
	struct text_log *kept = (struct text_log *)log;

	if (bytes >= sizeof(kept->text))
		return;
	if (kept->len + bytes >= sizeof(kept->text))
		kept->len = 0;
	memcpy(kept->text + kept->len, text, bytes);
	kept->len += bytes;
	kept->text[kept->len] = 0;
}

static struct verified_prog *verify(const struct corpus_case *c)
{
	static const struct map_desc map = { .type = MODBPF_MAP_ARRAY, .key_size = 4,
					     .value_size = CORPUS_VALUE_BYTES, .max_entries = 1 };
	struct modbpf_insn *insns = malloc((c->insn_cnt + CORPUS_WRAP_SLOTS) * sizeof(*insns));
	struct text_log log = { .log = { .write = keep_end, .level = 1 } };
	struct verify_request req = {
		.insns = insns, .insn_cnt = corpus_wrap(c, insns), .prog_type = MODBPF_PROG_KPROBE,
		.rights = VERIFY_RIGHT_PERFMON | VERIFY_RIGHT_NET_ADMIN | VERIFY_RIGHT_SYS_ADMIN,
		.gpl_compatible = true, .maps = &map, .map_cnt = 1, .log = &log.log,
	};
	struct verified_prog *prog = NULL;
	struct verify_stats stats;

	if (modbpf_verify(&req, &prog, &stats))
		check_failed(__FILE__, __LINE__, "refused: %s", log.text);
	free(insns);
	return prog;
}

/* --- facts ---------------------------------------------------------------- */

struct fact_watch {
	const struct verified_prog *prog;
	u32 zero_upper;		/* 1 + the register whose upper half must be zero now */
	u64 facts;		/* seen */
};

static void watch_facts(void *cookie, const struct verified_prog *prog, u32 at,
			const u64 *regs, u32 depth)
{
	struct fact_watch *watch = cookie;
	const struct modbpf_insn *insn = &prog->insns[at];
	u32 flags = prog->facts[at].flags;
	u64 divisor = regs[insn->src_reg];

	if (watch->zero_upper && regs[watch->zero_upper - 1] >> 32)
		check_failed(__FILE__, __LINE__, "before %u: the upper half is not zero", at);
	watch->zero_upper = flags & FACT_UPPER_ZERO ? 1 + insn->dst_reg : 0;
	if (flags & FACT_DIVISOR_NONZERO && BPF_SRC(insn->code) == BPF_X &&
	    !(opcode_is_32bit(insn->code) ? (u32)divisor : divisor))
		check_failed(__FILE__, __LINE__, "at %u: the divisor is zero", at);
	if (flags & FACT_DEAD)
		check_failed(__FILE__, __LINE__, "%u is not dead", at);
	watch->facts += !!flags;
}

/* --- runs ------------------------------------------------------------------- */

static void compare_value(const struct corpus_case *c, const u64 *value, u64 returned)
{
	u32 i;

	CHECK_EQ(returned, 0);
	CHECK_EQ(value[CORPUS_MAX_WORDS], c->r0);
	for (i = 0; i < CORPUS_MAX_WORDS; i++)
		CHECK_EQ(value[i], c->after[i]);
}

static void run_case(const struct corpus_case *c, void *cookie)
{
	u64 *facts = cookie, value[CORPUS_MAX_WORDS + 1] = {};
	struct map_bind bind = { .values = (unsigned long)value, .stride = sizeof(value),
				 .max_entries = 1 };
	struct fact_watch watch = {};
	struct interp_env env = { .binds = &bind, .trace = watch_facts, .cookie = &watch,
				  .max_insns = 1000000 };
	struct verified_prog *prog;
	struct jit_run run;

	check_begin(c->name);
	prog = verify(c);
	if (prog) {
		memcpy(value, c->before, sizeof(c->before));
		env.prog = prog;
		compare_value(c, value, modbpf_interp_run(&env, NULL, NULL));
		memset(value, 0, sizeof(value));
		memcpy(value, c->before, sizeof(c->before));
		CHECK_EQ(jit_run_prepare(&run, prog, &bind, NULL, JIT_RUN_OPT1), 0);
		compare_value(c, value, jit_run_call(&run, NULL, NULL));
		jit_run_release(&run);
		modbpf_verified_free(prog);
	}
	check_end();
	*facts += watch.facts;
}

static void the_corpus(void)
{
	u64 facts = 0;
	int cases;

	cases = corpus_read("tests/isa", run_case, &facts);
	check_begin("the whole corpus was verified and run");
	printf("%d programs verified, interpreted and compiled; %llu facts held\n", cases, facts);
	CHECK(cases >= 12500);
	CHECK(facts > 1000);
}

static const struct check_case cases[] = {
	{ "verified programs do what the corpus says", the_corpus },
};

int main(int argc, char **argv)
{
	return check_run("verified", cases, ARRAY_SIZE(cases), argc, argv);
}
