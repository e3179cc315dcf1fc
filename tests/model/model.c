// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is each map what it should be while everything is done to it at once? "model OBJECT CGROUP SECONDS":
 * programs in test runs, interrupts and kprobes on each CPU, and eight threads, all change
 * the same maps. Each owns some keys, of which it knows what has to be there; others belong to
 * everybody, and what is there must be whole and written for that key. What is counted is
 * counted three times, what goes into a queue or a ring comes out once, in order. When all is
 * quiet the sums are compared, and each map takes as many elements as it was made for.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#include "tests/e2e/perf_open.h"
#include "tests/e2e/test_run.h"
#include "tests/model/threads.h"

#define RUNS_AT_ONCE 64
#define INTERRUPTS_PER_SECOND 100

static const char *const row_names[ROWS] = {
	[ROW_ARRAY] = "ARRAY", [ROW_HASH] = "HASH", [ROW_PERCPU_ARRAY] = "PERCPU_ARRAY",
	[ROW_PERCPU_HASH] = "PERCPU_HASH", [ROW_LRU_HASH] = "LRU_HASH", [ROW_LRU_PERCPU_HASH] = "LRU_PERCPU_HASH",
	[ROW_LPM_TRIE] = "LPM_TRIE", [ROW_QUEUE] = "QUEUE", [ROW_STACK] = "STACK", [ROW_RINGBUF] = "RINGBUF",
	[ROW_PERF_EVENT_ARRAY] = "PERF_EVENT_ARRAY", [ROW_USER_RINGBUF] = "USER_RINGBUF",
	[ROW_BLOOM_FILTER] = "BLOOM_FILTER", [ROW_ARRAY_OF_MAPS] = "ARRAY_OF_MAPS",
	[ROW_HASH_OF_MAPS] = "HASH_OF_MAPS", [ROW_PROG_ARRAY] = "PROG_ARRAY", [ROW_STACK_TRACE] = "STACK_TRACE",
	[ROW_CGROUP_ARRAY] = "CGROUP_ARRAY", [ROW_LOCKED] = "HASH with a lock", [ROW_COUNTS] = "what is counted",
};
static const char *const fault_names[FAULTS] = {
	[WRONG_ERRNO] = "an error that cannot be", [LOST] = "lost", [NOT_THERE_BUT_FOUND] = "found what is not there",
	[OTHER_VALUE] = "not the value that was put there", [NOT_WRITTEN_BY_ANYONE] = "a value that nobody wrote",
	[OUT_OF_ORDER] = "out of order", [DIFFERENT_SUM] = "the sums differ", [TOO_MANY] = "too many elements",
	[ENDLESS] = "no end",
};

__u64 faults[ROWS][FAULTS], tallies[ROWS][TALLIES];
int value_cpus, cgroup_fd;
static volatile bool is_over, is_quiet;
static __u64 launched;	/* test runs */
static int cpus;

__u32 draw(struct thread *t, __u32 below)
{
	t->state = t->state * 6364136223846793005ull + 1442695040888963407ull;
	return (__u32)(t->state >> 33) % below;
}

int error(int result)
{
	return result ? -errno : 0;
}

int model_map(const char *name)
{
	return map_fd(name);
}

int model_prog(const char *name)
{
	return bpf_program__fd(prog(name));
}

/* --- threads ------------------------------------------------------------------------------------ */

static void *use_all(void *arg)
{
	static void (*const uses[])(struct thread *t) = {
		use_keyed, use_keyed, use_keyed, use_keyed, use_keyed, use_keyed, use_keyed, use_queue,
		use_queue, use_bloom, use_inner, use_jumps, use_stacks, use_cgroups, use_locked,
	};
	struct thread *t = arg;

	while (!is_over) {
		uses[draw(t, sizeof(uses) / sizeof(uses[0]))](t);
		umasks(1);
	}
	return NULL;
}

