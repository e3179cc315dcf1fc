/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of events share: the array of numbers that their programs fill, and calls to count. */
#ifndef MODBPF_TESTS_E2E_NUMBERS_H
#define MODBPF_TESTS_E2E_NUMBERS_H

#include <bpf/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/e2e/events.h"

static int numbers;	/* the map's fd */

static inline __u64 number(__u32 slot)
{
	__u64 value = 0;

	bpf_map_lookup_elem(numbers, &slot, &value);
	return value;
}

/* All zero, and this process is the one that is watched. */
static inline void start(void)
{
	__u64 value;
	__u32 slot;

	for (slot = 0; slot < NUMBERS; slot++) {
		value = slot == WATCHED ? getpid() : 0;
		bpf_map_update_elem(numbers, &slot, &value, 0);
	}
}

static inline void umasks(int cnt)
{
	int i;

	for (i = 0; i < cnt; i++)
		syscall(NR_UMASK, i % 0777);
}

#endif
