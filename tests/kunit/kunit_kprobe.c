// SPDX-License-Identifier: GPL-2.0-only
/* Does a kprobe link fire from all its places, and from none when it is refused or gone? */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/gcd.h>
#include <linux/kallsyms.h>
#include <linux/lcm.h>
#include <linux/module.h>
#include <linux/ptrace.h>

#include "module/arena.h"
#include "module/caller.h"
#include "module/helper.h"
#include "module/hook/counters.h"
#include "module/image.h"
#include "module/kernel_symbol.h"
#include "module/link.h"
#include "tests/kunit/c_prog.h"
#include "tests/kunit/user_memory.h"

#define USER_BYTES (64 * 1024)

struct fixture {
	struct user_memory mem;
	struct caller caller;
	struct modbpf_prog *prog;
	union modbpf_attr attr;
};

/* The function that is probed; the compiler must not know that it has no side effects. */
static unsigned long (*volatile probed)(unsigned long a, unsigned long b) = gcd;

/* What the program saw; cases run one at a time. */
static u32 fired;
static unsigned long first_arg, returned;
static u64 cookie;
static unsigned long func_ip;
static bool call_again;

static u64 body(const void *ctx)
{
	const struct pt_regs *regs = ctx;

	fired++;
	first_arg = regs->di;
	returned = regs->ax;
	cookie = prog_run_site()->cookie;
	func_ip = prog_run_site()->func_ip;
	if (call_again)
		probed(3, 9);
	return 0;
}

static int begin(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	caller_init_current(&f->caller);
	user_memory_begin(test, &f->mem, USER_BYTES);
	f->prog = c_prog_new(test, MODBPF_PROG_KPROBE, body);
	f->attr.link_create.attach_type = MODBPF_ATTACH_KPROBE_MULTI;
	fired = 0;
	call_again = false;
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	user_memory_end(&f->mem);
	if (f->prog)
		c_prog_free(f->prog);
}

static void ask_symbols(struct kunit *test, const char *const *names, u32 cnt)
{
	struct fixture *f = test->priv;
	u64 strings[8];
	u32 i;

	KUNIT_ASSERT_LE(test, cnt, (u32)ARRAY_SIZE(strings));
	for (i = 0; i < cnt; i++)
		strings[i] = user_memory_put(test, &f->mem, names[i], strlen(names[i]) + 1);
	f->attr.link_create.kprobe_multi.cnt = cnt;
	f->attr.link_create.kprobe_multi.addrs = 0;
	f->attr.link_create.kprobe_multi.syms =
		user_memory_put(test, &f->mem, strings, cnt * sizeof(u64));
}

static void ask_addrs(struct kunit *test, const u64 *addrs, u32 cnt)
{
	struct fixture *f = test->priv;

	f->attr.link_create.kprobe_multi.cnt = cnt;
	f->attr.link_create.kprobe_multi.syms = 0;
	f->attr.link_create.kprobe_multi.addrs =
		user_memory_put(test, &f->mem, addrs, cnt * sizeof(u64));
}

static int attach(struct kunit *test, struct modbpf_link **link)
{
	struct fixture *f = test->priv;
	int err = kprobe_link_attach(&f->caller, &f->attr, f->prog, link);

	return err ?: link_go_live(*link);
}

static struct modbpf_link *attached(struct kunit *test)
{
	struct modbpf_link *link = NULL;

	KUNIT_ASSERT_EQ(test, attach(test, &link), 0);
	KUNIT_ASSERT_NOT_NULL(test, link);
	return link;
}

static void refused(struct kunit *test, int err)
{
	struct modbpf_link *link = NULL;
	int got = attach(test, &link);

	KUNIT_EXPECT_EQ(test, got, err);
	if (got)
		return;
	link->ops->detach(link);
	link->ops->destroy(link);
}

static void remove(struct modbpf_link *link)
{
	link->ops->detach(link);
	link->ops->destroy(link);
}

static void call_gcd(struct kunit *test, u32 times)
{
	while (times--)
		KUNIT_EXPECT_EQ(test, probed(12, 18), 6UL);
}

