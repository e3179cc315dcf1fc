// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do events of perf_event_open(2) run their programs exactly as often as they happen? libbpf
 * makes the system calls, libmodbpf redirects them. "perf_events OBJECT [hold]".
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/kernel_file.h"
#include "tests/e2e/perf_open.h"

#define CALLS 300
#define COOKIE 0x1234567

long test_probed(long a, long b);

__attribute__((noinline)) long test_probed(long a, long b)
{
	__asm__ volatile("" : "+r"(a), "+r"(b));
	return a + b;
}

/* On all CPUs in turn: an event that is seen on some only would be short. */
static void everywhere(void (*happen)(int cnt), int cnt)
{
	cpu_set_t set, old;
	int cpu;

	sched_getaffinity(0, sizeof(old), &old);
	for (cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++) {
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		sched_setaffinity(0, sizeof(set), &set);
		happen(cnt / 2);
	}
	sched_setaffinity(0, sizeof(old), &old);
}

/* The link's program is another: the event goes on with that, and its cookie stays. */
static void test_update(void)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, opts, .bpf_cookie = COOKIE);
	struct bpf_link *link;

	start();
	link = want_link("a tracepoint", bpf_program__attach_tracepoint_opts(
			 prog("looks_beyond"), "syscalls", "sys_enter_umask", &opts));
	umasks(CALLS);
	want("the first", number(FRAMES), CALLS);
	want("a kprobe's program on a tracepoint",
	     bpf_link_update(bpf_link__fd(link), bpf_program__fd(prog("on_entry")), NULL), -EINVAL);
	want("another takes its place",
	     bpf_link_update(bpf_link__fd(link), bpf_program__fd(prog("on_tracepoint")), NULL), 0);
	umasks(CALLS);
	want("it sees the calls", number(ENTRIES), CALLS);
	want("with the link's cookie", number(RESULTS), (__u64)CALLS * COOKIE);
	want("the first does not any more", number(FRAMES), CALLS);
	bpf_link__destroy(link);
	umasks(CALLS);
	want("none after", number(ENTRIES), CALLS);
}

static void test_tracepoint(void)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, opts, .bpf_cookie = COOKIE);
	int next = bpf_object__find_map_fd_by_name(object, "next");
	__u32 slot = 0, fd = bpf_program__fd(prog("looks_beyond"));
	struct bpf_link *link;

	start();
	link = want_link("a tracepoint", bpf_program__attach_tracepoint_opts(
			 prog("on_tracepoint"), "syscalls", "sys_enter_umask", &opts));
	everywhere(umasks, CALLS);
	want("tracepoint: each call", number(ENTRIES), CALLS);
	want("tracepoint: its argument", number(MASKS), CALLS / 2 * (CALLS / 2 - 1));
	want("tracepoint: its cookie", number(RESULTS), (__u64)CALLS * COOKIE);
	want("tracepoint: its number", number(WRONG), 0);
	bpf_link__destroy(link);
	umasks(CALLS);
	want("tracepoint: none after", number(ENTRIES), CALLS);
	bpf_map_update_elem(next, &slot, &fd, 0);
	link = want_link("who calls on", bpf_program__attach_tracepoint(
			 prog("calls_on"), "syscalls", "sys_enter_umask"));
	umasks(CALLS);
	want("zeros behind the record", number(WRONG), 0);
	want("each time", number(FRAMES), CALLS);
	bpf_link__destroy(link);
}

/* A program that does not ask for the record sees the same events, as does one that takes its place. */
static void test_no_record(void)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, opts, .bpf_cookie = COOKIE);
	struct bpf_link *link;

	start();
	link = want_link("who does not look", bpf_program__attach_tracepoint_opts(
			 prog("counts_renames"), "task", "task_rename", &opts));
	everywhere(renames, CALLS);
	want("each rename", number(ENTRIES), CALLS);
	want("by who looks", bpf_link_update(bpf_link__fd(link),
					     bpf_program__fd(prog("reads_renames")), NULL), 0);
	everywhere(renames, CALLS);
	want("each rename is read", number(RETURNS), CALLS);
	want("as it is", number(MASKS), CALLS * 'a');
	want("by its task", number(WRONG), 0);
	want("with the cookie", number(RESULTS), (__u64)CALLS * COOKIE);
	want("by who looks further", bpf_link_update(bpf_link__fd(link), bpf_program__fd(
						     prog("looks_behind_renames")), NULL), 0);
	everywhere(renames, CALLS);
	want("zeros behind what is read", number(FRAMES), CALLS);
	want("by who does not look", bpf_link_update(bpf_link__fd(link), bpf_program__fd(
						     prog("counts_renames")), NULL), 0);
	everywhere(renames, CALLS);
	want("again each rename", number(ENTRIES), 2 * CALLS);
	bpf_link__destroy(link);
	renames(CALLS);
	want("no rename after", number(ENTRIES) + number(RETURNS), 3 * CALLS);
	want("nothing that is not there", number(WRONG), 0);
}

