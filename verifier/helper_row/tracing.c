// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Helpers that look at the running task and at any memory. In the order of their ids. */
#include "verifier/helper_row.h"

const struct helper helper_rows_tracing[MODBPF_FUNC_LIMIT] = {
	HELPER(probe_read)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(get_current_pid_tgid)
		.types = TYPES_TRACING END,
	HELPER(get_current_uid_gid)
		.types = TYPES_TRACING END,
	HELPER(get_current_comm)
		.args = { ARG_FILL, ARG_SIZE }, .types = TYPES_TRACING END,
	HELPER(get_current_task)
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(probe_read_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(probe_read_user)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(probe_read_kernel)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(probe_read_user_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
	HELPER(probe_read_kernel_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .types = TYPES_TRACING END,
};
