/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that a map is made of: zeroed, charged to the caller's memory
 * cgroup, freed whole. Process context, may sleep.
 */
#ifndef MODBPF_MODULE_MAP_AREA_H
#define MODBPF_MODULE_MAP_AREA_H

#include <linux/types.h>

#define MAP_AREA_GFP (GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* @bytes of any size; @node NUMA_NO_NODE: anywhere. NULL: no memory. */
void *map_area_alloc(u64 bytes, int node);
void map_area_free(void *area);

/* Pages that user space can map with remap_vmalloc_range(). */
struct page_area {
	void *addr;		/* of the first page; NULL: nothing here */
	struct page **pages;
	u32 page_cnt;		/* each once */
};

/*
 * @once pages, followed by @twice pages that appear two times in a row. 0 or
 * -ENOMEM, also when the caller is being killed.
 */
int page_area_alloc(struct page_area *area, u64 once, u64 twice, int node);
/* An area that was never allocated is all zero, and may be freed. */
void page_area_free(struct page_area *area);

#endif