/* Once an event, whatever it says how many it stands for. */
static void test_weighted(void)
{
	struct bpf_link *raw, *link;

	raw = want_link("a raw one", bpf_program__attach_raw_tracepoint(
			prog("counts_runtimes"), "sched_stat_runtime"));
	link = want_link("one that counts", bpf_program__attach_tracepoint(
			 prog("reads_runtimes"), "sched", "sched_stat_runtime"));
	start();
	spin(50);
	want_that("it happened", number(ENTRIES) > 0);
	want_that("once each time", number(ENTRIES) <= number(RETURNS) + 10);
	bpf_link__destroy(link);
	bpf_link__destroy(raw);
}

/* umask() COUNT times, getppid() twice as often. */
static void call_two(int cnt)
{
	int i;

	umasks(cnt);
	for (i = 0; i < 2 * cnt; i++)
		syscall(SYS_getppid);
}

static void test_many(bool at_return)
{
	const char *syms[] = { "__x64_sys_umask", "__x64_sys_getppid" };
	const __u64 cookies[] = { COOKIE, 1 };
	unsigned long addrs[] = { function_at(syms[1]), function_at(syms[0]) };
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = syms, .cookies = cookies, .cnt = 2,
		    .retprobe = at_return);
	__u64 ips = CALLS * (function_at(syms[0]) + 2 * function_at(syms[1]));
	struct bpf_link *link;

	start();
	link = want_link("two functions", bpf_program__attach_kprobe_multi_opts(
			 prog("on_many"), NULL, &opts));
	call_two(CALLS);
	want("each call of both", number(ENTRIES), 3 * CALLS);
	want("each with its cookie", number(RESULTS), (__u64)CALLS * (COOKIE + 2));
	want("each with its address", number(FRAMES) == ips, 1);
	bpf_link__destroy(link);
	call_two(CALLS);
	want("none after", number(ENTRIES), 3 * CALLS);

	start();
	opts.syms = NULL;
	opts.addrs = addrs;
	link = want_link("the same by address, turned round", bpf_program__attach_kprobe_multi_opts(
			 prog("on_many"), NULL, &opts));
	call_two(CALLS);
	want("each call of both", number(ENTRIES), 3 * CALLS);
	want("with the other one's cookie", number(RESULTS), (__u64)CALLS * (2 * COOKIE + 1));
	want("and its address", number(FRAMES) == ips, 1);
	bpf_link__destroy(link);
}

/* Behind the first instruction only kprobes reach. */
static void test_offset(void)
{
	const char *syms[] = { "__x64_sys_umask", "__x64_sys_getppid+0x%u" };
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = syms, .cnt = 2);
	struct bpf_link *link = NULL;
	int offset, refused = 0;
	char place[64];

	start();
	syms[1] = place;
	/*
	 * Where an instruction begins is up to the compiler; behind a landing pad of four
	 * bytes it is the entry still.
	 */
	for (offset = 1; offset < 24 && !link; offset += offset == 3 ? 2 : 1) {
		snprintf(place, sizeof(place), "__x64_sys_getppid+%d", offset);
		link = bpf_program__attach_kprobe_multi_opts(prog("on_many"), NULL, &opts);
		refused += !link;
	}
	want_that("amid an instruction there is no place", refused > 0);
	want_that("at the next one there is", link);
	call_two(CALLS);
	want("both fire", number(ENTRIES), 3 * CALLS);
	want("no function begins at the second",
	     number(FRAMES) == CALLS * function_at(syms[0]), 1);
	bpf_link__destroy(link);
	opts.retprobe = true;
	snprintf(place, sizeof(place), "__x64_sys_getppid+%d", offset - 1);
	want_that("nothing returns from there",
		  !bpf_program__attach_kprobe_multi_opts(prog("on_many"), NULL, &opts));
}

