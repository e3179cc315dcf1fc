// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the JIT's code as good as it was? tests/bench/expected lists, for each bench
 * program, the instructions that one run executes and the bytes of the image: ours, and
 * those of Linux 6.18's JIT for the same bytecode. More than is listed fails; less does
 * too, so that the list is kept: "test_jit_bench print" prints it as it is now.
 */
#include <math.h>
#include <stdlib.h>

#include "isa/interp.h"
#include "jit/jit.h"
#include "tests/support/benchprog.h"
#include "tests/support/check.h"
#include "verifier/verifier.h"

#define EXPECTED "tests/bench/expected"
#define MUST_INSNS 0.90		/* geometric means, ours / Linux's */
#define MUST_BYTES 0.95
#define AT_LEAST 20		/* programs */

struct row {
	char name[32];
	u32 insns, bytes, linux_insns, linux_bytes;
};

struct figures {
	u64 insns;
	u32 bytes;
};

static bool measure(const char *name, u32 flags, struct figures *out)
{
	static struct bench_prog prog;
	static u8 after[BENCH_DATA_BYTES];
	struct interp_env env = { .binds = prog.binds };
	struct verified_prog *verified;
	struct jit_run run;
	char path[64];
	u64 r0, want;

	snprintf(path, sizeof(path), "tests/bench/%s.insns", name);
	if (bench_read(path, &prog))
		return false;
	verified = bench_verify(&prog);
	if (!verified)
		return false;
	env.prog = verified;
	bench_fill();
	want = modbpf_interp_run(&env, NULL, NULL);
	memcpy(after, bench_data, sizeof(after));
	CHECK_EQ(jit_run_prepare(&run, verified, prog.binds, NULL, flags), 0);
	out->bytes = run.layout->bytes;
	bench_fill();
	out->insns = bench_count(run.image, out->bytes, run.entry, &r0);
	CHECK_EQ(r0, want);
	CHECK(!memcmp(after, bench_data, sizeof(after)));
	jit_run_release(&run);
	modbpf_verified_free(verified);
	return true;
}

static u32 read_rows(struct row *rows, u32 cap)
{
	FILE *file = fopen(EXPECTED, "r");
	char line[256];
	u32 cnt = 0;

	while (file && cnt < cap && fgets(line, sizeof(line), file)) {
		struct row *row = &rows[cnt];

		cnt += sscanf(line, "%31s %u %u %u %u", row->name, &row->insns, &row->bytes,
			      &row->linux_insns, &row->linux_bytes) == 5;
	}
	if (file)
		fclose(file);
	return cnt;
}

static void the_code_is_as_listed(void)
{
	struct row rows[64];
	u32 cnt = read_rows(rows, ARRAY_SIZE(rows)), i;
	double insns = 0, bytes = 0;
	struct figures now;

	CHECK(cnt >= AT_LEAST);
	if (!__builtin_cpu_supports("bmi2")) {
		printf("this processor has no BMI2: the listed figures are for one that has\n");
		return;
	}
	for (i = 0; i < cnt; i++) {
		check_begin(rows[i].name);
		CHECK(measure(rows[i].name, JIT_RUN_BEST, &now));
		CHECK_EQ(now.insns, rows[i].insns);
		CHECK_EQ(now.bytes, rows[i].bytes);
		insns += log((double)now.insns / rows[i].linux_insns);
		bytes += log((double)now.bytes / rows[i].linux_bytes);
		check_end();
	}
	check_begin("geometric means against Linux's code");
	CHECK(exp(insns / cnt) <= MUST_INSNS);
	CHECK(exp(bytes / cnt) <= MUST_BYTES);
}

/* A level that makes code worse than the one below it is to blame for something. */
static void levels_help(void)
{
	static const u32 flags[] = { 0, JIT_RUN_OPT1, JIT_RUN_OPT2 };
	struct row rows[64];
	u32 cnt = read_rows(rows, ARRAY_SIZE(rows)), i, k;
	struct figures now;

	for (i = 0; i < cnt; i++) {
		u64 last = ~0ULL;

		for (k = 0; k < ARRAY_SIZE(flags); k++) {
			CHECK(measure(rows[i].name, flags[k], &now));
			if (now.insns > last)
				check_failed(__FILE__, __LINE__, "%s: level %u", rows[i].name, k);
			last = now.insns;
		}
	}
}

static int print(void)
{
	struct row rows[64];
	u32 cnt = read_rows(rows, ARRAY_SIZE(rows)), i;
	double insns = 0, bytes = 0;
	struct figures now;

	for (i = 0; i < cnt; i++) {
		if (!measure(rows[i].name, JIT_RUN_BEST, &now))
			return 1;
		printf("%-10s %7llu %5u %7u %5u\n", rows[i].name, now.insns, now.bytes,
		       rows[i].linux_insns, rows[i].linux_bytes);
		insns += log((double)now.insns / rows[i].linux_insns);
		bytes += log((double)now.bytes / rows[i].linux_bytes);
	}
	printf("# geometric means: instructions %.3f, bytes %.3f\n", exp(insns / cnt), exp(bytes / cnt));
	return 0;
}

static const struct check_case cases[] = {
	{ "the bench programs are as fast and as small as listed", the_code_is_as_listed },
	{ "no level makes code worse", levels_help },
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "print"))
		return print();
	return check_run("jit_bench", cases, ARRAY_SIZE(cases), argc, argv);
}
