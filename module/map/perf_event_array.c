// SPDX-License-Identifier: GPL-2.0-only
/*
 * PERF_EVENT_ARRAY: the events that programs put records out to, or whose counts they read,
 * mostly one per CPU. The slots are emptied when the user has closed the last descriptor of
 * the map, unless it was made to keep them.
 */
#include "module/map/perf_event_array.h"

#include <linux/err.h>
#include <linux/errno.h>

#include "module/event.h"
#include "module/event/output.h"
#include "module/map/fd_array.h"
#include "module/map/index.h"
#include "module/map/types.h"

static void *get(const struct caller *caller, const struct modbpf_map *map, const void *value)
{
	struct modbpf_event *event;
	int fd;

	memcpy(&fd, value, sizeof(fd));
	event = event_get_by_fd(caller, fd);
	if (!IS_ERR(event) && !event_takes_output(event) && !event->ops->read) {
		event_put(event);
		return ERR_PTR(-EOPNOTSUPP);
	}
	return event;
}

static void put(void *event)
{
	event_put(event);
}

/* An event has no number by which others would know it. */
static const struct fd_array_kind kind = { get, put, NULL };

static struct modbpf_map *perf_event_array_create(const struct map_attr *params)
{
	return fd_array_create(params, &kind);
}

static void perf_event_array_release_fds(struct modbpf_map *map)
{
	if (!(map->flags & MODBPF_F_PRESERVE_ELEMS))
		fd_array_clear(map);
}

/* ERR_PTR(-E2BIG, -ENOENT) */
static notrace struct modbpf_event *event_at(struct modbpf_map *map, u64 index)
{
	struct modbpf_event *event;

	if (unlikely(index >= map->max_entries))
		return ERR_PTR(-E2BIG);
	event = fd_array_at(map, index);
	return event ? : ERR_PTR(-ENOENT);
}

notrace int perf_event_array_output(struct modbpf_map *map, u64 index, const void *data, u64 bytes)
{
	struct modbpf_event *event = event_at(map, index);

	return IS_ERR(event) ? PTR_ERR(event) : event_output(event, data, bytes);
}

notrace int perf_event_array_read(struct modbpf_map *map, u64 index, u64 *count)
{
	struct modbpf_event *event = event_at(map, index);

	if (IS_ERR(event))
		return PTR_ERR(event);
	return event->ops->read ? event->ops->read(event, count) : -EINVAL;
}

const struct map_ops map_perf_event_array_ops = {
	.type = MODBPF_MAP_PERF_EVENT_ARRAY,
	.name = "perf_event_array",
	.create = perf_event_array_create,
	.destroy = fd_array_destroy,
	.sys_lookup = fd_array_sys_lookup,
	.sys_update = fd_array_sys_update,
	.sys_delete = fd_array_sys_delete,
	.next_key = index_next_key,
	.release_fds = perf_event_array_release_fds,
};
