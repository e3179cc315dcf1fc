// SPDX-License-Identifier: GPL-2.0-only
/*
 * What if user space means ill? "hostile SECONDS [SEED [CALLS [KILLS]]]": threads make calls of the
 * device that are nearly right: valid ones with some words replaced by numbers, fds and
 * addresses of all kinds, over memory that other threads change and discard meanwhile.
 * Half of the calls are as they should be, so that each command, each type of map and program
 * and each way to attach is granted at times: a table is printed, and what never was is a
 * failure. Else nothing is expected of the answers; the kernel has to survive, and when the
 * process has ended, nothing of it may be left. The tests around it look for both.
 * With KILLS it is children instead that are killed, one after the other (kills.c).
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
#define GUARD_BYTES 65536

static time_t end;
static unsigned long wanted_calls;

static bool is_over(void)
{
	return time(NULL) >= end && made_calls >= wanted_calls;
}

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!is_over()) {
		act(w);
		/* Detaching waits until all tasks have slept. */
		if (!below(w, 64))
			usleep(1);
	}
	return NULL;
}

static void wake(int number)
{
}

/* Each tenth of the way. */
static void print_progress(void)
{
	static unsigned long tenths;

	if (!wanted_calls || made_calls * 10 / wanted_calls <= tenths)
		return;
	tenths = made_calls * 10 / wanted_calls;
	printf("hostile: %lu of %lu calls\n", made_calls, wanted_calls);
	fflush(stdout);
}

/* --- the start ------------------------------------------------------------------------------------ */

/* The types of a kernel that has none of its own. False: it has. */
static bool supply_btf(void)
{
	union modbpf_attr attr = {};
	bool is_taken;
	int fd;

	good_btf_attr(&attr);
	fd = plain_call(MODBPF_CMD_BTF_LOAD, &attr);
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
	/* What the kernel is asked to write beyond it must hit nothing of this process. */
	shared = mmap(NULL, PAGES * 4096 + GUARD_BYTES, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (device < 0 || shared == MAP_FAILED || mprotect(shared, PAGES * 4096, PROT_READ | PROT_WRITE)) {
		perror("hostile");
		return -1;
	}
	pins = getenv("HOSTILE_PINS");
	calls_begin();
	attach_begin(supply_btf());
	return 0;
}

/* Few of them may never be granted something. */
static int run_kills(uint64_t seed, unsigned long cnt)
{
	bool is_clean = kill_children(seed, cnt), has_never = print_calls();

	return !is_clean || (has_never && cnt >= 1000);
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
	if (argc > 4)
		return run_kills(seed, strtoul(argv[4], NULL, 0));
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
			print_progress();
			for (k = i; k < THREADS; k++)
				pthread_kill(threads[k], SIGUSR1);
		}
	printf("soak: hostile calls: %lu\n", made_calls);
	return print_calls();
}
