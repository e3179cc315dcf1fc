// SPDX-License-Identifier: GPL-2.0-only
/* How do ring buffers get their memory, and user space a view of it? */
#include "module/map/ring.h"

#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "module/compat/vma.h"
#include "verifier/map_attr.h"

static void ring_wake(struct irq_work *work)
{
	wake_up_all(&container_of(work, struct ring, wake)->waiters);
}

int ring_create(struct ring *ring, const struct map_attr *params, u64 *memory)
{
	u8 *base;
	int err;

	err = page_area_alloc(&ring->area, RING_DATA_PAGE, params->max_entries >> PAGE_SHIFT,
			      params->numa_node);
	if (err)
		return err;
	base = ring->area.addr;
	ring->consumer = (unsigned long *)(base + RING_CONSUMER_PAGE * PAGE_SIZE);
	ring->producer = (unsigned long *)(base + RING_PRODUCER_PAGE * PAGE_SIZE);
	ring->data = base + RING_DATA_PAGE * PAGE_SIZE;
	ring->mask = params->max_entries - 1;
	*memory += (u64)ring->area.page_cnt * PAGE_SIZE;
	init_waitqueue_head(&ring->waiters);
	init_irq_work(&ring->wake, ring_wake);
	return 0;
}

void ring_destroy(struct ring *ring)
{
	irq_work_sync(&ring->wake);
	page_area_free(&ring->area);
}

int ring_mmap(struct ring *ring, struct vm_area_struct *vma)
{
	u64 first = vma->vm_pgoff, cnt = vma_pages(vma);
	u64 pages = (RING_DATA_PAGE - RING_CONSUMER_PAGE) + 2 * ((ring->mask + 1) >> PAGE_SHIFT);

	if (first > pages || cnt > pages - first)
		return -EINVAL;
	if (!(vma->vm_flags & VM_WRITE))
		compat_vm_flags_clear(vma, VM_MAYWRITE);
	return remap_vmalloc_range(vma, ring->area.addr, first + RING_CONSUMER_PAGE);
}
