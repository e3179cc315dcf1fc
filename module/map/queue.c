// SPDX-License-Identifier: GPL-2.0-only
/*
 * QUEUE and STACK: values without keys; what goes in comes out in the order of its
 * coming, or in the reverse one.
 *
 * Both are a ring of max_entries values, of which cnt are there, the oldest at
 * first. They differ in one thing, which end is read. All happens under one lock: a
 * value is never seen half written, and is given to one who pops it.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/lock.h"
#include "module/map/types.h"
#include "module/map/value.h"

struct queue_map {
	struct modbpf_map map;
	u8 *values;
	u32 stride;
	raw_spinlock_t lock;	/* first, cnt, values */
	u32 first;		/* below max_entries */
	u32 cnt;		/* up to max_entries */
};

static struct queue_map *queue_of(struct modbpf_map *map)
{
	return container_of(map, struct queue_map, map);
}

static struct modbpf_map *queue_create(const struct map_attr *params)
{
	struct queue_map *queue;
	u64 bytes;

	queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&queue->lock);
	queue->stride = value_stride(params->value_size);
	/* Below 2^55: a value is at most MAP_ATTR_ALLOC_BYTES. */
	bytes = (u64)queue->stride * params->max_entries;
	queue->values = map_area_alloc(bytes, params->numa_node);
	if (!queue->values) {
		kfree(queue);
		return ERR_PTR(-ENOMEM);
	}
	queue->map.memory = sizeof(*queue) + bytes;
	return &queue->map;
}

static void queue_destroy(struct modbpf_map *map)
{
	struct queue_map *queue = queue_of(map);

	map_area_free(queue->values);
	kfree(queue);
}

/* The value that came as number @nth of those that are there. */
static u8 *queue_value(const struct queue_map *queue, u32 nth)
{
	u64 at = (u64)queue->first + nth;

	if (at >= queue->map.max_entries)
		at -= queue->map.max_entries;
	return queue->values + at * queue->stride;
}

/* The lock is held, and one is there. */
static void queue_drop_oldest(struct queue_map *queue)
{
	queue->first = queue->first + 1 < queue->map.max_entries ? queue->first + 1 : 0;
	queue->cnt--;
}

/* BPF_EXIST: if there is no room, the oldest makes some. */
static notrace long queue_push(struct modbpf_map *map, const void *value, u64 flags)
{
	struct queue_map *queue = queue_of(map);
	unsigned long irq;
	long err = 0;

	if (flags != MODBPF_ANY && flags != MODBPF_EXIST)
		return -EINVAL;
	if (!map_lock(&queue->lock, &irq))
		return -EBUSY;
	if (queue->cnt == map->max_entries && flags == MODBPF_EXIST)
		queue_drop_oldest(queue);
	if (queue->cnt == map->max_entries)
		err = -E2BIG;
	else
		value_copy(queue_value(queue, queue->cnt++), value, map->value_size);
	map_unlock(&queue->lock, irq);
	return err;
}

static __always_inline long queue_read(struct modbpf_map *map, void *value, bool oldest,
				       bool remove)
{
	struct queue_map *queue = queue_of(map);
	unsigned long irq;
	long err = -ENOENT;

	if (!map_lock(&queue->lock, &irq)) {
		memset(value, 0, map->value_size);
		return -EBUSY;
	}
	if (queue->cnt) {
		value_copy(value, queue_value(queue, oldest ? 0 : queue->cnt - 1),
			   map->value_size);
		err = 0;
	}
	if (!err && remove && oldest)
		queue_drop_oldest(queue);
	else if (!err && remove)
		queue->cnt--;
	map_unlock(&queue->lock, irq);
	if (err)
		memset(value, 0, map->value_size);
	return err;
}

static notrace long queue_pop(struct modbpf_map *map, void *value)
{
	return queue_read(map, value, true, true);
}

static notrace long queue_peek(struct modbpf_map *map, void *value)
{
	return queue_read(map, value, true, false);
}

static notrace long stack_pop(struct modbpf_map *map, void *value)
{
	return queue_read(map, value, false, true);
}

static notrace long stack_peek(struct modbpf_map *map, void *value)
{
	return queue_read(map, value, false, false);
}

static long queue_delete(struct modbpf_map *map, const void *key)
{
	return -EINVAL;
}

static int queue_next_key(struct modbpf_map *map, const void *key, void *next)
{
	return -EINVAL;
}

const struct map_ops map_queue_ops = {
	.type = MODBPF_MAP_QUEUE,
	.name = "queue",
	.create = queue_create,
	.destroy = queue_destroy,
	.push = queue_push,
	.pop = queue_pop,
	.peek = queue_peek,
	.delete = queue_delete,
	.next_key = queue_next_key,
};

const struct map_ops map_stack_ops = {
	.type = MODBPF_MAP_STACK,
	.name = "stack",
	.create = queue_create,
	.destroy = queue_destroy,
	.push = queue_push,
	.pop = stack_pop,
	.peek = stack_peek,
	.delete = queue_delete,
	.next_key = queue_next_key,
};
