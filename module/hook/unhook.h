/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How are handlers taken from the kernel again, when that may fail, too? What the kernel still
 * knows of must not be freed.
 */
#ifndef MODBPF_MODULE_HOOK_UNHOOK_H
#define MODBPF_MODULE_HOOK_UNHOOK_H

#include <linux/types.h>

struct kprobe;

/*
 * Disable @kprobe, which may be a kretprobe's, before it is unregistered. The kernel may need memory to take
 * a function out of ftrace's filter; unregister_kprobe() has no way to say that there was none, and leaves it there.
 * The kernel's reserves are used. False: not even they sufficed, it is kept, as below; to try again would end
 * somebody else's probes, which the kernel counts down each time. Sleeps.
 */
bool unhook_kprobe(struct kprobe *kprobe);

/*
 * What a function of the kernel's that unregisters says. False: it is an error, the kernel goes on to call what we
 * gave it. That must never be freed, and the module stays in. Process context.
 */
bool unhook_done(int err);

/* No handler runs any more of what is unhooked, where RCU does not watch, too. Sleeps. */
void unhook_wait(void);

#endif
