/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which calls led here? What module/helper/stack.c asks of the machine;
 * module/arch/ answers. The kernel's frames come from its own unwinder, those of
 * user space from the chain of frame pointers, as perf follows it: code that was
 * built without them has short or wrong stacks.
 */
#ifndef MODBPF_MODULE_STACK_WALK_H
#define MODBPF_MODULE_STACK_WALK_H

#include <linux/types.h>

struct pt_regs;

#define STACK_DEPTH_MAX 127	/* as Linux's default of kernel.perf_event_max_stack */

struct stack_origin {
	struct pt_regs *regs;	/* where it happened, kernel or user; NULL: at .ip */
	unsigned long ip;		/* without regs: an address that a call below returns to */
	bool is_user;			/* the stack of user space, at regs or on entry to the kernel */
	u32 skip;			/* frames that are left out, the innermost first */
};

/*
 * Frames from the innermost on, those that are left out included, at most STACK_DEPTH_MAX
 * and @skip + @max; @ips gets the addresses of those that are not. 0: there is no such
 * stack. Of the running task only. Any context, NMI included.
 */
u32 stack_walk(const struct stack_origin *origin, u64 *ips, u32 max);

#endif
