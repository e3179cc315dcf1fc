/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs on events share: the array of numbers. */
#ifndef MODBPF_TESTS_E2E_EVENTS_BPF_H
#define MODBPF_TESTS_E2E_EVENTS_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/events.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NUMBERS);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

static __always_inline void add(__u32 slot, __u64 number)
{
	__u64 *value = bpf_map_lookup_elem(&numbers, &slot);

	if (value)
		__sync_fetch_and_add(value, number);
}

static __always_inline int is_watched(void)
{
	__u32 slot = WATCHED;
	__u64 *watched = bpf_map_lookup_elem(&numbers, &slot);

	return watched && bpf_get_current_pid_tgid() >> 32 == *watched;
}

char LICENSE[] SEC("license") = "GPL";

#endif
