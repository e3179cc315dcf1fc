// SPDX-License-Identifier: GPL-2.0-only
/*
 * "lost OBJECT", of lost.bpf.c: records that find no room in a ring buffer are counted, by the program that
 * has lost them and by its link, each once. "lost OBJECT hold": a link has lost 45, and stays until killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/e2e/perf_open.h"

enum {
	FIT = 255,	/* records of 16 bytes: one byte of 4096 is always free */
	LOST = 45,
	PACKETS = 20,
};

static __u64 link_lost(int fd)
{
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	want("a link's information", info_of(fd, &info, &len), 0);
	want("all of it", len, sizeof(info));
	return info.lost;
}

static __u64 prog_lost(const char *name)
{
	struct modbpf_prog_info info = {};
	__u32 len = sizeof(info);

	want("a program's information", info_of(bpf_program__fd(prog(name)), &info, &len), 0);
	want("all of it", len, sizeof(info));
	want("it was not running already", info.recursion_misses, 0);
	return info.lost;
}

static struct bpf_link *on_umask(const char *name)
{
	return want_link(name, bpf_program__attach_kprobe(prog(name), false, "__x64_sys_umask"));
}

static void test_room(void)
{
	struct modbpf_prog_info info = { .room = { 0, 1 } };
	__u32 len = sizeof(info);

	want("what is not understood", info_of(bpf_program__fd(prog("on_umask")), &info, &len), -E2BIG);
}

/* Leaves the ring full. */
static struct bpf_link *test_full(void)
{
	struct bpf_link *link = on_umask("on_umask");

	start();
	umasks(FIT);
	want("they fit", number(ENTRIES), FIT);
	want("none lost", link_lost(bpf_link__fd(link)) + prog_lost("on_umask"), 0);
	umasks(LOST);
	want("the others do not", number(WRONG), LOST);
	want("the link has lost them", link_lost(bpf_link__fd(link)), LOST);
	want("so has the program", prog_lost("on_umask"), LOST);
	return link;
}

/* Two at one place, one of which tail-calls: each has lost its own. */
static void test_two(struct bpf_link *first)
{
	int map = bpf_object__find_map_fd_by_name(object, "next"), fd = bpf_program__fd(prog("on_umask"));
	struct bpf_link *link = on_umask("calls_on");
	__u32 key = 0;

	start();
	bpf_map_update_elem(map, &key, &fd, 0);
	umasks(10);
	bpf_map_delete_elem(map, &key);
	want("each of them tried", number(WRONG), 20);
	want("the link has lost its own", link_lost(bpf_link__fd(first)), LOST + 10);
	want("the other one", link_lost(bpf_link__fd(link)), 10);
	want("and its program", prog_lost("calls_on"), 10);
	want("not the one that it called", prog_lost("on_umask"), LOST + 10);
	bpf_link__destroy(link);
}

static void test_too_large(void)
{
	struct bpf_link *link = on_umask("too_large");

	start();
	umasks(10);
	want("there is no room for it, nor for the other link's", number(WRONG), 20);
	want("nothing was lost by it", link_lost(bpf_link__fd(link)), 0);
	bpf_link__destroy(link);
}

static void test_runs(struct bpf_link *link)
{
	char packet[64] = {};
	__u64 args[2] = {};
	LIBBPF_OPTS(bpf_test_run_opts, traced, .ctx_in = args, .ctx_size_in = sizeof(args));
	LIBBPF_OPTS(bpf_test_run_opts, packets, .data_in = packet, .data_size_in = sizeof(packet), .repeat = 5);
	__u64 before = link_lost(bpf_link__fd(link));

	start();
	want("a test run", bpf_prog_test_run_opts(bpf_program__fd(prog("in_test")), &traced), 0);
	want("of a packet", bpf_prog_test_run_opts(bpf_program__fd(prog("on_packet")), &packets), 0);
	want("what it lost", prog_lost("in_test"), 1);
	want("five times", prog_lost("on_packet"), 5);
	want("no link did", link_lost(bpf_link__fd(link)), before);
}

/* In process context, where a packet program may be interrupted by another one. */
static void test_packets(void)
{
	union modbpf_attr attr = { .link_create = {
		.prog_fd = bpf_program__fd(prog("on_output")), .attach_type = 45,
		.netfilter = { .pf = 2, .hooknum = 3 },
	} };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof(to);
	int link = want_fd("a link of packets", call(MODBPF_CMD_LINK_CREATE, &attr, sizeof(attr)));
	int at = socket(AF_INET, SOCK_DGRAM, 0), i;

	want("somebody who listens", bind(at, (struct sockaddr *)&to, bytes), 0);
	getsockname(at, (struct sockaddr *)&to, &bytes);
	start();
	for (i = 0; i < PACKETS; i++)
		want("a packet", sendto(at, "x", 1, 0, (struct sockaddr *)&to, bytes), 1);
	want("each has lost one", number(WRONG), PACKETS);
	want("says the link", link_lost(link), PACKETS);
	want("and the program", prog_lost("on_output"), PACKETS);
	close(at);
	close(link);
}

static int hold(void)
{
	test_full();
	if (finish("lost"))
		return 1;
	printf("attached\n");
	fflush(stdout);
	return pause();
}

int main(int argc, char **argv)
{
	struct bpf_link *link;

	if (argc < 2 || !load(argv[1]))
		return 1;
	if (argc > 2)
		return hold();
	test_room();
	link = test_full();
	test_two(link);
	test_too_large();
	test_runs(link);
	test_packets();
	bpf_link__destroy(link);
	bpf_object__close(object);
	return finish("lost");
}
