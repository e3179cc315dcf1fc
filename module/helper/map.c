// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may a program do with a map? What the type offers; the verifier has
 * refused the rest, and a type that lacks an operation is refused again here. That is all:
 * where a program's map is known, machine code calls the map's function itself (bind_calls).
 */
#include "module/helper/functions.h"

#include <linux/errno.h>
#include <linux/string.h>

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

notrace u64 helper_map_push_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = map_arg(r1);

	if (unlikely(!map->ops->push))
		return -EOPNOTSUPP;
	return map->ops->push(map, memory_arg(r2), r3);
}

/* The verifier takes all of the buffer for written. */
static u64 fill_nothing(const struct modbpf_map *map, void *value)
{
	memset(value, 0, map->value_size);
	return -EOPNOTSUPP;
}

notrace u64 helper_map_pop_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = map_arg(r1);
	void *value = (void *)memory_arg(r2);

	if (unlikely(!map->ops->pop))
		return fill_nothing(map, value);
	return map->ops->pop(map, value);
}

notrace u64 helper_map_peek_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = map_arg(r1);
	void *value = (void *)memory_arg(r2);

	if (unlikely(!map->ops->peek))
		return fill_nothing(map, value);
	return map->ops->peek(map, value);
}

notrace u64 helper_map_lookup_percpu_elem(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct modbpf_map *map = map_arg(r1);

	if (unlikely(!map->ops->lookup_percpu))
		return 0;
	return (unsigned long)map->ops->lookup_percpu(map, memory_arg(r2), r3);
}
