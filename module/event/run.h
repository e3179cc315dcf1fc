/* SPDX-License-Identifier: GPL-2.0-only */
/* What event_run() does, for handlers that pay for each instruction. */
#ifndef MODBPF_MODULE_EVENT_RUN_H
#define MODBPF_MODULE_EVENT_RUN_H

#include "module/event.h"
#include "module/hook/run.h"

/* As event_run(), with preemption off and RCU watching. */
static __always_inline void event_run_watched(struct modbpf_event *event, const void *ctx,
					      struct pt_regs *regs)
{
	/* What cannot be disarmed goes on to happen. */
	if (likely(READ_ONCE(event->armed))) {
		const struct run_site site = {
			.cookie = event->cookie,
			.regs = regs,
			.func_ip = event->func_ip,
			.event = event,
		};

		hook_run(&event->live, event->counters, ctx, &site);
	}
}

/* As event_run(), with preemption off. */
static __always_inline void event_run_here(struct modbpf_event *event, const void *ctx,
					   struct pt_regs *regs)
{
	if (likely(rcu_is_watching()))
		event_run_watched(event, ctx, regs);
	else if (live_is_on(&event->live))	/* on the way into idle */
		this_cpu_inc(event->counters->missed);
}

#endif
