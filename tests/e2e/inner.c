// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do programs find what an object puts into its maps of maps, and is a map that one uses
 * there as long as it does, whoever takes it out? libbpf makes the maps and fills them.
 * "inner OBJECT".
 */
#include <pthread.h>
#include <time.h>

#include "tests/e2e/numbers.h"
#include "tests/e2e/test_run.h"

#define SECONDS 2

static volatile bool is_over;

static void test_programs(void)
{
	want("finds_what_was_put_in", run("finds_what_was_put_in", 1), 1);
	want("finds_nothing_where_nothing_is", run("finds_nothing_where_nothing_is", 1), 1);
	want("keeps_to_each_ones_size", run("keeps_to_each_ones_size", 1), 1);
	want("writes_to_a_ring", run("writes_to_a_ring", 1), 1);
	want("counts_in_whatever_is_there", run("counts_in_whatever_is_there", 1), 2);
}

/* System calls see numbers of maps. */
static void test_ids(void)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info), slot = 2, id = 0;
	int fd;

	want("what is inside", bpf_map_lookup_elem(map_fd("colours"), &slot, &id), 0);
	fd = bpf_map_get_fd_by_id(id);
	want_fd("an fd of it", fd);
	want("its information", bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	want("it is that one", strcmp(info.name, "blue"), 0);
	close(fd);
	want("taken out", bpf_map_delete_elem(map_fd("colours"), &slot), 0);
	want("and is out", bpf_map_lookup_elem(map_fd("colours"), &slot, &id), -ENOENT);
	want("another kind", bpf_map_update_elem(map_fd("colours"), &slot, &(int){ map_fd("few") }, 0),
	     -EINVAL);
	want("a map of maps", bpf_map_update_elem(map_fd("colours"), &slot, &(int){ map_fd("sizes") }, 0),
	     -EINVAL);
}

/* Many at once: slots that are empty are passed over. */
static void test_batches(void)
{
	int fds[2] = { map_fd("blue"), map_fd("red") };
	__u32 keys[4] = { 1, 3 }, ids[4], batch, cnt = 2, slot = 3, id = 0;

	want("two are put in", bpf_map_update_batch(map_fd("colours"), keys, fds, &cnt, NULL), 0);
	cnt = 4;
	want("all", bpf_map_lookup_batch(map_fd("colours"), NULL, &batch, keys, ids, &cnt, NULL), -ENOENT);
	want("three are there", cnt, 3);
	want("the first", keys[0], 0);
	want("the third", keys[2], 3);
	want("one by one", bpf_map_lookup_elem(map_fd("colours"), &slot, &id), 0);
	want("is the same", ids[2], id);
	want("it is red", ids[0], id);
	want("taken out", bpf_map_delete_elem(map_fd("colours"), &slot), 0);
	slot = 1;
	want("both", bpf_map_delete_elem(map_fd("colours"), &slot), 0);
}

static __u32 id_of(const char *map)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	want("its information", bpf_obj_get_info_by_fd(map_fd(map), &info, &len), 0);
	return info.id;
}

/* A hash by its buckets: numbers come out, descriptors go in. */
static void test_batches_of_hash(void)
{
	__u32 keys[4] = {}, ids[4] = {}, batch, cnt = 4, many;
	int sizes = map_fd("sizes"), fds[2] = { map_fd("few"), map_fd("many") };

	want("all", bpf_map_lookup_batch(sizes, NULL, &batch, keys, ids, &cnt, NULL), -ENOENT);
	want("two are there", cnt, 2);
	many = keys[1] == 3;
	want_that("with their keys", keys[many] == 3 && keys[!many] == 2);
	want_that("and numbers", ids[many] == id_of("many") && ids[!many] == id_of("few"));
	cnt = 4;
	want("all are taken", bpf_map_lookup_and_delete_batch(sizes, NULL, &batch, keys, ids, &cnt, NULL), -ENOENT);
	want("two", cnt, 2);
	want_that("the same", ids[keys[1] == 3] == id_of("many"));
	cnt = 4;
	want("nothing is left", bpf_map_lookup_batch(sizes, NULL, &batch, keys, ids, &cnt, NULL), -ENOENT);
	want("nothing", cnt, 0);
	keys[0] = 2, keys[1] = 3, cnt = 2;
	want("both are put back", bpf_map_update_batch(sizes, keys, fds, &cnt, NULL), 0);
	want("programs find them", run("keeps_to_each_ones_size", 1), 1);
}

static void *fire(void *cookie)
{
	while (!is_over)
		if (run("counts_in_whatever_is_there", 1000) < 0)
			break;
	return NULL;
}

/* Each map is in for a moment, and is nobody's afterwards but the program's that met it. */
static void test_under_fire(void)
{
	int colours = map_fd("colours"), fd, rounds = 0;
	time_t end = time(NULL) + SECONDS;
	__u32 slot = 3;
	pthread_t thread;

	pthread_create(&thread, NULL, fire, NULL);
	while (time(NULL) < end) {
		fd = bpf_map_create(BPF_MAP_TYPE_HASH, NULL, 8, 8, 4, NULL);
		if (fd < 0 || bpf_map_update_elem(colours, &slot, &fd, 0))
			break;
		close(fd);
		if (rounds++ % 3 == 0 && bpf_map_delete_elem(colours, &slot))
			break;
	}
	want_that("put in and out under fire", time(NULL) >= end && rounds > 10);
	is_over = true;
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (!load(argv[1]))
		return 1;
	test_programs();
	test_ids();
	test_batches();
	test_batches_of_hash();
	test_under_fire();
	bpf_object__close(object);
	return finish("inner");
}
