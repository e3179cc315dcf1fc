/* SPDX-License-Identifier: GPL-2.0-only */
/* Which kretprobe does an instance belong to? A field up to 5.10, a function since. */
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

#endif
