// SPDX-License-Identifier: GPL-2.0-only
/* Where do values lie of which each CPU has its own? */
#include "module/map/percpu_area.h"

#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "module/map/area.h"
#include "module/map/value.h"

int percpu_area_alloc(struct percpu_area *area, u32 cnt, u32 value_size, u64 *memory)
{
	u32 in_chunk, chunk_cnt;

	area->stride = value_stride(value_size);
	area->chunk_shift = ilog2(PCPU_MIN_UNIT_SIZE / area->stride);
	in_chunk = min(cnt, 1U << area->chunk_shift);
	chunk_cnt = ((cnt - 1) >> area->chunk_shift) + 1;
	/* At most 2^32 values of 2^15 bytes. More than there is would be got by killing others. */
	if (((u64)cnt * area->stride >> PAGE_SHIFT) * num_possible_cpus() >= totalram_pages())
		return -ENOMEM;
	area->chunks = map_area_alloc((u64)chunk_cnt * sizeof(*area->chunks), NUMA_NO_NODE);
	if (!area->chunks)
		return -ENOMEM;
	for (; area->chunk_cnt < chunk_cnt; area->chunk_cnt++) {
		void __percpu *chunk = NULL;

		/* Zeroed by the allocator. */
		if (!fatal_signal_pending(current))
			chunk = __alloc_percpu_gfp((size_t)in_chunk * area->stride, 8,
						   GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY);
		if (!chunk)
			return -ENOMEM;
		area->chunks[area->chunk_cnt] = chunk;
		cond_resched();
	}
	*memory += (u64)chunk_cnt * sizeof(*area->chunks) +
		   (u64)chunk_cnt * in_chunk * area->stride * num_possible_cpus();
	return 0;
}

void percpu_area_free(struct percpu_area *area)
{
	u32 i;

	for (i = 0; i < area->chunk_cnt; i++) {
		free_percpu(area->chunks[i]);
		cond_resched();
	}
	map_area_free(area->chunks);
}

/* The padding was zeroed with the chunk and is never written. */
notrace void percpu_value_get(void *all, void __percpu *values, u32 value_size)
{
	u32 stride = value_stride(value_size);
	u8 *to = all;
	int cpu;

	for_each_possible_cpu(cpu) {
		value_copy(to, per_cpu_ptr(values, cpu), stride);
		to += stride;
	}
}

notrace void percpu_value_set(void __percpu *values, const void *all, u32 value_size)
{
	const u8 *from = all;
	int cpu;

	for_each_possible_cpu(cpu) {
		value_copy(per_cpu_ptr(values, cpu), from, value_size);
		from += value_stride(value_size);
	}
}

notrace void *percpu_value_of(void __percpu *values, u32 cpu)
{
	if (cpu >= nr_cpu_ids)
		return NULL;
	cpu = array_index_nospec(cpu, nr_cpu_ids);
	return cpu_possible(cpu) ? per_cpu_ptr(values, cpu) : NULL;
}

u32 percpu_sys_value_size(const struct modbpf_map *map)
{
	return value_stride(map->value_size) * num_possible_cpus();
}
