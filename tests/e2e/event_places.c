// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wherever an event is, by name, by address or behind a function's first instruction: does its
 * program run as often as it happens, and learn the cookie and the function? And do the kernel's
 * faster ways to a probe, ftrace and jumps, come to the same? "event_places OBJECT".
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/kernel_file.h"
#include "tests/e2e/perf_open.h"

#define CALLS 300
#define COOKIE 0x123456789abULL
#define SYMBOL "__x64_sys_umask"
#define LAST_OFFSET 32		/* the function is longer, and has no branch until there */
#define PATIENCE 20		/* seconds; a probe is made a jump when all tasks have been off its place */

#define ENTRY 0
#define RETURN 1

static __u64 function;	/* its address */

long test_returned(long a);

__attribute__((noinline)) long test_returned(long a)
{
	__asm__ volatile("" : "+r"(a));
	return a + 1;
}

/* An event that is not there is no failure: NULL. @symbol NULL: @offset is an address. */
static struct bpf_link *probe(__u64 kind, const char *symbol, __u64 offset)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = COOKIE);
	struct perf_event_attr attr = {
		.type = number_in("/sys/bus/event_source/devices/kprobe/type"), .size = sizeof(attr),
		.config = kind, .config1 = addr(symbol), .config2 = offset, .sample_period = 1,
	};
	long fd = perf_open(&attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? NULL : want_link("its program", bpf_program__attach_perf_event_opts(
					 prog("on_kernel"), fd, &opts));
}

/* Each call, with the cookie; @func_ip 0: it is amid a function. */
static void count(const char *what, __u64 func_ip)
{
	printf("  %s\n", what);
	start();
	umasks(CALLS);
	want("each call", number(ENTRIES), CALLS);
	want("each with the cookie", number(RESULTS) == CALLS * COOKIE, 1);
	want("each with the function", number(FRAMES) == CALLS * func_ip, 1);
}

static void test_place(const char *what, __u64 kind, const char *symbol, __u64 offset, __u64 func_ip)
{
	struct bpf_link *link = probe(kind, symbol, offset);

	want_that(what, link);
	count(what, func_ip);
	bpf_link__destroy(link);
	umasks(CALLS);
	want("none after", number(ENTRIES), CALLS);
}

/*
 * Where behind @offset does the next instruction begin? That is up to the compiler; behind a
 * landing pad of four bytes it is the entry still.
 */
static __u64 next_offset(__u64 offset)
{
	struct bpf_link *link;

	for (offset++; offset <= LAST_OFFSET; offset++) {
		link = offset == 4 ? NULL : probe(ENTRY, SYMBOL, offset);
		if (!link)
			continue;
		bpf_link__destroy(link);
		return offset;
	}
	return 0;
}

static void test_places(void)
{
	__u64 offset = next_offset(0);

	want_that("there is a second instruction", offset);
	test_place("an entry by name", ENTRY, SYMBOL, 0, function);
	test_place("a return by name", RETURN, SYMBOL, 0, function);
	test_place("an entry by address", ENTRY, NULL, function, function);
	test_place("a return by address", RETURN, NULL, function, function);
	test_place("an offset in a function", ENTRY, SYMBOL, offset, 0);
	test_place("amid a function by address", ENTRY, NULL, function + offset, 0);
}

/* Of the one probe that there is: does the kernel's list say @how? */
static bool is_listed(const char *how)
{
	FILE *file = fopen("/sys/kernel/debug/kprobes/list", "r");
	int lines = 0, found = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		lines++;
		found += strstr(line, how) && !strstr(line, "[DISABLED]");
	}
	if (file)
		fclose(file);
	return lines == 1 && found == 1;
}

static bool becomes_listed(const char *how)
{
	time_t begun = time(NULL);

	while (!is_listed(how) && time(NULL) - begun < PATIENCE)
		usleep(10000);
	return is_listed(how);
}

static bool has_ftrace(void)
{
	FILE *file = fopen("/sys/kernel/debug/tracing/available_filter_functions", "r");
	bool found = false;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		found |= !strcmp(line, SYMBOL "\n");
	if (file)
		fclose(file);
	return found;
}

static void test_ftrace(__u64 kind)
{
	struct bpf_link *link = probe(kind, SYMBOL, 0);

	want_that("it lies on ftrace", is_listed("[FTRACE]"));
	count("by ftrace", function);
	bpf_link__destroy(link);
}

/* The first place that takes a jump; not all do. */
static struct bpf_link *optimized(void)
{
	struct bpf_link *link;
	__u64 offset = 0;

	while ((offset = next_offset(offset))) {
		link = probe(ENTRY, SYMBOL, offset);
		if (becomes_listed("[OPTIMIZED]"))
			return link;
		bpf_link__destroy(link);
	}
	return NULL;
}

static void test_optimized(void)
{
	struct bpf_link *link = optimized();

	want_that("a probe becomes a jump", link);
	count("by a jump", 0);
	want_that("it is one still", is_listed("[OPTIMIZED]"));
	bpf_link__destroy(link);
	umasks(CALLS);
	want("none after", number(ENTRIES), CALLS);
}

static void test_user_return(void)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "test_returned", .retprobe = true, .bpf_cookie = COOKIE);
	struct bpf_link *link = want_link("a uretprobe", bpf_program__attach_uprobe_opts(
			prog("on_user_return"), -1, "/proc/self/exe", 0, &opts));
	long i;

	start();
	for (i = 0; i < CALLS; i++)
		test_returned(i);
	want("each return of the process", number(ENTRIES), CALLS);
	want("each with the cookie", number(RESULTS) == CALLS * COOKIE, 1);
	bpf_link__destroy(link);
}

static void test_clock(void)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = COOKIE);
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .sample_period = 10000000, .disabled = 1,
	};
	int fd = want_fd("a clock", perf_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)), i;
	struct bpf_link *link;

	start();
	link = want_link("its program", bpf_program__attach_perf_event_opts(prog("on_clock"), fd, &opts));
	for (i = 0; i < 100 && number(ENTRIES) < 5; i++)
		spin(100);
	bpf_link__destroy(link);
	want_that("it ticks", number(ENTRIES) >= 5);
	want("each tick has the cookie", number(RESULTS) == number(ENTRIES) * COOKIE, 1);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	libbpf_set_print(NULL);
	function = function_at(SYMBOL);
	test_places();
	if (has_ftrace()) {
		test_ftrace(ENTRY);
		test_ftrace(RETURN);
	} else {
		printf("skip: probes by ftrace: the kernel has none\n");
	}
	if (number_in("/proc/sys/debug/kprobes-optimization") == 1)
		test_optimized();
	else
		printf("skip: probes by jumps: the kernel makes none\n");
	test_user_return();
	test_clock();
	bpf_object__close(object);
	return finish("event_places");
}
