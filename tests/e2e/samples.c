// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do programs get what user space puts into a USER_RINGBUF, by libbpf's unmodified
 * functions? And what do they get if it writes there whatever it likes? "samples OBJECT".
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/e2e/numbers.h"
#include "tests/e2e/samples.h"
#include "tests/e2e/test_run.h"

#define BUSY (1U << 31)
#define DISCARD (1U << 30)
#define HOSTILE_RUNS 2000

static struct user_ring_buffer *ring;

static void put(__u64 number)
{
	__u64 *sample = user_ring_buffer__reserve(ring, sizeof(*sample));

	want_that("room", sample);
	if (!sample)
		return;
	*sample = number;
	user_ring_buffer__submit(ring, sample);
}

static void forget(void)
{
	__u64 zero = 0;
	__u32 slot;

	for (slot = 0; slot < SAMPLE_NUMBERS; slot++)
		bpf_map_update_elem(numbers, &slot, &zero, 0);
}

static bool has_room(void)
{
	struct pollfd wait = { .fd = map_fd("samples"), .events = POLLOUT };

	return poll(&wait, 1, 0) == 1 && wait.revents & POLLOUT;
}

static void test_in_order(void)
{
	void *sample;

	forget();
	want("nothing is there", run("drains", 1), 0);
	put(1);
	put(20);
	want("two", run("drains", 1), 2);
	want("and what they say", number(SUM), 21);
	want("once", run("drains", 1), 0);
	sample = user_ring_buffer__reserve(ring, 8);
	put(300);
	want("one that is busy is waited for", run("drains", 1), 0);
	user_ring_buffer__discard(ring, sample);
	want("one that is discarded is no sample", run("drains", 1), 1);
	want("the next one is", number(SUM), 321);
	put(LAST_SAMPLE);
	put(5);
	want("the callback says: no more", run("drains", 1), 1);
	want("the rest stays", run("drains", 1), 1);
	want("to the last", number(SUM), 326 + LAST_SAMPLE);
	sample = user_ring_buffer__reserve(ring, 3);
	user_ring_buffer__submit(ring, sample);
	want("a short one", run("drains", 1), 1);
	want("ends where it ends", number(SHORT), 1);
	want("flags that there are not", run("drains_wrongly", 1), -EINVAL);
	put(1);
	want("a drain inside of one", run("drains_in_itself", 1), 1);
	want("is refused", number(NESTED), EBUSY);
}

static int fill(void)
{
	void *sample;
	int cnt = 0;

	while ((sample = user_ring_buffer__reserve(ring, 8))) {
		*(__u64 *)sample = 1;
		user_ring_buffer__submit(ring, sample);
		cnt++;
	}
	return cnt;
}

static void *wait_for_room(void *cookie)
{
	void *sample = user_ring_buffer__reserve_blocking(ring, 8, 20000);

	if (sample)
		user_ring_buffer__discard(ring, sample);
	return sample;
}

/* Whoever waits for room is woken by a drain that makes some, unless it is to be quiet. */
static void test_room(void)
{
	pthread_t thread;
	void *result;

	forget();
	want_that("room at first", has_room());
	want("as many as fit", fill(), RING_BYTES / 16);
	want_that("no room is left", !has_room());
	pthread_create(&thread, NULL, wait_for_room, NULL);
	usleep(100000);
	want("all", run("drains", 1), RING_BYTES / 16);
	pthread_join(thread, &result);
	want_that("the one who waited is woken", result);
	want("all were taken", number(SUM), RING_BYTES / 16);
	fill();
	pthread_create(&thread, NULL, wait_for_room, NULL);
	usleep(100000);
	want_that("quietly", run("drains_quietly", 1) > 0);
	want("nothing is taken, loudly", run("drains_loudly", 1), 0);
	pthread_join(thread, &result);
	want_that("now he is woken", result);
	want_that("room", has_room());
}

