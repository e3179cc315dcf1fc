/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of event_run() that a handler compiles in which pays for each instruction. */
#ifndef MODBPF_MODULE_EVENT_RUN_H
#define MODBPF_MODULE_EVENT_RUN_H

#include "module/event.h"
#include "module/hook/run.h"

/* As event_run(), with preemption off and RCU watching. */
static __always_inline void event_run_watched(struct modbpf_event *event, const void *ctx,
					      struct pt_regs *regs)
{
	struct run_site site = { .regs = regs, .event = event };

	/* What cannot be disarmed goes on to happen. */
	if (likely(READ_ONCE(event->armed))) {
		site.cookie = event->cookie;
		site.func_ip = event->func_ip;
		hook_run(&event->live, event->counters, ctx, &site);
	}
}

#endif
