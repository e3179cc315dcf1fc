/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a TRACING program hangs on: the function or the tracepoint that it was loaded
 * for, by its name, and what a call of it hands over. Never changes.
 */
#ifndef MODBPF_MODULE_PROG_TARGET_H
#define MODBPF_MODULE_PROG_TARGET_H

#include "module/hook/event_args.h"

struct modbpf_btf;
struct modbpf_prog;
struct module;

struct prog_target {
	u32 btf_id;
	u32 btf_obj_id;		/* of the object that btf_id is in; 0: there is none */
	struct module *module;	/* held, whose it is; NULL: the kernel's own */
	struct event_args args;
	u64 result_mask;	/* bits of the result, 0: there is none */
	bool is_plain;		/* numbers and pointers only: what is in which register is certain */
	char name[];		/* "FUNCTION", "MODULE:FUNCTION", or the tracepoint's */
};

/*
 * @prog, whose type is set, is loaded for @btf_id in @module, or, if that is NULL, in the
 * kernel's own BTF: sets prog->kernel_btf and prog->target. Either stays NULL if there is none:
 * the verifier says so. 0, -ENOMEM, -EINTR; -ENOENT: the module is gone. Sleeps.
 */
int prog_target_find(struct modbpf_prog *prog, struct modbpf_btf *module, u32 btf_id);
/* NULL is fine. */
void prog_target_free(struct prog_target *target);
/* Do both hang on the same? Of programs with a target. */
bool prog_target_same(const struct modbpf_prog *a, const struct modbpf_prog *b);

#endif