static void test_kprobe(void)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .bpf_cookie = COOKIE);
	struct bpf_link *entry, *leave;
	mode_t before = umask(0);

	start();
	entry = want_link("a kprobe", bpf_program__attach_kprobe_opts(
			  prog("on_entry"), "__x64_sys_umask", &opts));
	leave = want_link("a kretprobe", bpf_program__attach_kprobe(
			  prog("on_return"), true, "__x64_sys_umask"));
	umasks(CALLS);
	want("kprobe: each call", number(ENTRIES), CALLS);
	want("kprobe: its argument", number(MASKS), CALLS * (CALLS - 1) / 2);
	want("kprobe: its cookie", number(SWITCHES), (__u64)CALLS * COOKIE);
	want("kretprobe: each return", number(RETURNS), CALLS);
	want("kretprobe: its result", number(RESULTS), (CALLS - 1) * (CALLS - 2) / 2);
	bpf_link__destroy(entry);
	bpf_link__destroy(leave);
	umasks(CALLS);
	want("kprobe: none after", number(ENTRIES) + number(RETURNS), 2 * CALLS);
	umask(before);
	opts.offset = 1;
	want_that("not between two instructions", !bpf_program__attach_kprobe_opts(
		  prog("on_entry"), "__x64_sys_umask", &opts));
	want_that("not on what there is not", !bpf_program__attach_kprobe(
		  prog("on_entry"), false, "no_such_function"));
	want("which is ENOENT", errno, ENOENT);
	want_that("not on the module", !bpf_program__attach_kprobe(
		  prog("on_entry"), false, "image_alloc"));
}

static void probed(int cnt)
{
	int i;

	for (i = 0; i < cnt; i++)
		test_probed(i, 3);
}

static void test_uprobe(const char *self)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "test_probed", .bpf_cookie = COOKIE);
	struct bpf_link *entry, *leave;
	int child;

	start();
	entry = want_link("a uprobe", bpf_program__attach_uprobe_opts(
			  prog("on_user_entry"), getpid(), self, 0, &opts));
	opts.retprobe = true;
	leave = want_link("a uretprobe", bpf_program__attach_uprobe_opts(
			  prog("on_user_return"), -1, self, 0, &opts));
	probed(CALLS);
	want("uprobe: each call", number(ENTRIES), CALLS);
	want("uprobe: its arguments", number(MASKS), CALLS * (CALLS - 1) / 2 + 3 * CALLS);
	want("uprobe: its cookie", number(SWITCHES), (__u64)CALLS * COOKIE);
	want("uretprobe: each return", number(RETURNS), CALLS);
	want("uretprobe: its result", number(RESULTS), CALLS * (CALLS - 1) / 2 + 3 * CALLS);
	child = fork();
	if (!child) {
		probed(CALLS);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	want("uprobe: of the one process", number(ENTRIES), CALLS);
	want("uretprobe: of any", number(RETURNS), 2 * CALLS);
	bpf_link__destroy(entry);
	bpf_link__destroy(leave);
	probed(CALLS);
	want("uprobe: none after", number(ENTRIES) + number(RETURNS), 3 * CALLS);
	opts.func_name = NULL;
	want_that("not in what there is not", !bpf_program__attach_uprobe_opts(
		  prog("on_user_entry"), -1, "/no/such/file", 0, &opts));
	want_that("not in a folder", !bpf_program__attach_uprobe_opts(
		  prog("on_user_entry"), -1, "/tmp", 0, &opts));
	want_that("not behind the end", !bpf_program__attach_uprobe_opts(
		  prog("on_user_entry"), -1, self, 1UL << 40, &opts));
}

struct query {
	char name[64];
	__u32 len, prog, type;
	__u64 offset, addr;
};

static int query(int pid, int fd, struct query *answer, __u32 room)
{
	memset(answer, 0, sizeof(*answer));
	answer->len = room;
	return bpf_task_fd_query(pid, fd, 0, answer->name, &answer->len, &answer->prog,
				 &answer->type, &answer->offset, &answer->addr);
}

/* libbpf's link is an event with a program, where it is attached the old way. */
static int old_event(__u32 type, __u64 config, const void *name, __u64 offset, const char *program)
{
	struct perf_event_attr attr = {
		.type = type, .size = sizeof(attr), .config = config, .sample_period = 1,
		.config1 = addr(name), .config2 = offset,
	};
	int fd = want_fd("an event", syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));

	if (program)
		want("its program", ioctl(fd, PERF_EVENT_IOC_SET_BPF,
					  bpf_program__fd(prog(program))), 0);
	return fd;
}

