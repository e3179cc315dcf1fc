// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers that call a subprogram of the program again and again. Each ends: after as
 * many rounds as it was told, or when all there is was visited.
 */
#include "module/helper/functions.h"

#include <linux/errno.h>

#include "module/helper/callback.h"
#include "module/map.h"

#define MAX_ROUNDS (1 << 23)	/* Linux's BPF_MAX_LOOPS */

/* bpf_loop(nr_loops, callback, context, flags): rounds made, -E2BIG, -EINVAL. */
notrace u64 helper_loop(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u32 rounds = r1, i;

	if (r4)
		return -EINVAL;
	if (rounds > MAX_ROUNDS)
		return -E2BIG;
	for (i = 0; i < rounds; i++)
		if (callback_call_pair(r2, i, r3))
			return i + 1;
	return i;
}

struct each_elem {
	u64 callback, context;
};

static notrace bool call_for_elem(void *cookie, struct modbpf_map *map, const void *key,
				  void *value)
{
	const struct each_elem *each = cookie;

	return callback_call(each->callback, (unsigned long)map, (unsigned long)key,
			     (unsigned long)value, each->context);
}

/* bpf_for_each_map_elem(map, callback, context, flags): elements visited, -EINVAL. */
notrace u64 helper_for_each_map_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = (struct modbpf_map *)(unsigned long)r1;
	struct each_elem each = { .callback = r2, .context = r3 };

	if (r4 || unlikely(!map->ops->for_each))
		return -EINVAL;
	return map->ops->for_each(map, call_for_elem, &each);
}
