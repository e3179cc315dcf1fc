/* SPDX-License-Identifier: GPL-2.0-only */
/* Files by which the kernel tells a number, or is told something. */
#ifndef MODBPF_TESTS_E2E_KERNEL_FILE_H
#define MODBPF_TESTS_E2E_KERNEL_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* -1, and says so: there is none. */
static inline long number_in(const char *path)
{
	FILE *file = fopen(path, "r");
	long got = -1;

	if (!file || fscanf(file, "%ld", &got) != 1)
		printf("  %s cannot be read\n", path);
	if (file)
		fclose(file);
	return got;
}

/* The number of the call in which @task sleeps; -1: it sleeps in none, or runs. */
static inline int system_call_of(pid_t task)
{
	char path[64];
	int number = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", task);
	file = fopen(path, "r");
	if (file && fscanf(file, "%d", &number) != 1)
		number = -1;
	if (file)
		fclose(file);
	return number;
}

/* The address of a function of the kernel's. */
static inline unsigned long long function_at(const char *name)
{
	char line[256], at[128];
	unsigned long long addr, found = 0;
	FILE *file = fopen("/proc/kallsyms", "r");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %127s", &addr, at) == 2 && !strcmp(at, name))
			found = addr;
	if (file)
		fclose(file);
	return found;
}

/* False: errno says why. */
static inline bool write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC), err;
	bool is_written = fd >= 0 && write(fd, text, strlen(text)) == (long)strlen(text);

	err = errno;
	close(fd);
	errno = err;
	return is_written;
}

#endif
