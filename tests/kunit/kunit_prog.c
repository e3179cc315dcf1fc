// SPDX-License-Identifier: GPL-2.0-only
/* Are programs run, guarded and counted as module/prog.h says? */
#include <kunit/test.h>
#include <linux/preempt.h>

#include "module/caller.h"
#include "module/prog_run.h"
#include "tests/kunit/c_prog.h"

static struct modbpf_prog *self;	/* the program that runs */
static bool inner;			/* what running itself gave */
static u64 last;			/* what a program came to */

static u64 plus_one(const void *ctx)
{
	last = *(const u64 *)ctx + 1;
	return last;
}

static u64 runs_itself(const void *ctx)
{
	inner = prog_run_guarded(self, ctx, NULL);
	return 42;
}

static void runs_are_counted(struct kunit *test)
{
	struct modbpf_prog *prog = c_prog_new(test, MODBPF_PROG_KPROBE, plus_one);
	struct prog_cpu sum;
	u64 ctx = 7;
	u32 i;

	preempt_disable();
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, prog_run_guarded(prog, &ctx, NULL));
	KUNIT_EXPECT_EQ(test, last, 8ULL);
	KUNIT_EXPECT_EQ(test, prog_run_packet(prog, &ctx), 8ULL);
	preempt_enable();
	prog_counters(prog, &sum);
	KUNIT_EXPECT_EQ(test, sum.runs, 4ULL);
	KUNIT_EXPECT_EQ(test, sum.misses, 0ULL);
	c_prog_free(prog);
}

static void a_guarded_program_does_not_nest(struct kunit *test)
{
	struct prog_cpu sum;
	u64 ctx = 0;

	self = c_prog_new(test, MODBPF_PROG_KPROBE, runs_itself);
	inner = true;
	preempt_disable();
	KUNIT_EXPECT_TRUE(test, prog_run_guarded(self, &ctx, NULL));
	/* And it can be run again afterwards. */
	KUNIT_EXPECT_TRUE(test, prog_run_guarded(self, &ctx, NULL));
	preempt_enable();
	KUNIT_EXPECT_FALSE(test, inner);
	prog_counters(self, &sum);
	KUNIT_EXPECT_EQ(test, sum.runs, 2ULL);
	KUNIT_EXPECT_EQ(test, sum.misses, 2ULL);
	c_prog_free(self);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(runs_are_counted),
	KUNIT_CASE(a_guarded_program_does_not_nest),
	{}
};

struct kunit_suite kunit_prog_suite = {
	.name = "modbpf-prog",
	.test_cases = cases,
};
