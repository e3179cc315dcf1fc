/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is perf's function called with that takes a tracepoint's record to the events that want it? The
 * same since Linux 4.18; where it is not, nobody takes its place.
 */
#ifndef MODBPF_MODULE_COMPAT_PERF_H
#define MODBPF_MODULE_COMPAT_PERF_H

#include <linux/perf_event.h>

#define COMPAT_TP_EVENT "perf_tp_event"

/*
 * @context: of the recursion guard, which the function leaves for the caller. @task: whose events want it, too;
 * NULL: nobody's.
 */
typedef void (*compat_tp_event_fn)(u16 type, u64 count, void *record, int size, struct pt_regs *regs,
				   struct hlist_head *head, int context, struct task_struct *task);

#ifdef COMPAT_PERF_TP_EVENT
#define COMPAT_TP_EVENT_IS_KNOWN \
	(__same_type(&perf_tp_event, compat_tp_event_fn) && \
	 __same_type(&perf_swevent_put_recursion_context, void (*)(int)))
#else
#define COMPAT_TP_EVENT_IS_KNOWN 0
#endif

#endif
