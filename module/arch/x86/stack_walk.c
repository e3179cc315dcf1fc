// SPDX-License-Identifier: GPL-2.0-only
/* Which calls led here, on x86? */
#include "module/stack_walk.h"

#include <asm/ptrace.h>
#include <asm/segment.h>
#include <asm/unwind.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

struct trace {
	u64 *ips;
	u32 skip;
	u32 seen;	/* skipped ones included */
	u32 limit;	/* of seen */
};

/* False: there is room for no more. */
static __always_inline bool trace_add(struct trace *trace, u64 ip)
{
	if (trace->seen >= trace->limit)
		return false;
	if (trace->seen >= trace->skip)
		trace->ips[trace->seen - trace->skip] = ip;
	trace->seen++;
	return true;
}

static notrace void walk_frames(struct trace *trace, struct unwind_state *state)
{
	unsigned long ip;

	for (; !unwind_done(state); unwind_next_frame(state)) {
		ip = unwind_get_return_address(state);
		if (!ip || !trace_add(trace, ip))
			return;
	}
}

static notrace void walk_kernel(struct trace *trace, struct pt_regs *regs)
{
	struct unwind_state state;

	if (!trace_add(trace, regs->ip))
		return;
	/*
	 * Registers that an interrupt saved are complete; of those that a caller took of
	 * itself only the stack pointer is sure. A bit that is always set tells them apart.
	 */
	if (regs->flags & X86_EFLAGS_FIXED)
		unwind_start(&state, current, regs, NULL);
	else
		unwind_start(&state, current, NULL, (unsigned long *)regs->sp);
	walk_frames(trace, &state);
}

/* From the frame that the call below returns to: what is beneath is the runtime's. */
static notrace void walk_from(struct trace *trace, unsigned long ip)
{
	struct unwind_state state;

	unwind_start(&state, current, NULL, NULL);
	while (!unwind_done(&state) && unwind_get_return_address(&state) != ip)
		unwind_next_frame(&state);
	walk_frames(trace, &state);
}

/* A frame as code with frame pointers lays it out. */
static notrace bool read_frame(bool is_32bit, u64 *fp, u64 *ip)
{
	u32 narrow[2];
	u64 wide[2];

	if (is_32bit) {
		if (copy_from_user_nofault(narrow, (void __user *)*fp, sizeof(narrow)))
			return false;
		*fp = narrow[0];
		*ip = narrow[1];
		return true;
	}
	if (copy_from_user_nofault(wide, (void __user *)*fp, sizeof(wide)))
		return false;
	*fp = wide[0];
	*ip = wide[1];
	return true;
}

static notrace void walk_user(struct trace *trace, struct pt_regs *regs)
{
	bool is_32bit = regs->cs == __USER32_CS;
	u64 fp = is_32bit ? (u32)regs->bp : regs->bp, ip = regs->ip;

	while (trace_add(trace, ip) && trace->seen < trace->limit)
		if (!read_frame(is_32bit, &fp, &ip))
			return;
}

/* NULL: a thread of the kernel has no stack of user space. */
static notrace struct pt_regs *user_regs(struct pt_regs *regs)
{
	if (regs && user_mode(regs))
		return regs;
	return current->flags & PF_KTHREAD || !current->mm ? NULL : task_pt_regs(current);
}

notrace u32 stack_walk(const struct stack_origin *origin, u64 *ips, u32 max)
{
	struct trace trace = {
		.ips = ips, .skip = origin->skip,
		.limit = min_t(u64, (u64)origin->skip + max, STACK_DEPTH_MAX),
	};
	struct pt_regs *regs = origin->regs;

	if (origin->is_user) {
		regs = user_regs(regs);
		if (regs)
			walk_user(&trace, regs);
	} else if (!regs) {
		walk_from(&trace, origin->ip);
	} else if (!user_mode(regs)) {
		walk_kernel(&trace, regs);
	}
	return trace.seen;
}
