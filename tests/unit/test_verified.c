// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the whole walk keep a program's meaning? Each program of the corpus is
 * verified, and what the verifier made of it is run by the interpreter and as
 * machine code. Every fact that the verifier states is compared with what is so
 * when the interpreter comes by. The same for random programs that it accepts.
 *
 *	test_verified				the corpus and a few thousand programs
 *	test_verified fuzz SECONDS [SEED]	random programs for so long
 */
#include <stdlib.h>
#include <time.h>

#include "isa/abi.h"
#include "isa/disasm.h"
#include "isa/interp.h"
#include "isa/opcode.h"
#include "tests/support/check.h"
#include "tests/support/corpus.h"
#include "tests/support/jitrun.h"
#include "tests/support/prog.h"
#include "tests/support/randprog.h"
#include "verifier/verifier.h"

struct text_log {
	struct verify_log log;
	char text[2048];	/* its end: the reason */
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

/* NULL, with the reason in *@log, if it is refused. */
static struct verified_prog *verify(const struct modbpf_insn *insns, u32 insn_cnt,
				    u32 value_size, struct text_log *log)
{
	const struct map_desc map = { .type = MODBPF_MAP_ARRAY, .key_size = 4,
				      .value_size = value_size, .max_entries = 1 };
	struct verify_request req = {
		.insns = insns, .insn_cnt = insn_cnt, .prog_type = MODBPF_PROG_KPROBE,
		.rights = VERIFY_RIGHT_PERFMON | VERIFY_RIGHT_NET_ADMIN | VERIFY_RIGHT_SYS_ADMIN,
		.gpl_compatible = true, .maps = &map, .map_cnt = 1, .log = &log->log,
	};
	struct verified_prog *prog = NULL;
	struct verify_stats stats;

	memset(log, 0, sizeof(*log));
	log->log.write = keep_end;
	log->log.level = 1;
	return modbpf_verify(&req, &prog, &stats) ? NULL : prog;
}

static struct verified_prog *verify_case(const struct corpus_case *c)
{
	struct modbpf_insn *insns = malloc((c->insn_cnt + CORPUS_WRAP_SLOTS) * sizeof(*insns));
	struct verified_prog *prog;
	struct text_log log;

