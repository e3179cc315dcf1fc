// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What may each helper be given, by whom? One row per helper of isa/abi.h. */
#include "verifier/helper.h"

#include "verifier/rule.h"

#define HELPER(name_) [MODBPF_FUNC_##name_] = { .name = #name_,
#define END }

static const struct helper helpers[MODBPF_FUNC_LIMIT] = {
	HELPER(map_lookup_elem)
		.args = { ARG_MAP, ARG_KEY }, .ret = RET_VALUE_OR_NULL,
		.families = FAMILY_ALL, .map_use = MAP_MAY_LOOKUP END,
	HELPER(map_update_elem)
		.args = { ARG_MAP, ARG_KEY, ARG_VALUE, ARG_NUMBER },
		.families = FAMILY_ALL, .map_use = MAP_MAY_UPDATE END,
	HELPER(map_delete_elem)
		.args = { ARG_MAP, ARG_KEY },
		.families = FAMILY_ALL, .map_use = MAP_MAY_DELETE END,
	HELPER(probe_read)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_TRACING END,
	HELPER(ktime_get_ns)
		.families = FAMILY_ALL END,
	HELPER(trace_printk)
		.args = { ARG_READ, ARG_SIZE, ARG_OPTIONAL_NUMBER, ARG_OPTIONAL_NUMBER,
			  ARG_OPTIONAL_NUMBER },
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_ALL END,
	HELPER(get_prandom_u32)
		.families = FAMILY_ALL END,
	HELPER(get_smp_processor_id)
		.families = FAMILY_ALL END,
	HELPER(tail_call)
		.args = { ARG_CTX, ARG_MAP, ARG_NUMBER },
		.flags = HELPER_LEAVES | HELPER_ONE_MAP, .families = FAMILY_ALL,
		.map_use = MAP_MAY_TAIL_CALL END,
	HELPER(get_current_pid_tgid)
		.families = FAMILY_TRACING END,
	HELPER(get_current_uid_gid)
		.families = FAMILY_TRACING END,
	HELPER(get_current_comm)
		.args = { ARG_FILL, ARG_SIZE }, .families = FAMILY_TRACING END,
	HELPER(skb_load_bytes)
		.args = { ARG_CTX, ARG_NUMBER, ARG_FILL, ARG_SIZE },
		.families = FAMILY_PACKET END,
	HELPER(get_current_task)
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_TRACING END,
	HELPER(probe_read_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_TRACING END,
	HELPER(probe_read_user)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_TRACING END,
	HELPER(probe_read_kernel)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS },
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_TRACING END,
	HELPER(probe_read_user_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_TRACING END,
	HELPER(probe_read_kernel_str)
		.args = { ARG_FILL, ARG_SIZE_OR_ZERO, ARG_ADDRESS }, .ret = RET_LENGTH,
		.flags = HELPER_GPL | HELPER_PERFMON, .families = FAMILY_TRACING END,
	HELPER(ktime_get_boot_ns)
		.families = FAMILY_ALL END,
	HELPER(ringbuf_output)
		.args = { ARG_MAP, ARG_READ, ARG_SIZE_OR_ZERO, ARG_NUMBER },
		.families = FAMILY_ALL, .map_use = MAP_MAY_RINGBUF END,
	HELPER(ringbuf_reserve)
		.args = { ARG_MAP, ARG_CONST_SIZE, ARG_NUMBER }, .ret = RET_RECORD_OR_NULL,
		.flags = HELPER_ACQUIRES, .families = FAMILY_ALL,
		.map_use = MAP_MAY_RINGBUF END,
	HELPER(ringbuf_submit)
		.args = { ARG_RECORD, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_RELEASES, .families = FAMILY_ALL END,
	HELPER(ringbuf_discard)
		.args = { ARG_RECORD, ARG_NUMBER }, .ret = RET_VOID,
		.flags = HELPER_RELEASES, .families = FAMILY_ALL END,
	HELPER(ringbuf_query)
		.args = { ARG_MAP, ARG_NUMBER },
		.families = FAMILY_ALL, .map_use = MAP_MAY_RINGBUF END,
};

const struct helper *helper_of(s32 id)
{
	if (id < 0 || id >= MODBPF_FUNC_LIMIT || !helpers[id].name)
		return NULL;
	return &helpers[id];
}

u32 helper_arg_regs(const struct helper *helper)
{
	u32 i, regs = 0;

	for (i = 0; i < ARRAY_SIZE(helper->args); i++)
		if (helper->args[i] != ARG_NONE)
			regs |= 1u << (i + 1);
	return regs;
}
