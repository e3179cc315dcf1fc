// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Helpers that look at the running task and at any memory. In the order of their ids. */
#include "verifier/helper_row.h"

const struct helper helper_rows_tracing[MODBPF_FUNC_LIMIT] = {
	HELPER(probe_read)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(get_current_pid_tgid)
		.types = TYPES_ALL END,
	HELPER(get_current_uid_gid)
		.types = TYPES_ALL END,
	HELPER(get_current_comm)
		.args = { ARG_FILL, ARG_SIZE }, .types = TYPES_ALL END,
	HELPER(perf_event_read)
		.args = { ARG_MAP, ARG_NUMBER },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING,
		.map_use = MAP_MAY_EVENT END,
	HELPER(perf_event_output)
		.args = { ARG_CTX, ARG_MAP, ARG_NUMBER, ARG_READ, ARG_SIZE_OR_ZERO },
		.flags = HELPER_GPL | HELPER_PERFMON | HELPER_MAY_LOSE, .types = TYPES_TRACING,
		.map_use = MAP_MAY_EVENT END,
	HELPER(get_stackid)
		.args = { ARG_CTX, ARG_MAP, ARG_NUMBER },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING,
		.map_use = MAP_MAY_STACK END,
	HELPER(get_current_task)
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(probe_write_user)
		.args = { ARG_ADDRESS, ARG_READ, ARG_SIZE },
		.flags = HELPER_GPL | HELPER_PERFMON | HELPER_WRITES_USER,
		.types = TYPES_TRACING END,
	HELPER(current_task_under_cgroup)
		.args = { ARG_MAP, ARG_NUMBER }, .types = TYPES_TRACING,
		.map_use = MAP_MAY_CGROUP END,
	HELPER(probe_read_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(perf_event_read_value)
		.args = { ARG_MAP, ARG_NUMBER, ARG_FILL, ARG_SIZE },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING,
		.map_use = MAP_MAY_EVENT END,
	HELPER(perf_prog_read_value)
		.args = { ARG_CTX, ARG_FILL, ARG_SIZE },
		.flags = HELPER_GPL | HELPER_PERFMON,
		.types = TYPE_BIT(PERF_EVENT) END,
	HELPER(override_return)
		.args = { ARG_CTX, ARG_NUMBER },
		.flags = HELPER_GPL | HELPER_PERFMON | HELPER_OVERRIDES, .types = TYPE_BIT(KPROBE) END,
	HELPER(get_stack)
		.args = { ARG_CTX, ARG_FILL, ARG_SIZE_OR_ZERO, ARG_NUMBER }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(get_current_cgroup_id)
		.types = TYPES_TRACING END,
	/* To whom an event, or a packet, has interrupted: not only to the caller's own. */
	HELPER(send_signal)
		.args = { ARG_NUMBER }, .flags = HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(probe_read_user)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(probe_read_kernel)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(probe_read_user_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(probe_read_kernel_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(send_signal_thread)
		.args = { ARG_NUMBER }, .flags = HELPER_PERFMON, .types = TYPES_ALL END,
	HELPER(read_branch_records)
		.flags = HELPER_GPL | HELPER_PERFMON | HELPER_ABSENT,
		.types = TYPE_BIT(PERF_EVENT) END,
	HELPER(get_ns_current_pid_tgid)
		.args = { ARG_NUMBER, ARG_NUMBER, ARG_FILL, ARG_SIZE }, .types = TYPES_ALL END,
	HELPER(get_current_ancestor_cgroup_id)
		.args = { ARG_NUMBER }, .types = TYPES_TRACING END,
	HELPER(d_path)
		.flags = HELPER_ABSENT, .types = TYPE_BIT(TRACING) END,
	HELPER(copy_from_user)
		.flags = HELPER_ABSENT, .types = TYPES_TRACING END,
	HELPER(get_func_ip)
		.args = { ARG_CTX },
		.flags = HELPER_GPL | HELPER_PERFMON,
		.types = TYPE_BIT(KPROBE) END,
	HELPER(get_attach_cookie)
		.args = { ARG_CTX },
		.types = TYPE_BIT(KPROBE) | TYPE_BIT(TRACEPOINT) | TYPE_BIT(PERF_EVENT) |
			 TYPE_BIT(RAW_TRACEPOINT) | TYPE_BIT(TRACING) END,
	HELPER(get_branch_snapshot)
		.flags = HELPER_GPL | HELPER_PERFMON | HELPER_ABSENT, .types = TYPES_TRACING END,
	HELPER(find_vma)
		.flags = HELPER_ABSENT, .types = TYPES_TRACING END,
	HELPER(get_func_arg)
		.args = { ARG_CTX, ARG_NUMBER, ARG_FILL_8 },
		.flags = HELPER_PERFMON, .types = TYPE_BIT(TRACING) END,
	HELPER(get_func_ret)
		.args = { ARG_CTX, ARG_FILL_8 },
		.flags = HELPER_PERFMON, .types = TYPE_BIT(TRACING) END,
	HELPER(get_func_arg_cnt)
		.args = { ARG_CTX }, .types = TYPE_BIT(TRACING) END,
	HELPER(copy_from_user_task)
		.flags = HELPER_GPL | HELPER_ABSENT, .types = TYPES_TRACING END,
};
