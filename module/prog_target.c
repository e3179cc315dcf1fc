// SPDX-License-Identifier: GPL-2.0-only
/* Which function or tracepoint is a TRACING program loaded for, and how wide are its arguments? */
#include "module/prog_target.h"

#include <linux/bits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "isa/btf/kernel.h"
#include "module/kernel_btf.h"
#include "module/prog.h"

static u64 mask_of(const struct btf_types *types, u32 type)
{
	return GENMASK_ULL(8 * btf_arg_bytes(types, type) - 1, 0);
}

static int keep_target(struct modbpf_prog *prog, u32 btf_id, const struct btf_types *types,
		       const struct btf_call *call)
{
	struct prog_target *target;
	u32 bytes = strlen(call->name) + 1, i;

	target = kzalloc(struct_size(target, name, bytes), GFP_KERNEL_ACCOUNT);
	if (!target)
		return -ENOMEM;
	target->btf_id = btf_id;
	target->args.cnt = call->cnt;
	for (i = 0; i < call->cnt; i++)
		target->args.masks[i] = mask_of(types, call->args[i]);
	target->result_mask = call->result ? mask_of(types, call->result) : 0;
	memcpy(target->name, call->name, bytes);
	prog->target = target;
	return 0;
}

int prog_target_find(struct modbpf_prog *prog, u32 btf_id)
{
	bool is_event = prog->expected_attach_type == MODBPF_ATTACH_TRACE_RAW_TP;
	const struct btf_types *types;
	struct btf_call call;
	const char *why;
	int err = kernel_btf_try(&prog->kernel_btf);

	if (err || !prog->kernel_btf)
		return err;
	types = kernel_btf_types(prog->kernel_btf);
	err = is_event ? btf_call_of_event(types, btf_id, &call, &why) :
			 btf_call_of_func(types, btf_id, &call, &why);
	return err ? 0 : keep_target(prog, btf_id, types, &call);
}

bool prog_target_same(const struct modbpf_prog *a, const struct modbpf_prog *b)
{
	return a->expected_attach_type == b->expected_attach_type &&
	       a->target->btf_id == b->target->btf_id;
}
