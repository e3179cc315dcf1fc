/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of events share: their object, the numbers that its programs fill, calls to count. */
#ifndef MODBPF_TESTS_E2E_NUMBERS_H
#define MODBPF_TESTS_E2E_NUMBERS_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/e2e/abi.h"
#include "tests/e2e/events.h"
#include "user/libmodbpf.h"

static struct bpf_object *object;
static int numbers;	/* the map's fd */

/* Load the object at @path, through the module, after @prepare, which may be NULL. */
static inline bool load_prepared(const char *path, void (*prepare)(void))
{
	device = modbpf_device();
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	object = bpf_object__open(path);
	if (!object)
		return false;
	if (prepare)
		prepare();
	if (bpf_object__load(object))
		return false;
	numbers = bpf_object__find_map_fd_by_name(object, "numbers");
	return true;
}

static inline bool load(const char *path)
{
	return load_prepared(path, NULL);
}

static inline __u64 number(__u32 slot)
{
	__u64 value = 0;

	bpf_map_lookup_elem(numbers, &slot, &value);
	return value;
}

/* All zero, and this process is the one that is watched. */
static inline void start(void)
{
	__u64 values[NUMBERS] = { [WATCHED] = getpid() };
	__u32 slots[NUMBERS], slot, cnt = NUMBERS;

	for (slot = 0; slot < NUMBERS; slot++)
		slots[slot] = slot;
	bpf_map_update_batch(numbers, slots, values, &cnt, NULL);
}

static inline void umasks(int cnt)
{
	int i;

	for (i = 0; i < cnt; i++)
		syscall(NR_UMASK, i % 0777);
}

static inline void renames(int cnt)
{
	int i;

	for (i = 0; i < cnt; i++)
		prctl(PR_SET_NAME, "a name", 0, 0, 0);
}

#endif
