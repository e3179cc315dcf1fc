// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a program run for what the processor counts, and is what the machine has no counter for
 * refused as perf_event_open(2) refuses it? "hardware OBJECT", of perf_events.bpf.c.
 */
#define _GNU_SOURCE
#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "tests/e2e/perf_open.h"

/* Past the library: what the kernel itself says. */
long __real_syscall(long number, ...);

static long kernel_open(const struct perf_event_attr *attr)
{
	long fd = __real_syscall(__NR_perf_event_open, attr, 0, -1, -1, 0UL);

	return fd < 0 ? -errno : fd;
}

/* A sample for each 10^6 of what the processor counts. */
static void sampled(int fd)
{
	__u64 seen;

	start();
	want("SET_BPF of a counter", ioctl(fd, PERF_EVENT_IOC_SET_BPF,
					   bpf_program__fd(prog("on_clock"))), 0);
	want("ENABLE of a counter", ioctl(fd, PERF_EVENT_IOC_ENABLE, 0), 0);
	spin(100);
	want("DISABLE of a counter", ioctl(fd, PERF_EVENT_IOC_DISABLE, 0), 0);
	seen = number(ENTRIES);
	want_that("a counter's samples", seen > 0);
	want("each of a million", number(MASKS), seen * 1000000);
	spin(20);
	want("none after", number(ENTRIES), seen);
}

/* A machine without counters says so, as the kernel does. */
static void test_hardware(void)
{
	static const struct { __u32 type; __u64 config, config1; } rows[] = {
		{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0 },
		{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0 },
		{ PERF_TYPE_HARDWARE, 1000, 0 },
		{ PERF_TYPE_HW_CACHE, 0, 0 },
		{ PERF_TYPE_HW_CACHE, 0xffffff, 0 },
		{ PERF_TYPE_RAW, 0x3c, 0 },
		{ PERF_TYPE_RAW, 0x3c, 1ULL << 63 },
	};
	struct perf_event_attr attr = { .size = sizeof(attr), .sample_period = 1000000,
					.disabled = 1 };
	long kernels, ours;
	int counted = 0;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		attr.type = rows[i].type;
		attr.config = rows[i].config;
		attr.config1 = rows[i].config1;
		kernels = kernel_open(&attr);
		if (kernels >= 0)
			close(kernels);
		ours = perf_open(&attr, 0, -1, -1, 0);
		want("the processor's counter", ours < 0 ? ours : 0, kernels < 0 ? kernels : 0);
		if (ours < 0)
			continue;
		if (!i) {
			sampled(ours);
			counted++;
		}
		close(ours);
	}
	if (!counted)
		printf("skip: what the processor counts: the machine has no counters\n");
	attr.type = PERF_TYPE_HARDWARE;
	attr.config = PERF_COUNT_HW_CPU_CYCLES;
	attr.config1 = 1;
	want("more words for what has a name", perf_open(&attr, 0, -1, -1, 0), -EINVAL);
	attr.config1 = 0;
	attr.freq = 1;
	attr.sample_freq = 100001;
	want("too often", perf_open(&attr, 0, -1, -1, 0), -EINVAL);
	attr.sample_freq = 100;
	attr.precise_ip = 2;
	want("more than is understood", perf_open(&attr, 0, -1, -1, 0), -EOPNOTSUPP);
}

int main(int argc, char **argv)
{
	if (argc < 2 || !load(argv[1])) {
		printf("  the object is not loaded\n");
		return 1;
	}
	test_hardware();
	bpf_object__close(object);
	return finish("hardware");
}
