/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program on a function's entry that has it return at once: bpf_override_return(). The kernel
 * says which of its functions bear that; most kernels have none (CONFIG_FUNCTION_ERROR_INJECTION).
 */
#ifndef MODBPF_MODULE_HOOK_OVERRIDE_H
#define MODBPF_MODULE_HOOK_OVERRIDE_H

#include <linux/types.h>

struct kprobe;
struct pt_regs;

/* Sleeps. On failure it is allowed of no function. */
void override_init(void);
/*
 * May a program on the registered @kprobe override what its function returns? 0; -EOPNOTSUPP: this
 * kernel allows it of no function; -EINVAL: not of this one, or @kprobe is not at its entry. Sleeps.
 */
int override_check(const struct kprobe *kprobe);
/*
 * From under the handler of a kprobe for which override_check() gave 0: its function returns
 * @value. The handler tells kprobes that @regs go on elsewhere. Any context.
 */
void override_return(struct pt_regs *regs, u64 value);

#endif
