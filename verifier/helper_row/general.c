// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Helpers that any program may call: time, numbers, output. In the order of their ids. */
#include "verifier/helper_row.h"

const struct helper helper_rows_general[MODBPF_FUNC_LIMIT] = {
	HELPER(ktime_get_ns)
		.flags = HELPER_ANYONE, .types = TYPES_ALL END,
	HELPER(trace_printk)
		.args = { ARG_FORMAT, ARG_SIZE, ARG_OPTIONAL_PRINTED, ARG_OPTIONAL_PRINTED,
			  ARG_OPTIONAL_PRINTED },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(get_prandom_u32)
		.flags = HELPER_ANYONE, .types = TYPES_ALL END,
	HELPER(get_smp_processor_id)
		.flags = HELPER_ANYONE, .types = TYPES_ALL END,
	HELPER(get_numa_node_id)
		.flags = HELPER_ANYONE, .types = TYPES_ALL END,
	HELPER(strtol)
		.flags = HELPER_ANYONE, .args = { ARG_READ, ARG_SIZE, ARG_NUMBER, ARG_FILL_8 }, .types = TYPES_ALL END,
	HELPER(strtoul)
		.flags = HELPER_ANYONE, .args = { ARG_READ, ARG_SIZE, ARG_NUMBER, ARG_FILL_8 }, .types = TYPES_ALL END,
	HELPER(jiffies64)
		.types = TYPES_ALL END,
	HELPER(ktime_get_boot_ns)
		.flags = HELPER_ANYONE, .types = TYPES_ALL END,
	HELPER(snprintf_btf)
		.flags = HELPER_PERFMON | HELPER_ABSENT, .types = TYPES_ALL END,
	HELPER(per_cpu_ptr)
		.flags = HELPER_ABSENT, .types = TYPES_ALL END,
	HELPER(this_cpu_ptr)
		.flags = HELPER_ABSENT, .types = TYPES_ALL END,
	HELPER(get_current_task_btf)
		.flags = HELPER_GPL | HELPER_PERFMON | HELPER_ABSENT, .types = TYPES_ALL END,
	/* Waits for who sets the clock: not where a program may have interrupted that. */
	HELPER(ktime_get_coarse_ns)
		.flags = HELPER_ANYONE, .types = TYPES_PACKET END,
	HELPER(snprintf)
		.args = { ARG_FILL_OR_NULL, ARG_SIZE_OR_ZERO, ARG_CONST_FORMAT, ARG_PRINTED,
			  ARG_SIZE_OR_ZERO },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(task_pt_regs)
		.flags = HELPER_GPL | HELPER_PERFMON | HELPER_ABSENT, .types = TYPES_ALL END,
	HELPER(trace_vprintk)
		.args = { ARG_FORMAT, ARG_SIZE, ARG_PRINTED, ARG_SIZE_OR_ZERO },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(loop)
		.args = { ARG_NUMBER, ARG_CALLBACK, ARG_CALLBACK_CONTEXT, ARG_NUMBER },
		.callback = CALLBACK_LOOP, .types = TYPES_ALL END,
	HELPER(strncmp)
		.flags = HELPER_ANYONE, .args = { ARG_READ, ARG_SIZE, ARG_STRING }, .types = TYPES_ALL END,
	HELPER(ktime_get_tai_ns)
		.flags = HELPER_ANYONE, .types = TYPES_ALL END,
};
