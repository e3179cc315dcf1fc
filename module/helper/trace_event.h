/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace event that trace_printk makes: modbpf:bpf_trace_printk, with the
 * name and the looks of Linux's bpf_trace:bpf_trace_printk, so that what reads
 * trace_pipe for the one reads the other.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM modbpf

#if !defined(MODBPF_MODULE_HELPER_TRACE_EVENT_H) || defined(TRACE_HEADER_MULTI_READ)
#define MODBPF_MODULE_HELPER_TRACE_EVENT_H

#include <linux/tracepoint.h>

TRACE_EVENT(bpf_trace_printk,
	TP_PROTO(const char *text, u32 bytes),
	TP_ARGS(text, bytes),
	TP_STRUCT__entry(
		__dynamic_array(char, text, bytes)
	),
	TP_fast_assign(
		memcpy(__get_dynamic_array(text), text, bytes);
	),
	TP_printk("%s", (char *)__get_dynamic_array(text))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH module/helper
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_event
#include <trace/define_trace.h>
