// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do timers in map values call back when their time has come, and never after they were
 * cancelled, or their element, the map's last descriptor, or all programs are gone?
 * "timer OBJECT".
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "tests/e2e/clock.h"
#include "tests/e2e/kernel_file.h"
#include "tests/e2e/numbers.h"
#include "tests/e2e/test_run.h"
#include "tests/e2e/timer.h"

#define MSEC 1000000ULL
#define HOUR (3600 * 1000 * MSEC)
#define THREADS 4
#define STORM_MSECS 1000

static struct asked asked = { .nsecs = MSEC, .clock = CLOCK_MONOTONIC };

static int ask(const char *program)
{
	__u32 zero = 0;

	bpf_map_update_elem(map_fd("asked"), &zero, &asked, 0);
	return run(program, 1);
}

static struct timed value_in(const char *map, __u32 key)
{
	struct timed value = {};

	bpf_map_lookup_elem(map_fd(map), &key, &value);
	return value;
}

static void put(const char *map, __u32 key, __u64 period)
{
	struct timed value = { .period = period };

	memset(&value.timer, 0xff, sizeof(value.timer));	/* is not put in */
	want(map, bpf_map_update_elem(map_fd(map), &key, &value, 0), 0);
}

static __u64 total(void)
{
	__u64 calls = 0;
	__u32 zero = 0;

	bpf_map_lookup_elem(map_fd("total"), &zero, &calls);
	return calls;
}

static void sleep_msecs(int cnt)
{
	usleep(1000 * cnt);
}

static bool calls_reach(const char *map, __u32 key, __u64 cnt)
{
	int i;

	for (i = 0; i < 5000 && value_in(map, key).calls < cnt; i++)
		sleep_msecs(2);
	return value_in(map, key).calls >= cnt;
}

/* None is called any more; one that is under way may still come to its end. */
static void want_silence(const char *what)
{
	__u64 before;

	sleep_msecs(2);
	before = total();
	sleep_msecs(30);
	want(what, total(), before);
}

static void want_periodic(const char *map, const char *begin)
{
	static const char zeros[sizeof(struct bpf_timer)];
	struct timed value;

	asked.key = 3;
	put(map, 3, MSEC);
	want(begin, ask(begin), 0);
	want_that("it calls again and again", calls_reach(map, 3, 5));
	value = value_in(map, 3);
	want("with its key", value.key, 3);
	want_that("its bytes are not seen", !memcmp(&value.timer, zeros, sizeof(zeros)));
}

static void test_periodic(void)
{
	want_periodic("in_hash", "begins");
	want("it is cancelled while it is started", ask("cancels") >> 1, 0);
	want_silence("a timer that is cancelled is silent");
	want("cancelled again, it was not started", ask("cancels"), 0);
	want("without a callback it does not start", ask("starts"), -EINVAL);
	want("the callback is set anew", ask("sets"), 0);
	want("then it starts", ask("starts"), 0);
	want_that("and calls", calls_reach("in_hash", 3, value_in("in_hash", 3).calls + 2));
	want_periodic("in_array", "begins_in_array");
	want_that("in an array, too", ask("cancels_in_array") >> 1 == 0);
	want_periodic("in_lru", "begins_in_lru");
}

static void test_ends(void)
{
	__u32 key = 3;

	want("a deletion", bpf_map_delete_elem(map_fd("in_hash"), &key), 0);
	for (key = 10; key < 13; key++)
		put("in_lru", key, 0);
	want_that("an eviction", bpf_map_lookup_elem(map_fd("in_lru"), &asked.key, &(struct timed){}) < 0);
	want_silence("ends their timers");
	want_periodic("in_array", "begins_in_array");
	put("in_array", 3, MSEC);
	want_silence("an update, too");
	want("what was updated is as new", ask("begins_in_array"), 0);
	put("in_array", 3, 0);
	put("in_hash", 3, 0);
	want("what was deleted as well", ask("inits"), 0);
}

