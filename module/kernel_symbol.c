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
 * perf_swevent_put_recursion_context, called by module/event/record.c: without it perf goes through its events
 * for each record of a tracepoint that a program reads, which costs as much again as the rest.
 * find_module: without it there are no fentry, fexit and tp_btf programs for modules, which nobody else
 * would hold for them.
 * __module_address: without it who hangs on functions of a module that is just going may stay at their addresses.
 */
#include "module/kernel_symbol.h"

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
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

static struct module *find_no_module(const char *name)
{
	return NULL;
}

static struct module *no_module_at(unsigned long addr)
{
	return NULL;
}

DEFINE_STATIC_CALL(find_symbol, find_nothing);
DEFINE_STATIC_CALL(module_at, no_module_at);
DEFINE_STATIC_CALL(find_module_named, find_no_module);
DEFINE_STATIC_CALL(match_symbols, match_nothing);

/* Behind its landing pad, where it has one: a direct call needs none. 0, -ENOENT, -EINVAL. */
static int find_function(const char *name, unsigned long *addr, bool *is_traceable)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	int err = register_kprobe(&probe);

	if (err)
		return err;
	*addr = (unsigned long)probe.addr;
	*is_traceable = kprobe_ftrace(&probe);
	unregister_kprobe(&probe);
	return 0;
}

/* NULL: there is no such function. */
static void *function(const char *name)
{
	unsigned long addr;
	bool is_traceable;

	return find_function(name, &addr, &is_traceable) ? NULL : (void *)addr;
}

int kernel_symbol_entry(const char *name, unsigned long *ip)
{
	bool is_traceable;

	return find_function(name, ip, &is_traceable) ?: is_traceable ? 0 : -EINVAL;
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
	found = function("find_module");
	if (found)
		static_call_update(find_module_named, (struct module *(*)(const char *))found);
	found = function("__module_address");
	if (found)
		static_call_update(module_at, (struct module *(*)(unsigned long))found);
}

/* The list of modules is walked under RCU, of the kind that preemption holds up. */
struct module *kernel_symbol_module(const char *name)
{
	struct module *module;

	rcu_read_lock();
	preempt_disable();
	module = static_call(find_module_named)(name);
	/* One that is still being made is freed if its init fails, whoever holds it. */
	if (module && (READ_ONCE(module->state) != MODULE_STATE_LIVE || !try_module_get(module)))
		module = NULL;
	preempt_enable();
	rcu_read_unlock();
	return module;
}

bool kernel_symbol_is_going(unsigned long addr)
{
	struct module *module;
	bool is_going;

	rcu_read_lock();
	preempt_disable();
	module = static_call(module_at)(addr);
	is_going = module && READ_ONCE(module->state) == MODULE_STATE_GOING;
	preempt_enable();
	rcu_read_unlock();
	return is_going;
}

void kernel_symbol_each(const char *name, symbol_fn fn, void *data)
{
	static_call(match_symbols)(fn, name, data);
}

unsigned long kernel_symbol_addr(const char *name)
{
	return static_call(find_symbol)(name);
}
