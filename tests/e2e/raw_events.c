// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a program on a raw tracepoint run once for each event, with its arguments,
 * and neither before nor after? libbpf makes the system calls, libmodbpf redirects
 * them. "raw_events OBJECT" tests; "raw_events OBJECT hold" stays attached until killed.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/numbers.h"

#define CALLS 500
#define FORKS_MADE 50
#define TURNS 2000
#define ROUNDS 30	/* attached and detached under fire */

static int prog_fd(const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

/* Of kernels without them the module knows the arguments of few events; a module's, Linux's own eBPF would count. */
static bool has_types(void)
{
	return !access("/sys/kernel/btf/vmlinux", R_OK);
}

static void test_arguments(void)
{
	int enter, leave, i;
	mode_t before;

	before = umask(0);
	start();
	umasks(CALLS);
	want("nothing runs before", number(ENTRIES), 0);
	syscall(NR_UMASK, 0);
	enter = want_fd("sys_enter", bpf_raw_tracepoint_open("sys_enter", prog_fd("on_enter")));
	leave = want_fd("sys_exit", bpf_raw_tracepoint_open("sys_exit", prog_fd("on_exit")));
	umasks(CALLS);
	want("entries", number(ENTRIES), CALLS);
	want("returns", number(RETURNS), CALLS);
	want("the arguments add up", number(MASKS), CALLS * (CALLS - 1) / 2);
	/* Each returns the mask before: 0, then 0 to CALLS - 2. */
	want("the results add up", number(RESULTS), (CALLS - 1) * (CALLS - 2) / 2);
	close(enter);
	umasks(CALLS);
	want("nothing runs after", number(ENTRIES), CALLS);
	want("the other one does", number(RETURNS), 2 * CALLS);
	close(leave);
	umask(before);

	enter = want_fd("fork", bpf_raw_tracepoint_open("sched_process_fork", prog_fd("on_fork")));
	for (i = 0; i < FORKS_MADE; i++) {
		if (!fork())
			_exit(0);
		wait(NULL);
	}
	want("forks", number(FORKS), FORKS_MADE);
	close(enter);
	if (!has_types()) {
		want("switch, whose arguments nobody knows",
		     bpf_raw_tracepoint_open("sched_switch", prog_fd("on_switch")), -EINVAL);
		return;
	}
	enter = want_fd("switch", bpf_raw_tracepoint_open("sched_switch", prog_fd("on_switch")));
	usleep(100000);
	close(enter);
	want_that("switches are seen", number(SWITCHES) > 0);
	want("a bool is 0 or 1 in all its bits", number(WRONG), 0);
}

static void test_bounds(void)
{
	__u32 slot = 0, fd = prog_fd("looks_beyond");
	int next = bpf_object__find_map_fd_by_name(object, "next"), link;

	want("a look behind the last argument",
	     bpf_raw_tracepoint_open("sys_enter", prog_fd("looks_far")), -EINVAL);
	want("the fork's second is there",
	     bpf_map_update_elem(next, &slot, &fd, 0), 0);
	start();
	link = want_fd("who calls on", bpf_raw_tracepoint_open("sys_enter", prog_fd("calls_on")));
	umasks(CALLS);
	want("who was called sees zeros", number(WRONG), 0);
	want("each time", number(FRAMES), CALLS);
	close(link);
}

/* What a test run of @prog with these arguments says: 0, and *@retval, or -errno. */
static int try_run(const char *prog, const __u64 *args, __u32 cnt, __u32 flags, __u32 cpu, __u32 *retval)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = cnt * sizeof(*args), .flags = flags,
		    .cpu = cpu);
	int err = bpf_prog_test_run_opts(prog_fd(prog), &opts);

	*retval = opts.retval;
	return err;
}

