// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kernel functions: what programs call by the name that BTF has for it. In the order of their numbers. */
#include "verifier/helper_row.h"

/* Linux's are for programs with such a licence, one and all. */
#define KFUNC (HELPER_KFUNC | HELPER_GPL)

const struct helper helper_rows_kfunc[MODBPF_FUNC_LIMIT] = {
	HELPER(dynptr_from_skb)
		.args = { ARG_SKB, ARG_NUMBER, ARG_NEW_SKB_DYNPTR }, .told = TOLD_PACKET_IN_R4,
		.flags = KFUNC, .types = TYPES_SKB | TYPE_BIT(NETFILTER) END,
	HELPER(dynptr_slice)
		.args = { ARG_DYNPTR, ARG_NUMBER, ARG_BUFFER_OR_NULL, ARG_CONST_SIZE },
		.ret = RET_CONST_SLICE_OR_NULL, .told = TOLD_BUFFER_IN_R5,
		.flags = KFUNC, .types = TYPES_ALL END,
	HELPER(dynptr_slice_rdwr)
		.args = { ARG_DYNPTR, ARG_NUMBER, ARG_BUFFER_OR_NULL, ARG_CONST_SIZE },
		.ret = RET_SLICE_OR_NULL, .told = TOLD_BUFFER_IN_R5,
		.flags = KFUNC | HELPER_WRITES_DYNPTR, .types = TYPES_ALL END,
	HELPER(dynptr_size)
		.args = { ARG_DYNPTR }, .flags = KFUNC, .types = TYPES_ALL END,
	HELPER(dynptr_is_null)
		.args = { ARG_DYNPTR }, .flags = KFUNC, .types = TYPES_ALL END,
	HELPER(dynptr_is_rdonly)
		.args = { ARG_DYNPTR }, .flags = KFUNC, .types = TYPES_ALL END,
	HELPER(dynptr_adjust)
		.args = { ARG_DYNPTR, ARG_NUMBER, ARG_NUMBER }, .flags = KFUNC, .types = TYPES_ALL END,
	HELPER(dynptr_clone)
		.args = { ARG_FREE_DYNPTR, ARG_NEW_SAME_DYNPTR }, .flags = KFUNC, .types = TYPES_ALL END,
	HELPER(cast_to_kern_ctx)
		.args = { ARG_CTX }, .ret = RET_SKB, .flags = KFUNC | HELPER_PERFMON, .types = TYPES_SKB END,
};
