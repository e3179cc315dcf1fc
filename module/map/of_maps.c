// SPDX-License-Identifier: GPL-2.0-only
/* Which map may stand in a map of maps? One that is as the verifier was told they are. */
#include "module/map/of_maps.h"

#include <linux/err.h>

#include "module/caller.h"

struct modbpf_map *inner_map_get(const struct caller *caller, const struct modbpf_map *outer,
				 const void *value)
{
	struct modbpf_map *inner;
	struct map_attr attr;
	int fd;

	memcpy(&fd, value, sizeof(fd));
	inner = map_get_for_programs(caller, fd);
	if (IS_ERR(inner))
		return inner;
	map_attr_of(inner, &attr);
	if (map_attr_fits(&outer->inner->attr, &attr) &&
	    !memcmp(inner->field_end, outer->inner->desc.field_end, sizeof(inner->field_end)))
		return inner;
	map_put(inner);
	return ERR_PTR(-EINVAL);
}
