// SPDX-License-Identifier: GPL-2.0-only
/* Functions in which a task ends: they are called, and never return. */
#include "tests/e2e/events.bpf.h"

#include <bpf/bpf_tracing.h>

SEC("fentry/do_exit")
int BPF_PROG(on_end, long code)
{
	add(ENTRIES, 1);
	return 0;
}

SEC("fexit/do_exit")
int BPF_PROG(on_return, long code)
{
	add(RETURNS, 1);
	return 0;
}

SEC("fexit/do_group_exit")
int BPF_PROG(on_return_of_all, int code)
{
	add(RETURNS, 1);
	return 0;
}
