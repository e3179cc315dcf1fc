// SPDX-License-Identifier: GPL-2.0-only
/*
 * ARRAY: max_entries values side by side, all there from the start, zero.
 *
 * A value never moves, so programs and user mappings may hold its address as
 * long as they hold the map. Nothing is locked: who writes a value while
 * another reads it is seen word by word.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "module/map/area.h"
#include "module/map/index.h"
#include "module/map/timer.h"
#include "module/map/types.h"
#include "module/map/value.h"
#include "module/map/value_lock.h"

struct array_map {
	struct modbpf_map map;
	u8 *values;
	u32 stride;
	struct page_area pages;	/* holds the values if user space may map them */
};

static struct array_map *array_of(struct modbpf_map *map)
{
	return container_of(map, struct array_map, map);
}

static int array_alloc_values(struct array_map *array, const struct map_attr *params, u64 bytes)
{
	int err;

	if (!(params->flags & MODBPF_F_MMAPABLE)) {
		array->values = map_area_alloc(bytes, params->numa_node);
		array->map.memory = sizeof(*array) + bytes;
		return array->values ? 0 : -ENOMEM;
	}
	err = page_area_alloc(&array->pages, DIV_ROUND_UP_ULL(bytes, PAGE_SIZE), 0,
			      params->numa_node);
	array->values = array->pages.addr;
	array->map.memory = sizeof(*array) + PAGE_ALIGN(bytes);
	return err;
}

static struct modbpf_map *array_create(const struct map_attr *params)
{
	struct array_map *array;
	u64 bytes;
	int err;

	array = kzalloc(sizeof(*array), GFP_KERNEL_ACCOUNT);
	if (!array)
		return ERR_PTR(-ENOMEM);
	array->stride = value_stride(params->value_size);
	/* Below 2^63: the stride is at most 2^31. */
	bytes = (u64)array->stride * params->max_entries;
	err = array_alloc_values(array, params, bytes);
	if (err) {
		kfree(array);
		return ERR_PTR(err);
	}
	return &array->map;
}

static void array_destroy(struct modbpf_map *map)
{
	struct array_map *array = array_of(map);

	if (array->pages.addr)
		page_area_free(&array->pages);
	else
		map_area_free(array->values);
	kfree(array);
}

static void *array_value(struct array_map *array, u32 index)
{
	index = array_index_nospec(index, array->map.max_entries);
	return array->values + (u64)index * array->stride;
}

static notrace void *array_lookup(struct modbpf_map *map, const void *key)
{
	u32 index = index_of_key(key);

	if (unlikely(index >= map->max_entries))
		return NULL;
	return array_value(array_of(map), index);
}

static notrace void *array_elem_at(struct modbpf_map *map, u32 index, const void **key)
{
	return array_value(array_of(map), index);
}

static notrace long array_update(struct modbpf_map *map, const void *key, const void *value,
				 u64 flags)
{
	bool is_locked = map_flags_take_lock(map, &flags);
	u32 index = index_of_key(key);
	int err = index_check_update(map, index, flags);
	void *found;

	if (unlikely(err))
		return err;
	found = array_value(array_of(map), index);
	if (!map_timer_drop(map, found))
		return -EBUSY;
	map_value_write(map, found, value, is_locked);
	return 0;
}

static int array_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	bool is_locked = map_flags_take_lock(map, &flags);
	void *found;

	if (flags)
		return -EINVAL;
	found = array_lookup(map, key);
	if (!found)
		return -ENOENT;
	map_value_read(map, value, found, is_locked);
	return 0;
}

/* As many whole pages as the values take; what is behind the last value is zero. */
static int array_mmap(struct modbpf_map *map, struct vm_area_struct *vma)
{
	struct array_map *array = array_of(map);
	u64 first = vma->vm_pgoff, cnt = vma_pages(vma);

	if (!array->pages.addr)
		return -EINVAL;
	if (first > array->pages.page_cnt || cnt > array->pages.page_cnt - first)
		return -EINVAL;
	return remap_vmalloc_range(vma, array->values, vma->vm_pgoff);
}

static void array_bind(struct modbpf_map *map, struct map_bind *bind)
{
	struct array_map *array = array_of(map);

	bind->values = (unsigned long)array->values;
	bind->stride = array->stride;
	bind->max_entries = map->max_entries;
}

static const u8 *array_frozen_bytes(struct modbpf_map *map)
{
	return map->max_entries == 1 ? array_of(map)->values : NULL;
}

const struct map_ops map_array_ops = {
	.type = MODBPF_MAP_ARRAY,
	.name = "array",
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE,
	.create = array_create,
	.destroy = array_destroy,
	.lookup = array_lookup,
	.elem_at = array_elem_at,
	.update = array_update,
	.for_each = index_for_each,
	.delete = index_delete,
	.sys_lookup = array_sys_lookup,
	.next_key = index_next_key,
	.mmap = array_mmap,
	.bind = array_bind,
	.frozen_bytes = array_frozen_bytes,
};
