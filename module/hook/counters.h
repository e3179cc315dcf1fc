/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came to the place where a program hangs? Each CPU counts its own, in any
 * context; a sum is exact as soon as nothing comes any more.
 */
#ifndef MODBPF_MODULE_HOOK_COUNTERS_H
#define MODBPF_MODULE_HOOK_COUNTERS_H

#include <linux/percpu.h>
#include <linux/types.h>

struct hook_counters {
	u64 events;		/* tracing: runs of the program; packets: those that got a verdict here */
	u64 drops;		/* packets that were dropped here */
	u64 recursion_misses;	/* not run: the program was running on that CPU already */
	u64 missed;		/* not run for another reason: RCU did not watch, no room to tell of it */
	u64 lost;		/* records of the program's that rings did not take */
};

/* All zero; free_percpu() them. NULL: no memory. */
struct hook_counters __percpu *hook_counters_alloc(void);
void hook_counters_sum(const struct hook_counters __percpu *counters, struct hook_counters *sum);

/* A tracing program ran, or was running already. */
static __always_inline void hook_count_event(struct hook_counters __percpu *counters, bool has_run)
{
	if (likely(has_run))
		this_cpu_inc(counters->events);
	else
		this_cpu_inc(counters->recursion_misses);
}

#endif
