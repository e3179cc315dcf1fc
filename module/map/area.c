// SPDX-License-Identifier: GPL-2.0-only
/* Where does a map's memory come from? */
#include "module/map/area.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "module/compat/page.h"

void *map_area_alloc(u64 bytes, int node)
{
	/* Neither allocator is asked for what the machine does not have. */
	if (bytes >> PAGE_SHIFT >= totalram_pages())
		return NULL;
	if (bytes <= INT_MAX)
		return kvmalloc_node(bytes, MAP_AREA_GFP, node);
	/* kvmalloc() stops there, and nothing else that is exported takes a node. */
	return __vmalloc(bytes, MAP_AREA_GFP);
}

void map_area_free(void *area)
{
	kvfree(area);
}

static void free_pages_of(struct page **pages, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt; i++) {
		__free_page(pages[i]);
		if (!(i & 1023))
			cond_resched();
	}
}

/* How many of @cnt pages were to be had. */
static u32 alloc_pages_into(struct page **pages, u32 cnt, int node)
{
	u32 i;

	for (i = 0; i < cnt; i++) {
		if (!(i & 1023)) {
			cond_resched();
			if (fatal_signal_pending(current))
				break;
		}
		pages[i] = alloc_pages_node(node, compat_mapped_page_gfp(MAP_AREA_GFP), 0);
		if (!pages[i])
			break;
	}
	return i;
}

int page_area_alloc(struct page_area *area, u64 once, u64 twice, int node)
{
	u64 cnt = once + twice, mapped = cnt + twice, i;
	struct page **pages;
	u32 got;

	if (cnt >= totalram_pages() || mapped > INT_MAX)
		return -ENOMEM;
	pages = map_area_alloc(mapped * sizeof(*pages), node);
	if (!pages)
		return -ENOMEM;
	got = alloc_pages_into(pages, cnt, node);
	if (got < cnt)
		goto free_pages;
	for (i = once; i < cnt; i++)
		pages[twice + i] = pages[i];
	area->addr = vmap(pages, mapped, VM_MAP | VM_USERMAP, PAGE_KERNEL);
	if (!area->addr)
		goto free_pages;
	area->pages = pages;
	area->page_cnt = cnt;
	return 0;

free_pages:
	free_pages_of(pages, got);
	map_area_free(pages);
	return -ENOMEM;
}

void page_area_free(struct page_area *area)
{
	if (!area->addr)
		return;
	vunmap(area->addr);
	free_pages_of(area->pages, area->page_cnt);
	map_area_free(area->pages);
	area->addr = NULL;
}
