// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may a program do with a map? What the type offers; the verifier has
 * refused the rest, and a type that lacks an operation is refused again here.
 */
#include "module/helper/functions.h"

#include <linux/errno.h>

#include "module/map.h"

static struct modbpf_map *map_arg(u64 reg)
{
	return (struct modbpf_map *)(unsigned long)reg;
}

static const void *memory_arg(u64 reg)
{
	return (const void *)(unsigned long)reg;
}

notrace u64 helper_map_lookup_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = map_arg(r1);

	if (unlikely(!map->ops->lookup))
		return 0;
	return (unsigned long)map->ops->lookup(map, memory_arg(r2));
}

notrace u64 helper_map_update_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = map_arg(r1);

	if (unlikely(!map->ops->update))
		return -EOPNOTSUPP;
	return map->ops->update(map, memory_arg(r2), memory_arg(r3), r4);
}

notrace u64 helper_map_delete_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = map_arg(r1);

	if (unlikely(!map->ops->delete))
		return -EOPNOTSUPP;
	return map->ops->delete(map, memory_arg(r2));
}
