// SPDX-License-Identifier: GPL-2.0-only
/* What do programs read of the clocks that a map holds, and where? "clocks OBJECT [cycle]". */
#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/e2e/perf_open.h"

/* What the program reads of the clock at @index, or -errno. */
static __s64 read_clock(int index)
{
	mode_t before = umask(0);
	__s64 value;

	start();
	umask(index);
	value = number(RESULTS);
	umask(before);
	want("both ways to ask agree", number(WRONG), 0);
	return value;
}

#define THIS_CPU 0777

/* The clocks of CPUs and of this task, read by a program. */
static void test_counts(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK,
	};
	int map = bpf_object__find_map_fd_by_name(object, "clocks"), task, cpus[2], status = 1;
	__s64 since = clock_ns(CLOCK_MONOTONIC_RAW), first, second;
	struct bpf_link *link;
	__u32 i;

	for (i = 0; i < 2; i++) {
		cpus[i] = want_fd("a CPU's clock", perf_open(&attr, -1, i, -1, 0));
		want("in the map", bpf_map_update_elem(map, &i, &cpus[i], 0), 0);
	}
	attr.config = PERF_COUNT_SW_TASK_CLOCK;
	task = want_fd("a task's clock", perf_open(&attr, 0, -1, -1, 0));
	want("in the map", bpf_map_update_elem(map, &i, &task, 0), 0);
	link = want_link("who reads", bpf_program__attach_kprobe(
			 prog("reads_clock"), false, "__x64_sys_umask"));
	first = read_clock(THIS_CPU);
	spin(20);
	second = read_clock(1);
	want_that("it has counted", first > 0);
	want_that("and as long as this took", second - first >= 10000000);
	want_that("not longer than it is there", second <= 2 * ((__s64)clock_ns(CLOCK_MONOTONIC_RAW) - since));
	want("not another CPU's", read_clock(0), -EINVAL);
	want("none beyond", read_clock(3), -E2BIG);

	first = read_clock(2);
	spin(20);
	second = read_clock(2);
	want_that("the task's, too", first > 0 && second - first >= 10000000);
	want("DISABLE", ioctl(task, PERF_EVENT_IOC_DISABLE, 0), 0);
	first = read_clock(2);
	spin(5);
	want("it stands still", read_clock(2), first);
	if (!fork())
		_exit(read_clock(2) != -EINVAL);
	wait(&status);
	want("not another task's", status, 0);
	close(task);
	want("taken out", bpf_map_delete_elem(map, &i), 0);
	want("is gone", read_clock(2), -ENOENT);
	for (i = 0; i < 2; i++)
		close(cpus[i]);
	want_that("in the map it lives on", read_clock(1) > 0);
	bpf_link__destroy(link);
}

static void keep_slots(void)
{
	bpf_map__set_map_flags(bpf_object__find_map_by_name(object, "clocks"), BPF_F_PRESERVE_ELEMS);
}

/* A clock's program looks at the map that has the clock: each holds the next, whatever is closed. */
static void leave_cycle(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 10000000,
	};
	int clock = want_fd("a clock", perf_open(&attr, -1, 0, -1, 0));
	__u32 slot = 0;

	want("in the map", bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "clocks"), &slot,
					       &clock, 0), 0);
	want("SET_BPF", ioctl(clock, PERF_EVENT_IOC_SET_BPF,
			      bpf_program__fd(prog("looks_at_clock"))) ? -errno : 0, 0);
}

/* "cycle": leave one. */
int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load_prepared(argv[1], argc > 2 ? keep_slots : NULL))
		return 1;
	stay_on_cpu_1();
	if (argc > 2)
		leave_cycle();
	else
		test_counts();
	bpf_object__close(object);
	return finish("clocks");
}
