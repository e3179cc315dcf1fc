// SPDX-License-Identifier: GPL-2.0-only
/* What does a program learn of where its event is, and of what was said when it was attached? */
#include <linux/bpf_perf_event.h>

#include "tests/e2e/events.bpf.h"

static __always_inline int tell_cookie(void *ctx)
{
	add(ENTRIES, 1);
	add(RESULTS, bpf_get_attach_cookie(ctx));
	return 0;
}

/* At an entry or at a return. */
SEC("kprobe")
int on_kernel(struct pt_regs *ctx)
{
	if (!is_watched())
		return 0;
	add(FRAMES, bpf_get_func_ip(ctx));
	return tell_cookie(ctx);
}

SEC("uretprobe")
int on_user_return(struct pt_regs *ctx)
{
	return is_watched() ? tell_cookie(ctx) : 0;
}

SEC("perf_event")
int on_clock(struct bpf_perf_event_data *ctx)
{
	return tell_cookie(ctx);
}
