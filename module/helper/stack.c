// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which calls led to the event that a tracing program runs for? Where the event tells
 * the registers, the stack is the event's; else it begins with the program.
 */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/string.h>

#include "module/map/stack_trace.h"
#include "module/prog.h"
#include "module/stack_walk.h"

#define STACKID_FLAGS \
	(MODBPF_F_SKIP_FIELD_MASK | MODBPF_F_USER_STACK | MODBPF_F_FAST_STACK_CMP | \
	 MODBPF_F_REUSE_STACKID)
#define STACK_FLAGS \
	(MODBPF_F_SKIP_FIELD_MASK | MODBPF_F_USER_STACK | MODBPF_F_USER_BUILD_ID)

/* @ip: where the helper returns to, in the program or the interpreter. */
static __always_inline struct stack_origin origin_of(u64 flags, unsigned long ip)
{
	const struct run_site *site = prog_run_site();

	return (struct stack_origin){
		.regs = site ? site->regs : NULL, .ip = ip,
		.is_user = flags & MODBPF_F_USER_STACK,
		.skip = flags & MODBPF_F_SKIP_FIELD_MASK,
	};
}

/* context, map, flags */
notrace u64 helper_get_stackid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct stack_origin origin = origin_of(r3, _RET_IP_);

	if (unlikely(r3 & ~(u64)STACKID_FLAGS))
		return -EINVAL;
	return stack_trace_id((struct modbpf_map *)(unsigned long)r2, &origin, r3);
}

/* Bytes at @ips that are addresses, or -errno. */
static long get_stack(const struct stack_origin *origin, u64 *ips, u32 size, u64 flags)
{
	u32 seen;

	if (flags & ~(u64)STACK_FLAGS || size % sizeof(*ips))
		return -EINVAL;
	if (flags & MODBPF_F_USER_BUILD_ID)
		return flags & MODBPF_F_USER_STACK ? -EOPNOTSUPP : -EINVAL;
	seen = stack_walk(origin, ips, size / sizeof(*ips));
	if ((size && !seen) || seen < origin->skip)
		return -EFAULT;
	return (seen - origin->skip) * sizeof(*ips);
}

/* context, buffer, size, flags: what the addresses leave of the buffer is zero. */
notrace u64 helper_get_stack(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct stack_origin origin = origin_of(r4, _RET_IP_);
	u8 *buf = (u8 *)(unsigned long)r2;
	u32 size = r3;
	long bytes = get_stack(&origin, (u64 *)buf, size, r4);
	u32 filled = bytes > 0 ? bytes : 0;

	memset(buf + filled, 0, size - filled);
	return bytes;
}