static void *run_on(void *arg)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((int)(long)arg, &set);
	sched_setaffinity(0, sizeof(set), &set);
	while (!is_over) {
		if (run("in_test_run", RUNS_AT_ONCE) < 0)
			fault(ROW_COUNTS, WRONG_ERRNO);
		__atomic_fetch_add(&launched, RUNS_AT_ONCE, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void on_out(enum row row, __u32 *last, const void *data)
{
	__u64 value = *(const __u64 *)data;

	check_order(row, last, value);
	add(row, OUT_CNT, 1);
	add(row, OUT_SUM, value);
}

static int on_record(void *last, void *data, size_t bytes)
{
	on_out(ROW_RINGBUF, last, data);
	return 0;
}

static void on_sample(void *last, int cpu, void *data, __u32 bytes)
{
	on_out(ROW_PERF_EVENT_ARRAY, last, data);
}

static void on_lost(void *cookie, int cpu, __u64 cnt)
{
	add(ROW_PERF_EVENT_ARRAY, BUSY, cnt);
}

static void *consume_records(void *cookie)
{
	static __u32 last[OWNERS];
	struct ring_buffer *ring = ring_buffer__new(map_fd("ring"), on_record, last, NULL);

	want_that("libbpf takes the ring", ring);
	while (ring && (ring_buffer__poll(ring, 100) > 0 || !is_quiet))
		;
	return NULL;
}

static void *consume_samples(void *cookie)
{
	static __u32 last[OWNERS];
	struct perf_buffer *buffer = perf_buffer__new(map_fd("events"), 2, on_sample, on_lost, last, NULL);

	want_that("libbpf takes the events", buffer);
	while (buffer && (perf_buffer__poll(buffer, 100) > 0 || !is_quiet))
		;
	return NULL;
}

/* Until all are over, the programs too, which have to take the last one. */
static void *produce(void *cookie)
{
	struct user_ring_buffer *ring = user_ring_buffer__new(map_fd("user_ring"), NULL);
	__u64 number = 0, *sample;

	want_that("libbpf takes the other ring", ring);
	while (ring && !is_over) {
		sample = user_ring_buffer__reserve(ring, sizeof(*sample));
		if (!sample) {
			usleep(1000);
			continue;
		}
		*sample = ++number;
		user_ring_buffer__submit(ring, sample);
		add(ROW_USER_RINGBUF, IN_CNT, 1);
		if (number % 64 == 0)
			usleep(1000);
	}
	return NULL;
}

/* --- begin and end ------------------------------------------------------------------------------- */

static void fill_in(void)
{
	static const __u64 value[5];
	struct model_key key;
	__u32 i, zero = 0;
	__u64 word;

	keyed_begin();
	for (i = 0; i < OWNERS; i++) {
		word = stamp(KEY_ID(i, BASE), i, 0);
		key = key_of(KEY_ID(i, 0));
		key.prefixlen = 16;
		want("a prefix", bpf_map_update_elem(map_fd("lpm"), &key, &(struct pair){ word, word }, 0), 0);
	}
	word = 0;
	for (i = 0; i < CONTEXTS; i++)
		want("a count", bpf_map_update_elem(map_fd("counts_hash"), &i, &word, 0), 0);
	want("a value with a lock", bpf_map_update_elem(map_fd("locked"), &zero, value, 0), 0);
}

static struct bpf_link *links[MAX_CPUS + 1];

static void attach(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .size = sizeof(attr),
		.freq = 1, .sample_freq = INTERRUPTS_PER_SECOND,
	};
	int cpu;

	for (cpu = 0; cpu < cpus; cpu++)
		links[cpu] = want_link("interrupts", bpf_program__attach_perf_event(
			prog("in_interrupt"), perf_open(&attr, -1, cpu, -1, 0)));
	links[cpu] = want_link("a kprobe", bpf_program__attach_kprobe(prog("in_kprobe"), false, "__x64_sys_umask"));
}

static __u64 run_cnt(const char *name)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	want(name, bpf_obj_get_info_by_fd(bpf_program__fd(prog(name)), &info, &len), 0);
	return info.run_cnt;
}

/* Each run was counted, by everyone who counts. */
static void check_counts(void)
{
	static const char *const names[CONTEXTS] = { "in_test_run", "in_interrupt", "in_kprobe" };
	__u64 counts[VALUE_CPUS], all, sum, in_hash, runs;
	__u32 context;
	int i;

	for (context = 0; context < CONTEXTS; context++) {
		bpf_map_lookup_elem(map_fd("counts"), &context, &all);
		bpf_map_lookup_elem(map_fd("counts_hash"), &context, &in_hash);
		bpf_map_lookup_elem(map_fd("counts_percpu"), &context, counts);
		for (i = 0, sum = 0; i < value_cpus; i++)
			sum += counts[i];
		runs = run_cnt(names[context]);
		printf("  %-14s %llu runs, %llu counted\n", names[context], runs, all);
		want("each run is counted", all, runs);
		want("by each CPU", sum, runs);
		want("in a hash", in_hash, runs);
		want_that("there are runs", runs > 10);
		if (context == IN_TEST_RUN)
			want("each was asked for", runs, launched);
	}
}

/* The programs' numbers are added to the threads'. */
static void collect(void)
{
	__u32 row, kind, at;
	__u64 cnt;

	for (row = 0; row < ROWS; row++) {
		for (kind = 0; kind < FAULTS; kind++) {
			at = row * FAULTS + kind;
			want("faults", bpf_map_lookup_elem(map_fd("faults"), &at, &cnt), 0);
			faults[row][kind] += cnt;
		}
		for (kind = 0; kind < TALLIES; kind++) {
			at = row * TALLIES + kind;
			want("tallies", bpf_map_lookup_elem(map_fd("tallies"), &at, &cnt), 0);
			tallies[row][kind] += cnt;
		}
	}
}

