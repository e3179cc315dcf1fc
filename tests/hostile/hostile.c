// SPDX-License-Identifier: GPL-2.0-only
/*
 * What if user space means ill? "hostile SECONDS [SEED [CALLS]]": threads make calls of the
 * device that are nearly right: valid ones with some words replaced by numbers, fds and
 * addresses of all kinds, over memory that other threads change and discard meanwhile.
 * Half of the calls are as they should be, so that each command, each type of map and program
 * and each way to attach is granted at times: a table is printed, and what never was is a
 * failure. Else nothing is expected of the answers; the kernel has to survive, and when the
 * process has ended, nothing of it may be left. The tests around it look for both.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/hostile/hostile.h"

#define THREADS 6

static time_t end;
static unsigned long wanted_calls;

static bool is_over(void)
{
	return time(NULL) >= end && made_calls >= wanted_calls;
}

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!is_over())
		act(w);
	return NULL;
}

static void wake(int number)
{
}

/* --- the start ------------------------------------------------------------------------------------ */

/* The types of a kernel that has none of its own. False: it has. */
static bool supply_btf(void)
{
	union modbpf_attr attr = {};
	struct modbpf_call call = { .cmd = MODBPF_CMD_BTF_LOAD, .size = sizeof(attr), .attr = (uintptr_t)&attr };
	bool is_taken;
	int fd;

	good_btf_attr(&attr);
	fd = ioctl(device, MODBPF_IOC_CALL, &call);
	is_taken = fd >= 0 && !ioctl(device, MODBPF_IOC_KERNEL_BTF, &fd);
	if (fd >= 0)
		close(fd);
	return is_taken;
}

static int begin(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, wake);
	device = open(MODBPF_DEVICE, O_RDWR | O_CLOEXEC);
	shared = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (device < 0 || shared == MAP_FAILED) {
		perror("hostile");
		return -1;
	}
	pins = getenv("HOSTILE_PINS");
	attach_begin(supply_btf());
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL) * 2654435761u;
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	unsigned int i, k;

	if (argc < 2)
		return 2;
	printf("hostile: seed %#llx\n", (unsigned long long)seed);
	fflush(stdout);
	if (begin())
		return 1;
	end = time(NULL) + atoi(argv[1]);
	wanted_calls = argc > 3 ? strtoul(argv[3], NULL, 0) : 0;
	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .state = seed + i + 1 };
		if (pthread_create(&threads[i], NULL, work, &workers[i]))
			return 1;
	}
	/* A test run that was asked to repeat four thousand million times ends by a signal. */
	for (i = 0; i < THREADS; i++)
		while (pthread_tryjoin_np(threads[i], NULL)) {
			usleep(is_over() ? 100000 : 500000);
			for (k = i; k < THREADS; k++)
				pthread_kill(threads[k], SIGUSR1);
		}
	printf("hostile: %lu calls\n", made_calls);
	return print_calls();
}
