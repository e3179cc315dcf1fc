// SPDX-License-Identifier: GPL-2.0-only
/*
 * A return is missed when too many calls are under way at once: does every kind of link that waits
 * for returns see as many as it keeps track of, and count each one beyond? "missed OBJECT".
 */
#define _GNU_SOURCE
#include <bpf/libbpf.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/kernel_file.h"
#include "tests/e2e/numbers.h"
#include "tests/e2e/perf_open.h"

#define CALLS 600
#define TRACKED 512	/* by the module, of one function; an event has the kernel's own measure */
#define STACK_BYTES (64 << 10)

static pthread_t threads[CALLS];

static void ignore(int number)
{
}

static void *wait_for_signal(void *task)
{
	static const __u64 none_blocked;

	*(pid_t *)task = gettid();
	syscall(SYS_rt_sigsuspend, &none_blocked, sizeof(none_blocked));
	return NULL;
}

/* @calls of them are in the function at the same time, and leave it then. */
static void call_at_once(int calls)
{
	static pid_t tasks[CALLS];
	pthread_attr_t attr;
	int i, tries, sleep = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (i = 0; i < calls; i++)
		if (pthread_create(&threads[i], &attr, wait_for_signal, &tasks[i]))
			exit(2);
	for (tries = 0; tries < 6000 && number(ENTRIES) < (__u64)calls; tries++)
		usleep(10000);
	want("calls under way", number(ENTRIES), calls);
	for (tries = 0; tries < 6000 && sleep < calls; tries++) {
		/* Who sleeps there has passed all probes. */
		if (system_call_of(tasks[sleep]) == SYS_rt_sigsuspend)
			sleep++;
		else
			usleep(1000);
	}
	want("all at once", sleep, calls);
	for (i = 0; i < calls; i++)
		pthread_kill(threads[i], SIGUSR1);
	for (i = 0; i < calls; i++)
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

static __u64 missed_by(struct bpf_link *link)
{
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	want("its information", info_of(bpf_link__fd(link), &info, &len), 0);
	return info.missed;
}

/* How many of @calls are seen? The others are counted. */
static int seen_of(int calls, struct bpf_link *link)
{
	__u64 before = missed_by(link);

	start();
	call_at_once(calls);
	want("seen or missed", number(RETURNS) + missed_by(link) - before, calls);
	want("the CLI says so", missed_as_shown(), missed_by(link));
	return number(RETURNS);
}

/* It keeps track of @one or of @other calls: as many are seen, and not one more. */
static void test_missed(const char *what, struct bpf_link *link, int one, int other)
{
	struct bpf_link *entry = want_link("entries", bpf_program__attach_kprobe(
			prog("on_entry"), false, "__x64_sys_rt_sigsuspend"));
	int most = seen_of(CALLS, link);

	printf("  %s: sees %d of %d\n", what, most, CALLS);
	want_that("as many as it keeps track of", most == one || most == other);
	if (most < CALLS) {
		want("none is missed of as many", seen_of(most, link), most);
		want("one of one more", seen_of(most + 1, link), most);
	}
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
	int cpus = libbpf_num_possible_cpus();

	if (argc < 2 || !open_object(argv[1])) {
		printf("  the object is not loaded\n");
		return 1;
	}
	signal(SIGUSR1, ignore);
	/* Of an event nobody says how many: the kernel takes one a CPU, or, where tasks may be preempted, more. */
	test_missed("a kretprobe of an event", want_link("kretprobe", bpf_program__attach_kprobe(
			prog("on_return"), true, name)), cpus, cpus > 5 ? 2 * cpus : 10);
	/* Newer kernels, and trampolines, keep what returns on the task's own stack. */
	test_missed("a link of returns", want_link("many", bpf_program__attach_kprobe_multi_opts(
			prog("on_many"), NULL, &opts)), TRACKED, CALLS);
	if (bpf_program__autoload(prog("on_exit")))
		test_missed("an exit", want_link("exit", bpf_program__attach(prog("on_exit"))), TRACKED, CALLS);
	bpf_object__close(object);
	return finish("missed");
}
