// SPDX-License-Identifier: GPL-2.0-only
/* What does a tracing program tell, and ask, of the event that it runs for? */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "module/event.h"
#include "module/hook/override.h"
#include "module/map/perf_event_array.h"
#include "module/prog.h"

/* Linux's struct bpf_perf_event_value. */
struct event_value {
	u64 count, enabled, running;
};

#define INDEX_MASK 0xffffffffULL	/* of the flags; all set: this CPU's */

static struct modbpf_map *map_arg(u64 reg)
{
	return (struct modbpf_map *)(unsigned long)reg;
}

static notrace int read_index(u64 flags, u64 *index)
{
	if (unlikely(flags & ~INDEX_MASK))
		return -EINVAL;
	*index = flags == INDEX_MASK ? raw_smp_processor_id() : flags;
	return 0;
}

/* context, map, flags, data, size */
notrace u64 helper_perf_event_output(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u64 index;
	int err = read_index(r3, &index);

	if (unlikely(err))
		return err;
	return perf_event_array_output(map_arg(r2), index, (const void *)(unsigned long)r4, r5);
}

static notrace int read_counter(u64 map, u64 flags, u64 *count)
{
	u64 index;
	int err = read_index(flags, &index);

	return err ? : perf_event_array_read(map_arg(map), index, count);
}

/* map, flags */
notrace u64 helper_perf_event_read(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u64 count;
	int err = read_counter(r1, r2, &count);

	return err ? (u64)err : count;
}

/* The same thrice: how much was counted, how long enabled, how long it ran. Nothing is left as it was. */
static notrace u64 fill_value(u64 at, u64 size, int err, u64 count)
{
	struct event_value *value = (struct event_value *)(unsigned long)at;

	if (size != sizeof(*value))
		err = -EINVAL;
	if (err)
		memset(value, 0, size);
	else
		*value = (struct event_value){ count, count, count };
	return err;
}

/* map, flags, value, its size */
notrace u64 helper_perf_event_read_value(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u64 count = 0;
	int err = read_counter(r1, r2, &count);

	return fill_value(r3, r4, err, count);
}

/* context, value, its size: of the event for which the program runs */
notrace u64 helper_perf_prog_read_value(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = prog_run_site();
	struct modbpf_event *event = site ? site->event : NULL;
	u64 count = 0;
	int err = -EINVAL;

	if (event && event->ops->read)
		err = event->ops->read(event, &count);
	return fill_value(r2, r3, err, count);
}

/* context, what the function returns whose entry is probed: it does nothing else */
notrace u64 helper_override_return(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = prog_run_site();
	struct pt_regs *regs = (struct pt_regs *)(unsigned long)r1;

	if (!site || site->regs != regs)
		return -EINVAL;
	override_return(regs, r2);
	return 0;
}

/* context: the address of the function whose entry or return is probed, or 0. */
notrace u64 helper_get_func_ip(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = prog_run_site();

	return site ? site->func_ip : 0;
}

/* context, which argument of the function, 8 bytes to fill */
notrace u64 helper_get_func_arg(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = prog_run_site();
	const u64 *args = (const u64 *)(unsigned long)r1;
	u64 *value = (u64 *)(unsigned long)r3;
	bool is_there = site && (u32)r2 < site->arg_cnt;

	*value = is_there ? args[array_index_nospec((u32)r2, site->arg_cnt)] : 0;
	return is_there ? 0 : -EINVAL;
}

/* context, 8 bytes to fill: what the function returned */
notrace u64 helper_get_func_ret(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = prog_run_site();
	const u64 *args = (const u64 *)(unsigned long)r1;
	u64 *value = (u64 *)(unsigned long)r2;
	bool is_there = site && site->has_result;

	*value = is_there ? args[site->arg_cnt] : 0;
	return is_there ? 0 : -EOPNOTSUPP;
}

/* context: how many arguments the function has */
notrace u64 helper_get_func_arg_cnt(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = prog_run_site();

	return site ? site->arg_cnt : 0;
}

/* context: the cookie that came with the attachment, or 0. */
notrace u64 helper_get_attach_cookie(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = prog_run_site();

	return site ? site->cookie : 0;
}
