// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do programs that read a tracepoint's record, and the kernel's own perf events on the same tracepoint, see
 * each event exactly once, whoever else comes and goes? "records OBJECT CYCLES WAY": so many times under fire,
 * and records come the WAY "direct", or "perf"; "records OBJECT once": attach, and see that it works; "idle":
 * likewise on the way into idle; "records fire": rename oneself until killed.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/e2e/kernel_file.h"
#include "tests/e2e/perf_open.h"

#define CALLS 300
#define TRACING "/sys/kernel/debug/tracing"
#define RING_BYTES (64 << 10)	/* takes the records of CALLS */

static bool is_direct;	/* what nobody else wants comes past perf */

/* Past the library: the kernel's own. */
long __real_syscall(long number, ...);

static struct bpf_link *attach(const char *name)
{
	return want_link(name, bpf_program__attach(prog(name)));
}

/* --- events of the kernel's own ------------------------------------------------------- */

/* pid 0: ourselves, on any CPU; -1: all tasks, on that CPU. config 0: of task_rename. */
static int others(int pid, int cpu, struct perf_event_attr *attr)
{
	attr->type = PERF_TYPE_TRACEPOINT;
	attr->size = sizeof(*attr);
	if (!attr->config)
		attr->config = number_in(TRACING "/events/task/task_rename/id");
	return want_fd("an event of the kernel's own",
		       __real_syscall(__NR_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

static __u64 counted(int fd)
{
	__u64 value = 0;

	if (read(fd, &value, sizeof(value)) != sizeof(value))
		want("a count is read", -errno, 0);
	return value;
}

/* What @attr counts while a program of ours counts CALLS. */
static void test_beside(const char *what, struct perf_event_attr attr, const char *filter, __u64 wanted)
{
	bool is_listed = !attr.disabled;
	struct bpf_link *link = attach("first");
	int fd = others(0, -1, &attr);

	if (filter)
		want("its filter", ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter), 0);
	start();
	renames(CALLS);
	want(what, counted(fd), wanted);
	want("and the program sees all", number(ENTRIES), CALLS);
	want("by perf's way", number(MASKS), is_direct && !is_listed ? CALLS : 0);
	close(fd);
	renames(CALLS);
	want("and goes on", number(ENTRIES), 2 * CALLS);
	want("alone", number(MASKS), is_direct ? (is_listed ? CALLS : 2 * CALLS) : 0);
	want("as it was", number(WRONG), 0);
	bpf_link__destroy(link);
}

/* The records in a ring of the kernel's, whole and of one type, with the name. */
static __u64 whole_samples(const struct perf_event_mmap_page *page)
{
	const char *ring = (const char *)page + page->data_offset;
	struct { struct perf_event_header header; __u32 bytes; __u16 type; __u8 rest[42]; } sample;
	int id = number_in(TRACING "/events/task/task_rename/id");
	__u64 at, cnt = 0;

	for (at = 0; at < page->data_head; at += sample.header.size) {
		memcpy(&sample, ring + at, sizeof(sample));
		cnt += sample.header.type == PERF_RECORD_SAMPLE && sample.type == id &&
		       *(__s32 *)(sample.rest + 2) == getpid() && !memcmp(sample.rest + 26, "a name", 7);
	}
	return cnt;
}

/* On the way to the others no argument of perf's function is lost. */
static void test_samples(void)
{
	struct perf_event_attr attr = { .sample_period = 1, .sample_type = PERF_SAMPLE_RAW };
	struct bpf_link *link = attach("first");
	int fd = others(0, -1, &attr);
	struct perf_event_mmap_page *page = mmap(NULL, 4096 + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	want_that("its ring", page != MAP_FAILED);
	start();
	renames(CALLS);
	if (page != MAP_FAILED)
		want("each has its record", whole_samples(page), CALLS);
	want("so has the program", number(ENTRIES), CALLS);
	want("as it was", number(WRONG), 0);
	munmap(page, 4096 + RING_BYTES);
	close(fd);
	bpf_link__destroy(link);
}

/* Wakes a child CALLS times, most of them when it sleeps already; both are CPU 1's. */
static void wake(int request, int answer)
{
	char byte = 0;
	int i;

	for (i = 0; i < CALLS; i++)
		if (write(request, &byte, 1) != 1 || read(answer, &byte, 1) != 1)
			want("the child answers", -errno, 0);
}

static pid_t sleeper(int request[2], int answer[2])
{
	char byte;
	pid_t child;

	if (pipe(request) || pipe(answer))
		exit(2);
	child = fork();
	if (child)
		return child;
	close(request[1]);
	while (read(request[0], &byte, 1) == 1)
		if (write(answer[1], &byte, 1) != 1)
			break;
	_exit(0);
}

/* An event that is another task's, too, goes to those of that task, which are on no list of the CPU. */
static void test_target(void)
{
	struct perf_event_attr attr = { .config = number_in(TRACING "/events/sched/sched_wakeup/id") };
	int request[2], answer[2], fd;
	__u64 without, woken;
	struct bpf_link *link;
	__u32 slot = MASKS;
	cpu_set_t old;
	pid_t child;

	sched_getaffinity(0, sizeof(old), &old);
	stay_on_cpu_1();
	child = sleeper(request, answer);
	fd = others(child, 1, &attr);
	wake(request[1], answer[0]);
	without = counted(fd);
	want_that("who is woken counts it", without > 0);
	link = attach("on_wakeup");
	start();
	woken = child;
	bpf_map_update_elem(numbers, &slot, &woken, 0);
	without = counted(fd);
	wake(request[1], answer[0]);
	want_that("a program sees it", number(ENTRIES) > 0);
	want_that("and who is woken, each time", counted(fd) - without >= number(ENTRIES));
	printf("  woken %llu times, of which %llu by us\n", counted(fd) - without, number(ENTRIES));
	bpf_link__destroy(link);
	close(fd);
	close(request[1]);
	waitpid(child, NULL, 0);
	sched_setaffinity(0, sizeof(old), &old);
}

static void test_others(void)
{
	test_beside("one that counts", (struct perf_event_attr){}, NULL, CALLS);
	test_beside("one that is off", (struct perf_event_attr){ .disabled = 1 }, NULL, 0);
	test_beside("one of user space", (struct perf_event_attr){ .exclude_kernel = 1 }, NULL, 0);
	test_beside("one whose filter lets all in", (struct perf_event_attr){}, "newcomm ~ \"a*\"", CALLS);
	test_beside("one whose filter lets none in", (struct perf_event_attr){}, "newcomm ~ \"b*\"", 0);
	test_samples();
	test_target();
}

/* --- several of ours ------------------------------------------------------------------- */

static void test_several(void)
{
	struct bpf_link *links[] = { attach("first"), attach("second"), attach("first"), attach("behind") };
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	start();
	renames(CALLS);
	want("a program on two links sees each twice", number(ENTRIES), 2 * CALLS);
	want("another one", number(RETURNS), CALLS);
	want("zeros behind the record", number(RESULTS), CALLS);
	want("past perf's events", number(MASKS), is_direct ? 3 * CALLS : 0);
	want("nothing that is not there", number(WRONG), 0);
	want("its link", info_of(bpf_link__fd(links[1]), &info, &len), 0);
	want("has counted all", info.events, CALLS);
	want("none was missed", info.recursion_misses + info.missed, 0);
	bpf_link__destroy(links[0]);
	bpf_link__destroy(links[3]);
	renames(CALLS);
	want("the others go on", number(ENTRIES), 3 * CALLS);
	want("all of them", number(RETURNS), 2 * CALLS);
	bpf_link__destroy(links[1]);
	bpf_link__destroy(links[2]);
	renames(CALLS);
	want("none after", number(ENTRIES) + number(RETURNS) + number(RESULTS), 6 * CALLS);
}

/* Whatever ftrace does with perf's function, a program sees each event once. */
static void test_traced(void)
{
	struct bpf_link *link = attach("first"), *leaves;

	start();
	leaves = attach("on_return");
	renames(CALLS);
	want("under a probe of perf's function", number(ENTRIES), CALLS);
	want("which sees it return each time", number(SWITCHES), CALLS);
	bpf_link__destroy(leaves);
	want_that("the function is traced", write_to(TRACING "/set_ftrace_filter", "perf_tp_event") &&
		  write_to(TRACING "/current_tracer", "function"));
	renames(CALLS);
	want("under the tracer", number(ENTRIES), 2 * CALLS);
	want_that("and not any more", write_to(TRACING "/current_tracer", "nop") &&
		  write_to(TRACING "/set_ftrace_filter", "\n"));
	/* Not every kernel lets it be switched off meanwhile. */
	write_to("/proc/sys/kernel/ftrace_enabled", "0");
	renames(CALLS);
	want("while ftrace is off", number(ENTRIES), 3 * CALLS);
	write_to("/proc/sys/kernel/ftrace_enabled", "1");
	renames(CALLS);
	want("when it is on again", number(ENTRIES), 4 * CALLS);
	want("as it was", number(WRONG), 0);
	bpf_link__destroy(link);
}

/* --- under fire ------------------------------------------------------------------------ */

static volatile bool is_over;
static volatile __u64 fired;

static void *fire(void *cookie)
{
	while (!is_over) {
		renames(1);
		fired++;
	}
	return NULL;
}

/* Others' events on each CPU: where they are on the list, perf's function is gone through. */
static void come_and_go(void)
{
	int fds[64], cpu, cnt = libbpf_num_possible_cpus();

	for (cpu = 0; cpu < cnt && cpu < 64; cpu++) {
		struct perf_event_attr attr = {};

		fds[cpu] = others(-1, cpu, &attr);
	}
	while (cpu--)
		close(fds[cpu]);
}

static void test_fire(int cycles, bool counts)
{
	struct bpf_link *stays = attach("first"), *changes = attach("second"), *comes;
	struct perf_event_attr attr = { .inherit = 1 };
	int fd = counts ? others(0, -1, &attr) : -1, i;
	pthread_t thread;

	start();
	is_over = false;
	fired = 0;
	if (pthread_create(&thread, NULL, fire, NULL))
		exit(2);
	for (i = 0; i < cycles; i++) {
		comes = bpf_program__attach(prog("fourth"));
		if (!counts)
			come_and_go();
		if (bpf_link_update(bpf_link__fd(changes), bpf_program__fd(prog(i & 1 ? "second" : "third")), NULL))
			want("it takes the other's place", -errno, 0);
		bpf_link__destroy(comes);
	}
	is_over = true;
	pthread_join(thread, NULL);
	want_that("it was fired at", fired > 0);
	want("each event is seen by who stays", number(ENTRIES), fired);
	want("and by one of those that replace each other", number(RETURNS) + number(FRAMES), fired);
	want_that("who comes and goes sees no more", number(FORKS) <= fired);
	want("all as it was", number(WRONG), 0);
	if (counts)
		want("the kernel's own event has counted each", counted(fd), fired);
	close(fd);
	bpf_link__destroy(changes);
	bpf_link__destroy(stays);
	printf("  %llu events in %d cycles\n", fired, cycles);
}

/* --- by itself --------------------------------------------------------------------- */

static int once(void)
{
	attach("first");
	attach("on_umask");
	start();
	renames(CALLS);
	umasks(CALLS);
	want("all names are seen", number(ENTRIES), CALLS);
	want("and all calls", number(RESULTS), CALLS);
	want("as they are", number(WRONG), 0);
	return finish("once");
}

/* Of a kprobe that somebody made an event of, there. */
static int idle(void)
{
	struct bpf_link *link = attach("on_idle");
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	start();
	sleep(2);
	want("its link", info_of(bpf_link__fd(link), &info, &len), 0);
	printf("  %llu events, %llu missed\n", number(ENTRIES), (unsigned long long)info.missed);
	want("what happens there is not seen", number(ENTRIES), 0);
	want_that("but missed", info.missed > 0);
	want("as they are", number(WRONG), 0);
	bpf_link__destroy(link);
	return finish("idle");
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "fire"))
		for (;;)
			renames(1);
	if (argc < 3 || !load(argv[1]))
		return 2;
	if (!strcmp(argv[2], "once"))
		return once();
	if (!strcmp(argv[2], "idle"))
		return idle();
	is_direct = argc == 4 && !strcmp(argv[3], "direct");
	test_several();
	test_others();
	test_traced();
	test_fire(atoi(argv[2]), false);
	test_fire(atoi(argv[2]), true);
	return finish("records");
}
