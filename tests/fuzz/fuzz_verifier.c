// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the verifier right about random programs? What it accepts must
 * - be accepted, dead and a fact alike when no path is pruned;
 * - run under a watch (tests/support/watch.h) without doing what it may not;
 * - be, before each instruction, in a state that the verifier had there;
 * - be, where the verifier went no further since an earlier state contained what it had,
 *   in that earlier state too;
 * - do the same as machine code.
 *
 * Without pruning less may be known here and there, since what is known of a state's
 * bytes is not always known of what contains it. So a difference is a failure if a
 * run shows it, in any of many worlds; the others are counted, and must be few.
 *
 * Arguments are those of tests/support/fuzz.h; a failure prints the program, its
 * seed and number. At the end a table says what was executed (tests/support/tally.h).
 * Programs that are kept in a file come first; with MODBPF_FUZZ_KEEP none do, and those that
 * are the first to execute something of the table are written to the file of that name.
 * With MODBPF_FUZZ_INSNS it ends when so many instructions have run, of each program in
 * more worlds; it fails if something in the table ran less than once in 10^4 of them.
 * With MODBPF_FUZZ_CASES (fuzz.h) one accepted program in 16 is verified without pruning.
 */
#include <stdlib.h>

#include "isa/abi.h"
#include "isa/disasm.h"
#include "isa/interp.h"
#include "isa/opcode.h"
#include "tests/support/check.h"
#include "tests/support/claims.h"
#include "tests/support/fuzz.h"
#include "tests/support/jitrun.h"
#include "tests/support/keptprog.h"
#include "tests/support/tally.h"
#include "tests/support/verify_btf.h"
#include "verifier/exact.h"
#include "verifier/load_rule.h"
#include "verifier/prune.h"
#include "verifier/step.h"

#define FULL_WORK 150000	/* work units for verifying without pruning */
#define MAX_RUN_INSNS 200000
#define RUNS 4
#define MANY_RUNS 40		/* with MODBPF_FUZZ_INSNS */
#define LEAST_ONE_IN 10000	/* instructions of each kind in such a run */
#define DAMAGED_ONE_IN 10	/* programs: with an instruction that is any */
#define LOGGED_ONE_IN 8		/* programs: with a log of every step */
#define RUNS_IN_DOUBT 1000
#define DOUBTS_IN 500		/* accepted programs: one of them may differ without a run that shows it */
#define CLAIMS_EVERY 4		/* accepted programs */
#define FULL_EVERY 16		/* accepted programs, with MODBPF_FUZZ_CASES: it takes most of the time */
#define MAX_LENGTH RANDVERIFY_MAX_INSNS

/* ASan's, not there in a build without it; and what UBSan calls when it reports something. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));
void __ubsan_on_report(void);

static struct randverify program;
static struct claims claims;
static struct watch watch;
static struct tally tally;
static struct fuzz fuzz;
static u32 runs = RUNS;
static u64 wanted;	/* instructions; 0: it ends by time */
static bool has_failed;
static const char *doubt;		/* how it differs without pruning, NULL: not */

static struct {
	u64 made, accepted, compared, claimed, pruned, doubted, jitted, damaged, damaged_accepted;
	u32 lengths[MAX_LENGTH + 1];
} counts;

static void print_program(void)
{
	char text[MODBPF_DISASM_BYTES];
	u32 i;

	printf("seed %llu, program %llu, type %u:\n", fuzz.seed, fuzz.number, program.prog_type);
	for (i = 0; i < program.insn_cnt; i += insn_is_ld_imm64(&program.insns[i]) ? 2 : 1) {
		modbpf_insn_print(&program.insns[i], NULL, text, sizeof(text));
		printf("\t%4u: %s\n", i, text);
	}
	fflush(stdout);
}

void __ubsan_on_report(void)
{
	print_program();
}

static void fail(const char *what)
{
	if (!has_failed) {
		check_failed(__FILE__, __LINE__, "%s", what);
		print_program();
	}
	has_failed = true;
}

