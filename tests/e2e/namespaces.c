// SPDX-License-Identifier: GPL-2.0-only
/*
 * "namespaces OBJECT COUNT": so many network namespaces are made, hooked and destroyed under traffic: does
 * the program see it, and does the link say when its namespace is gone?
 */
#define _GNU_SOURCE
#include <sched.h>

#include "tests/e2e/workers.h"

#define WAIT_MS 30000
#define TRAFFIC_MS 50
#define LONGEST_PAUSE_MS 64	/* on a slow kernel who waits must not take the time of who works */
/* The kernel makes one namespace at a time and destroys them one batch after the other: more only wait, and run. */
#define WORKERS 2

static bool within(bool (*is_so)(int fd), int fd)
{
	long end = now_ms() + WAIT_MS, pause = 2;

	while (!is_so(fd)) {
		if (now_ms() > end)
			return false;
		pause_ms(pause);
		if (pause < LONGEST_PAUSE_MS)
			pause *= 2;
	}
	return true;
}

static bool has_seen_some(int fd)
{
	return number(SWITCHES) >= 5;
}

static bool is_dead(int fd)
{
	struct modbpf_link_info info = {};
	__u32 len = sizeof(info);

	return !info_of(fd, &info, &len) && info.is_dead;
}

static bool is_elsewhere(int pid)
{
	char path[64], here[64] = "", there[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return readlink("/proc/self/ns/net", here, sizeof(here) - 1) > 0 &&
	       readlink(path, there, sizeof(there) - 1) > 0 && strcmp(here, there);
}

static bool go_elsewhere(void)
{
	return !unshare(CLONE_NEWNET) && lo_up();
}

/* Under its own traffic; every second one goes with the link still there. */
static bool hooked_namespace(int i)
{
	struct modbpf_place place = { .pf = 2, .hook = 1 };
	pid_t child;
	char path[64];
	bool is_whole;
	int link;

	start_at(STORM_PORT);
	child = fire(go_elsewhere, STORM_PORT, TRAFFIC_MS);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
	is_whole = within(is_elsewhere, child);
	place.netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	link = modbpf_link_netfilter(bpf_program__fd(bpf_object__find_program_by_name(object, "on_packet")), &place);
	close(place.netns_fd);
	is_whole = is_whole && link >= 0 && within(has_seen_some, 0);
	if (i & 1)
		close(link);
	put_out(child);
	if (!(i & 1)) {
		is_whole = is_whole && within(is_dead, link);
		close(link);
	}
	if (!is_whole)
		printf("namespace %d: link %d, %llu packets\n", i, link, number(SWITCHES));
	return is_whole;
}

static void work(int namespaces, int port)
{
	int i;

	for (i = 0; i < namespaces; i++)
		if (hooked_namespace(i))
			turn_was_whole();
}

int main(int argc, char **argv)
{
	int namespaces;

	if (argc != 3)
		return 2;
	namespaces = atoi(argv[2]);
	share_out(argv[1], "namespaces", namespaces, TRAFFIC_MS, WORKERS, work);
	want("namespaces made, hooked and destroyed under traffic", *whole, namespaces);
	printf("soak: namespaces destroyed under traffic: %d\n", *whole);
	return finish("namespaces");
}