/* What went in has come out: what is left, now. */
static void check_sums(void)
{
	static const enum row rows[] = { ROW_QUEUE, ROW_STACK, ROW_RINGBUF, ROW_PERF_EVENT_ARRAY };
	__u64 left = 0, drained = 0;
	__u32 i, zero = 0;

	while (!pop(ROW_QUEUE, map_fd("queue"), NULL) || !pop(ROW_STACK, map_fd("stack"), NULL))
		want_that("no more than there can be", ++left <= 2 * QUEUE_ENTRIES);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (tallies[rows[i]][IN_CNT] != tallies[rows[i]][OUT_CNT] ||
		    tallies[rows[i]][IN_SUM] != tallies[rows[i]][OUT_SUM])
			fault(rows[i], DIFFERENT_SUM);
	for (i = 0; i < 10 && tallies[ROW_USER_RINGBUF][IN_CNT] != drained; i++) {
		want("the rest is drained", run("in_test_run", RUNS_AT_ONCE) >= 0, true);
		bpf_map_lookup_elem(map_fd("drained"), &zero, &drained);
	}
	if (tallies[ROW_USER_RINGBUF][IN_CNT] != drained)
		fault(ROW_USER_RINGBUF, DIFFERENT_SUM);
	if (tallies[ROW_PROG_ARRAY][IN_CNT] != tallies[ROW_PROG_ARRAY][OUT_CNT] + tallies[ROW_PROG_ARRAY][DROPPED])
		fault(ROW_PROG_ARRAY, DIFFERENT_SUM);
	if (tallies[ROW_PERF_EVENT_ARRAY][BUSY] > tallies[ROW_PERF_EVENT_ARRAY][DROPPED])
		fault(ROW_PERF_EVENT_ARRAY, DIFFERENT_SUM);
}

static void print_rows(int seconds)
{
	__u64 steps = 0;
	__u32 row, kind;

	printf("  %-18s %10s %10s %10s %10s %10s\n", "", "steps", "busy", "in", "out", "dropped");
	for (row = 0; row < ROW_COUNTS; row++) {
		printf("  %-18s %10llu %10llu %10llu %10llu %10llu\n", row_names[row], tallies[row][STEPS],
		       tallies[row][BUSY], tallies[row][IN_CNT], tallies[row][OUT_CNT], tallies[row][DROPPED]);
		want_that(row_names[row], tallies[row][STEPS] > 0);
		steps += tallies[row][STEPS];
	}
	printf("soak: operations on maps in %d s against a model: %llu\n", seconds, steps);
	for (row = 0; row < ROWS; row++)
		for (kind = 0; kind < FAULTS; kind++)
			if (faults[row][kind]) {
				printf("  FAIL  %s: %s, %llu times (errors %lld)\n", row_names[row],
				       fault_names[kind], faults[row][kind],
				       kind == WRONG_ERRNO ? -tallies[row][ERRORS] : 0);
				failed++;
			}
}

static void stress(int seconds)
{
	static struct thread threads[USERS];
	pthread_t others[MAX_CPUS + 3];
	int i, n = 0, at;

	pthread_create(&others[n++], NULL, consume_records, NULL);
	pthread_create(&others[n++], NULL, consume_samples, NULL);
	pthread_create(&others[n++], NULL, produce, NULL);
	attach();
	for (i = 0; i < cpus; i++)
		pthread_create(&others[n++], NULL, run_on, (void *)(long)i);
	for (i = 0; i < USERS; i++) {
		threads[i].owner = i;
		threads[i].state = 0x9e3779b97f4a7c15ull * (i + 1);
		pthread_create(&threads[i].pthread, NULL, use_all, &threads[i]);
	}
	for (at = 0; at < seconds; at++) {
		sleep(1);
		if (at % 30 == 29) {
			printf("model: %d of %d s, %llu test runs\n", at + 1, seconds, launched);
			fflush(stdout);
		}
	}
	is_over = true;
	for (i = 0; i < USERS; i++)
		pthread_join(threads[i].pthread, NULL);
	for (i = 2; i < n; i++)
		pthread_join(others[i], NULL);
	for (i = 0; i <= cpus; i++)
		bpf_link__destroy(links[i]);
	usleep(200000);
	is_quiet = true;
	pthread_join(others[0], NULL);
	pthread_join(others[1], NULL);
}

int main(int argc, char **argv)
{
	if (argc != 4 || !load(argv[1]))
		return 2;
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	value_cpus = libbpf_num_possible_cpus();
	cgroup_fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (cpus > MAX_CPUS || value_cpus > VALUE_CPUS || cgroup_fd < 0)
		return 2;
	want_fd("runs are counted", bpf_enable_stats(BPF_STATS_RUN_TIME));
	fill_in();
	stress(atoi(argv[3]));
	check_counts();
	collect();
	check_sums();
	check_rooms();
	print_rows(atoi(argv[3]));
	bpf_object__close(object);
	return finish("model");
}