/* --- the verifier's calls, which the linker gives us: see TEST_LIBS_fuzz_verifier --- */

static bool is_pruning = true, is_noting, is_first;

bool __real_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept);
bool __wrap_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept);
void __real_exact_begin(struct state *state, struct kept *kept);
void __wrap_exact_begin(struct state *state, struct kept *kept);
int __real_check_insn(struct step *step);
int __wrap_check_insn(struct step *step);

bool __wrap_state_contains(const struct prune *prune, const struct state *outer,
			   const struct state *inner, const struct kept *kept)
{
	if (!is_pruning || !__real_state_contains(prune, outer, inner, kept))
		return false;
	counts.pruned++;
	if (is_first)
		claims_note_pruned(&claims, prune, outer, inner, kept);
	return true;
}

/* Without pruning every number is what it is, and facts need no caution. */
void __wrap_exact_begin(struct state *state, struct kept *kept)
{
	if (is_pruning)
		__real_exact_begin(state, kept);
}

int __wrap_check_insn(struct step *step)
{
	if (is_noting)
		claims_note(&claims, step->state);
	if (is_first)
		tally_note(&tally, step);
	return __real_check_insn(step);
}

/* The last lines that the verifier wrote: why it rejected the program. */
static struct tail {
	struct verify_log log;
	char text[1024];
	u32 bytes;
} tail;

static void tail_write(struct verify_log *log, const char *text, u32 bytes)
{
	if (bytes > sizeof(tail.text) / 2)
		bytes = sizeof(tail.text) / 2;
	if (tail.bytes + bytes >= sizeof(tail.text)) {
		tail.bytes /= 2;
		memmove(tail.text, tail.text + tail.bytes, tail.bytes);
	}
	memcpy(tail.text + tail.bytes, text, bytes);
	tail.bytes += bytes;
	tail.text[tail.bytes] = 0;
}

/* --- one program ------------------------------------------------------------- */

static bool is_branch(const struct modbpf_insn *insn)
{
	u8 form = opcode_lookup(insn->code)->form;

	return form == FORM_BRANCH_IMM || form == FORM_BRANCH_REG;
}

static bool facts_hold(const struct insn_fact *fact, const struct insn_fact *full)
{
	/* Where fences stand depends on the whole program: tests/unit/test_fence.c. */
	return !(fact->flags & ~full->flags & ~FACT_FENCE) &&
	       (!(fact->flags & FACT_CONST_KEY) || fact->key == full->key) &&
	       (!(fact->flags & FACT_CONST_MAP) || fact->map == full->map);
}

/*
 * What is reached on some path when all are walked is reached in the program, and
 * its facts are facts then. (More may be known then: numbers are what they are.)
 */
static const char *difference(const struct verified_prog *prog, const struct verified_prog *full)
{
	static s32 place[MAX_LENGTH];	/* last final instruction of each original one */
	u32 i;

	memset(place, 0xff, sizeof(place));
	for (i = 0; i < prog->insn_cnt; i++)
		place[prog->origin[i]] = i;
	for (i = 0; i < full->insn_cnt; i += insn_is_ld_imm64(&full->insns[i]) ? 2 : 1) {
		s32 at = place[full->origin[i]];

		if (at < 0)
			return "an instruction is dead that is reached without pruning";
		if (i + 1 < full->insn_cnt && full->origin[i + 1] == full->origin[i])
			continue;
		if (is_branch(&full->insns[i]) && !is_branch(&prog->insns[at]))
			return "a branch goes one way that goes both ways without pruning";
		if (!facts_hold(&prog->facts[at], &full->facts[i]))
			return "a fact is none without pruning";
	}
	return NULL;
}

