/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which kretprobe does an instance belong to? A field up to 5.10, a function since. Does a
 * probe lie at a function's entry? A flag since 6.1; before, what the kernel calls the address.
 */
#ifndef MODBPF_MODULE_COMPAT_KPROBE_H
#define MODBPF_MODULE_COMPAT_KPROBE_H

#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/string.h>

/* NULL: it is being unregistered. From its handler only. */
static __always_inline struct kretprobe *compat_kretprobe_of(struct kretprobe_instance *instance)
{
#ifdef COMPAT_GET_KRETPROBE
	return get_kretprobe(instance);
#else
	return instance->rp;
#endif
}

/* Does a registered probe lie at a function's first instruction? Process context. */
static inline bool compat_kprobe_is_at_entry(const struct kprobe *probe)
{
#ifdef KPROBE_FLAG_ON_FUNC_ENTRY
	return probe->flags & KPROBE_FLAG_ON_FUNC_ENTRY;
#else
	char text[KSYM_SYMBOL_LEN];

	/* "SYMBOL+OFFSET/BYTES [MODULE]" */
	sprint_symbol(text, (unsigned long)probe->addr);
	return strstr(text, "+0x0/");
#endif
}

#endif
