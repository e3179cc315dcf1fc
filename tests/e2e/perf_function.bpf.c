// SPDX-License-Identifier: GPL-2.0-only
/* At perf's function for records, of which Linux's own eBPF may be the owner, too. */
#include "tests/e2e/events.bpf.h"

SEC("fentry/perf_tp_event")
int on_function(void *ctx)
{
	if (is_watched())
		add(ENTRIES, 1);
	return 0;
}