static void test_runs(void)
{
	__u64 args[13] = { 0x1234, 0x10000 };
	LIBBPF_OPTS(bpf_test_run_opts, odd, .ctx_in = args, .ctx_size_in = 16);
	int cpu, cpus = libbpf_num_possible_cpus();
	__u32 got;

	start();
	want("a test run", try_run("tested", args, 2, 0, 0, &got), 0);
	want("of these arguments", got, 0x11234);
	want("it has run once", number(ENTRIES), 1);
	want("with all twelve", try_run("tested", args, 12, 0, 0, &got), 0);
	for (cpu = 0; cpu < cpus; cpu++) {
		start();
		want("on a CPU", try_run("tested", args, 2, BPF_F_TEST_RUN_ON_CPU, cpu, &got), 0);
		want("the same comes out", got, 0x11234);
		want("there", number(FRAMES), cpu);
		want("once", number(ENTRIES), 1);
	}
	args[1] = NR_UMASK;
	start();
	want("of who calls on", try_run("calls_on", args, 2, 0, 0, &got), 0);
	want("who is called sees zeros", number(WRONG), 0);
	want("and runs", number(FRAMES), 1);
	want("fewer arguments than are looked at", try_run("tested", args, 1, 0, 0, &got), -EINVAL);
	want("more than there are", try_run("tested", args, 13, 0, 0, &got), -EINVAL);
	want("a CPU that is not asked for", try_run("tested", args, 2, 0, 1, &got), -EINVAL);
	want("another flag", try_run("tested", args, 2, 2, 0, &got), -EINVAL);
	want("no such CPU", try_run("tested", args, 2, BPF_F_TEST_RUN_ON_CPU, 1 << 20, &got), -ENXIO);
	want("arguments that cannot be read", try_run("tested", (void *)8, 2, 0, 0, &got), -EFAULT);
	odd.repeat = 2;
	want("twice", bpf_prog_test_run_opts(prog_fd("tested"), &odd), -EINVAL);
	odd.repeat = 0;
	odd.data_in = args;
	odd.data_size_in = 64;
	want("a packet", bpf_prog_test_run_opts(prog_fd("tested"), &odd), -EINVAL);
}

static void test_wrong(void)
{
	union modbpf_attr attr = {};
	int prog = prog_fd("on_enter"), other = want_fd("another type", load_trivial(1));

	want("a name that there is not", bpf_raw_tracepoint_open("no_such_event", prog), -ENOENT);
	want("no name", bpf_raw_tracepoint_open("", prog), -ENOENT);
	want("no fd", bpf_raw_tracepoint_open("sys_enter", -1), -EBADF);
	want("an fd of something else", bpf_raw_tracepoint_open("sys_enter", numbers), -EINVAL);
	want("another type's program", bpf_raw_tracepoint_open("sys_enter", other), -EINVAL);
	attr.raw_tracepoint.prog_fd = prog;
	attr.raw_tracepoint.name = 0x10;
	want("a name that cannot be read",
	     call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)), -EFAULT);
	attr.raw_tracepoint.name = addr("sys_enter");
	attr.link_create.perf_event.bpf_cookie = 7;
	attr.raw_tracepoint.pad_raw_tracepoint = 1;
	want("padding", call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)), -EINVAL);
	close(other);
}

static void test_info(void)
{
	int link = want_fd("a link", bpf_raw_tracepoint_open("sys_enter", prog_fd("on_enter")));
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);
	char name[32] = "";
	__u32 room = sizeof(name), prog, type;
	__u64 offset, where;

	want("its information", info_of(link, &info, &len), 0);
	want("its type", info.type, MODBPF_LINK_TYPE_RAW_TRACEPOINT);
	want("how long its name is", info.raw_tracepoint.tp_name_len, 10);
	want("the link's descriptor", bpf_task_fd_query(getpid(), link, 0, name, &room, &prog, &type,
							&offset, &where), 0);
	want_that("says the same", !strcmp(name, "sys_enter") && room == 9 && type == BPF_FD_TYPE_RAW_TRACEPOINT);
	want("and the program", prog, info.prog_id);
	info.raw_tracepoint.tp_name = addr(name);
	info.raw_tracepoint.tp_name_len = sizeof(name);
	want("with the name", info_of(link, &info, &len), 0);
	want("which is its", strcmp(name, "sys_enter"), 0);
	info.raw_tracepoint.tp_name_len = 5;
	want("cut", info_of(link, &info, &len), -ENOSPC);
	want("and terminated", strcmp(name, "sys_"), 0);
	want("detached", bpf_link_detach(link), 0);
	start();
	umasks(10);
	want("it runs no more", number(ENTRIES), 0);
	want("and again", bpf_link_detach(link), 0);
	close(link);
}

