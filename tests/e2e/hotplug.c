// SPDX-License-Identifier: GPL-2.0-only
/*
 * "hotplug OBJECT": a CPU goes and comes back while programs on a function and on its clock run, with
 * an array, a per-CPU array and a ring that is too small. Each call of ours is in the counts, and in the ring or lost.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#include "tests/e2e/perf_open.h"

#define ROUNDS 4
#define ONLINE "/sys/devices/system/cpu/cpu1/online"

static volatile bool is_over;
static unsigned long calls[3];
static struct ring_buffer *ring;
static __u64 received;

static bool set_online(const char *value)
{
	int fd = open(ONLINE, O_WRONLY | O_CLOEXEC);
	bool is_set = fd >= 0 && write(fd, value, 1) == 1;

	close(fd);
	return is_set;
}

static void *call_on(void *arg)
{
	unsigned long *done = arg;

	while (!is_over) {
		umasks(1);
		++*done;
	}
	return NULL;
}

static int receive(void *ctx, void *data, size_t size)
{
	received++;
	return 0;
}

/* Once something was lost, what is there is taken, slowly. */
static void *drain(void *arg)
{
	while (!is_over && !number(WRONG))
		usleep(1000);
	while (!is_over) {
		ring_buffer__consume(ring);
		usleep(5000);
	}
	return NULL;
}

/* True when @slot has changed from @value, within ten seconds. */
static bool moves_on(__u32 slot, __u64 value)
{
	int ms;

	for (ms = 0; ms < 10000 && number(slot) == value; ms += 10)
		usleep(10000);
	return number(slot) != value;
}

static __u64 all_cpus(void)
{
	int cnt = libbpf_num_possible_cpus(), map = bpf_object__find_map_fd_by_name(object, "each_cpu"), i;
	__u64 *values = calloc(cnt, sizeof(*values)), sum = 0;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(map, &zero, values))
		perror("each_cpu");
	for (i = 0; i < cnt; i++)
		sum += values[i];
	free(values);
	return sum;
}

static long open_clock(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .size = sizeof(attr),
		.sample_period = 1000000,
	};

	return perf_open(&attr, -1, 1, -1, 0);
}

/* One round: its clock ticks, it goes, it has no clock, it comes back. */
static void round_trip(void)
{
	int clock = want_fd("the clock of CPU 1", open_clock());
	struct bpf_link *link = want_link("a program on it", bpf_program__attach_perf_event(prog("on_clock"), clock));
	__u64 ticks;

	want_that("it ticks", moves_on(FORKS, number(FORKS)));
	want_that("the CPU goes", set_online("0"));
	want("what is gone has no clock", open_clock(), -ENODEV);
	ticks = number(FORKS);
	usleep(50000);
	want("the one that it had stands", number(FORKS), ticks);
	want_that("the CPU comes back", set_online("1"));
	bpf_link__destroy(link);
}

static void test_hotplug(void)
{
	struct bpf_link *link = want_link("a program", bpf_program__attach(prog("on_any_cpu")));
	pthread_t threads[3];
	unsigned long sum = 0;
	int i;

	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "umask_events"), receive, NULL, NULL);
	start();
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, call_on, &calls[i]);
	pthread_create(&threads[2], NULL, drain, NULL);
	for (i = 0; i < ROUNDS; i++)
		round_trip();
	want_that("a reader that does not come loses some", moves_on(WRONG, 0));
	is_over = true;
	for (i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		sum += calls[i];
	}
	ring_buffer__consume(ring);	/* the callers' last, which may have come behind its reader's */
	bpf_link__destroy(link);
	want_that("calls were made", sum > ROUNDS);
	want("each was counted", number(ENTRIES), sum);
	want("on some CPU", all_cpus(), sum);
	want("and is in the ring, or lost", received + number(WRONG), sum);
	printf("  %lu calls, %llu received, %llu lost\n", sum, received, number(WRONG));
}

int main(int argc, char **argv)
{
	if (modbpf_register_sections() || argc != 2 || !load(argv[1])) {
		printf("hotplug: the object is not loaded\n");
		return 1;
	}
	test_hotplug();
	return finish("hotplug");
}