	prog = verify(insns, corpus_wrap(c, insns), CORPUS_VALUE_BYTES, &log);
	if (!prog)
		check_failed(__FILE__, __LINE__, "refused: %s", log.text);
	free(insns);
	return prog;
}

/* --- what is running now ------------------------------------------------------ */

static const struct verified_prog *running;
static u64 running_seed;

static void print_program(const struct verified_prog *prog)
{
	char text[MODBPF_DISASM_BYTES];
	u32 i;

	for (i = 0; i < prog->insn_cnt; i += insn_is_ld_imm64(&prog->insns[i]) ? 2 : 1) {
		modbpf_insn_print(&prog->insns[i], NULL, text, sizeof(text));
		fprintf(stderr, "\t%4u: %s", i, text);
		if (prog->facts[i].flags)
			fprintf(stderr, "\t\tfacts %#x", prog->facts[i].flags);
		fputc('\n', stderr);
	}
}

static void dump_and_exit(void)
{
	fprintf(stderr, "seed %llu, as verified:\n", running_seed);
	print_program(running);
	exit(1);
}

/* --- facts ---------------------------------------------------------------- */

#define STACK_BYTES 512

struct fact_watch {
	const struct verified_prog *prog;
	u32 zero_upper;		/* 1 + the register whose upper half must be zero now */
	u64 facts;		/* seen */
	bool broken;
	u64 memory, memory_end;	/* what may be accessed beside the stack; 0: not asked */
};

static void fact_is_wrong(struct fact_watch *watch, u32 at, const char *what)
{
	watch->broken = true;
	check_failed(__FILE__, __LINE__, "at %u: %s", at, what);
}

/*
 * An access outside the map's value and the stack is the end: nothing is sure after
 * it. The stack of all frames lies within 512 bytes of any frame's R10.
 */
static void watch_access(const struct fact_watch *watch, const struct modbpf_insn *insn, u32 at,
			 const u64 *regs)
{
	const struct opcode *row = opcode_lookup(insn->code);
	bool reads = row->form == FORM_LOAD ||
		     (row->form == FORM_ATOMIC && insn->imm == MODBPF_LOAD_ACQ);
	u64 addr = regs[reads ? insn->src_reg : insn->dst_reg] + insn->off;

	if (!watch->memory || (!reads && row->form != FORM_STORE_IMM && row->form != FORM_STORE_REG &&
			       row->form != FORM_ATOMIC))
		return;
	if (addr >= watch->memory && addr + row->bytes <= watch->memory_end)
		return;
	if (addr - (regs[MODBPF_REG_FP] - STACK_BYTES) <= 2 * STACK_BYTES - (u64)row->bytes)
		return;
	fprintf(stderr, "UNSAFE program accepted: at %u, address %#llx is off the memory by %lld bytes\n",
		at, addr, addr - watch->memory);
	dump_and_exit();
}

static void watch_facts(void *cookie, const struct verified_prog *prog, u32 at,
			const u64 *regs, u32 depth)
{
	struct fact_watch *watch = cookie;
	const struct modbpf_insn *insn = &prog->insns[at];
	u32 flags = prog->facts[at].flags;
	u64 divisor = regs[insn->src_reg];

	watch_access(watch, insn, at, regs);
	if (watch->zero_upper && regs[watch->zero_upper - 1] >> 32)
		fact_is_wrong(watch, at, "the upper half is not zero");
	watch->zero_upper = flags & FACT_UPPER_ZERO ? 1 + insn->dst_reg : 0;
	if (flags & FACT_DIVISOR_NONZERO && BPF_SRC(insn->code) == BPF_X &&
	    !(opcode_is_32bit(insn->code) ? (u32)divisor : divisor))
		fact_is_wrong(watch, at, "the divisor is zero");
	if (flags & FACT_DEAD)
		fact_is_wrong(watch, at, "this is not dead");
	watch->facts += !!flags;
}

/* --- the corpus ------------------------------------------------------------------- */

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
	prog = verify_case(c);
	if (prog) {
		memcpy(value, c->before, sizeof(c->before));
		env.prog = prog;
		compare_value(c, value, modbpf_interp_run(&env, NULL, NULL));
		memset(value, 0, sizeof(value));
		memcpy(value, c->before, sizeof(c->before));
		CHECK_EQ(jit_run_prepare(&run, prog, &bind, NULL, JIT_RUN_BEST), 0);
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

/* --- random programs ---------------------------------------------------------- */

#define VALUE_BYTES (RANDPROG_WORDS * 8)

static u64 helpers[MODBPF_FUNC_LIMIT];
static u32 accepted, refused;

static u64 mix(u64 a, u64 b, u64 c, u64 d, u64 e)
{
	return 0x9e3779b9;	/* the verifier knows that this helper has no arguments */
}

/* What a program leaves: its memory, and R0. */
struct outcome {
	u64 memory[RANDPROG_WORDS];
	u64 r0;
};

static struct outcome interpret(const struct verified_prog *prog, const u64 *before,
				struct fact_watch *watch)
{
	struct outcome out;
	struct map_bind bind = { .values = (unsigned long)out.memory, .stride = VALUE_BYTES,
				 .max_entries = 1 };
	struct interp_env env = { .prog = prog, .binds = &bind, .helpers = helpers,
				  .trace = watch ? watch_facts : NULL, .cookie = watch,
				  .max_insns = 1000000 };
	bool stopped;

	if (watch) {
		watch->memory = (unsigned long)out.memory;
		watch->memory_end = watch->memory + VALUE_BYTES;
	}
	memcpy(out.memory, before, VALUE_BYTES);
	out.r0 = modbpf_interp_run(&env, NULL, &stopped);
	CHECK(!stopped);
	return out;
}

static struct outcome run_code(const struct verified_prog *prog, const u64 *before, u32 flags)
{
	struct outcome out = {};
	struct map_bind bind = { .values = (unsigned long)out.memory, .stride = VALUE_BYTES,
				 .max_entries = 1 };
	struct jit_run run;

	memcpy(out.memory, before, VALUE_BYTES);
	CHECK_EQ(jit_run_prepare(&run, prog, &bind, helpers, flags), 0);
	out.r0 = jit_run_call(&run, NULL, NULL);
	jit_run_release(&run);
	return out;
}

static bool is_same(const struct outcome *a, const struct outcome *b, const char *what)
{
	if (!memcmp(a, b, sizeof(*a)))
		return true;
	check_failed(__FILE__, __LINE__, "%s: R0 %#llx, not %#llx; memory %s", what, b->r0, a->r0,
		     memcmp(a->memory, b->memory, VALUE_BYTES) ? "differs" : "is the same");
	return false;
}

/* What a program may be expected to compare its input with: its own constants, nearly. */
static u64 telling_value(const struct verified_prog *prog, struct rng *rng)
{
	return (s64)prog->insns[rng_below(rng, prog->insn_cnt)].imm + rng_below(rng, 3) - 1;
}

/* Other input, for the facts and the accesses alone. */
static void try_inputs(const struct verified_prog *prog, struct rng *rng, struct fact_watch *watch)
{
	u64 memory[RANDPROG_WORDS];
	u32 round, i;

	for (round = 0; round < 16; round++) {
		for (i = 0; i < RANDPROG_WORDS; i++)
			memory[i] = round % 2 ? telling_value(prog, rng) : rng_value(rng);
		interpret(prog, memory, watch);
	}
}

/*
 * As written, as verified, and as machine code: no difference, and each fact holds.
 * Every other program is a daring one.
 */
static bool compare_program(u64 seed, bool verbose)
{
	static struct modbpf_insn insns[RANDPROG_MAX_INSNS + 2];
	struct verified_prog *plain, *verified;
	struct outcome want, got;
	struct fact_watch watch = {};
	u64 before[RANDPROG_WORDS];
	struct text_log log;
	struct rng rng;
	bool same;
	u32 cnt, i;

	rng_seed(&rng, seed);
	insns[0] = (struct modbpf_insn){ MODBPF_LD_IMM64, 1, BPF_PSEUDO_MAP_VALUE, 0, 0 };
	cnt = 2 + randprog_make(&rng, seed & 1, insns + 2);
	for (i = 0; i < RANDPROG_WORDS; i++)
		before[i] = rng_value(&rng);
	verified = verify(insns, cnt, VALUE_BYTES, &log);
	if (!verified) {
		refused++;
		if (verbose)
			fprintf(stderr, "seed %llu refused: %s\n", seed, log.text);
		return true;
	}
	accepted++;
	plain = prog_build(insns, cnt);
	for (i = 0; i < plain->subprog_cnt && plain->subprog_cnt == verified->subprog_cnt; i++)
		plain->subprogs[i].stack_depth = verified->subprogs[i].stack_depth;
	running = verified;
	running_seed = seed;
	got = interpret(verified, before, &watch);	/* first: nothing else sees a wrong address */
	try_inputs(verified, &rng, &watch);
	want = interpret(plain, before, NULL);
	same = is_same(&want, &got, "verified and interpreted") && !watch.broken;
	for (i = 0; i < 3; i++) {
		static const u32 flags[] = { 0, JIT_RUN_OPT1, JIT_RUN_BEST, JIT_RUN_BEST | JIT_RUN_BLIND };

		got = run_code(verified, before, flags[i]);
		same &= is_same(&want, &got, i ? "machine code, optimised" : "machine code");
	}
	if (!same) {
		fprintf(stderr, "seed %llu, as written:\n", seed);
		print_program(plain);
		fprintf(stderr, "as verified:\n");
		print_program(verified);
	}
	prog_free(plain);
	modbpf_verified_free(verified);
	return same;
}

static void random_programs(void)
{
	u64 seed;

	for (seed = 1; seed <= 1000; seed++) {
		if (!compare_program(seed, false))
			return;
	}
	printf("random programs: %u accepted, %u refused\n", accepted, refused);
	CHECK(accepted > refused);
}

static int fuzz(u64 seconds, u64 seed)
{
	u64 first = seed, end = time(NULL) + seconds;
	bool same = true;

	check_begin("random programs");
	while (same && (u64)time(NULL) < end)
		same = compare_program(seed++, accepted + refused < 20);
	printf("verified fuzz: %llu programs from seed %llu, %u accepted, %u refused: %s\n",
	       seed - first, first, accepted, refused, same ? "no difference" : "DIFFERENT");
	return !same;
}

static const struct check_case cases[] = {
	{ "verified programs do what the corpus says", the_corpus },
	{ "random programs do the same before and after verification", random_programs },
};

int main(int argc, char **argv)
{
	helpers[RANDPROG_HELPER] = (unsigned long)mix;
	if (argc > 2 && !strcmp(argv[1], "fuzz"))
		return fuzz(strtoull(argv[2], NULL, 0),
			    argc > 3 ? strtoull(argv[3], NULL, 0) : (u64)time(NULL) << 20);
	return check_run("verified", cases, ARRAY_SIZE(cases), argc, argv);
}