static int open_group(const char *path)
{
	mkdir(path, 0755);
	return want_fd(path, open(path, O_RDONLY | O_DIRECTORY));
}

static void move_to_group(const char *path)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "%s/cgroup.procs", path);
	fd = want_fd(name, open(name, O_WRONLY));
	want("moved", write(fd, "0", 1), 1);
	close(fd);
}

static __u64 inode_of(const char *path)
{
	struct stat stat_of = {};

	stat(path, &stat_of);
	return stat_of.st_ino;
}

/* A group's number is that of its directory. */
static void test_groups(void)
{
	int groups = bpf_object__find_map_fd_by_name(object, "groups"), fds[3], link;
	__u32 zero = 0, one = 1;

	mkdir("/tmp/groups", 0755);
	want("control groups", mount("none", "/tmp/groups", "cgroup2", 0, NULL), 0);
	fds[0] = open_group("/tmp/groups/above");
	fds[1] = open_group("/tmp/groups/beside");
	fds[2] = open_group("/tmp/groups/above/own");
	want("a group", bpf_map_update_elem(groups, &zero, &fds[0], 0), 0);
	want("another one", bpf_map_update_elem(groups, &one, &fds[1], 0), 0);
	want("what is none", bpf_map_update_elem(groups, &one, &numbers, 0), -EBADF);
	want("no look inside", bpf_map_lookup_elem(groups, &zero, &one), -NOT_SUPPORTED);
	one = 1;
	move_to_group("/tmp/groups/above/own");
	start();
	link = want_fd("in groups", bpf_raw_tracepoint_open("sys_enter", prog_fd("in_groups")));
	umasks(1);
	want("below a group", number(ENTRIES), 1);
	want("not below another one", number(RETURNS), 1);
	want("no group is there", number(MASKS), 1);
	want("no place is there", number(SWITCHES), 1);
	want("its own group", number(RESULTS), inode_of("/tmp/groups/above/own"));
	want("the one above", number(FRAMES), inode_of("/tmp/groups/above"));
	want("none below or above", number(WRONG), 0);
	close(link);
	want("taken out", bpf_map_delete_elem(groups, &one), 0);
	want("which is not there", bpf_map_delete_elem(groups, &one), -ENOENT);
	move_to_group("/tmp/groups");
	close(fds[0]);
	close(fds[1]);
	close(fds[2]);
	rmdir("/tmp/groups/above/own");
	/* The map still has the one above, when it goes. */
	want("a group that is used goes", rmdir("/tmp/groups/above"), 0);
	rmdir("/tmp/groups/beside");
	umount("/tmp/groups");
	rmdir("/tmp/groups");
}

static void test_cookie(void)
{
	union modbpf_attr attr = { .raw_tracepoint = {
		.name = addr("sys_enter"), .prog_fd = prog_fd("on_cookie"), .cookie = 0x123456789abcULL,
	} };
	int link = want_fd("a link with a cookie",
			   call(MODBPF_CMD_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)));
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	start();
	umasks(10);
	want("the program gets it", number(RESULTS), 10 * 0x123456789abcLL);
	want("the information", info_of(link, &info, &len), 0);
	want("has it", info.raw_tracepoint.cookie, 0x123456789abcLL);
	want("and the events", info.events >= 10, 1);
	close(link);
}

