// SPDX-License-Identifier: GPL-2.0-only
/*
 * PERCPU_ARRAY: an array of which each CPU has its own copy.
 *
 * A program sees the value of the CPU that it runs on; the system calls see
 * those of all possible CPUs, one after another, each rounded up to 8 bytes.
 * Values lie in a few per-CPU allocations ("chunks") of a power of two of
 * entries each, because one allocation cannot exceed PCPU_MIN_UNIT_SIZE; an
 * array that fits in one has one.
 */
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "module/map/area.h"
#include "module/map/index.h"
#include "module/map/types.h"
#include "module/map/value.h"

struct percpu_array_map {
	struct modbpf_map map;
	u32 stride;
	u32 chunk_shift;	/* index >> chunk_shift is the chunk */
	u32 chunk_cnt;
	void __percpu **chunks;
};

static struct percpu_array_map *percpu_array_of(struct modbpf_map *map)
{
	return container_of(map, struct percpu_array_map, map);
}

static void free_chunks(struct percpu_array_map *array)
{
	u32 i;

	for (i = 0; i < array->chunk_cnt; i++) {
		free_percpu(array->chunks[i]);
		cond_resched();
	}
	map_area_free(array->chunks);
}

static int alloc_chunks(struct percpu_array_map *array, u32 max_entries)
{
	u32 entries = min(max_entries, 1U << array->chunk_shift);
	u32 cnt = (max_entries - 1) >> array->chunk_shift;

	cnt++;
	/* At most 2^32 entries of 2^15 bytes. More than there is would be got by killing others. */
	if (((u64)max_entries * array->stride >> PAGE_SHIFT) * num_possible_cpus() >=
	    totalram_pages())
		return -ENOMEM;
	array->chunks = map_area_alloc((u64)cnt * sizeof(*array->chunks), NUMA_NO_NODE);
	if (!array->chunks)
		return -ENOMEM;
	for (; array->chunk_cnt < cnt; array->chunk_cnt++) {
		void __percpu *chunk = NULL;

		/* Zeroed by the allocator. */
		if (!fatal_signal_pending(current))
			chunk = __alloc_percpu_gfp((size_t)entries * array->stride, 8,
						   GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY);
		if (!chunk)
			return -ENOMEM;
		array->chunks[array->chunk_cnt] = chunk;
		cond_resched();
	}
	array->map.memory = sizeof(*array) + (u64)cnt * sizeof(*array->chunks) +
			    (u64)cnt * entries * array->stride * num_possible_cpus();
	return 0;
}

static struct modbpf_map *percpu_array_create(const struct map_attr *params)
{
	struct percpu_array_map *array;
	int err;

	array = kzalloc(sizeof(*array), GFP_KERNEL_ACCOUNT);
	if (!array)
		return ERR_PTR(-ENOMEM);
	array->stride = value_stride(params->value_size);
	array->chunk_shift = ilog2(PCPU_MIN_UNIT_SIZE / array->stride);
	err = alloc_chunks(array, params->max_entries);
	if (err) {
		free_chunks(array);
		kfree(array);
		return ERR_PTR(err);
	}
	return &array->map;
}

static void percpu_array_destroy(struct modbpf_map *map)
{
	struct percpu_array_map *array = percpu_array_of(map);

	free_chunks(array);
	kfree(array);
}

/* @index is below max_entries. */
static void __percpu *percpu_array_value(struct percpu_array_map *array, u32 index)
{
	u32 in_chunk;

	index = array_index_nospec(index, array->map.max_entries);
	in_chunk = index & ((1U << array->chunk_shift) - 1);
	return array->chunks[index >> array->chunk_shift] + in_chunk * array->stride;
}

/* The caller cannot migrate. */
static notrace void *percpu_array_lookup(struct modbpf_map *map, const void *key)
{
	u32 index = index_of_key(key);

	if (unlikely(index >= map->max_entries))
		return NULL;
	return raw_cpu_ptr(percpu_array_value(percpu_array_of(map), index));
}

static notrace long percpu_array_update(struct modbpf_map *map, const void *key,
					const void *value, u64 flags)
{
	u32 index = index_of_key(key);
	int err = index_check_update(map, index, flags);

	if (unlikely(err))
		return err;
	value_copy(raw_cpu_ptr(percpu_array_value(percpu_array_of(map), index)), value,
		   map->value_size);
	return 0;
}

static u32 percpu_array_sys_value_size(const struct modbpf_map *map)
{
	return value_stride(map->value_size) * num_possible_cpus();
}

static int percpu_array_sys_lookup(struct modbpf_map *map, const void *key, void *value, u64 flags)
{
	struct percpu_array_map *array = percpu_array_of(map);
	u32 index = index_of_key(key);
	void __percpu *values;
	u8 *out = value;
	int cpu;

	if (flags)
		return -EINVAL;
	if (index >= map->max_entries)
		return -ENOENT;
	values = percpu_array_value(array, index);
	for_each_possible_cpu(cpu) {
		/* The padding was zeroed with the chunk and is never written. */
		value_copy(out, per_cpu_ptr(values, cpu), array->stride);
		out += array->stride;
	}
	return 0;
}

static int percpu_array_sys_update(const struct caller *caller, struct modbpf_map *map,
				   const void *key, const void *value, u64 flags)
{
	struct percpu_array_map *array = percpu_array_of(map);
	u32 index = index_of_key(key);
	int err = index_check_update(map, index, flags);
	void __percpu *values;
	const u8 *in = value;
	int cpu;

	if (err)
		return err;
	values = percpu_array_value(array, index);
	for_each_possible_cpu(cpu) {
		value_copy(per_cpu_ptr(values, cpu), in, map->value_size);
		in += array->stride;
	}
	return 0;
}

const struct map_ops percpu_array_map_ops = {
	.type = MODBPF_MAP_PERCPU_ARRAY,
	.name = "percpu_array",
	.create = percpu_array_create,
	.destroy = percpu_array_destroy,
	.lookup = percpu_array_lookup,
	.update = percpu_array_update,
	.for_each = index_for_each,
	.delete = index_delete,
	.sys_lookup = percpu_array_sys_lookup,
	.sys_update = percpu_array_sys_update,
	.sys_value_size = percpu_array_sys_value_size,
	.next_key = index_next_key,
};
