// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reference counters of uprobes (USDT's semaphores): does each process that maps the file see in its
 * counter that somebody looks, from when the first comes until the last goes? "usdt OBJECT"; "usdt"
 * alone exits with what is in its counter.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>

#include "tests/e2e/perf_open.h"

#define CALLS 10

/* In the file, as those that tools know: what is zero from the start alone is not. */
__attribute__((section(".probes"))) volatile unsigned short test_semaphores[2];

long test_place(long a, long b);

__attribute__((noinline)) long test_place(long a, long b)
{
	__asm__ volatile("" : "+r"(a), "+r"(b));
	return a + b;
}

/* Where in this program's file something of its lies. */
static __u64 offset_in_file(const volatile void *what)
{
	unsigned long long begin, end, offset, found = 0;
	FILE *file = fopen("/proc/self/maps", "r");
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx-%llx %*s %llx", &begin, &end, &offset) == 3 &&
		    addr((const void *)what) >= begin && addr((const void *)what) < end)
			found = addr((const void *)what) - begin + offset;
	if (file)
		fclose(file);
	return found;
}

static struct bpf_link *look(const char *name, bool at_return, __u64 counter)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .retprobe = at_return, .ref_ctr_offset = counter);

	return bpf_program__attach_uprobe_opts(prog(name), -1, "/proc/self/exe",
					       offset_in_file((const void *)test_place), &opts);
}

/* The counter of a process that begins now. */
static int counter_of_another(void)
{
	int status = 0, child = fork();

	if (!child) {
		execl("/proc/self/exe", "usdt", NULL);
		_exit(99);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_counters(void)
{
	__u64 counter = offset_in_file(&test_semaphores[0]);
	struct bpf_link *entry, *leave;
	int i;

	want("nobody looks", test_semaphores[0], 0);
	entry = want_link("at the entry", look("on_user_entry", false, counter));
	want("one looks", test_semaphores[0], 1);
	want("at others, too", counter_of_another(), 1);
	leave = want_link("at the return", look("on_user_return", true, counter));
	/* The kernel counts its breakpoint. */
	want("two look at the same place", test_semaphores[0], 1);
	want_that("one place has one counter",
		  !look("on_user_entry", false, offset_in_file(&test_semaphores[1])));
	start();
	for (i = 0; i < CALLS; i++)
		test_place(i, 1);
	want("each call is seen", number(ENTRIES), CALLS);
	want("and each return", number(RETURNS), CALLS);
	bpf_link__destroy(entry);
	want("one has gone", test_semaphores[0], 1);
	bpf_link__destroy(leave);
	want("nobody looks any more", test_semaphores[0], 0);
	want("nor at others", counter_of_another(), 0);
	want_that("a counter begins at an even byte", !look("on_user_entry", false, counter + 1));
	want("what was refused is not counted", test_semaphores[0] + test_semaphores[1], 0);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return test_semaphores[0];
	if (!load(argv[1]))
		return 1;
	libbpf_set_print(NULL);
	test_counters();
	bpf_object__close(object);
	return finish("usdt");
}
