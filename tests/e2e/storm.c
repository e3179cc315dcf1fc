// SPDX-License-Identifier: GPL-2.0-only
/*
 * "storm OBJECT CYCLES NAMESPACES WORKERS": programs are attached and detached CYCLES times while another
 * process fires at them; each must see one event of ours while it is attached, and none after. Then
 * so many network namespaces are made, hooked and destroyed under traffic: the link says so. WORKERS
 * processes share the work, the first two of them that with namespaces; each has the object's programs
 * and maps, and a port, for itself.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/e2e/numbers.h"
#include "tests/e2e/storm.h"

#define WAIT_MS 30000
#define FIRE_MS 10
#define TRAFFIC_MS 50	/* of each namespace, and what goes on beside them */
#define LONGEST_PAUSE_MS 64	/* on a slow kernel who waits must not take the time of who works */
#define TELL_MS 60000
/* The kernel makes one namespace at a time and destroys them one batch after the other: more only wait, and run. */
#define NAMESPACE_WORKERS 2

/* What the workers did as it should be, and how many of them attach and detach no more. */
static struct { int cycles, namespaces, past_cycles; } *whole;
static int workers;

static int sender = -1;	/* a socket of this process's namespace */

static void send_to(int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	if (sender < 0)
		sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sendto(sender, "storm", 5, 0, (void *)&to, sizeof(to));
}

static bool lo_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = ioctl(fd, SIOCSIFFLAGS, &request);

	close(fd);
	return !err;
}

static void pause_ms(long ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/*
 * A process that does what the programs hang on, until it is killed; ours are told apart by port and pid.
 * It leaves time to others: all are the same processor's.
 */
static pid_t fire(bool in_namespace, int port)
{
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sender = -1;
	if (in_namespace && (unshare(CLONE_NEWNET) || !lo_up()))
		_exit(1);
	for (;;) {
		umasks(1);
		send_to(port);
		pause_ms(in_namespace || whole->past_cycles == workers ? TRAFFIC_MS : FIRE_MS);
	}
}

static void put_out(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/*
 * How many of ROUND cycles are of which kind: ftrace goes through all functions of the kernel for a return,
 * a probe and a tracepoint change code; a hook for packets costs the least.
 */
static const struct { const char *prog; __u32 slot; int share; } kinds[] = {
	{ "on_entry", ENTRIES, 1 }, { "on_return", RETURNS, 1 }, { "on_call", FRAMES, 54 },
	{ "on_packet", SWITCHES, 456 },
};

#define KINDS (int)(sizeof(kinds) / sizeof(kinds[0]))
#define ROUND 512

static int kind_of(int cycle)
{
	int kind = 0, left = cycle % ROUND;

	while (left >= kinds[kind].share)
		left -= kinds[kind++].share;
	return kind;
}

static long spent_ms[KINDS], done[KINDS];

static long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* All zero, and what comes to @port is counted. */
static void start_at(int port)
{
	__u32 slot = PORT_SLOT;
	__u64 value = port;

	start();
	bpf_map_update_elem(numbers, &slot, &value, 0);
}

static bool cycle(int kind, int port)
{
	struct bpf_link *link = bpf_program__attach(bpf_object__find_program_by_name(object, kinds[kind].prog));
	__u64 during;

	if (!link)
		return false;
	start_at(port);
	umasks(1);
	send_to(port);
	during = number(kinds[kind].slot);
	bpf_link__destroy(link);
	umasks(1);
	send_to(port);
	if (during == 1 && number(kinds[kind].slot) == 1)
		return true;
	printf("storm: %s saw %llu events, then %llu\n", kinds[kind].prog, during, number(kinds[kind].slot));
	return false;
}

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

/* Under its own traffic; every second one goes with the link still there. */
static bool hooked_namespace(int i)
{
	struct modbpf_place place = { .pf = 2, .hook = 1 };
	pid_t child;
	char path[64];
	bool is_whole;
	int link;

	start_at(STORM_PORT);
	child = fire(true, STORM_PORT);
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
		printf("storm: namespace %d: link %d, %llu packets\n", i, link, number(SWITCHES));
	return is_whole;
}

static void work(const char *path, int cycles, int namespaces, int port)
{
	long begin;
	int i, kind;

	if (!load(path)) {
		printf("storm: the object is not loaded\n");
		return;
	}
	for (i = 0; i < cycles; i++) {
		kind = kind_of(i);
		begin = now_ms();
		if (cycle(kind, port))
			__atomic_fetch_add(&whole->cycles, 1, __ATOMIC_RELAXED);
		spent_ms[kind] += now_ms() - begin;
		done[kind]++;
	}
	__atomic_fetch_add(&whole->past_cycles, 1, __ATOMIC_RELAXED);
	begin = now_ms();
	for (i = 0; i < namespaces; i++)
		if (hooked_namespace(i))
			__atomic_fetch_add(&whole->namespaces, 1, __ATOMIC_RELAXED);
	printf("  a worker:");
	for (i = 0; i < KINDS; i++)
		printf(" %s %ld in %ld ms,", kinds[i].prog, done[i], spent_ms[i]);
	printf(" %d namespaces %ld ms\n", namespaces, now_ms() - begin);
}

/* The share of worker @i of @cnt. */
static int share(int total, int i, int cnt)
{
	return total / cnt + (i < total % cnt);
}

/* Until all workers are gone, of which @ended, blocked, tells; how far they are is seen meanwhile. */
static void wait_for_all(const sigset_t *ended, int cycles, int namespaces)
{
	struct timespec tell = { .tv_sec = TELL_MS / 1000 };
	int left = workers;

	while (left) {
		if (sigtimedwait(ended, NULL, &tell) < 0)
			printf("  %d of %d cycles, %d of %d namespaces\n", whole->cycles, cycles,
			       whole->namespaces, namespaces);
		while (left && waitpid(-1, NULL, WNOHANG) > 0)
			left--;
	}
}

int main(int argc, char **argv)
{
	int cycles, namespaces, makers, i;
	sigset_t ended;
	pid_t fires;

	if (argc != 5)
		return 2;
	cycles = atoi(argv[2]);
	namespaces = atoi(argv[3]);
	workers = atoi(argv[4]);
	makers = workers < NAMESPACE_WORKERS ? workers : NAMESPACE_WORKERS;
	setlinebuf(stdout);
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	modbpf_register_sections();
	whole = mmap(NULL, sizeof(*whole), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	lo_up();
	fires = fire(false, STORM_OTHER_PORT);
	for (i = 0; i < workers; i++)
		if (!fork()) {
			work(argv[1], share(cycles, i, workers),
			     i < makers ? share(namespaces, i, makers) : 0, STORM_PORT + i);
			exit(0);
		}
	wait_for_all(&ended, cycles, namespaces);
	put_out(fires);
	want("programs attached, fired and detached under fire", whole->cycles, cycles);
	want("namespaces made, hooked and destroyed under traffic", whole->namespaces, namespaces);
	printf("soak: attached, fired, detached under fire: %d\nsoak: namespaces destroyed under traffic: %d\n",
	       whole->cycles, whole->namespaces);
	return finish("storm");
}
