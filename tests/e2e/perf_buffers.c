// SPDX-License-Identifier: GPL-2.0-only
/*
 * "perf_buffers OBJECT", of perf_events.bpf.c: what programs put out arrives, in order, and what is lost is
 * counted; a consumer that writes nonsense into the ring harms itself alone. "perf_buffers limit", as a
 * user who may have 1 MiB: are rings beyond that refused?
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/e2e/perf_open.h"

static __u64 samples, bad_samples, sum, lost;

static void on_sample(void *cookie, int cpu, void *data, __u32 size)
{
	__u64 word, tail = 0;

	memcpy(&word, data, sizeof(word));
	memcpy(&tail, (char *)data + 8, 8);
	samples++;
	sum += word;
	/* 13 bytes of 16: 20 with their length fill up to 24. */
	if (size != 20 || (tail & 0xffffffffffffff) != 0x4455667788)
		bad_samples++;
}

static void on_lost(void *cookie, int cpu, __u64 cnt)
{
	lost += cnt;
}

static __u64 link_lost(const struct bpf_link *link)
{
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	want("the link's information", info_of(bpf_link__fd(link), &info, &len), 0);
	return info.lost;
}

static __u64 prog_lost(const char *name)
{
	struct modbpf_prog_info info = {};
	__u32 len = sizeof(info);

	want("the program's information", info_of(bpf_program__fd(prog(name)), &info, &len), 0);
	return info.lost;
}

static void test_buffer(void)
{
	int map = bpf_object__find_map_fd_by_name(object, "records");
	struct perf_buffer *buffer;
	struct bpf_link *link;
	start();
	link = want_link("who puts out", bpf_program__attach_kprobe(
			 prog("puts_out"), false, "__x64_sys_umask"));
	umasks(10);
	want("no buffer: nothing is put out", number(ENTRIES), 0);
	want("which is ENOENT", number(RESULTS), 10 * ENOENT);
	buffer = perf_buffer__new(map, 1, on_sample, on_lost, NULL, NULL);
	want("a perf buffer", buffer ? 0 : -errno, 0);
	if (!buffer)
		return;
	start();
	want("nothing to be read", perf_buffer__poll(buffer, 0), 0);
	umasks(100);
	want_that("woken", perf_buffer__poll(buffer, 1000) > 0);
	want("each record", samples, 100);
	want("with what is in it", sum, 4950);
	want("and no more", bad_samples, 0);
	want("none lost", lost, 0);
	/* 4096 bytes hold 128 records of 32. */
	start();
	samples = sum = 0;
	umasks(1000);
	want("what fits is put out", number(ENTRIES), 128);
	want("what does not is ENOSPC", number(RESULTS), (1000 - 128) * ENOSPC);
	want("the link says how many", link_lost(link), 1000 - 128);
	want("so does the program", prog_lost("puts_out"), 1000 - 128);
	perf_buffer__poll(buffer, 1000);
	want("what fitted is read", samples, 128);
	umasks(1);
	perf_buffer__poll(buffer, 1000);
	want("all others are lost", lost, 1000 - 128);
	want("and none since", link_lost(link), 1000 - 128);
	want("one more is read", samples, 129);
	want("no bad one", bad_samples, 0);
	/* Read as it goes: wraps around many times. */
	for (samples = lost = 0; samples < 5000 && !lost; perf_buffer__consume(buffer))
		umasks(50);
	want("5000 are read", samples, 5000);
	want("none lost of them", lost, 0);
	want("no bad one in them", bad_samples, 0);
	perf_buffer__free(buffer);
	start();
	umasks(10);
	want("the buffer is gone", number(RESULTS), 10 * ENOENT);
	bpf_link__destroy(link);
}

/* A consumer that says it has read what was never written gets nothing, and no harm is done. */
static void test_hostile_consumer(void)
{
	struct perf_event_attr attr = output_attr();
	int records = bpf_object__find_map_fd_by_name(object, "records");
	int fd = want_fd("output", perf_open(&attr, -1, 1, -1, 0));
	struct perf_event_mmap_page *page =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	__u32 key = 1, value = fd;
	struct bpf_link *link;

	link = want_link("who puts out", bpf_program__attach_kprobe(
			 prog("puts_out"), false, "__x64_sys_umask"));
	bpf_map_update_elem(records, &key, &value, 0);
	start();
	page->data_tail = 1ULL << 40;
	page->data_head = 77;
	umasks(10);
	want("read from the future: no room", number(RESULTS), 10 * ENOSPC);
	page->data_tail = 0;
	umasks(10);
	want("set right: room", number(ENTRIES), 10);
	want("the head is the writer's", page->data_head, 10 * 32 + 24);
	bpf_link__destroy(link);
	bpf_map_delete_elem(records, &key);
	munmap(page, 8192);
	close(fd);
}

/* Rings of 260 KiB: a user with 1 MiB has three. */
enum { RINGS = 4, RING_PAGES = 65 };

static void *map_ring(int fd, int pages)
{
	return mmap(NULL, pages * 4096UL, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static int map_error(int fd, int pages)
{
	return map_ring(fd, pages) == MAP_FAILED ? -errno : 0;
}

static void test_limit(void)
{
	struct perf_event_attr attr = output_attr();
	void *rings[RINGS], *again, *small;
	int fds[RINGS], i;

	for (i = 0; i < RINGS; i++) {
		fds[i] = want_fd("output", perf_open(&attr, -1, 1, -1, 0));
		rings[i] = map_ring(fds[i], RING_PAGES);
		want("a ring within the limit, none beyond", rings[i] == MAP_FAILED ? errno : 0, i < 3 ? 0 : ENOMEM);
	}
	again = map_ring(fds[0], RING_PAGES);
	want_that("a ring that is there is mapped once more", again != MAP_FAILED);
	want("not as another one", map_error(fds[1], 33), -EINVAL);
	want("who was refused is so again", map_error(fds[3], RING_PAGES), -ENOMEM);
	small = map_ring(fds[3], 33);
	want_that("a smaller one is within", small != MAP_FAILED);
	munmap(small, 33 * 4096);
	munmap(again, RING_PAGES * 4096);
	for (i = 0; i < 3; i++)
		munmap(rings[i], RING_PAGES * 4096);
	for (i = 0; i < RINGS; i++)
		close(fds[i]);
}

/* What was closed does not count any more: the second time is as the first. */
static int limited(void)
{
	device = modbpf_device();
	test_limit();
	test_limit();
	return finish("perf_buffers limit");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "limit"))
		return limited();
	if (!load(argv[1]))
		return 1;
	stay_on_cpu_1();
	test_buffer();
	test_hostile_consumer();
	bpf_object__close(object);
	return finish("perf_buffers");
}
