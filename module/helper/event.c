// SPDX-License-Identifier: GPL-2.0-only
/* What does a tracing program tell, and ask, of the event that it runs for? */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/smp.h>

#include "module/map/perf_event_array.h"
#include "module/prog.h"

#define INDEX_MASK 0xffffffffULL	/* of the flags; all set: this CPU's */

/* context, map, flags, data, size */
notrace u64 helper_perf_event_output(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = (struct modbpf_map *)(unsigned long)r2;
	u64 index = r3 & INDEX_MASK;

	if (unlikely(r3 & ~INDEX_MASK))
		return -EINVAL;
	if (index == INDEX_MASK)
		index = raw_smp_processor_id();
	return perf_event_array_output(map, index, (const void *)(unsigned long)r4, r5);
}

/* context: the address of the function whose entry or return is probed, or 0. */
notrace u64 helper_get_func_ip(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = this_cpu_read(prog_run_site);

	return site ? site->func_ip : 0;
}

/* context: the cookie that came with the attachment, or 0. */
notrace u64 helper_get_attach_cookie(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	const struct run_site *site = this_cpu_read(prog_run_site);

	return site ? site->cookie : 0;
}