/* Where in this program's file a function of its lies. */
static __u64 offset_in_file(const void *function)
{
	unsigned long long begin, end, offset, found = 0;
	FILE *file = fopen("/proc/self/maps", "r");
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx-%llx %*s %llx", &begin, &end, &offset) == 3 &&
		    addr(function) >= begin && addr(function) < end)
			found = addr(function) - begin + offset;
	if (file)
		fclose(file);
	return found;
}

/* Which program hangs on a descriptor, of one's own and of another process? */
static void test_fd_query(void)
{
	__u64 kprobes = number_in("/sys/bus/event_source/devices/kprobe/type");
	__u64 uprobes = number_in("/sys/bus/event_source/devices/uprobe/type");
	__u64 umask_id = number_in("/sys/kernel/tracing/events/syscalls/sys_enter_umask/id");
	const char *self = "/proc/self/exe", *symbol = "__x64_sys_umask";
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	struct query got;
	__u64 place = offset_in_file(test_probed);
	char path[64] = "";
	int fd, child;

	want("the program's number", bpf_obj_get_info_by_fd(bpf_program__fd(prog("on_entry")),
							    &info, &len), 0);
	fd = old_event(kprobes, 1, symbol, 0, "on_entry");
	want("a kretprobe", query(getpid(), fd, &got, sizeof(got.name)), 0);
	want("is one", got.type, BPF_FD_TYPE_KRETPROBE);
	want("its program's number", got.prog, info.id);
	want("the length of its name", got.len, strlen(symbol));
	want_that("its name", !strcmp(got.name, symbol));
	want("a name that does not fit", query(getpid(), fd, &got, 6), -ENOSPC);
	want_that("is cut", !strcmp(got.name, "__x64"));
	want("its whole length", got.len, strlen(symbol));
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	want("the same of a child", query(child, fd, &got, sizeof(got.name)), 0);
	want("it is the same", got.prog, info.id);
	want("an fd that is not open there", query(child, 9999, &got, 0), -EBADF);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	want("a process that is gone", query(child, fd, &got, 0), -ENOENT);
	close(fd);
	fd = old_event(kprobes, 0, symbol, 0, NULL);
	want("no program yet", query(getpid(), fd, &got, 0), -ENOENT);
	close(fd);
	fd = old_event(PERF_TYPE_TRACEPOINT, umask_id, NULL, 0, "on_tracepoint");
	want("a tracepoint", query(getpid(), fd, &got, sizeof(got.name)), 0);
	want("is one, too", got.type, BPF_FD_TYPE_TRACEPOINT);
	want_that("by its name", !strcmp(got.name, "sys_enter_umask"));
	close(fd);
	fd = old_event(uprobes, 0, self, place, "on_user_entry");
	want("a uprobe", query(getpid(), fd, &got, sizeof(got.name)), 0);
	want("is one, as well", got.type, BPF_FD_TYPE_UPROBE);
	want("at its offset", got.offset, place);
	want_that("of the file", readlink(self, path, sizeof(path) - 1) > 0 && !strcmp(got.name, path));
	close(fd);
	want("what is no event", query(getpid(), numbers, &got, 0), -NOT_SUPPORTED);
}

struct switched {
	const char *what, *program;
	__u64 type, config;
	const void *name;
	__u64 offset;
	void (*happen)(int cnt);
};

static void happens(const struct switched *s, const char *when, __u64 want_seen)
{
	everywhere(s->happen, 2 * CALLS);
	want(when, number(ENTRIES) + number(RETURNS), want_seen * libbpf_num_possible_cpus());
}

/* Opened as disabled: it counts from ENABLE to DISABLE, and again. */
static void test_switched(const struct switched *s)
{
	struct perf_event_attr attr = {
		.type = s->type, .size = sizeof(attr), .config = s->config, .sample_period = 1,
		.config1 = addr(s->name), .config2 = s->offset, .disabled = 1,
	};
	int fd = want_fd(s->what, perf_open(&attr, -1, 0, -1, 0));

	start();
	want("SET_BPF", ioctl(fd, PERF_EVENT_IOC_SET_BPF, bpf_program__fd(prog(s->program))), 0);
	happens(s, "as it was opened: disabled", 0);
	want("ENABLE", ioctl(fd, PERF_EVENT_IOC_ENABLE, 0), 0);
	happens(s, "enabled: each", CALLS);
	want("DISABLE", ioctl(fd, PERF_EVENT_IOC_DISABLE, 0), 0);
	happens(s, "disabled: no more", CALLS);
	want("ENABLE once more", ioctl(fd, PERF_EVENT_IOC_ENABLE, 0), 0);
	happens(s, "enabled again: each", 2 * CALLS);
	close(fd);
	happens(s, "closed: no more", 2 * CALLS);
}

