/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which kretprobe does an instance belong to? A field up to 5.10, a function since. Does a
 * probe lie at a function's entry? A flag since 6.1.
 */
#ifndef MODBPF_MODULE_COMPAT_KPROBE_H
#define MODBPF_MODULE_COMPAT_KPROBE_H

#include <linux/kprobes.h>

/* NULL: it is being unregistered. From its handler only. */
static __always_inline struct kretprobe *compat_kretprobe_of(struct kretprobe_instance *instance)
{
#ifdef COMPAT_GET_KRETPROBE
	return get_kretprobe(instance);
#else
	return instance->rp;
#endif
}

/* Does a registered probe lie at a function's first instruction? Not told up to 6.0: by symbol. */
static inline bool compat_kprobe_is_at_entry(const struct kprobe *probe)
{
#ifdef KPROBE_FLAG_ON_FUNC_ENTRY
	return probe->flags & KPROBE_FLAG_ON_FUNC_ENTRY;
#else
	return probe->symbol_name && !probe->offset;
#endif
}

#endif
