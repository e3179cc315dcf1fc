// SPDX-License-Identifier: GPL-2.0-only
/*
 * Twelve programs at each page fault of the kernel's, each of which makes one: what it reads is not there. Were
 * each of these an event for all that do not run yet, they would run in every order, on one stack.
 */
#include "tests/e2e/families.bpf.h"

enum { GO, READS, SLOTS };	/* GO: shall they? */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} faults SEC(".maps");

static __always_inline int fall(void)
{
	__u64 number;

	if (setting_in(&faults, GO) && bpf_probe_read_kernel(&number, sizeof(number), (void *)-4096L))
		count_in(&faults, READS);
	return 0;
}

#define FALLS(name) \
	SEC("raw_tp/page_fault_kernel") int name(void *ctx) \
	{ \
		return fall(); \
	}

FALLS(fall_1)
FALLS(fall_2)
FALLS(fall_3)
FALLS(fall_4)
FALLS(fall_5)
FALLS(fall_6)
FALLS(fall_7)
FALLS(fall_8)
FALLS(fall_9)
FALLS(fall_10)
FALLS(fall_11)
FALLS(fall_12)

char LICENSE[] SEC("license") = "GPL";