static void test_mappings(void)
{
	int fd = map_fd("samples"), page = getpagesize();
	void *at = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	want("the consumer's page is not writable", at == MAP_FAILED ? errno : 0, EPERM);
	at = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	want("nor with the next one", at == MAP_FAILED ? errno : 0, EPERM);
	at = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	want_that("it can be read", at != MAP_FAILED);
	want("and does not become writable", mprotect(at, page, PROT_READ | PROT_WRITE) ? errno : 0, EACCES);
	munmap(at, page);
	at = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, page);
	want("no page behind the last", at == MAP_FAILED ? errno : 0, EINVAL);
	want("half a page", bpf_map_create(BPF_MAP_TYPE_USER_RINGBUF, "r", 0, 0, 2048, NULL) < 0 ? errno : 0,
	     EINVAL);
	want("a key", bpf_map_create(BPF_MAP_TYPE_USER_RINGBUF, "r", 4, 0, 4096, NULL) < 0 ? errno : 0, EINVAL);
}

/* --- whatever it likes --------------------------------------------------------------- */

static volatile unsigned long *producer, *consumer;
static volatile __u32 *data;
static unsigned long at;	/* the consumer's position */
static volatile bool is_over;

/* What a drain says of a header with @len there, and a producer @ahead of the consumer. */
static int drain_of(__u32 len, unsigned long ahead)
{
	data[at % RING_BYTES / 4] = len;
	*producer = at + ahead;
	return run("drains", 1);
}

/* Lengths and positions: mostly such as could be, now and then any. */
static void *write_anything(void *cookie)
{
	unsigned int seed = 20261128, number;

	while (!is_over) {
		number = rand_r(&seed);
		data[number / 32 % (2 * RING_BYTES / 4)] = number % 32 ? number % 64 : number << 1;
		number = rand_r(&seed);
		*producer = number % 64 ? *consumer + number / 64 % (RING_BYTES / 8) * 8 : number;
	}
	return NULL;
}

static void test_hostile(void)
{
	int fd = map_fd("samples"), page = getpagesize(), i, result, wrong = 0;
	char *rest = mmap(NULL, page + 2 * RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, page);
	pthread_t thread;

	consumer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	producer = (void *)rest;
	data = (void *)(rest + page);
	at = *consumer;
	want("half a header", drain_of(8, 4), -EINVAL);
	want("more than there is", drain_of(9, 16), -EINVAL);
	want("more than can be", drain_of(DISCARD - 1, 16), -EINVAL);
	want("more than the ring", drain_of(RING_BYTES, 2 * RING_BYTES), -E2BIG);
	want("a giant", drain_of(DISCARD - 1, 1UL << 40), -E2BIG);
	want("an odd position", drain_of(8, 17), -EINVAL);
	want("a position in the past", drain_of(8, -16UL), 0);
	want("a busy one", drain_of(BUSY | 8, 16), 0);
	want("nothing has moved", *consumer, at);
	want("all of the ring", drain_of(RING_BYTES - 8, RING_BYTES), 1);
	at += RING_BYTES;
	want("empty ones", drain_of(0, 8), 1);
	at += 8;
	want("busy and discarded", drain_of(BUSY | DISCARD | 8, 16), 0);
	at += 16;
	want("is discarded", *consumer, at);
	pthread_create(&thread, NULL, write_anything, NULL);
	for (i = 0; i < HOSTILE_RUNS; i++) {
		result = run("drains", 1);
		wrong += result < 0 && result != -EINVAL && result != -E2BIG;
		wrong += result > 128 * 1024 || *consumer % 8 != 0;
	}
	is_over = true;
	pthread_join(thread, NULL);
	want("all told as they were", wrong, 0);
}

int main(int argc, char **argv)
{
	if (argc != 2 || !load(argv[1]))
		return 2;
	ring = user_ring_buffer__new(map_fd("samples"), NULL);
	want_that("libbpf takes the map", ring);
	if (ring) {
		test_in_order();
		test_room();
		test_mappings();
		test_hostile();
	}
	printf("samples: %d passed, %d failed\n", passed, failed);
	return failed != 0;
}
