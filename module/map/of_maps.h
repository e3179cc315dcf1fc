/* SPDX-License-Identifier: GPL-2.0-only */
/* What maps of maps have in common: which map may stand in them, and how it is held. */
#ifndef MODBPF_MODULE_MAP_OF_MAPS_H
#define MODBPF_MODULE_MAP_OF_MAPS_H

#include "module/map.h"

/*
 * The map behind the fd that is the value of an update of @outer, with a reference.
 * ERR_PTR(-EBADF, -EINVAL: not a map, or not one like those that @outer was made for).
 * Sleeps.
 */
struct modbpf_map *inner_map_get(const struct caller *caller, const struct modbpf_map *outer,
				 const void *value);

/* What a system call sees of a map that stands in another one: its id. */
static inline u32 inner_map_id(const struct modbpf_map *inner)
{
	return inner->obj.id;
}

#endif
