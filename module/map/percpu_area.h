/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of which each CPU has its own: zeroed, charged to the caller's memory
 * cgroup. A program sees that of the CPU it runs on; the system calls see those of
 * all possible CPUs, one after another, each rounded up to 8 bytes.
 *
 * Values lie in a few per-CPU allocations ("chunks") of a power of two of values
 * each, because one allocation cannot exceed PCPU_MIN_UNIT_SIZE; what fits in one
 * has one.
 */
#ifndef MODBPF_MODULE_MAP_PERCPU_AREA_H
#define MODBPF_MODULE_MAP_PERCPU_AREA_H

#include <linux/percpu.h>

#include "module/map.h"

struct percpu_area {
	void __percpu **chunks;	/* NULL: nothing here */
	u32 chunk_cnt;
	u32 chunk_shift;	/* index >> chunk_shift is the chunk */
	u32 stride;		/* bytes from one value to the next */
};

/*
 * @cnt values, at least one, of @value_size bytes, up to PCPU_MIN_UNIT_SIZE. Process
 * context, may sleep. What it takes is added to *@memory. 0 or -ENOMEM, also when
 * the caller is being killed; percpu_area_free() it in any case.
 */
int percpu_area_alloc(struct percpu_area *area, u32 cnt, u32 value_size, u64 *memory);
/* An area that was never allocated is all zero, and may be freed. */
void percpu_area_free(struct percpu_area *area);

static inline void __percpu *percpu_area_at(const struct percpu_area *area, u32 index)
{
	u32 in_chunk = index & ((1U << area->chunk_shift) - 1);

	return area->chunks[index >> area->chunk_shift] + in_chunk * area->stride;
}

/* Between one value and all of a system call's. Any context. */
void percpu_value_get(void *all, void __percpu *values, u32 value_size);
void percpu_value_set(void __percpu *values, const void *all, u32 value_size);
/* NULL: there is no such CPU. */
void *percpu_value_of(void __percpu *values, u32 cpu);

/* map_ops.sys_value_size of maps with such values. */
u32 percpu_sys_value_size(const struct modbpf_map *map);

#endif