static void entry_by_symbol_fires_once_a_call(struct kunit *test)
{
	static const char *const names[] = { "gcd" };
	struct modbpf_link *link;

	ask_symbols(test, names, 1);
	call_gcd(test, 1);
	KUNIT_EXPECT_EQ(test, fired, 0U);
	link = attached(test);
	call_gcd(test, 5);
	KUNIT_EXPECT_EQ(test, fired, 5U);
	KUNIT_EXPECT_EQ(test, first_arg, 12UL);
	link->ops->detach(link);
	call_gcd(test, 3);
	KUNIT_EXPECT_EQ(test, fired, 5U);
	link->ops->detach(link);
	link->ops->destroy(link);
}

static void return_fires_with_the_result(struct kunit *test)
{
	static const char *const names[] = { "gcd" };
	struct fixture *f = test->priv;
	struct modbpf_link *link;

	ask_symbols(test, names, 1);
	f->attr.link_create.kprobe_multi.flags = MODBPF_KPROBE_MULTI_RETURN;
	link = attached(test);
	call_gcd(test, 4);
	KUNIT_EXPECT_EQ(test, fired, 4U);
	KUNIT_EXPECT_EQ(test, returned, 6UL);
	link->ops->detach(link);
	call_gcd(test, 1);
	KUNIT_EXPECT_EQ(test, fired, 4U);
	link->ops->destroy(link);
}

static void address_is_as_good_as_a_symbol(struct kunit *test)
{
	const u64 addr = (unsigned long)gcd;
	struct modbpf_link *link;

	ask_addrs(test, &addr, 1);
	link = attached(test);
	call_gcd(test, 2);
	KUNIT_EXPECT_EQ(test, fired, 2U);
	remove(link);
}

static void two_links_on_one_function_both_fire(struct kunit *test)
{
	static const char *const names[] = { "gcd" };
	struct modbpf_link *one, *two;

	ask_symbols(test, names, 1);
	one = attached(test);
	two = attached(test);
	call_gcd(test, 3);
	KUNIT_EXPECT_EQ(test, fired, 6U);
	remove(one);
	call_gcd(test, 1);
	KUNIT_EXPECT_EQ(test, fired, 7U);
	remove(two);
}

static void one_bad_symbol_refuses_them_all(struct kunit *test)
{
	static const char *const names[] = { "gcd", "modbpf_no_such_function", "lcm" };

	ask_symbols(test, names, 3);
	refused(test, -ESRCH);
	call_gcd(test, 1);
	KUNIT_EXPECT_EQ(test, fired, 0U);
}

/* Neither ftrace nor kprobes take what must not be instrumented. */
static void blacklisted_function_is_refused(struct kunit *test)
{
	static const char *const names[] = { "exc_int3" };

	ask_symbols(test, names, 1);
	refused(test, -EINVAL);
}

static void own_text_is_refused(struct kunit *test)
{
	static const char *const names[] = { "image_alloc" };
	const u64 places[] = {
		(unsigned long)image_free, (unsigned long)arena_base(),
		(unsigned long)arena_base() + ARENA_BYTES / 2,
	};
	u32 i;

	ask_symbols(test, names, 1);
	refused(test, -EINVAL);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		ask_addrs(test, &places[i], 1);
		refused(test, -EINVAL);
	}
}

static void address_outside_text_is_refused(struct kunit *test)
{
	static u64 data;
	const u64 places[] = { 0, 1, 0x400000, (unsigned long)&data, ~0ULL };
	struct modbpf_link *link;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		ask_addrs(test, &places[i], 1);
		KUNIT_EXPECT_LT(test, attach(test, &link), 0);
	}
}

static void malformed_attr_is_refused(struct kunit *test)
{
	static const char *const names[] = { "gcd" };
	struct fixture *f = test->priv;
	union modbpf_attr good;

	ask_symbols(test, names, 1);
	good = f->attr;
	f->attr.link_create.flags = 1;
	refused(test, -EINVAL);
	f->attr = good;
	f->attr.link_create.kprobe_multi.flags = 2;
	refused(test, -EINVAL);
	f->attr = good;
	f->attr.link_create.kprobe_multi.cnt = 0;
	refused(test, -EINVAL);
	f->attr.link_create.kprobe_multi.cnt = (1U << 20) + 1;
	refused(test, -E2BIG);
	f->attr = good;
	f->attr.link_create.kprobe_multi.addrs = good.link_create.kprobe_multi.syms;
	refused(test, -EINVAL);
	f->attr.link_create.kprobe_multi.addrs = 0;
	f->attr.link_create.kprobe_multi.syms = 0;
	refused(test, -EINVAL);
	f->attr = good;
	f->prog->expected_attach_type = MODBPF_ATTACH_NETFILTER;
	refused(test, -EINVAL);
	f->prog->expected_attach_type = MODBPF_ATTACH_KPROBE_MULTI;
	remove(attached(test));
}