/* Verify again, every path, and note all states. */
static void compare_with_full(struct verify_request req, const struct verified_prog *prog)
{
	struct verified_prog *full;
	struct verify_stats stats;
	int err;

	doubt = NULL;
	claims.is_full = true;
	if (fuzz.cases && counts.accepted % FULL_EVERY)
		return;
	claims.is_full = false;
	req.max_work = FULL_WORK;
	tail = (struct tail){ .log = { .write = tail_write, .level = 1 } };
	req.log = &tail.log;
	is_pruning = false;
	is_noting = fuzz.single || counts.accepted % CLAIMS_EVERY == 0;
	err = modbpf_verify(&req, &full, &stats);
	is_pruning = true;
	if (!is_noting || err)
		claims.is_full = true;
	is_noting = false;
	if (!err)
		doubt = difference(prog, full);
	else if (err != -E2BIG)
		doubt = "rejected without pruning";
	counts.compared += err != -E2BIG;
	modbpf_verified_free(full);
}

static void check_claims(struct watch *watch)
{
	claims_check(&claims, watch);
}

static void count_insn(struct watch *watch)
{
	tally_count(&tally, watch);
}

/* --- where a tail call goes ---------------------------------------------------- */

static struct target {
	struct verified_prog *prog;	/* NULL: not made yet */
	struct interp_env env;
	struct jit_run jit;
} targets[64];	/* by program type */

static const struct target *target_of(u32 prog_type)
{
	static const struct modbpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 0 }, { .code = BPF_JMP | BPF_EXIT },
	};
	struct target *target = &targets[prog_type];
	struct verify_request req;
	struct verify_stats stats;

	if (target->prog)
		return target;
	req = verify_request_of(insns, ARRAY_SIZE(insns), prog_type);
	randverify_aim(&program, &req);
	CHECK(!modbpf_verify(&req, &target->prog, &stats));
	CHECK(!jit_run_prepare(&target->jit, target->prog, world_binds, world_helpers, 0));
	target->env = (struct interp_env){ .prog = target->prog, .binds = world_binds,
					   .helpers = world_helpers };
	return target;
}

/* One entry is empty, the others lead to the program. */
static void set_targets(u64 entry)
{
	u32 i;

	for (i = 1; i < WORLD_TARGETS; i++)
		world_targets[i] = entry;
}

static u64 call_machine_code(u64 callback, const u64 args[5])
{
	u64 (*code)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5) = (void *)callback;

	return code(args[0], args[1], args[2], args[3], args[4]);
}

static bool run_under_jit(const struct verified_prog *prog, const struct jit_run *run, u64 world_seed,
			  u64 r0)
{
	static struct world after;
	bool kept;

	memcpy(&after, &world, WORLD_BYTES);
	world_fill(world_seed, program.prog_type);
	set_targets(target_of(program.prog_type)->jit.tail_entry);
	world_call_back = call_machine_code;
	counts.jitted++;
	if (jit_run_call(run, world_context(program.prog_type), &kept) == r0 && kept &&
	    !memcmp(&world, &after, WORLD_BYTES))
		return true;
	fail("machine code does something else");
	return false;
}

static void run_program(const struct verify_request *req, const struct verified_prog *prog)
{
	static const u32 jit_flags[] = { 0, JIT_RUN_BEST, JIT_RUN_BEST | JIT_RUN_BLIND };
	u64 world_seed, r0, checked = claims.checked;
	struct jit_run jit;
	bool ended;
	u32 i;

	world_fill(0, program.prog_type);
	if (prog->ctx_end > world_context_bytes(program.prog_type))
		return;		/* looks further than there is: the hook would refuse it */
	if (jit_run_prepare_maps(&jit, prog, verify_request_of(NULL, 0, 0).maps, world_binds,
				 world_helpers, jit_flags[fuzz.number % ARRAY_SIZE(jit_flags)])) {
		fail("the JIT refuses it");
		return;
	}
	watch.prog_type = program.prog_type;
	watch.attach_type = program.attach_type;
	watch.sees_addresses = req->rights & VERIFY_RIGHT_PERFMON;
	watch.check = claims.is_full && !claims.pruned_cnt ? NULL : check_claims;
	watch.count = count_insn;
	for (i = 0; i < (doubt ? RUNS_IN_DOUBT : runs) && !has_failed; i++) {
		world_seed = fuzz.number * RUNS + i;
		world_fill(world_seed, program.prog_type);
		set_targets((u64)&target_of(program.prog_type)->env);
		ended = watch_run(&watch, prog, MAX_RUN_INSNS, &r0);
		if (watch.complaint[0])
			fail(watch.complaint);
		else if (!ended)
			fail("it does not end");
		else if (!doubt)
			run_under_jit(prog, &jit, world_seed, r0);
	}
	counts.claimed += claims.checked > checked;
	jit_run_release(&jit);
}

