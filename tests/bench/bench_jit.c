// SPDX-License-Identifier: GPL-2.0-only
/*
 * How good is the JIT's code? For each bench program: time and instructions of one run of
 * our image, of Linux's image of the same bytecode (tests/bench/lift.c), and of what gcc
 * and clang make of the same source. The engines take turns, time is the thread's own,
 * each image stands at eight alignments in turn; a ratio is the median over the rounds.
 *
 *	bench_jit [list]	list: what tests/bench/expected wants of Linux
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "jit/jit.h"
#include "tests/bench/lift.h"
#include "verifier/verifier.h"

#define ROUNDS 40
#define ALIGNMENTS 8
#define STEP 8			/* bytes between them */
#define BATCH_NS 200000

typedef u64 (*entry_fn)(const void *ctx);

#define PROG(name) u64 gcc_##name(const void *ctx); u64 clang_##name(const void *ctx);
#include "tests/bench/programs.h"
#undef PROG
static const struct {
	const char *name;
	entry_fn gcc, clang;
} programs[] = {
#define PROG(name) { #name, gcc_##name, clang_##name },
#include "tests/bench/programs.h"
#undef PROG
};

enum { OURS, LINUX, CLANG, GCC, ENGINES };

struct engine {
	entry_fn entry[ALIGNMENTS];
	u64 insns;
	u32 bytes;
	double times[ROUNDS];
};

/* Copies of an image at each alignment: mmap'ed, executable, near this program's text. */
static u8 *room;
static u32 room_used;

static u8 *place(u32 bytes, u32 alignment)
{
	u8 *at = room + room_used + alignment * STEP;

	room_used += (bytes + ALIGNMENTS * STEP + 63) & ~63U;
	return at;
}

static bool add_ours(const struct bench_prog *prog, u32 opt, struct engine *engine)
{
	static u64 helpers[512];
	const struct jit_target target = { .helpers = helpers, .features = JIT_CPU_BMI2 *
					   !!__builtin_cpu_supports("bmi2") };
	struct verified_prog *verified = bench_verify(prog);
	struct jit_request req = { .prog = verified, .binds = prog->binds, .target = &target, .opt = opt };
	const struct jit_layout *layout;
	struct jit_code *code;
	u32 i;

	if (!verified || modbpf_jit_compile(&req, &code))
		return false;
	layout = modbpf_jit_layout(code);
	engine->bytes = layout->bytes;
	for (i = 0; i < ALIGNMENTS; i++) {
		u8 *at = place(layout->bytes, i);

		modbpf_jit_emit(code, (u64)at, at);
		engine->entry[i] = (entry_fn)(at + layout->entry);
	}
	modbpf_jit_free(code);
	modbpf_verified_free(verified);
	return true;
}

