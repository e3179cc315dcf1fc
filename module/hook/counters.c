// SPDX-License-Identifier: GPL-2.0-only
/* What came to the place where a program hangs, on all CPUs together? */
#include "module/hook/counters.h"

#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/string.h>

struct hook_counters __percpu *hook_counters_alloc(void)
{
	return alloc_percpu_gfp(struct hook_counters, GFP_KERNEL_ACCOUNT);
}

void hook_counters_sum(const struct hook_counters __percpu *counters, struct hook_counters *sum)
{
	const struct hook_counters *one;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(counters, cpu);
		sum->events += READ_ONCE(one->events);
		sum->drops += READ_ONCE(one->drops);
		sum->recursion_misses += READ_ONCE(one->recursion_misses);
		sum->missed += READ_ONCE(one->missed);
		sum->lost += READ_ONCE(one->lost);
	}
}