/* A difference that no run has shown. */
static void note_doubt(void)
{
	counts.doubted++;
	if (fuzz.single || counts.doubted <= 3)
		printf("program %llu: %s, but no run shows it\n", fuzz.number, doubt);
	if (!fuzz.single)
		return;
	print_program();
	printf("%s", tail.text);
}

/* An instruction becomes another, which is mostly one that may not be there. */
static void damage(struct rng *rng)
{
	struct modbpf_insn *insn = &program.insns[rng_below(rng, program.insn_cnt)];
	const struct modbpf_insn *other = &program.insns[rng_below(rng, program.insn_cnt)];

	switch (rng_below(rng, 8)) {
	case 0:
		insn->code = rng_next(rng);
		break;
	case 1:
		insn->dst_reg = rng_below(rng, 12);
		break;
	case 2:
		insn->src_reg = rng_below(rng, 12);
		break;
	case 3:
		insn->off += rng_below(rng, 2) ? 1 : (s16)rng_value(rng);
		break;
	case 4:
		insn->imm = rng_value(rng);
		break;
	case 5:
		insn->imm ^= 1 << rng_below(rng, 8);
		break;
	case 6:
		insn->code ^= 1 << rng_below(rng, 8);
		break;
	default:
		*insn = *other;
		break;
	}
}

/* The map that a program names is that with the number, whichever way it names it. */
static int index_of(void *cookie, s32 fd, bool by_index)
{
	return fd < 0 || !world_has(fd) ? -EBADF : fd;
}

/* What bpf(2) asks of a load beside the program: in part at random. */
static bool load_rules(struct rng *rng, struct verify_request *req)
{
	static const char *const licenses[] = { "GPL", "GPL v2", "Dual MIT/GPL", "Proprietary", "" };
	struct load_facts facts = { .prog_type = req->prog_type, .rights = req->rights,
				    .expected_attach_type = req->expected_attach_type };
	const struct load_type *type;
	const char *why;

	if (!rng_below(rng, 200))
		facts.expected_attach_type = rng_below(rng, 64);
	if (!rng_below(rng, 200))
		facts.prog_flags = rng_value(rng);
	if (!rng_below(rng, 200))
		facts.rights = rng_below(rng, 8);
	if (!rng_below(rng, 200))
		facts.prog_flags = 1 << 7;
	req->gpl_compatible = load_license_is_gpl(licenses[rng_below(rng, 3)]);
	if (!rng_below(rng, 50))
		req->gpl_compatible = load_license_is_gpl(licenses[rng_below(rng, ARRAY_SIZE(licenses))]);
	if (!rng_below(rng, 50))
		req->rights = rng_below(rng, 8);
	if (program.target && !rng_below(rng, 4))	/* who may see no addresses */
		req->rights &= ~VERIFY_RIGHT_PERFMON;
	req->fence = !rng_below(rng, 8);
	if (load_check_features(&facts, &why))
		return false;
	/* A type that cannot be loaded yet is verified all the same. */
	load_check_type(&facts, &type, &why);
	return facts.expected_attach_type == req->expected_attach_type;
}

