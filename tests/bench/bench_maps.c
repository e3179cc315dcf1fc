// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many instructions does an operation on a map take? The same object (maps.bpf.c) is
 * loaded by the module and by the kernel's own bpf(2), in one boot of a machine whose time
 * stamp counter counts instructions (tests/bench/inside). With "ns" before OBJECT: time, here;
 * our maps are compiled natively then (native_maps.h), and have no program around them.
 * Each figure is that of a test run of a program with the operation less that of one
 * without, the median of many: interrupts are not in it, and what is put off to a later
 * operation is. A program whose operations failed has no figure.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <sys/wait.h>
#include <x86intrin.h>

#include "tests/bench/maps.h"
#include "tests/bench/native_maps.h"
#include "tests/bench/side.h"

#define RUNS 41
#define NO_FIGURE (-1.0)

struct row {
	const char *name;
	const char *prog, *empty;
	int result, empty_result;	/* of a run in which all went well */
	int ops;
};

#define EACH(name, prog, empty) { name, prog, empty, OPS, OPS, OPS }
#define HASH(name, map, empty) \
	EACH(name " hit", map "_hit", empty), \
	{ name " miss", map "_miss", empty, 0, OPS, OPS }, \
	EACH(name " update", map "_update", empty), \
	EACH(name " insert+delete", map "_insert", empty)

static const struct row rows[] = {
	EACH("array lookup", "array_lookup", "empty4"),
	EACH("array update", "array_update", "empty4"),
	EACH("percpu_array lookup", "percpu_array_lookup", "empty4"),
	HASH("hash, 4 bytes, 1 k:", "hash4_1k", "empty4"),
	HASH("hash, 4 bytes, 64 k:", "hash4_64k", "empty4"),
	HASH("hash, 16 bytes, 1 k:", "hash16_1k", "empty16"),
	HASH("hash, 16 bytes, 64 k:", "hash16_64k", "empty16"),
	HASH("percpu_hash, 1 k:", "percpu_hash", "empty4"),
	EACH("lru_hash hit", "lru_hit", "empty4"),
	EACH("lru_hash eviction", "lru_evict", "empty4"),
	EACH("lpm_trie, 10,000 prefixes", "lpm_lookup", "lpm_empty"),
	EACH("queue push+pop", "queue_push_pop", "empty4"),
	EACH("ringbuf reserve+submit", "ringbuf_reserve_submit", "empty4"),
	EACH("ringbuf output", "ringbuf_output", "empty4"),
	{ "tail call", "tail", "tail_empty", TAIL_RESULT, TAIL_RESULT, TAIL_CALLS },
	EACH("bpf_loop", "loop", "loop_empty"),
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* --- which side: all of libbpf's calls come by here -------------------------------------- */

static bool is_ours;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	long arg[6];
	va_list args;
	int i;

	/* As in libc's own: reading arguments that were not passed is harmless. */
	va_start(args, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_bpf && is_ours)
		return ours_bpf(arg[0], (const void *)arg[1], arg[2]);
	return __real_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

/* --- one side ---------------------------------------------------------------------------- */

static struct bpf_object *object;
static unsigned long *consumer, *producer;	/* positions of the ring buffer */

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", is_ours ? "modbpf" : "Linux", what, strerror(errno));
	_exit(1);
}

static int map_fd(const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

/* What one test run takes; *@result is the program's. */
static unsigned long long test_run(const char *name, int *result)
{
	static const char packet[64];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = 1);
	int fd = bpf_program__fd(bpf_object__find_program_by_name(object, name));
	unsigned long long begin = __rdtsc(), end;

	if (bpf_prog_test_run_opts(fd, &opts))
		fail(name);
	end = __rdtsc();
	*result = opts.retval;
	return end - begin;
}

static int compare(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;

	return x < y ? -1 : x > y;
}

/* The median, or NO_FIGURE if another result came than @wanted. */
static double cost(const char *name, int wanted)
{
	unsigned long long spent[RUNS];
	int i, result;

	for (i = 0; i < RUNS; i++) {
		spent[i] = test_run(name, &result);
		if (result != wanted) {
			fprintf(stderr, "%s, %s: %d, not %d\n", is_ours ? "modbpf" : "Linux", name,
				result, wanted);
			return NO_FIGURE;
		}
		*consumer = *(volatile unsigned long *)producer;
	}
	qsort(spent, RUNS, sizeof(spent[0]), compare);
	return spent[RUNS / 2];
}

