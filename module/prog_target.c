// SPDX-License-Identifier: GPL-2.0-only
/* Which function or tracepoint is a TRACING program loaded for, and how wide are its arguments? */
#include "module/prog_target.h"

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "isa/btf/kernel.h"
#include "module/kernel_btf.h"
#include "module/kernel_symbol.h"
#include "module/prog.h"

static u64 mask_of(const struct btf_types *types, u32 type)
{
	return GENMASK_ULL(8 * btf_arg_bytes(types, type) - 1, 0);
}

/* A small one comes in a register, but one whose fields are not aligned on the stack. */
static bool is_aggregate(const struct btf_types *types, u32 type)
{
	u8 kind = btf_base_of(types, type).kind;

	return kind == MODBPF_BTF_STRUCT || kind == MODBPF_BTF_UNION;
}

static bool is_event(const struct modbpf_prog *prog)
{
	return prog->expected_attach_type == MODBPF_ATTACH_TRACE_RAW_TP;
}

/* Its name, behind that of the module which a function is looked for in. */
static struct prog_target *new_target(const char *module, const char *name)
{
	u32 bytes = (module ? strlen(module) + 1 : 0) + strlen(name) + 1;
	struct prog_target *target = kzalloc(struct_size(target, name, bytes), GFP_KERNEL_ACCOUNT);

	if (target)
		snprintf(target->name, bytes, "%s%s%s", module ?: "", module ? ":" : "", name);
	return target;
}

/* A program holds its module, as Linux does it: what it was verified with stays true. */
static int hold_module(struct prog_target *target, const char *name)
{
	target->module = name ? kernel_symbol_module(name) : NULL;
	return name && !target->module ? -ENOENT : 0;
}

static int keep_target(struct modbpf_prog *prog, u32 btf_id, const struct btf_types *types,
		       const struct btf_call *call)
{
	const char *module = kernel_btf_module(prog->kernel_btf);
	struct prog_target *target = new_target(is_event(prog) ? NULL : module, call->name);
	u32 i;

	if (!target)
		return -ENOMEM;
	if (hold_module(target, module)) {
		kfree(target);
		return -ENOENT;
	}
	target->btf_id = btf_id;
	target->btf_obj_id = kernel_btf_id(prog->kernel_btf);
	target->args.cnt = call->cnt;
	target->is_plain = !call->result || !is_aggregate(types, call->result);
	for (i = 0; i < call->cnt; i++) {
		target->args.masks[i] = mask_of(types, call->args[i]);
		target->is_plain &= !is_aggregate(types, call->args[i]);
	}
	target->result_mask = call->result ? mask_of(types, call->result) : 0;
	prog->target = target;
	return 0;
}

int prog_target_find(struct modbpf_prog *prog, struct modbpf_btf *module, u32 btf_id)
{
	const struct btf_types *types;
	struct btf_call call;
	const char *why;
	int err = kernel_btf_try(module, &prog->kernel_btf);

	if (err || !prog->kernel_btf)
		return err;
	types = kernel_btf_types(prog->kernel_btf);
	err = is_event(prog) ? btf_call_of_event(types, btf_id, &call, &why) :
			 btf_call_of_func(types, btf_id, &call, &why);
	return err ? 0 : keep_target(prog, btf_id, types, &call);
}

void prog_target_free(struct prog_target *target)
{
	if (target && target->module)
		module_put(target->module);
	kfree(target);
}

bool prog_target_same(const struct modbpf_prog *a, const struct modbpf_prog *b)
{
	return a->expected_attach_type == b->expected_attach_type &&
	       a->target->btf_id == b->target->btf_id &&
	       a->target->btf_obj_id == b->target->btf_obj_id &&
	       a->target->module == b->target->module;
}