static int verify_first(struct rng *rng, struct verify_request *req, struct verified_prog **prog)
{
	struct verify_stats stats;
	int err;

	if (!rng_below(rng, LOGGED_ONE_IN)) {
		tail = (struct tail){ .log = { .write = tail_write, .level = 1 + rng_below(rng, 7) } };
		req->log = &tail.log;
	}
	tally_begin(&tally);
	is_first = true;
	err = modbpf_verify(req, prog, &stats);
	is_first = false;
	req->log = NULL;
	return err;
}

/* Functions that are verified on their own need BTF; others may have it. */
static int add_btf(struct rng *rng, struct verify_request *req, struct verify_btf *btf)
{
	struct asm_prog text = { .insns = program.insns, .insn_cnt = program.insn_cnt };
	struct verify_input input = { .prog_type = program.prog_type };
	char lines[32];

	memset(btf, 0, sizeof(*btf));
	if (program.calls != RANDVERIFY_GLOBAL)
		return 0;
	input.func_cnt = randverify_funcs(&program, input.funcs);
	snprintf(lines, sizeof(lines), program.subprog ? "0 %u" : "0", program.subprog);
	if (rng_below(rng, 2))
		input.lines = lines;
	return verify_btf_make(btf, &input, &text, req);
}

/* --- programs that are kept --------------------------------------------------------- */

#define KEPT "tests/fuzz/verifier.kept"
#define KEPT_LEAST 30	/* programs */

static FILE *keep;	/* where programs go that make the table fuller; NULL: nowhere */

static u32 rows_of(const struct tally *tally)
{
	const u64 *word = &tally->total, *end = (const u64 *)(tally + 1);
	u32 rows = 0;

	for (; word < end; word++)
		rows += *word > 0;
	return rows;
}

static void begin_keeping(const char *path)
{
	keep = fopen(path, "w");
	CHECK(keep);
	if (keep)
		fputs("# SPDX-License-Identifier: GPL-2.0-only\n"
		      "# Programs of fuzz_verifier: see tests/support/keptprog.h.\n", keep);
}

static void keep_if_new(const struct randverify *prog, const struct verify_request *req, u32 rows_before)
{
	if (keep && !has_failed && rows_of(&tally) > rows_before)
		keptprog_write(keep, prog, req);
}

/* --- one after the other ------------------------------------------------------------- */

/* Verify it, and if it is accepted see whether that was right; 0 or why it was not. */
static int try_program(struct rng *rng, struct verify_request *req)
{
	struct verified_prog *prog;
	int err = verify_first(rng, req, &prog);

	if (err == -EFAULT)
		fail("the verifier says that it is wrong itself");
	if (err)
		goto out;
	counts.accepted++;
	claims.has_globals = program.calls == RANDVERIFY_GLOBAL;
	counts.lengths[program.insn_cnt]++;
	compare_with_full(*req, prog);
	run_program(req, prog);
	if (has_failed && doubt)
		printf("%s\n%s", doubt, tail.text);
	else if (doubt)
		note_doubt();
	modbpf_verified_free(prog);
out:
	claims_clear(&claims);
	return err;
}

/* The program's maps get their numbers, and the request all but what load_rules() says. */
static bool make_request(struct rng *rng, struct verify_request *req, struct verify_btf *btf)
{
	*req = verify_request_of(program.insns, program.insn_cnt, program.prog_type);
	randverify_aim(&program, req);
	req->ctx = world_slots(req->ctx);
	return !modbpf_insns_bind_maps(program.insns, program.insn_cnt, index_of, NULL) &&
	       !add_btf(rng, req, btf);
}

static void one_program(void)
{
	static struct randverify made;
	struct verify_request req;
	struct verify_btf btf = {};
	u32 rows = keep ? rows_of(&tally) : 0;
	bool damaged;
	struct rng rng;

	rng_seed(&rng, fuzz.seed * 0x100000001b3 + fuzz.number);
	rng_next(&rng);
	program.calls = rng_below(&rng, RANDVERIFY_CALLS_COUNT);
	randverify_make(&rng, &program);
	damaged = !rng_below(&rng, DAMAGED_ONE_IN);
	if (damaged)
		damage(&rng);
	counts.made++;
	counts.damaged += damaged;
	made = program;
	if (make_request(&rng, &req, &btf) && load_rules(&rng, &req) && !try_program(&rng, &req)) {
		counts.damaged_accepted += damaged;
		keep_if_new(&made, &req, rows);
	}
	modbpf_btf_free(btf.types);
}

