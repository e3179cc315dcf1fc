// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where is a symbol? Only a function that is not exported tells. Its own address is that
 * of a probe on it; it is called by a static call, which the kernel patches into a direct
 * one: an indirect call would fault where the CPU tracks indirect branches, since the kernel
 * has sealed the function's landing pad.
 *
 * kallsyms_lookup_name: without it links on many functions hang on kprobes one by one, which
 * takes some milliseconds each, in place of one ftrace filter.
 */
#include "module/kernel_symbol.h"

#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/static_call.h>

static unsigned long find_nothing(const char *name)
{
	return 0;
}

DEFINE_STATIC_CALL(find_symbol, find_nothing);

void kernel_symbol_init(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err) {
		pr_warn("modbpf: symbols cannot be found (%d): kprobes are set one by one\n", err);
		return;
	}
	unregister_kprobe(&probe);
	/* Behind the landing pad, where there is one: a direct call needs none. */
	static_call_update(find_symbol, (unsigned long (*)(const char *))(void *)probe.addr);
}

unsigned long kernel_symbol_addr(const char *name)
{
	return static_call(find_symbol)(name);
}
