// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a function with a trampoline what it was, does each return call us with its arguments and
 * its result, and is nothing let go that somebody comes back to?
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/gcd.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/stacktrace.h>

#include "module/compat/ftrace.h"
#include "module/hook/trampoline.h"
#include "module/image.h"
#include "module/kernel_symbol.h"

#define CALLS 1000
#define ROUNDS 20	/* set and unset under fire */
#define DEPTH 64

/* The compiler must not know what they are. */
static unsigned long (*volatile call_gcd)(unsigned long a, unsigned long b) = gcd;
static typeof(wait_for_completion_io) *volatile call_wait = wait_for_completion_io;

static u32 returns;
static struct trampoline_frame last;

static notrace void on_return(struct trampoline *trampoline, struct trampoline_frame *frame)
{
	preempt_disable_notrace();
	if (trampoline_owner(trampoline)) {
		returns++;
		last = *frame;
	}
	preempt_enable_notrace();
	trampoline_leave(trampoline);
}

/* Where ftrace has the function's first instruction. */
static unsigned long entry_of(struct kunit *test, const char *name)
{
	unsigned long ip;

	KUNIT_ASSERT_EQ(test, kernel_symbol_entry(name, &ip), 0);
	return ip;
}

static struct trampoline *set(struct kunit *test, const char *name)
{
	struct trampoline *trampoline = trampoline_set(entry_of(test, name), on_return, &returns);

	KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(trampoline), 0);
	returns = 0;
	return trampoline;
}

/* All that was unset is let go, in some seconds. */
static void wait_for_room(struct kunit *test, u32 used)
{
	int i;

	for (i = 0; i < 300 && image_arena_used() != used; i++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, image_arena_used(), used);
}

static void calls_at_each_return(struct kunit *test)
{
	u32 used = image_arena_used(), i;
	struct trampoline *trampoline = set(test, "gcd");

	for (i = 0; i < CALLS; i++)
		KUNIT_EXPECT_EQ(test, call_gcd(12, 18), 6UL);
	KUNIT_EXPECT_EQ(test, returns, (u32)CALLS);
	KUNIT_EXPECT_EQ(test, last.args[0], 12ULL);
	KUNIT_EXPECT_EQ(test, last.args[1], 18ULL);
	KUNIT_EXPECT_EQ(test, last.result[0], 6ULL);
	KUNIT_EXPECT_GT(test, image_arena_used(), used);
	trampoline_unset(trampoline);
	KUNIT_EXPECT_EQ(test, call_gcd(12, 18), 6UL);
	KUNIT_EXPECT_EQ(test, returns, (u32)CALLS);
	wait_for_room(test, used);
}

static unsigned long trace[DEPTH];
static u32 depth;

/* One of our own, so that it has all six and looks at the stack. */
static noinline __noclone u64 six(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f)
{
	depth = stack_trace_save(trace, DEPTH, 0);
	return a + 10 * b + 100 * c + 1000 * d + 10000 * e + 100000 * f;
}

static typeof(six) *volatile call_six = six;

/* All six arrive, and the stack is walked to its end. */
static void passes_all_arguments(struct kunit *test)
{
	u32 used = image_arena_used(), without, i;
	struct trampoline *trampoline;

	KUNIT_EXPECT_EQ(test, call_six(1, 2, 3, 4, 5, 6), 654321ULL);
	without = depth;
	trampoline = set(test, "six");
	KUNIT_EXPECT_EQ(test, call_six(1, 2, 3, 4, 5, 6), 654321ULL);
	KUNIT_EXPECT_EQ(test, returns, 1U);
	for (i = 0; i < TRAMPOLINE_ARGS; i++)
		KUNIT_EXPECT_EQ(test, last.args[i], i + 1ULL);
	KUNIT_EXPECT_EQ(test, last.result[0], 654321ULL);
	/* The trampoline, and once more the function that called it. */
	KUNIT_EXPECT_EQ(test, depth, without + 2);
	trampoline_unset(trampoline);
	wait_for_room(test, used);
}

