// SPDX-License-Identifier: GPL-2.0-only
/* How does an array hold objects that were named by descriptor? */
#include "module/map/fd_array.h"

#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/index.h"

struct fd_array_map {
	struct modbpf_map map;
	const struct fd_array_kind *kind;
	void __rcu **objects;	/* references; NULL: empty */
	u32 slot_cnt;
	struct mutex change;
};

/* Values of 4 bytes are charged for as 8 before they are allocated. */
static_assert(MAP_ATTR_ADDRESS_BYTES <= sizeof(void *));

static struct fd_array_map *fd_array_of(struct modbpf_map *map)
{
	return container_of(map, struct fd_array_map, map);
}

struct modbpf_map *fd_array_create(const struct map_attr *params, const struct fd_array_kind *kind)
{
	u64 bytes = (u64)params->max_entries * sizeof(void *);
	struct fd_array_map *array = kzalloc(sizeof(*array), GFP_KERNEL_ACCOUNT);

	if (!array)
		return ERR_PTR(-ENOMEM);
	array->objects = map_area_alloc(bytes, params->numa_node);
	if (!array->objects) {
		kfree(array);
		return ERR_PTR(-ENOMEM);
	}
	mutex_init(&array->change);
	array->kind = kind;
	array->slot_cnt = params->max_entries;
	array->map.memory = sizeof(*array) + bytes;
	return &array->map;
}

/* Put @object, or nothing, into a slot; was there one before? */
static bool fd_array_swap(struct fd_array_map *array, u32 index, void *object)
{
	void *old;

	mutex_lock(&array->change);
	old = rcu_replace_pointer(array->objects[index], object, lockdep_is_held(&array->change));
	mutex_unlock(&array->change);
	if (old)
		array->kind->put(old);
	return old;
}

void fd_array_clear(struct modbpf_map *map)
{
	struct fd_array_map *array = fd_array_of(map);
	u32 i;

	for (i = 0; i < array->slot_cnt; i++) {
		if (rcu_access_pointer(array->objects[i]))
			fd_array_swap(array, i, NULL);
		if (!(i & 0xfff))
			cond_resched();
	}
}

void fd_array_destroy(struct modbpf_map *map)
{
	struct fd_array_map *array = fd_array_of(map);

	fd_array_clear(map);
	map_area_free((void *)array->objects);
	mutex_destroy(&array->change);
	kfree(array);
}

notrace void *fd_array_at(struct modbpf_map *map, u32 index)
{
	index = array_index_nospec(index, map->max_entries);
	return rcu_dereference_check(fd_array_of(map)->objects[index], 1);
}

int fd_array_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	const struct fd_array_kind *kind = fd_array_of(map)->kind;
	u32 index = index_of_key(key), id = 0;
	const void *object;

	if (!kind->id)
		return -ENOTSUPP;
	if (flags)
		return -EINVAL;
	if (index >= map->max_entries)
		return -ENOENT;
	rcu_read_lock();
	object = fd_array_at(map, index);
	if (object)
		id = kind->id(object);
	rcu_read_unlock();
	memcpy(value, &id, sizeof(id));
	return object ? 0 : -ENOENT;
}

int fd_array_sys_update(const struct caller *caller, struct modbpf_map *map, const void *key,
			const void *value, u64 flags)
{
	struct fd_array_map *array = fd_array_of(map);
	u32 index = index_of_key(key);
	void *object;

	if (flags != MODBPF_ANY)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	object = array->kind->get(caller, map, value);
	if (IS_ERR(object))
		return PTR_ERR(object);
	fd_array_swap(array, index, object);
	return 0;
}

int fd_array_sys_delete(struct modbpf_map *map, const void *key)
{
	u32 index = index_of_key(key);

	if (index >= map->max_entries)
		return -E2BIG;
	return fd_array_swap(fd_array_of(map), index, NULL) ? 0 : -ENOENT;
}