static void test_wrong(void)
{
	void *mapped;

	want("it is initialised", ask("inits"), -EBUSY);
	put("in_hash", 3, 0);
	want("it is not", ask("sets"), -EINVAL);
	want("nor started", ask("starts"), -EINVAL);
	want("nor cancelled", ask("cancels"), -EINVAL);
	asked.clock = CLOCK_PROCESS_CPUTIME_ID;
	want("no such clock", ask("inits"), -EINVAL);
	asked.clock = 16 | CLOCK_MONOTONIC;
	want("no such flag", ask("inits"), -EINVAL);
	asked.clock = CLOCK_BOOTTIME;
	want("another clock", ask("inits"), 0);
	want("with a callback", ask("sets"), 0);
	asked.flags = 4;
	want("no such flag of a start", ask("starts"), -EINVAL);
	asked.flags = 0;
	want("started", ask("starts"), 0);
	want_that("it calls", calls_reach("in_hash", 3, 1));
	asked.clock = CLOCK_MONOTONIC;
	want("frozen", bpf_map_freeze(map_fd("in_hash")), -NOT_SUPPORTED);
	mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, map_fd("in_array"), 0);
	want_that("mapped", mapped == MAP_FAILED && errno == NOT_SUPPORTED);
	want("inside another map", bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, NULL, 4, 4, 1,
		&(struct bpf_map_create_opts){ .sz = sizeof(struct bpf_map_create_opts),
					       .inner_map_fd = map_fd("in_hash") }), -NOT_SUPPORTED);
}

/* Made anew for each: key 3 of the hash, with @setter's callback. */
static void restart(const char *setter)
{
	put("in_hash", 3, 0);
	want("initialised", ask("inits"), 0);
	want(setter, ask(setter), 0);
}

static void test_callbacks(void)
{
	restart("sets_canceller");
	want("to be called", ask("starts"), 0);
	want_that("it is", calls_reach("in_hash", 3, 1));
	want("it cannot cancel itself", value_in("in_hash", 3).result, -EDEADLK);
	restart("sets_deleter");
	want("to delete itself", ask("starts"), 0);
	sleep_msecs(30);
	want("it is gone", ask("cancels"), 1);
}

static void test_times(void)
{
	restart("sets");
	asked.nsecs = HOUR;
	want("in an hour", ask("starts"), 0);
	sleep_msecs(20);
	want("it has not been called", value_in("in_hash", 3).calls, 0);
	asked.flags = 1;
	asked.nsecs = clock_ns(CLOCK_MONOTONIC) + HOUR;
	want("at a time that is to come", ask("starts"), 0);
	sleep_msecs(20);
	want("it has not", value_in("in_hash", 3).calls, 0);
	want("it would have been", ask("cancels"), 1);
	restart("sets");
	asked.nsecs = clock_ns(CLOCK_MONOTONIC) - MSEC;
	asked.flags = 1 | 2;
	want("at one that was, on this CPU", ask("starts"), 0);
	want_that("it has", calls_reach("in_hash", 3, 1));
	asked.nsecs = -1;
	asked.flags = 0;
	want("never", ask("starts"), 0);
	sleep_msecs(20);
	want("is never", value_in("in_hash", 3).calls, 1);

	/* In Linux its timers of CLOCK_REALTIME go by the other clock, too. */
	asked.clock = CLOCK_REALTIME;
	restart("sets");
	asked.nsecs = clock_ns(CLOCK_MONOTONIC) + HOUR;
	asked.flags = 1;
	want("of the other clock", ask("starts"), 0);
	sleep_msecs(20);
	want("it is to come", value_in("in_hash", 3).calls, 0);
	asked = (struct asked){ .nsecs = MSEC, .clock = CLOCK_MONOTONIC, .key = 3 };
}

static volatile bool is_over;

static void *storm(void *cookie)
{
	while (!is_over)
		if (run("storms", 200) < 0)
			return "failed";
	return NULL;
}

static void test_storm(void)
{
	__u64 before = total();
	pthread_t threads[THREADS];
	void *result;
	__u32 key;
	int i;

	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, storm, NULL);
	sleep_msecs(STORM_MSECS);
	is_over = true;
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		want_that("all runs", !result);
	}
	want_that("timers called meanwhile", total() > before + 10);
	for (key = 0; key < 4; key++)
		bpf_map_delete_elem(map_fd("in_hash"), &key);
	want_silence("all are deleted");
}

static void test_kill_switch(void)
{
	want_periodic("in_hash", "begins");
	want_that("the kill switch", write_to("/sys/module/modbpf/parameters/detach_all", "1"));
	want_silence("the kill switch stops timers");
	want("which are as new", ask("begins"), 0);
	want_that("and can be set again", calls_reach("in_hash", 3, value_in("in_hash", 3).calls + 2));
}

/* The program holds the map then, and the timer the program. */
static void test_last_descriptor(void)
{
	want_that("it still calls", calls_reach("in_hash", 3, value_in("in_hash", 3).calls + 2));
	close(map_fd("in_hash"));
	want_silence("the map's last descriptor ends its timers");
	want("nor is one made", ask("inits"), -EPERM);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	test_periodic();
	test_ends();
	test_wrong();
	test_callbacks();
	test_times();
	test_storm();
	test_kill_switch();
	test_last_descriptor();
	bpf_object__close(object);
	return finish("timer");
}