static void test_switching(void)
{
	__u64 kprobes = number_in("/sys/bus/event_source/devices/kprobe/type");
	__u64 uprobes = number_in("/sys/bus/event_source/devices/uprobe/type");
	__u64 umask_id = number_in("/sys/kernel/tracing/events/syscalls/sys_enter_umask/id");
	__u64 place = offset_in_file(test_probed);
	const char *self = "/proc/self/exe", *symbol = "__x64_sys_umask";
	const struct switched rows[] = {
		{ "a kprobe", "on_entry", kprobes, 0, symbol, 0, umasks },
		{ "a kretprobe", "on_return", kprobes, 1, symbol, 0, umasks },
		{ "a uprobe", "on_user_entry", uprobes, 0, self, place, probed },
		{ "a uretprobe", "on_user_return", uprobes, 1, self, place, probed },
		{ "a tracepoint", "on_tracepoint", PERF_TYPE_TRACEPOINT, umask_id, NULL, 0, umasks },
		{ "a tracepoint that nobody looks at", "counts_renames", PERF_TYPE_TRACEPOINT,
		  number_in("/sys/kernel/tracing/events/task/task_rename/id"), NULL, 0, renames },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_switched(&rows[i]);
}

/* What this process has run, in units of 10 ms. */
static __u64 ran(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 10000000;
}

/* A task's clock: a sample for each 10 ms that the task runs, as many as that makes. */
static void test_clock(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .sample_period = 10000000, .disabled = 1,
	};
	int fd = want_fd("a clock", perf_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)), tries;
	__u64 before, most, seen;

	start();
	want("SET_BPF", ioctl(fd, PERF_EVENT_IOC_SET_BPF, bpf_program__fd(prog("on_clock"))), 0);
	want("again", ioctl(fd, PERF_EVENT_IOC_SET_BPF, bpf_program__fd(prog("on_clock"))) ?
	     -errno : 0, -EEXIST);
	spin(50);
	want("clock: disabled", number(ENTRIES), 0);
	before = ran();
	want("ENABLE", ioctl(fd, PERF_EVENT_IOC_ENABLE, 0), 0);
	for (tries = 0; tries < 100 && number(ENTRIES) < 10; tries++)
		spin(100);	/* an emulator that waits itself sees several periods end at once */
	want("DISABLE", ioctl(fd, PERF_EVENT_IOC_DISABLE, 0), 0);
	most = ran() - before + 1;
	seen = number(ENTRIES);
	want_that("clock: ten samples, no more than one in 10 ms", seen >= 10 && seen <= most);
	want("clock: each of 10 ms", number(MASKS), seen * 10000000);
	want("clock: with registers", number(WRONG), 0);
	spin(50);
	want("clock: none after", number(ENTRIES), seen);
	want("a kprobe's program", ioctl(fd, PERF_EVENT_IOC_SET_BPF,
	     bpf_program__fd(prog("on_entry"))) ? -errno : 0, -EINVAL);
	want("no program", ioctl(fd, PERF_EVENT_IOC_SET_BPF, -1) ? -errno : 0, -EBADF);
	want("an ioctl that there is not", ioctl(fd, 0x1234, 0) ? -errno : 0, -ENOTTY);
	close(fd);
}

/* --- bad input ------------------------------------------------------------------------ */

