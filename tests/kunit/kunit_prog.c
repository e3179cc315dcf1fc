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
	inner = prog_run_guarded(self, ctx, NULL, NULL);
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
		KUNIT_EXPECT_TRUE(test, prog_run_guarded(prog, &ctx, NULL, NULL));
	KUNIT_EXPECT_EQ(test, last, 8ULL);
	KUNIT_EXPECT_EQ(test, prog_run_packet(prog, &ctx, NULL), 8ULL);
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
	KUNIT_EXPECT_TRUE(test, prog_run_guarded(self, &ctx, NULL, NULL));
	/* And it can be run again afterwards. */
	KUNIT_EXPECT_TRUE(test, prog_run_guarded(self, &ctx, NULL, NULL));
	preempt_enable();
	KUNIT_EXPECT_FALSE(test, inner);
	prog_counters(self, &sum);
	KUNIT_EXPECT_EQ(test, sum.runs, 2ULL);
	KUNIT_EXPECT_EQ(test, sum.misses, 2ULL);
	c_prog_free(self);
}

static u64 lost(const struct modbpf_prog *prog)
{
	struct prog_cpu sum;

	prog_counters(prog, &sum);
	return sum.lost;
}

static u64 loses_one(const void *ctx)
{
	prog_run_lost_record();
	return 0;
}

/*
 * A packet program is preempted, and another task's runs; they end in whatever order. Each has
 * lost its own, and an event that comes in between, too.
 */
static void runs_of_several_tasks_do_not_nest(struct kunit *test)
{
	struct modbpf_prog *packets = c_prog_new(test, MODBPF_PROG_NETFILTER, loses_one);
	struct modbpf_prog *event = c_prog_new(test, MODBPF_PROG_KPROBE, loses_one);
	struct prog_run ours = { .task = current, .prog = packets };
	struct prog_run others = { .task = (void *)1, .prog = event };

	preempt_disable();
	prog_run_begin(&ours);
	prog_run_begin(&others);
	prog_run_lost_record();
	KUNIT_EXPECT_EQ(test, lost(packets), 1ULL);
	KUNIT_EXPECT_EQ(test, lost(event), 0ULL);
	prog_run_guarded(event, NULL, NULL, NULL);
	KUNIT_EXPECT_EQ(test, lost(packets), 1ULL);
	KUNIT_EXPECT_EQ(test, lost(event), 1ULL);
	prog_run_end(&ours);
	prog_run_lost_record();
	KUNIT_EXPECT_TRUE(test, this_cpu_read(prog_runs) == &others);
	KUNIT_EXPECT_TRUE(test, !others.outer);
	prog_run_end(&others);
	KUNIT_EXPECT_TRUE(test, !this_cpu_read(prog_runs));
	prog_run_lost_record();
	KUNIT_EXPECT_EQ(test, lost(packets), 1ULL);
	KUNIT_EXPECT_EQ(test, lost(event), 1ULL);
	/* One that may lose records has a run, one that may not has none. */
	packets->may_lose = true;
	prog_run_packet(packets, NULL, NULL);
	KUNIT_EXPECT_EQ(test, lost(packets), 2ULL);
	preempt_enable();
	c_prog_free(event);
	c_prog_free(packets);
}

static struct modbpf_prog *one_on_top;

static u64 is_an_event(const void *ctx)
{
	prog_run_guarded(one_on_top, NULL, NULL, NULL);
	return 0;
}

/* What a program does is an event for another one, and what that does for none. */
static void programs_do_not_pile_up(struct kunit *test)
{
	struct modbpf_prog *prog = c_prog_new(test, MODBPF_PROG_RAW_TRACEPOINT, is_an_event);
	struct prog_run lowest = { .prog = prog }, run = { .prog = prog, .outer = &lowest };
	struct prog_cpu sum;

	one_on_top = c_prog_new(test, MODBPF_PROG_KPROBE, loses_one);
	preempt_disable();
	prog_run_guarded(prog, NULL, NULL, NULL);
	prog_counters(one_on_top, &sum);
	KUNIT_EXPECT_EQ(test, sum.runs, 1ULL);
	lowest.context = run.context = preempt_count();
	this_cpu_write(prog_runs, &run);
	prog_run_guarded(one_on_top, NULL, NULL, NULL);
	prog_counters(one_on_top, &sum);
	KUNIT_EXPECT_EQ(test, sum.runs, 1ULL);
	KUNIT_EXPECT_EQ(test, sum.misses, 1ULL);
	/* An interrupt's run on top of what it has interrupted. */
	lowest.context = run.context = preempt_count() ^ HARDIRQ_OFFSET;
	prog_run_guarded(one_on_top, NULL, NULL, NULL);
	this_cpu_write(prog_runs, NULL);
	preempt_enable();
	prog_counters(one_on_top, &sum);
	KUNIT_EXPECT_EQ(test, sum.runs, 2ULL);
	KUNIT_EXPECT_EQ(test, sum.misses, 1ULL);
	c_prog_free(one_on_top);
	c_prog_free(prog);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(runs_are_counted),
	KUNIT_CASE(a_guarded_program_does_not_nest),
	KUNIT_CASE(programs_do_not_pile_up),
	KUNIT_CASE(runs_of_several_tasks_do_not_nest),
	{}
};

struct kunit_suite kunit_prog_suite = {
	.name = "modbpf-prog",
	.test_cases = cases,
};
