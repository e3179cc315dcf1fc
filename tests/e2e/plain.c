// SPDX-License-Identifier: GPL-2.0-only
/*
 * "plain": a program of nobody's, with no library but the C library, whichever that is, makes a map by syscall().
 * It prints where the module's device is open before and after, "none" or the descriptor, and whether an exec would
 * close it; then the map's descriptor.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS 1024
#define MAP_CREATE 0
#define MAP_TYPE_ARRAY 2

static int device_fd(void)
{
	char path[64], target[64];
	ssize_t len;
	int fd;

	for (fd = 0; fd < FDS; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		if (!strcmp(target, "/dev/modbpf"))
			return fd;
	}
	return -1;
}

static void tell(const char *when)
{
	int fd = device_fd();

	if (fd < 0)
		printf("%s: none\n", when);
	else
		printf("%s: %s%s\n", when, fd >= 900 ? "high" : "low",
		       fcntl(fd, F_GETFD) & FD_CLOEXEC ? ", closed by exec" : "");
}

int main(void)
{
	const unsigned int attr[4] = { MAP_TYPE_ARRAY, 4, 8, 1 };
	long map;

	tell("before");
	map = syscall(SYS_bpf, MAP_CREATE, attr, sizeof(attr));
	tell("after");
	printf("map: %s\n", map >= 0 ? "made" : "refused");
	return map < 0;
}
