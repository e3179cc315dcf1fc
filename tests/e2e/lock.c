// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do locks in map values keep programs from each other, on all CPUs at once, and do system
 * calls see whole values, and never the lock? "lock OBJECT".
 */
#include <pthread.h>
#include <time.h>

#include "tests/e2e/numbers.h"
#include "tests/e2e/lock.h"
#include "tests/e2e/test_run.h"

#define THREADS 4
#define RUNS 20000
#define SECONDS 1

static volatile bool is_over;

static void *count(void *cookie)
{
	return run("counts", RUNS) == 1 ? NULL : "failed";
}

static void check_counts(const char *name)
{
	struct locked value;
	__u32 key = 1;

	memset(&value, 0xff, sizeof(value));
	want(name, bpf_map_lookup_elem_flags(map_fd(name), &key, &value, BPF_F_LOCK), 0);
	want("each run counted first", value.first, THREADS * RUNS);
	want("and last", value.second, THREADS * RUNS);
	want("the lock is not seen", value.lock.val, 0);
	memset(&value, 0xff, sizeof(value));
	want("without the lock", bpf_map_lookup_elem(map_fd(name), &key, &value), 0);
	want("it is not seen either", value.lock.val, 0);
}

static void test_counts(void)
{
	struct locked value = { .lock.val = 1 };	/* is not put in */
	pthread_t threads[THREADS];
	__u32 key = 1;
	void *result;
	int i;

	want("not there yet", bpf_map_update_elem(map_fd("in_hash"), &key, &value,
						  BPF_F_LOCK | BPF_EXIST), -ENOENT);
	want("an element", bpf_map_update_elem(map_fd("in_hash"), &key, &value,
					       BPF_F_LOCK | BPF_NOEXIST), 0);
	want("once", bpf_map_update_elem(map_fd("in_hash"), &key, &value,
					 BPF_F_LOCK | BPF_NOEXIST), -EEXIST);
	want("another one", bpf_map_update_elem(map_fd("in_array"), &key, &value, 0), 0);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, count, NULL);
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		want_that("all runs", !result);
	}
	check_counts("in_array");
	check_counts("in_hash");
}

static void *update(void *cookie)
{
	struct locked value = {};
	__u32 key = 0, round = 0;

	while (!is_over) {
		value.first = value.second = value.work = round++;
		bpf_map_update_elem(map_fd("in_array"), &key, &value, BPF_F_LOCK);
		bpf_map_update_elem(map_fd("in_hash"), &key, &value, BPF_F_LOCK);
		if (run("updates", 100) != 1)
			return "failed";
	}
	return NULL;
}

static bool is_whole(const char *name)
{
	struct locked value;
	__u32 key = 0;

	return !bpf_map_lookup_elem_flags(map_fd(name), &key, &value, BPF_F_LOCK) &&
	       value.first == value.second && value.work == (__u32)value.first;
}

static void test_whole(void)
{
	time_t end = time(NULL) + SECONDS + 1;
	pthread_t threads[2];
	int i, torn = 0, seen = 0;
	void *result;
	struct locked value = {};
	__u32 key = 0;

	bpf_map_update_elem(map_fd("in_hash"), &key, &value, 0);
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, update, NULL);
	while (time(NULL) < end) {
		torn += !is_whole("in_array") || !is_whole("in_hash");
		seen++;
	}
	is_over = true;
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], &result);
		want_that("all updates", !result);
	}
	want("values are whole", torn, 0);
	want_that("some were seen", seen > 100);
}

static void test_wrong(void)
{
	int plain = bpf_map_create(BPF_MAP_TYPE_HASH, NULL, 4, sizeof(struct locked), 2, NULL);
	struct locked value = {};
	__u32 key = 0;

	want("a map without locks", bpf_map_update_elem(plain, &key, &value, BPF_F_LOCK), -EINVAL);
	want("nor to read", bpf_map_lookup_elem_flags(plain, &key, &value, BPF_F_LOCK), -EINVAL);
	close(plain);
	want("locks are not frozen", bpf_map_freeze(map_fd("in_array")), -NOT_SUPPORTED);
	want("taken away", bpf_map_delete_elem(map_fd("in_hash"), &key), 0);
	want("is gone", bpf_map_lookup_elem_flags(map_fd("in_hash"), &key, &value, BPF_F_LOCK), -ENOENT);
	key = 2;
	want("beyond the end", bpf_map_update_elem(map_fd("in_array"), &key, &value, BPF_F_LOCK), -E2BIG);
}

/* Many at once, each under its lock. */
static void test_batches(void)
{
	struct locked values[2] = { { .lock.val = 1, .first = 5, .second = 6 },
				    { .lock.val = 1, .first = 7, .second = 8 } };
	LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = BPF_F_LOCK);
	static const char *const names[] = { "in_hash", "in_array" };
	__u32 keys[2], batch, cnt, i, k;

	for (i = 0; i < 2; i++) {
		keys[0] = 0;
		keys[1] = 1;
		cnt = 2;
		want(names[i], bpf_map_update_batch(map_fd(names[i]), keys, values, &cnt, &opts), 0);
		want("both are put in", cnt, 2);
		memset(values, 0xff, sizeof(values));
		want("read", bpf_map_lookup_batch(map_fd(names[i]), NULL, &batch, keys, values, &cnt, &opts),
		     i ? 0 : -ENOENT);
		want("both", cnt, 2);
		for (k = 0; k < 2; k++) {
			want("as they were", values[k].first, 5 + 2 * keys[k]);
			want("to the end", values[k].second, 6 + 2 * keys[k]);
			want("without the lock", values[k].lock.val, 0);
		}
		if (keys[0])	/* a hash has its own order */
			for (k = 0; k < 2; k++)
				values[k] = (struct locked){ .first = 5 + 2 * k, .second = 6 + 2 * k };
	}
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	test_counts();
	test_whole();
	test_wrong();
	test_batches();
	bpf_object__close(object);
	return finish("lock");
}