static void test_wrong(void)
{
	struct perf_event_attr good = output_attr(), attr = good;
	int records = bpf_object__find_map_fd_by_name(object, "records"), fd, other;
	union modbpf_attr link = {};
	__u32 key = 0, value;
	char *pages;

	want("no attr", perf_open((void *)0x10, -1, 0, -1, 0), -EFAULT);
	want("nobody anywhere", perf_open(&attr, -1, -1, -1, 0), -EINVAL);
	want("a CPU that there is not", perf_open(&attr, -1, 4000, -1, 0), -ENODEV);
	want("a flag that there is not", perf_open(&attr, -1, 0, -1, 1 << 20), -EINVAL);
	want("a group", perf_open(&attr, -1, 0, 0, 0), -EOPNOTSUPP);
	attr.size = 8;
	want("a short attr", perf_open(&attr, -1, 0, -1, 0), -E2BIG);
	want_that("is told how long it may be", attr.size >= PERF_ATTR_SIZE_VER5);
	attr.size = 8192;
	want("a long one", perf_open(&attr, -1, 0, -1, 0), -E2BIG);
	want_that("is told, too", attr.size >= PERF_ATTR_SIZE_VER5 && attr.size < 4096);
	attr = good;
	attr.sample_regs_user = 1;
	want("a field that is not understood", perf_open(&attr, -1, 0, -1, 0), -EOPNOTSUPP);
	attr = good;
	attr.type = 12345;
	want("a type that there is not", perf_open(&attr, -1, 0, -1, 0), -ENOENT);
	attr.type = PERF_TYPE_TRACEPOINT;
	attr.config = 99999;
	want_that("a tracepoint that there is not", perf_open(&attr, -1, 0, -1, 0) < 0);

	fd = want_fd("output", perf_open(&good, -1, 0, -1, 0));
	want("no read-only ring", mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ?
	     -errno : 0, -EOPNOTSUPP);
	want("no private ring", mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) ==
	     MAP_FAILED ? -errno : 0, -EINVAL);
	want("three pages of data", mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ==
	     MAP_FAILED ? -errno : 0, -EINVAL);
	pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	want_that("two pages", pages != MAP_FAILED);
	want("then five", mmap(NULL, 20480, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ==
	     MAP_FAILED ? -errno : 0, -EINVAL);
	want("no program on it", ioctl(fd, PERF_EVENT_IOC_SET_BPF,
	     bpf_program__fd(prog("on_entry"))) ? -errno : 0, -EINVAL);
	value = fd;
	want("into the map", bpf_map_update_elem(records, &key, &value, 0), 0);
	want("not to be read", bpf_map_lookup_elem(records, &key, &value), -NOT_SUPPORTED);
	want("out of it", bpf_map_delete_elem(records, &key), 0);
	want("and again", bpf_map_delete_elem(records, &key), -ENOENT);
	key = 1000;
	want("beyond it", bpf_map_update_elem(records, &key, &value, 0), -E2BIG);
	key = 0;
	value = numbers;
	want("something else into it", bpf_map_update_elem(records, &key, &value, 0), -EINVAL);
	other = open("/dev/null", O_RDONLY);
	link.link_create.prog_fd = bpf_program__fd(prog("on_entry"));
	link.link_create.attach_type = 41;
	link.link_create.target_fd = -1;
	want("a link to nothing", call(MODBPF_CMD_LINK_CREATE, &link, sizeof(link)), -EBADF);
	link.link_create.target_fd = other;
	want("to a file", call(MODBPF_CMD_LINK_CREATE, &link, sizeof(link)), -EINVAL);
	link.link_create.target_fd = fd;
	want("to output", call(MODBPF_CMD_LINK_CREATE, &link, sizeof(link)), -EINVAL);
	close(other);
	close(fd);
	/* A consumer that writes nonsense only harms itself. */
	memset(pages, 0xff, 8192);
	munmap(pages, 8192);
}

static int hold(void)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "test_probed");
	LIBBPF_OPTS(bpf_tracepoint_opts, tracepoint, .bpf_cookie = 7);
	int map = bpf_object__find_map_fd_by_name(object, "records");

	if (!perf_buffer__new(map, 8, NULL, NULL, NULL, NULL) ||
	    !bpf_program__attach_kprobe(prog("puts_out"), false, "__x64_sys_umask") ||
	    !bpf_program__attach_tracepoint_opts(prog("on_tracepoint"), "syscalls",
						 "sys_enter_umask", &tracepoint) ||
	    !bpf_program__attach_uprobe_opts(prog("on_user_entry"), -1, "/proc/self/exe", 0, &opts))
		return 1;
	start();
	printf("attached\n");
	fflush(stdout);
	for (;;) {
		umasks(1000);
		probed(1000);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	if (argc > 2)
		return hold();
	libbpf_set_print(NULL);
	test_tracepoint();
	test_update();
	test_no_record();
	test_weighted();
	test_kprobe();
	test_many(false);
	test_many(true);
	test_offset();
	test_uprobe("/proc/self/exe");
	test_fd_query();
	test_switching();
	test_clock();
	stay_on_cpu_1();
	test_wrong();
	bpf_object__close(object);
	return finish("perf_events");
}