/* Those that were accepted once are, still. */
static void try_kept(void)
{
	struct verify_request kept, req;
	struct verify_btf btf;
	struct rng rng;
	FILE *file = fopen(KEPT, "r");

	CHECK(file);
	for (fuzz.number = 0; file && !has_failed && keptprog_read(file, &program, &kept); fuzz.number++) {
		rng_seed(&rng, fuzz.number);
		btf = (struct verify_btf){};
		counts.made++;
		if (!make_request(&rng, &req, &btf))
			fail("a program that is kept in " KEPT " cannot be loaded");
		req.rights = kept.rights;
		req.gpl_compatible = kept.gpl_compatible;
		req.fence = kept.fence;
		if (!has_failed && try_program(&rng, &req))
			fail("a program that is kept in " KEPT " is accepted no more");
		modbpf_btf_free(btf.types);
	}
	if (file)
		fclose(file);
	CHECK(fuzz.number >= KEPT_LEAST);
	printf("%llu programs of %s\n", fuzz.number, KEPT);
}

static bool go_on(void)
{
	if (!wanted || fuzz.single)
		return fuzz_next(&fuzz);
	fuzz.number++;
	return watch.executed < wanted;
}

static u32 median_length(void)
{
	u64 seen = 0;
	u32 i;

	for (i = 0; i < MAX_LENGTH; i++) {
		seen += counts.lengths[i];
		if (seen * 2 >= counts.accepted)
			break;
	}
	return i;
}

static void print_counts(void)
{
	printf("seed %llu: %llu programs, %llu accepted (%llu %%), median length %u; "
	       "%llu verified without pruning (%llu in doubt), %llu with all states noted; %llu paths pruned; ",
	       fuzz.seed, counts.made, counts.accepted, counts.accepted * 100 / counts.made,
	       median_length(), counts.compared, counts.doubted, counts.claimed, counts.pruned);
	printf("%llu instructions watched, %llu of them in a noted state, %llu times in a pruned state and in "
	       "what it was pruned for; %llu runs as machine code; %llu damaged programs, %llu accepted\n",
	       watch.executed, claims.checked, claims.contained, counts.jitted, counts.damaged,
	       counts.damaged_accepted);
}

int main(int argc, char **argv)
{
	const char *insns = getenv("MODBPF_FUZZ_INSNS");
	u64 number;
	u32 few;

	fuzz_begin(&fuzz, argc, argv);
	number = fuzz.number;
	if (insns) {
		wanted = strtoull(insns, NULL, 0);
		runs = MANY_RUNS;
	}
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(print_program);
	check_begin("random programs");
	world_fill(0, MODBPF_PROG_SOCKET_FILTER);	/* which maps there are */
	if (getenv("MODBPF_FUZZ_KEEP"))
		begin_keeping(getenv("MODBPF_FUZZ_KEEP"));
	else if (!fuzz.single)
		try_kept();
	fuzz.number = number;
	do {
		one_program();
	} while (!has_failed && go_on());
	if (keep)
		CHECK(!fclose(keep));
	few = tally_print(&tally, wanted / LEAST_ONE_IN);
	print_counts();
	CHECK(!few || wanted < 1000 * LEAST_ONE_IN);	/* chance has its way in a short run */
	if (!fuzz.single && !has_failed && counts.made > 100) {
		CHECK(counts.accepted * 5 >= counts.made);
		CHECK(median_length() >= 30);
		CHECK(counts.doubted <= 1 + counts.accepted / DOUBTS_IN);
		CHECK(counts.compared && counts.claimed && counts.pruned && counts.jitted);
	}
	check_end();
	return check_run("fuzz_verifier", NULL, 0, 1, argv);
}
