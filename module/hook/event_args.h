/* SPDX-License-Identifier: GPL-2.0-only */
/* How many arguments has a kernel tracepoint, and how wide is each? */
#ifndef MODBPF_MODULE_HOOK_EVENT_ARGS_H
#define MODBPF_MODULE_HOOK_EVENT_ARGS_H

#include <linux/compiler.h>

#include "verifier/ctx_trace.h"

struct module;
struct tracepoint;

struct event_args {
	u32 cnt;		/* at most TRACE_ARGS */
	u64 masks[TRACE_ARGS];	/* the bits that the argument has; 0: there is none */
};

/*
 * Words @from to @to, both constants, of what a program looks at. A store each: a string
 * instruction, which is what a compiler makes of a memset, takes longer to start.
 */
static __always_inline void event_args_zero(u64 *words, u32 from, u32 to)
{
	u32 i;

#pragma GCC unroll 16
	for (i = from; i < to; i++)
		WRITE_ONCE(words[i], 0);
}

/*
 * Fill in @args for @tp, which belongs to @module (NULL: to the kernel). What is
 * not known is left out: a program that wants it is refused. 0, -ENOMEM, -EINTR. Sleeps.
 */
int event_args_get(const struct tracepoint *tp, const struct module *module,
		   struct event_args *args);
/* Forget what has been read. Nothing is attached any more. */
void event_args_exit(void);

#endif
