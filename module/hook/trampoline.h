/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A function of the kernel's that calls us when it returns: its first instruction calls code
 * of ours, which calls the rest of the function. A function has one such owner; Linux's own
 * eBPF may be it.
 *
 * A task may be in the function for as long as it likes, with our code to return to. So
 * what was made is let go only when nobody can come back there any more: later, by a worker; the
 * module does not go before. What takes that long holds the module, which says so.
 */
#ifndef MODBPF_MODULE_HOOK_TRAMPOLINE_H
#define MODBPF_MODULE_HOOK_TRAMPOLINE_H

#include <linux/ftrace.h>
#include <linux/list.h>
#include <linux/percpu.h>

#include "module/trampoline_code.h"

struct image;

struct trampoline {
	void *owner;		/* NULL: it has gone */
	struct ftrace_ops ops;
	struct image *image;
	long __percpu *active;	/* calls that have not returned: the sum, once none begins any more */
	bool holds_module;
	struct list_head node;	/* in leaving */
};

/*
 * From now on @exit is called for each return of the function whose first instruction is at @ip, of
 * the kernel's own text, with at most TRAMPOLINE_ARGS arguments of at most 8 bytes, and a result in
 * registers. ERR_PTR(-EOPNOTSUPP: this kernel cannot; -EBUSY: it has an owner, or too many are still
 * leaving; -ENOMEM, -ENOSPC, -ERANGE). Sleeps.
 */
struct trampoline *trampoline_set(unsigned long ip, trampoline_exit_fn exit, void *owner);
/* When it returns no @exit sees its owner any more. @trampoline must not be looked at. Sleeps. */
void trampoline_unset(struct trampoline *trampoline);

/* Of an exit_fn. Preemption is off, and the owner good as long as that. NULL: it has gone. */
static __always_inline void *trampoline_owner(const struct trampoline *trampoline)
{
	return READ_ONCE(trampoline->owner);
}

/* Of an exit_fn: @trampoline may be freed from now on. */
static __always_inline void trampoline_leave(struct trampoline *trampoline)
{
	this_cpu_dec(*trampoline->active);
}

/* Who executes what a function's first instruction called until now has left it, or sleeps in the function. Sleeps. */
void trampoline_wait(void);
/* Nothing is set any more: wait until nobody can come back. Sleeps. */
void trampolines_exit(void);

#endif
