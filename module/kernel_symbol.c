// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where is a symbol? Only functions that are not exported tell. Their own addresses are those
 * of probes on them; they are called by static calls, which the kernel patches into direct
 * ones: an indirect call would fault where the CPU tracks indirect branches, since the kernel
 * has sealed the functions' landing pads.
 *
 * kallsyms_lookup_name: without it links on many functions hang on kprobes one by one, which
 * takes some milliseconds each, in place of one ftrace filter.
 * kallsyms_on_each_match_symbol: without it a name that several functions have stands for the first,
 * even if that is the one that cannot be traced.
 */
#include "module/kernel_symbol.h"

#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/static_call.h>

typedef int (*symbol_fn)(void *data, unsigned long addr);

static unsigned long find_nothing(const char *name)
{
	return 0;
}

static int match_nothing(symbol_fn fn, const char *name, void *data)
{
	return 0;
}

DEFINE_STATIC_CALL(find_symbol, find_nothing);
DEFINE_STATIC_CALL(match_symbols, match_nothing);

/* Behind its landing pad, where it has one: a direct call needs none. NULL: there is no such function. */
static void *function(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };

	if (register_kprobe(&probe))
		return NULL;
	unregister_kprobe(&probe);
	return probe.addr;
}

void kernel_symbol_init(void)
{
	void *found = function("kallsyms_lookup_name");

	if (!found) {
		pr_warn("modbpf: symbols cannot be found: kprobes are set one by one\n");
		return;
	}
	static_call_update(find_symbol, (unsigned long (*)(const char *))found);
	found = function("kallsyms_on_each_match_symbol");
	if (found)
		static_call_update(match_symbols, (int (*)(symbol_fn, const char *, void *))found);
}

void kernel_symbol_each(const char *name, symbol_fn fn, void *data)
{
	static_call(match_symbols)(fn, name, data);
}

unsigned long kernel_symbol_addr(const char *name)
{
	return static_call(find_symbol)(name);
}