static void test_module(const char *name)
{
	int link = bpf_raw_tracepoint_open(name, prog_fd("on_module"));

	if (!has_types()) {
		want("a module's tracepoint, whose arguments nobody knows", link, -EINVAL);
		return;
	}
	want_fd("a module's tracepoint", link);
	start();
	access("/proc/version", F_OK);
	access("/no/such/file", F_OK);
	sync();
	if (system("cat /usr/share/doc/base-files/* >/dev/null 2>&1; ls /usr/bin >/dev/null"))
		printf("  note: what should make requests failed\n");
	close(link);
	want_that("its events are seen", number(FRAMES) > 0);
	want("with their arguments", number(WRONG), 0);
}

static volatile bool is_over;
static unsigned long fired;	/* read when its thread has ended */

static void *fire(void *cookie)
{
	while (!is_over) {
		umasks(100);
		fired += 100;
	}
	return NULL;
}

/* The program, attached just now, runs. */
static void wait_for_entry(__u64 before)
{
	int tries;

	for (tries = 0; tries < 5000 && number(ENTRIES) == before; tries++)
		usleep(1000);
}

static void test_under_fire(void)
{
	pthread_t thread;
	__u64 seen, before;
	int i, link;

	start();
	pthread_create(&thread, NULL, fire, NULL);
	for (i = 0; i < ROUNDS; i++) {
		before = number(ENTRIES);
		link = bpf_raw_tracepoint_open("sys_enter", prog_fd("on_enter"));
		if (link < 0)
			break;
		/* Most come off before they have run, some while they run. */
		if (i % 8 == 0)
			wait_for_entry(before);
		close(link);
	}
	want("attached and detached under fire", i, ROUNDS);
	seen = number(ENTRIES);
	usleep(50000);
	want_that("some were seen", seen > 0);
	want("none later", number(ENTRIES), seen);
	is_over = true;
	pthread_join(thread, NULL);
}

/* Have both programs run, or is it time to give up (30 s)? The thread may start late. */
static bool have_both_run(time_t begun)
{
	return (number(ENTRIES) && number(FRAMES)) || time(NULL) - begun > 30;
}

/* Each event meets one of two programs that take each other's place. */
static void test_update(void)
{
	int progs[2] = { prog_fd("on_enter"), prog_fd("on_enter_too") }, i = 0;
	int link = want_fd("a link", bpf_raw_tracepoint_open("sys_enter", progs[0]));
	LIBBPF_OPTS(bpf_link_update_opts, opts, .flags = BPF_F_REPLACE);
	time_t begun = time(NULL);
	pthread_t thread;
	int err = 0;

	want("a program that looks further", bpf_link_update(link, prog_fd("looks_far"), NULL), -EINVAL);
	start();
	is_over = false;
	fired = 0;
	pthread_create(&thread, NULL, fire, NULL);
	for (i = 0; !err && (i < TURNS || !have_both_run(begun)); i++) {
		opts.old_prog_fd = progs[i % 2];
		err = bpf_link_update(link, progs[(i + 1) % 2], &opts);
	}
	is_over = true;
	pthread_join(thread, NULL);
	want("programs change under fire", err, 0);
	want_that("both are met", number(ENTRIES) && number(FRAMES));
	want("each event meets one", number(ENTRIES) + number(FRAMES), fired);
	close(link);
}

static int hold(void)
{
	if (bpf_raw_tracepoint_open("sys_enter", prog_fd("on_enter")) < 0 ||
	    bpf_raw_tracepoint_open("sched_process_fork", prog_fd("on_fork")) < 0)
		return 1;
	printf("attached\n");
	fflush(stdout);
	for (;;)
		umasks(1000);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	if (argc > 2)
		return hold();
	test_arguments();
	test_bounds();
	test_runs();
	test_wrong();
	test_info();
	test_groups();
	test_cookie();
	test_module("9p_client_req");
	test_under_fire();
	test_update();
	bpf_object__close(object);
	return finish("raw_events");
}
