/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of the loaded object by name, events to hang them on, and time that passes. */
#ifndef MODBPF_TESTS_E2E_PERF_OPEN_H
#define MODBPF_TESTS_E2E_PERF_OPEN_H

#include <linux/perf_event.h>
#include <sched.h>

#include "tests/e2e/clock.h"
#include "tests/e2e/numbers.h"

static inline struct bpf_program *prog(const char *name)
{
	return bpf_object__find_program_by_name(object, name);
}

static inline struct bpf_link *want_link(const char *what, struct bpf_link *link)
{
	want(what, link ? 0 : -errno, 0);
	return link;
}

static inline long perf_open(const struct perf_event_attr *attr, int pid, int cpu, int group,
		      unsigned long flags)
{
	long fd = syscall(__NR_perf_event_open, attr, pid, cpu, group, flags);

	return fd < 0 ? -errno : fd;
}

/* Of a perf buffer's event, that wakes its reader at each record. */
static inline struct perf_event_attr output_attr(void)
{
	return (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(struct perf_event_attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT, .sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1, .wakeup_events = 1,
	};
}

static inline void spin(long milliseconds)
{
	__u64 until = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + milliseconds * 1000000;

	while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < until)
		;
}

static inline void stay_on_cpu_1(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

#endif