static bool add_linux(const struct bench_prog *prog, struct engine *engine)
{
	static struct lifted lifted;
	int err = lift(prog, &lifted);
	u32 i;

	if (err) {
		fprintf(stderr, "Linux: %s\n", strerror(-err));
		return false;
	}
	engine->bytes = lifted.image_bytes;
	for (i = 0; i < ALIGNMENTS; i++) {
		u8 *at = place(lifted.bytes, i);

		memcpy(at, lifted.code, lifted.bytes);
		engine->entry[i] = (entry_fn)(at + lifted.entry);
	}
	return true;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* ns of one run, in a batch of @runs. */
static double time_batch(entry_fn entry, u32 runs)
{
	double begin = now();
	u32 i;

	for (i = 0; i < runs; i++)
		entry(NULL);
	return (now() - begin) / runs;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values)
{
	double sorted[ROUNDS];

	memcpy(sorted, values, sizeof(sorted));
	qsort(sorted, ROUNDS, sizeof(*sorted), compare_doubles);
	return (sorted[ROUNDS / 2 - 1] + sorted[ROUNDS / 2]) / 2;
}

static double median_ratio(const struct engine *a, const struct engine *b)
{
	double ratios[ROUNDS];
	u32 i;

	for (i = 0; i < ROUNDS; i++)
		ratios[i] = a->times[i] / b->times[i];
	return median(ratios);
}

static void measure(struct engine *engines)
{
	u32 round, e, k, runs;
	double once;

	bench_fill();
	once = time_batch(engines[OURS].entry[0], 50);
	runs = BATCH_NS / ALIGNMENTS / (once > 1 ? once : 1) + 1;
	for (round = 0; round < ROUNDS; round++)
	for (e = 0; e < ENGINES; e++) {
		double sum = 0;

		for (k = 0; k < ALIGNMENTS; k++)
			sum += time_batch(engines[(e + round) % ENGINES].entry[k], runs);
		engines[(e + round) % ENGINES].times[round] = sum / ALIGNMENTS;
	}
}

static void count(struct engine *engines, const void *text, u32 text_bytes)
{
	u64 r0[ENGINES];
	u32 e;

	for (e = 0; e < ENGINES; e++) {
		bench_fill();
		if (e <= LINUX)
			engines[e].insns = bench_count(room, room_used, engines[e].entry[0], &r0[e]);
		else
			engines[e].insns = bench_count(text, text_bytes, engines[e].entry[0], &r0[e]);
		if (r0[e] != r0[0])
			printf("engine %u returns %#llx, not %#llx\n", e, r0[e], r0[0]);
	}
}

extern const u8 __executable_start[], etext[];

static bool prepare(u32 nr, struct bench_prog *prog, struct engine *engines)
{
	char path[64];
	u32 i;

	room_used = 0;
	memset(engines, 0, ENGINES * sizeof(*engines));
	memset(room, 0xcc, 1 << 20);
	snprintf(path, sizeof(path), "tests/bench/%s.insns", programs[nr].name);
	for (i = 0; i < ALIGNMENTS; i++) {
		engines[GCC].entry[i] = programs[nr].gcc;
		engines[CLANG].entry[i] = programs[nr].clang;
	}
	return !bench_read(path, prog) && add_ours(prog, 2, &engines[OURS]) &&
	       add_linux(prog, &engines[LINUX]);
}

static double compile_ns(u32 insn_cnt)
{
	struct modbpf_insn *insns = calloc(insn_cnt, sizeof(*insns));
	struct verified_prog prog = { .insns = insns, .insn_cnt = insn_cnt, .subprog_cnt = 1 };
	static u64 helpers[512];
	const struct jit_target target = { .helpers = helpers };
	struct jit_request req = { .prog = &prog, .target = &target, .opt = 2 };
	struct bench_prog *pattern = calloc(1, sizeof(*pattern));
	double best = 1e18, begin;
	struct jit_code *code;
	u32 i, k, at = 0;

	prog.facts = calloc(insn_cnt, sizeof(*prog.facts));
	prog.subprogs = calloc(1, sizeof(*prog.subprogs));
	prog.subprogs[0].end = insn_cnt;
	/* automaton: branches, loads, arithmetic, again and again; its loop stays inside. */
	bench_read("tests/bench/automaton.insns", pattern);
	for (k = 0; at + pattern->insn_cnt + 2 < insn_cnt; k++)
		for (i = 0; i < pattern->insn_cnt; i++) {
			insns[at] = pattern->insns[i];
			if (insn_is_ld_imm64(&insns[at]))
				insns[at].src_reg = 0;
			if (insns[at].code == (BPF_JMP | BPF_EXIT))
				insns[at].code = BPF_JMP | BPF_JA;
			at++;
		}
	while (at + 1 < insn_cnt)
		insns[at++] = (struct modbpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K };
	insns[at] = (struct modbpf_insn){ .code = BPF_JMP | BPF_EXIT };
	for (i = 0; i < 5; i++) {
		begin = now();
		if (modbpf_jit_compile(&req, &code))
			return -1;
		best = fmin(best, now() - begin);
		modbpf_jit_free(code);
	}
	free(prog.facts);
	free(prog.subprogs);
	free(pattern);
	free(insns);
	return best / insn_cnt;
}

int main(int argc, char **argv)
{
	static struct bench_prog prog;
	static struct engine engines[ENGINES];
	double logs[5] = {}, worst = 0;
	bool is_whole = true;
	bool only_list = argc > 1 && !strcmp(argv[1], "list");
	u32 i;

	room = mmap((void *)(((u64)bench_data + (256 << 20)) & ~4095ULL), 1 << 20,
		    PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return 1;
	if (!only_list)
		printf("%-10s %9s %9s %9s %9s   %7s %7s %7s %7s   %5s %5s\n", "", "ns", "Linux", "clang",
		       "gcc", "insns", "Linux", "clang", "gcc", "bytes", "Linux");
	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		struct engine *e = engines;

		if (!prepare(i, &prog, e)) {
			printf("%-10s cannot be compared\n", programs[i].name);
			is_whole = false;
			continue;
		}
		count(e, __executable_start, etext - __executable_start);
		if (only_list) {
			printf("%-10s %7llu %5u %7llu %5u\n", programs[i].name, e[OURS].insns, e[OURS].bytes,
			       e[LINUX].insns, e[LINUX].bytes);
			continue;
		}
		measure(e);
		printf("%-10s %9.0f %9.0f %9.0f %9.0f   %7llu %7llu %7llu %7llu   %5u %5u   "
		       "time %.2f of Linux's, %.2f of clang's\n",
		       programs[i].name, median(e[OURS].times), median(e[LINUX].times),
		       median(e[CLANG].times), median(e[GCC].times), e[OURS].insns, e[LINUX].insns,
		       e[CLANG].insns, e[GCC].insns, e[OURS].bytes, e[LINUX].bytes,
		       median_ratio(&e[OURS], &e[LINUX]), median_ratio(&e[OURS], &e[CLANG]));
		fflush(stdout);
		logs[0] += log(median_ratio(&e[OURS], &e[LINUX]));
		logs[1] += log((double)e[OURS].insns / e[LINUX].insns);
		logs[2] += log((double)e[OURS].bytes / e[LINUX].bytes);
		logs[3] += log(median_ratio(&e[OURS], &e[CLANG]));
		logs[4] += log(median_ratio(&e[OURS], &e[GCC]));
		worst = fmax(worst, median_ratio(&e[OURS], &e[LINUX]));
	}
	if (only_list || !is_whole)
		return !is_whole;
	printf("geometric means: time %.3f (worst %.2f), instructions %.3f, bytes %.3f of Linux's; "
	       "time %.3f of clang's, %.3f of gcc's\n",
	       exp(logs[0] / i), worst, exp(logs[1] / i), exp(logs[2] / i), exp(logs[3] / i), exp(logs[4] / i));
	for (i = 4000; i <= 256000; i *= 2)
		printf("compile time: %.0f ns per instruction of %u\n", compile_ns(i), i);
	return 0;
}
