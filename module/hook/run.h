/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a handler of tracing does with an event: run what hangs there, and count. Preemption is
 * off; calls nothing that could be traced. Any context, NMI included.
 */
#ifndef MODBPF_MODULE_HOOK_RUN_H
#define MODBPF_MODULE_HOOK_RUN_H

#include "module/hook/counters.h"
#include "module/link.h"
#include "module/prog_run.h"

/* RCU is watching: see prog_run_guarded(). */
static __always_inline void hook_run(const struct live *live, struct hook_counters __percpu *counters,
				     const void *ctx, const struct run_site *site)
{
	struct modbpf_prog *prog = live_prog_untraced(live);

	/* What comes before it is switched on, or behind its end, is not missed. */
	if (likely(prog))
		hook_count_event(counters, prog_run_guarded(prog, ctx, site, counters));
}

/* Another program runs where only one can. */
static __always_inline void hook_miss(const struct modbpf_link *link)
{
	const struct modbpf_prog *prog = live_prog_untraced(&link->live);

	if (prog) {
		this_cpu_inc(link->counters->recursion_misses);
		this_cpu_inc(prog->cpu->misses);
	}
}

#endif
