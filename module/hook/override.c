// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which functions may a program override, and how does one return that was never entered?
 *
 * Only by way of kprobes that lie on ftrace: those which the kernel turns into jumps go on
 * behind the probed instruction whatever their handlers say.
 */
#include "module/hook/override.h"

#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <linux/static_call.h>

#include "module/compat/kprobe.h"
#include "module/kernel_symbol.h"

static bool is_of_none(unsigned long addr)
{
	return false;
}

static void return_nothing(struct pt_regs *regs)
{
}

DEFINE_STATIC_CALL(is_overridable, is_of_none);
DEFINE_STATIC_CALL(leave_function, return_nothing);
static bool is_supported __ro_after_init;

void override_init(void)
{
	unsigned long listed = kernel_symbol_addr("within_error_injection_list");
	unsigned long leave = kernel_symbol_addr("override_function_with_return");

	if (!listed || !leave)
		return;
	static_call_update(is_overridable, (bool (*)(unsigned long))listed);
	static_call_update(leave_function, (void (*)(struct pt_regs *))leave);
	is_supported = true;
}

int override_check(const struct kprobe *kprobe)
{
	if (!is_supported)
		return -EOPNOTSUPP;
	if (!compat_kprobe_is_at_entry(kprobe) || !kprobe_ftrace((struct kprobe *)kprobe))
		return -EINVAL;
	return static_call(is_overridable)((unsigned long)kprobe->addr) ? 0 : -EINVAL;
}

notrace void override_return(struct pt_regs *regs, u64 value)
{
	regs_set_return_value(regs, value);
	static_call(leave_function)(regs);
}
NOKPROBE_SYMBOL(override_return);
