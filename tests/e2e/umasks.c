// SPDX-License-Identifier: GPL-2.0-only
/*
 * "umasks N": call umask(2) exactly N times, with 0 to N-1; a process named so
 * calls it at no other time. "umasks N DELAY_US" waits between the calls.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long i, n = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	unsigned long delay = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;

	for (i = 0; i < n; i++) {
		umask(i & 0777);
		if (delay)
			usleep(delay);
	}
	return 0;
}
