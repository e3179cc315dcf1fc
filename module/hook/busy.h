/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In which contexts of this CPU does a program of ftrace's callbacks run? Such a program's
 * helpers may call what other programs hang on: one at a time, or they would pile up
 * until the stack ends.
 */
#ifndef MODBPF_MODULE_HOOK_BUSY_H
#define MODBPF_MODULE_HOOK_BUSY_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

/* A bit for each of task, softirq, irq, NMI. Preemption is off while it is looked at. */
DECLARE_PER_CPU(u32, hook_busy_contexts);

/* Of the context that this is. Nothing here is called that could be traced. */
static __always_inline u32 hook_context_bit(void)
{
	u32 count = preempt_count();

	if (count & NMI_MASK)
		return 8;
	if (count & HARDIRQ_MASK)
		return 4;
	return count & SOFTIRQ_OFFSET ? 2 : 1;
}

#endif
