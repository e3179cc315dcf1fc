// SPDX-License-Identifier: GPL-2.0-only
/* Linux's own eBPF at perf's function for records, and at an event whose record that takes. */
#include "tests/e2e/events.bpf.h"

SEC("fentry/perf_tp_event")
int on_function(void *ctx)
{
	if (is_watched())
		add(ENTRIES, 1);
	return 0;
}

/* Who answers 0 keeps the record from everybody else. */
SEC("tracepoint/syscalls/sys_enter_umask")
int on_umask(void *ctx)
{
	if (is_watched())
		add(ENTRIES, 1);
	return 1;
}