static void bad_user_memory_is_efault(struct kunit *test)
{
	static const char *const names[] = { "gcd" };
	struct fixture *f = test->priv;
	const u64 nowhere = 8, room = PAGE_SIZE * 1024;
	union modbpf_attr good;
	char *longest;

	ask_symbols(test, names, 1);
	good = f->attr;
	f->attr.link_create.kprobe_multi.syms = nowhere;
	refused(test, -EFAULT);
	f->attr.link_create.kprobe_multi.syms = user_memory_put(test, &f->mem, &nowhere, 8);
	refused(test, -EFAULT);
	f->attr = good;
	f->attr.link_create.kprobe_multi.cookies = room;
	refused(test, -EFAULT);
	longest = kunit_kzalloc(test, KSYM_NAME_LEN + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, longest);
	memset(longest, 'g', KSYM_NAME_LEN);
	ask_symbols(test, (const char *const *)&longest, 1);
	f->attr.link_create.kprobe_multi.cookies = 0;
	refused(test, -E2BIG);
}

static void info_tells_places_and_cookies(struct kunit *test)
{
	static const char *const names[] = { "gcd", "lcm" };
	const u64 cookies[2] = { 0x1111222233334444ULL, 7 };
	struct fixture *f = test->priv;
	struct modbpf_link_info info = {}, asked = {};
	struct modbpf_link *link;
	u64 told[2];

	ask_symbols(test, names, 2);
	f->attr.link_create.kprobe_multi.cookies =
		user_memory_put(test, &f->mem, cookies, sizeof(cookies));
	link = attached(test);
	KUNIT_EXPECT_EQ(test, link->ops->fill_info(&f->caller, link, &info, &asked), 0);
	KUNIT_EXPECT_EQ(test, info.kprobe_multi.count, 2U);
	KUNIT_EXPECT_EQ(test, info.kprobe_multi.flags, 0U);

	asked.kprobe_multi.count = 2;
	KUNIT_EXPECT_EQ(test, link->ops->fill_info(&f->caller, link, &info, &asked), -EINVAL);
	asked.kprobe_multi.addrs = user_memory_put(test, &f->mem, NULL, sizeof(told));
	asked.kprobe_multi.cookies = user_memory_put(test, &f->mem, NULL, sizeof(told));
	KUNIT_EXPECT_EQ(test, link->ops->fill_info(&f->caller, link, &info, &asked), 0);
	user_memory_get(test, told, asked.kprobe_multi.cookies, sizeof(told));
	KUNIT_EXPECT_EQ(test, memcmp(told, cookies, sizeof(told)), 0);
	user_memory_get(test, told, asked.kprobe_multi.addrs, sizeof(told));
	/* Behind an endbr64, where the function has one. */
	KUNIT_EXPECT_LE(test, told[0] - (unsigned long)gcd, 4ULL);
	KUNIT_EXPECT_LE(test, told[1] - (unsigned long)lcm, 4ULL);

	asked.kprobe_multi.count = 1;
	asked.kprobe_multi.cookies = 0;
	KUNIT_EXPECT_EQ(test, link->ops->fill_info(&f->caller, link, &info, &asked), -ENOSPC);
	asked.kprobe_multi.addrs = 8;
	KUNIT_EXPECT_EQ(test, link->ops->fill_info(&f->caller, link, &info, &asked), -EFAULT);
	remove(link);
}

static void each_function_has_its_site(struct kunit *test)
{
	static const char *const names[] = { "lcm", "gcd" };
	const u64 cookies[2] = { 3, 0x1111222233334444ULL };
	struct fixture *f = test->priv;
	struct modbpf_link *link;
	u32 flags;

	for (flags = 0; flags <= MODBPF_KPROBE_MULTI_RETURN; flags++) {
		ask_symbols(test, names, 2);
		f->attr.link_create.kprobe_multi.flags = flags;
		f->attr.link_create.kprobe_multi.cookies =
			user_memory_put(test, &f->mem, cookies, sizeof(cookies));
		link = attached(test);
		call_gcd(test, 1);
		KUNIT_EXPECT_EQ(test, cookie, cookies[1]);
		KUNIT_EXPECT_EQ(test, func_ip, (unsigned long)gcd);
		KUNIT_EXPECT_EQ(test, lcm(4, 6), 12UL);
		/* lcm calls gcd: entered last, left first. */
		KUNIT_EXPECT_EQ(test, cookie, cookies[!flags]);
		KUNIT_EXPECT_EQ(test, func_ip, flags ? (unsigned long)lcm : (unsigned long)gcd);
		remove(link);
	}
}