static void has_one_owner(struct kunit *test)
{
	u32 used = image_arena_used();
	struct trampoline *first = set(test, "gcd");
	struct trampoline *second = trampoline_set(entry_of(test, "gcd"), on_return, &returns);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(second), -EBUSY);
	KUNIT_EXPECT_EQ(test, call_gcd(12, 18), 6UL);
	KUNIT_EXPECT_EQ(test, returns, 1U);
	trampoline_unset(first);
	wait_for_room(test, used);
}

static void changes_nothing(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

/* Who may change where a function goes on is its only owner. When that one is gone, the same ops are taken. */
static void may_ask_again(struct kunit *test)
{
	struct kprobe owner = { .symbol_name = "six", .post_handler = changes_nothing };
	static struct ftrace_ops ops;
	unsigned long entry = entry_of(test, "six"), addr = (unsigned long)changes_nothing;

	KUNIT_ASSERT_EQ(test, register_kprobe(&owner), 0);
	KUNIT_EXPECT_EQ(test, compat_ftrace_direct_set(&ops, entry, addr), -EBUSY);
	unregister_kprobe(&owner);
	KUNIT_ASSERT_EQ(test, compat_ftrace_direct_set(&ops, entry, addr), 0);
	KUNIT_EXPECT_EQ(test, compat_ftrace_direct_unset(&ops, addr), 0);
	KUNIT_ASSERT_EQ(test, compat_ftrace_direct_set(&ops, entry, addr), 0);
	KUNIT_EXPECT_EQ(test, compat_ftrace_direct_unset(&ops, addr), 0);
}

static bool has_slept;

static int sleeper(void *until)
{
	call_wait(until);
	WRITE_ONCE(has_slept, true);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/* It comes back through what was unset meanwhile, and calls nobody. */
static void stays_for_a_sleeper(struct kunit *test)
{
	u32 used = image_arena_used(), refs = module_refcount(THIS_MODULE);
	DECLARE_COMPLETION_ONSTACK(until);
	struct trampoline *trampoline = set(test, "wait_for_completion_io");
	struct task_struct *task;

	has_slept = false;
	task = kthread_run(sleeper, &until, "sleeper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while (READ_ONCE(task->__state) != TASK_UNINTERRUPTIBLE)
		schedule_timeout_interruptible(1);
	trampoline_unset(trampoline);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), refs + 1);
	msleep(1500);	/* until it has been looked at */
	KUNIT_EXPECT_GT(test, image_arena_used(), used);
	complete(&until);
	while (!READ_ONCE(has_slept))
		schedule_timeout_interruptible(1);
	KUNIT_EXPECT_EQ(test, returns, 0U);
	kthread_stop(task);
	wait_for_room(test, used);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), refs);
}

static int firer(void *wrong)
{
	while (!kthread_should_stop()) {
		if (call_gcd(12, 18) != 6)
			(*(u32 *)wrong)++;
		cond_resched_tasks_rcu_qs();	/* else the wait for it never ends */
	}
	return 0;
}

static void comes_and_goes_under_fire(struct kunit *test)
{
	u32 used = image_arena_used(), wrong = 0, seen, i;
	struct task_struct *task = kthread_run(firer, &wrong, "firer");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < ROUNDS; i++) {
		trampoline_unset(set(test, "gcd"));
		seen = returns;
		msleep(2);
		KUNIT_EXPECT_EQ(test, returns, seen);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	wait_for_room(test, used);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(calls_at_each_return),
	KUNIT_CASE(passes_all_arguments),
	KUNIT_CASE(has_one_owner),
	KUNIT_CASE(may_ask_again),
	KUNIT_CASE(stays_for_a_sleeper),
	KUNIT_CASE(comes_and_goes_under_fire),
	{}
};

struct kunit_suite kunit_trampoline_suite = {
	.name = "modbpf-trampoline",
	.test_cases = cases,
};