static void fill_hash(const char *name, int entries)
{
	int i, result;

	for (i = 0; i < entries / OPS; i++) {
		test_run(name, &result);
		if (result != OPS)
			fail(name);
	}
}

static void fill_lpm(void)
{
	__u32 i, key[2];
	__u64 value = 1;

	for (i = 0; i < PREFIXES; i++) {
		key[0] = prefix_bits(i);
		key[1] = prefix_addr(i);
		if (bpf_map_update_elem(map_fd("lpm"), key, &value, BPF_ANY))
			fail("lpm");
	}
	/* Whatever the program looks for has a prefix. */
	key[0] = 0;
	if (bpf_map_update_elem(map_fd("lpm"), key, &value, BPF_ANY))
		fail("lpm");
}

static void prepare(const char *path)
{
	long page = sysconf(_SC_PAGESIZE);
	int calls;

	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object = bpf_object__open(path);
	if (!object || bpf_object__load(object))
		fail(path);
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd("ringbuf"), 0);
	producer = mmap(NULL, page, PROT_READ, MAP_SHARED, map_fd("ringbuf"), page);
	if (consumer == MAP_FAILED || producer == MAP_FAILED)
		fail("ringbuf");
	fill_hash("hash4_1k_fill", 1024);
	fill_hash("hash4_64k_fill", 65536);
	fill_hash("hash16_1k_fill", 1024);
	fill_hash("hash16_64k_fill", 65536);
	fill_hash("percpu_hash_fill", 1024);
	fill_hash("lru_fill", 1024);
	fill_hash("lru_evict", 4096);
	fill_lpm();
	test_run("tail_counted", &calls);
	if (calls != TAIL_CALLS)
		fail("tail_counted");
}

/* In a process of its own: libbpf remembers what the kernel can do. */
static void measure(const char *path, bool ours, double *figures)
{
	double with, without;
	size_t i;
	int status;

	if (fork()) {
		wait(&status);
		if (status)
			exit(1);
		return;
	}
	is_ours = ours;
	if (ours)
		open_device();
	prepare(path);
	for (i = 0; i < ROWS; i++) {
		with = cost(rows[i].prog, rows[i].result);
		without = cost(rows[i].empty, rows[i].empty_result);
		figures[i] = with < 0 || without < 0 ? NO_FIGURE : (with - without) / rows[i].ops;
	}
	_exit(0);
}

static void measure_natively(double *figures)
{
	double ticks;
	size_t i;

	for (i = 0; i < ROWS; i++) {
		ticks = native_cost(rows[i].prog);
		figures[i] = ticks < 0 ? NO_FIGURE : ticks / rows[i].ops;
	}
}

/* Of the time stamp counter. */
static double ns_of_a_tick(void)
{
	struct timespec from, to;
	unsigned long long ticks;

	clock_gettime(CLOCK_MONOTONIC, &from);
	ticks = __rdtsc();
	usleep(100000);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ticks = __rdtsc() - ticks;
	return ((to.tv_sec - from.tv_sec) * 1e9 + to.tv_nsec - from.tv_nsec) / ticks;
}

static void print_figure(double figure, double unit)
{
	if (figure == NO_FIGURE)
		printf(" %8s", "-");
	else
		printf(" %8.1f", figure * unit);
}

int main(int argc, char **argv)
{
	double *ours = mmap(NULL, 2 * sizeof(*ours) * ROWS, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double *theirs = ours + ROWS, unit = 1;
	bool is_time = argc == 3 && !strcmp(argv[1], "ns");
	size_t i;

	if ((argc != 2 && !is_time) || ours == MAP_FAILED) {
		fprintf(stderr, "usage: bench_maps [ns] OBJECT\n");
		return 2;
	}
	if (is_time)
		unit = ns_of_a_tick();
	if (is_time)
		measure_natively(ours);
	else
		measure(argv[1], true, ours);
	measure(argv[argc - 1], false, theirs);
	printf("%-36s %8s %8s %8s\n", is_time ? "ns an operation" : "instructions an operation",
	       "modbpf", "Linux", "ratio");
	for (i = 0; i < ROWS; i++) {
		printf("%-36s", rows[i].name);
		print_figure(ours[i], unit);
		print_figure(theirs[i], unit);
		if (ours[i] != NO_FIGURE && theirs[i] != NO_FIGURE)
			printf(" %8.2f", ours[i] / theirs[i]);
		putchar('\n');
	}
	return 0;
}