/* The kernel does not run a probe that is hit from within a probe. */
static void program_that_calls_what_it_probes_ends(struct kunit *test)
{
	static const char *const names[] = { "gcd" };
	struct hook_counters sum;
	struct modbpf_link *link;

	ask_symbols(test, names, 1);
	call_again = true;
	link = attached(test);
	call_gcd(test, 2);
	KUNIT_EXPECT_EQ(test, fired, 2U);
	/* And says so: each call from within was missed, by the kernel or by the guard. */
	hook_counters_sum(link->counters, &sum);
	KUNIT_EXPECT_EQ(test, sum.events, 2ULL);
	KUNIT_EXPECT_EQ(test, sum.recursion_misses + link_missed(link), 2ULL);
	remove(link);
}

/* As a program calls it that runs for @site. */
static s64 override(const struct run_site *site, struct pt_regs *regs, u64 value)
{
	struct prog_run run = { .site = site };
	s64 result;

	preempt_disable();
	this_cpu_write(prog_runs, &run);
	result = modbpf_helpers[MODBPF_FUNC_override_return]((u64)(unsigned long)regs, value, 0, 0, 0);
	this_cpu_write(prog_runs, NULL);
	preempt_enable();
	return result;
}

/* What is given as a context in a run without an event, or for another, is only looked at. */
static void overrides_its_event_alone(struct kunit *test)
{
	struct pt_regs regs = { .ip = 1, .ax = 2 };
	const struct run_site elsewhere = {}, here = { .regs = &regs };

	KUNIT_EXPECT_EQ(test, override(NULL, &regs, 3), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, override(&elsewhere, &regs, 3), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, regs.ip, 1ul);
	KUNIT_EXPECT_EQ(test, regs.ax, 2ul);
	KUNIT_EXPECT_EQ(test, override(&here, &regs, 3), 0ll);
	KUNIT_EXPECT_EQ(test, regs.ax, 3ul);
	KUNIT_EXPECT_EQ(test, regs.ip != 1, kernel_symbol_addr("override_function_with_return") != 0);
}

/* This one goes for a moment, in the eyes of who asks. */
static void module_that_is_going_is_known(struct kunit *test)
{
	enum module_state state = THIS_MODULE->state;
	unsigned long addr = (unsigned long)begin;
	bool was_going, is_going;

	was_going = kernel_symbol_is_going(addr);
	WRITE_ONCE(THIS_MODULE->state, MODULE_STATE_GOING);
	is_going = kernel_symbol_is_going(addr);
	WRITE_ONCE(THIS_MODULE->state, state);
	KUNIT_EXPECT_FALSE(test, was_going);
	KUNIT_EXPECT_TRUE(test, is_going);
	KUNIT_EXPECT_FALSE(test, kernel_symbol_is_going((unsigned long)probed));
}

static struct kunit_case kprobe_cases[] = {
	KUNIT_CASE(entry_by_symbol_fires_once_a_call),
	KUNIT_CASE(return_fires_with_the_result),
	KUNIT_CASE(address_is_as_good_as_a_symbol),
	KUNIT_CASE(two_links_on_one_function_both_fire),
	KUNIT_CASE(one_bad_symbol_refuses_them_all),
	KUNIT_CASE(blacklisted_function_is_refused),
	KUNIT_CASE(own_text_is_refused),
	KUNIT_CASE(address_outside_text_is_refused),
	KUNIT_CASE(malformed_attr_is_refused),
	KUNIT_CASE(bad_user_memory_is_efault),
	KUNIT_CASE(info_tells_places_and_cookies),
	KUNIT_CASE(each_function_has_its_site),
	KUNIT_CASE(program_that_calls_what_it_probes_ends),
	KUNIT_CASE(overrides_its_event_alone),
	KUNIT_CASE(module_that_is_going_is_known),
	{}
};

struct kunit_suite kunit_kprobe_suite = {
	.name = "kprobe",
	.init = begin,
	.exit = end,
	.test_cases = kprobe_cases,
};
