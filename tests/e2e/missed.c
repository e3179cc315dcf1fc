// SPDX-License-Identifier: GPL-2.0-only
/*
 * A return is missed when too many calls are under way at once: is each of them either seen or
 * counted as missed, by every kind of link that waits for returns? "missed OBJECT".
 */
#define _GNU_SOURCE
#include <bpf/libbpf.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/numbers.h"
#include "tests/e2e/perf_open.h"

#define CALLS 600	/* 512 are kept track of */
#define STACK_BYTES (64 << 10)

static pthread_t threads[CALLS];

static void ignore(int number)
{
}

static void *wait_for_signal(void *cookie)
{
	static const __u64 none_blocked;

	syscall(SYS_rt_sigsuspend, &none_blocked, sizeof(none_blocked));
	return NULL;
}

/* All of them are in the function at the same time, and leave it then. */
static void call_at_once(void)
{
	pthread_attr_t attr;
	int i, tries;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (i = 0; i < CALLS; i++)
		if (pthread_create(&threads[i], &attr, wait_for_signal, NULL))
			exit(2);
	for (tries = 0; tries < 6000 && number(ENTRIES) < CALLS; tries++)
		usleep(10000);
	want("calls under way", number(ENTRIES), CALLS);
	/* Whoever is at the entry still will not sleep when he gets there, but return as well. */
	for (i = 0; i < CALLS; i++)
		pthread_kill(threads[i], SIGUSR1);
	for (i = 0; i < CALLS; i++)
		pthread_join(threads[i], NULL);
}

/* What the CLI says was missed: the sum of all links. */
static __u64 missed_as_shown(void)
{
	FILE *shown = popen("modbpf -j link show", "r");
	static char text[1 << 16];
	const char *at = text;
	size_t bytes = shown ? fread(text, 1, sizeof(text) - 1, shown) : 0;
	__u64 sum = 0;

	text[bytes] = 0;
	if (shown)
		pclose(shown);
	while ((at = strstr(at, "\"missed\":")))
		sum += strtoull(at += strlen("\"missed\":"), NULL, 10);
	return sum;
}

static void test_missed(const char *what, struct bpf_link *link, bool may_see_all)
{
	struct bpf_link *entry = want_link("entries", bpf_program__attach_kprobe(
			prog("on_entry"), false, "__x64_sys_rt_sigsuspend"));
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	printf("  %s\n", what);
	start();
	call_at_once();
	want("its information", info_of(bpf_link__fd(link), &info, &len), 0);
	want("seen or missed", number(RETURNS) + info.missed, CALLS);
	want_that("some are missed", info.missed || may_see_all);
	want("the CLI says so", missed_as_shown(), info.missed);
	bpf_link__destroy(link);
	bpf_link__destroy(entry);
}

static bool open_object(const char *path)
{
	device = modbpf_device();
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object = bpf_object__open(path);
	if (!object)
		return false;
	bpf_program__set_autoload(prog("on_exit"), !access("/sys/kernel/btf/vmlinux", F_OK));
	if (bpf_object__load(object))
		return false;
	numbers = bpf_object__find_map_fd_by_name(object, "numbers");
	return true;
}

int main(int argc, char **argv)
{
	const char *name = "__x64_sys_rt_sigsuspend";
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = &name, .cnt = 1, .retprobe = true);

	if (argc < 2 || !open_object(argv[1])) {
		printf("  the object is not loaded\n");
		return 1;
	}
	signal(SIGUSR1, ignore);
	test_missed("a kretprobe of an event", want_link("kretprobe", bpf_program__attach_kprobe(
			prog("on_return"), true, name)), false);
	/* Newer kernels, and trampolines, keep what returns on the task's own stack. */
	test_missed("a link of returns", want_link("many", bpf_program__attach_kprobe_multi_opts(
			prog("on_many"), NULL, &opts)), true);
	if (bpf_program__autoload(prog("on_exit")))
		test_missed("an exit", want_link("exit", bpf_program__attach(prog("on_exit"))), true);
	bpf_object__close(object);
	return finish("missed");
}
