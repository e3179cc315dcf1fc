/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that share a number of turns, and one that fires at what they do; how far they are is told each minute. */
#ifndef MODBPF_TESTS_E2E_WORKERS_H
#define MODBPF_TESTS_E2E_WORKERS_H

#include <arpa/inet.h>
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/e2e/clock.h"
#include "tests/e2e/numbers.h"
#include "tests/e2e/storm.h"

#define TELL_MS 60000

static int *whole;	/* turns of all that were as they should be */

static inline void turn_was_whole(void)
{
	__atomic_fetch_add(whole, 1, __ATOMIC_RELAXED);
}

static inline long now_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

static inline void pause_ms(long ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* On the loopback device, in this process's namespace. */
static inline void send_to(int port)
{
	static int sender = -1;
	static pid_t owner;	/* a child may be in another */
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	if (owner != getpid()) {
		sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		owner = getpid();
	}
	sendto(sender, "storm", 5, 0, (void *)&to, sizeof(to));
}

static inline bool lo_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = ioctl(fd, SIOCSIFFLAGS, &request);

	close(fd);
	return !err;
}

/*
 * A process that does what the programs hang on, until it is killed; ours are told apart by port and
 * pid. @begin, which may be NULL, comes first in it. It pauses: all are the same processor's.
 */
static inline pid_t fire(bool (*begin)(void), int port, long ms)
{
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (begin && !begin())
		_exit(1);
	for (;;) {
		umasks(1);
		send_to(port);
		pause_ms(ms);
	}
}

static inline void put_out(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* All zero, and what comes to @port is counted. */
static inline void start_at(int port)
{
	__u32 slot = PORT_SLOT;
	__u64 value = port;

	start();
	bpf_map_update_elem(numbers, &slot, &value, 0);
}

/* Until all are gone, of which @ended, blocked, tells. */
static inline void wait_for_workers(const sigset_t *ended, int workers, const char *what, int total)
{
	struct timespec tell = { .tv_sec = TELL_MS / 1000 };

	while (workers) {
		if (sigtimedwait(ended, NULL, &tell) < 0)
			printf("  %d of %d %s\n", *whole, total, what);
		while (workers && waitpid(-1, NULL, WNOHANG) > 0)
			workers--;
	}
}

/*
 * @total turns of @what, by so many workers: each does its @work with the object at @path loaded for itself
 * alone, while another process fires every @fire_ms.
 */
static inline void share_out(const char *path, const char *what, int total, long fire_ms, int workers,
			     void (*work)(int turns, int port))
{
	sigset_t ended;
	pid_t fires;
	int i;

	setlinebuf(stdout);
	lo_up();
	fires = fire(NULL, STORM_OTHER_PORT, fire_ms);
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	modbpf_register_sections();
	whole = mmap(NULL, sizeof(*whole), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < workers; i++) {
		if (fork())
			continue;
		if (load(path))
			work(total / workers + (i < total % workers), STORM_PORT + i);
		else
			printf("  the object is not loaded\n");
		exit(0);
	}
	wait_for_workers(&ended, workers, what, total);
	put_out(fires);
}

#endif
