/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a TRACING program hangs on: the function or the tracepoint that it was loaded
 * for, by its name, and what a call of it hands over. Never changes.
 */
#ifndef MODBPF_MODULE_PROG_TARGET_H
#define MODBPF_MODULE_PROG_TARGET_H

#include "module/hook/event_args.h"

struct modbpf_prog;

struct prog_target {
	u32 btf_id;
	struct event_args args;
	u64 result_mask;	/* bits of the result, 0: there is none */
	char name[];
};

/*
 * @prog, whose type is set, is loaded for @btf_id: sets prog->kernel_btf and
 * prog->target. Either stays NULL if there is none: the verifier says so. 0, -ENOMEM,
 * -EINTR. Sleeps.
 */
int prog_target_find(struct modbpf_prog *prog, u32 btf_id);
/* Do both hang on the same? Of programs with a target. */
bool prog_target_same(const struct modbpf_prog *a, const struct modbpf_prog *b);

#endif
