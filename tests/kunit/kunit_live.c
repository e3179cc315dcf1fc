// SPDX-License-Identifier: GPL-2.0-only
/* Does the kill switch end what was begun before it, all of it, and nothing else? */
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/perf_event.h>
#include <linux/rcupdate.h>

#include "module/caller.h"
#include "module/event.h"
#include "module/link.h"
#include "module/live.h"
#include "tests/kunit/command_call.h"

static struct modbpf_prog *some_prog(unsigned long which)
{
	return (struct modbpf_prog *)(which << 12);	/* never looked at */
}

static void epochs_end(struct kunit *test)
{
	struct live before = {}, behind = {}, late = {};

	live_begin(&before, NULL);
	live_begin(&late, &before);
	KUNIT_EXPECT_FALSE(test, live_end(&before));
	KUNIT_EXPECT_EQ(test, live_set(&before, some_prog(1)), 0);
	KUNIT_EXPECT_FALSE(test, live_end(&before));
	KUNIT_EXPECT_TRUE(test, live_is_on(&before));
	live_begin_epoch();
	KUNIT_EXPECT_EQ(test, live_set(&late, some_prog(1)), -ECANCELED);
	KUNIT_EXPECT_FALSE(test, live_is_on(&late));
	live_begin(&behind, NULL);
	KUNIT_EXPECT_EQ(test, live_set(&behind, some_prog(1)), 0);
	KUNIT_EXPECT_TRUE(test, live_replace(&behind, some_prog(2)));
	KUNIT_EXPECT_FALSE(test, live_end(&behind));
	KUNIT_EXPECT_TRUE(test, live_end(&before));
	KUNIT_EXPECT_FALSE(test, live_is_on(&before));
	KUNIT_EXPECT_FALSE(test, live_end(&before));
	KUNIT_EXPECT_FALSE(test, live_replace(&before, some_prog(2)));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(behind.prog), some_prog(2));
	KUNIT_EXPECT_TRUE(test, live_clear(&behind));
	KUNIT_EXPECT_FALSE(test, live_is_on(&behind));
}

static int open_clock(struct kunit *test)
{
	const struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK, .sample_period = 1000000000,
	};
	const struct modbpf_perf_open open = {
		.attr = command_put_user(test, &attr, sizeof(attr)),
		.pid = -1, .cpu = 0, .group_fd = -1,
	};
	struct caller caller;

	caller_init_current(&caller);
	return event_open(&caller, command_put_user(test, &open, sizeof(open)));
}

static int hang(struct kunit *test, int event)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = command_load_trivial(test, MODBPF_PROG_PERF_EVENT);
	attr.link_create.target_fd = event;
	attr.link_create.attach_type = MODBPF_ATTACH_PERF_EVENT;
	return command_try(test, MODBPF_CMD_LINK_CREATE, &attr);
}

/* Link and event are switched one after the other, and searched by two walks. */
static void expect_both(struct kunit *test, int event_fd, int link_fd, bool is_on)
{
	struct modbpf_event *event;
	struct modbpf_link *link;
	struct caller caller;

	caller_init_current(&caller);
	event = event_get_by_fd(&caller, event_fd);
	link = link_get_by_fd(&caller, link_fd);
	KUNIT_ASSERT_FALSE(test, IS_ERR(event) || IS_ERR(link));
	KUNIT_EXPECT_EQ(test, live_is_on(&event->live), is_on);
	KUNIT_EXPECT_EQ(test, live_is_on(&link->live), is_on);
	event_put(event);
	link_put(link);
}

/* One that is attached between the walks, or before both, is of the new epoch: either both of it are on, or none. */
static void event_and_link_end_together(struct kunit *test)
{
	int event = open_clock(test), link;

	KUNIT_ASSERT_GE(test, event, 0);
	live_begin_epoch();
	link = hang(test, event);
	KUNIT_ASSERT_GE(test, link, 0);
	links_end_all();
	events_end_all();
	expect_both(test, event, link, true);
	live_begin_epoch();
	links_end_all();
	events_end_all();
	expect_both(test, event, link, false);
	command_close(test, link);
	close_fd(event);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(epochs_end),
	KUNIT_CASE(event_and_link_end_together),
	{}
};

struct kunit_suite kunit_live_suite = {
	.name = "modbpf-live",
	.init = command_begin,
	.exit = command_end,
	.test_cases = cases,
};
