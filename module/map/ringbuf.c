// SPDX-License-Identifier: GPL-2.0-only
/*
 * RINGBUF: records from programs on all CPUs, in one order, to a consumer in
 * user space that maps the memory.
 *
 * Layout, as Linux's: the consumer's page (it writes its position there), the
 * producer's page (read only), then the data pages two times in a row (read
 * only), so that a record that wraps around is contiguous. In front lies a
 * page that is never mapped. Positions count bytes for ever; a record begins
 * with its header at (position & mask).
 *
 * Reserving is done under a lock and moves the producer's position; a record is
 * busy until it is committed, and the consumer stops at the first busy one.
 * The consumer's position is the only thing here that user space can write, and
 * it is only compared: a wrong one loses records, never more. Space is given
 * out again only if it also lies behind the oldest record that is not committed.
 */
#include "module/map/ringbuf.h"

#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "module/compat/vma.h"
#include "module/map/area.h"
#include "module/map/lock.h"
#include "module/map/types.h"

/* Linux's record header: bits of its len, and its size. */
#define RINGBUF_BUSY_BIT (1U << 31)
#define RINGBUF_DISCARD_BIT (1U << 30)
#define RINGBUF_HEADER_BYTES 8
#define RINGBUF_MAX_RECORD (U32_MAX / 4)

struct ringbuf_header {
	u32 len;	/* bytes of the record, and the bits above */
	u32 page;	/* pages from the start of the area to this header; user space ignores it */
};

/* Pages of the area. The data begin behind them. */
enum {
	RINGBUF_PRIVATE_PAGE,
	RINGBUF_CONSUMER_PAGE,
	RINGBUF_PRODUCER_PAGE,
	RINGBUF_DATA_PAGE,
};

struct ringbuf_map {
	struct modbpf_map map;
	struct page_area area;
	unsigned long *consumer;	/* position, in its page; written by user space */
	unsigned long *producer;	/* position, in its page */
	unsigned long pending;		/* position of the oldest record that may be busy */
	u8 *data;
	u64 mask;			/* bytes of data - 1 */
	raw_spinlock_t lock;		/* *producer, pending */
	wait_queue_head_t waiters;
	struct irq_work wake;		/* a waiter cannot be woken from everywhere */
};

static struct ringbuf_map *ringbuf_of(struct modbpf_map *map)
{
	return container_of(map, struct ringbuf_map, map);
}

static void ringbuf_wake(struct irq_work *work)
{
	wake_up_all(&container_of(work, struct ringbuf_map, wake)->waiters);
}

static struct modbpf_map *ringbuf_create(const struct map_attr *params)
{
	struct ringbuf_map *rb;
	u8 *base;
	int err;

	rb = kzalloc(sizeof(*rb), GFP_KERNEL_ACCOUNT);
	if (!rb)
		return ERR_PTR(-ENOMEM);
	err = page_area_alloc(&rb->area, RINGBUF_DATA_PAGE, params->max_entries >> PAGE_SHIFT,
			      params->numa_node);
	if (err) {
		kfree(rb);
		return ERR_PTR(err);
	}
	base = rb->area.addr;
	*(struct ringbuf_map **)base = rb;
	rb->consumer = (unsigned long *)(base + RINGBUF_CONSUMER_PAGE * PAGE_SIZE);
	rb->producer = (unsigned long *)(base + RINGBUF_PRODUCER_PAGE * PAGE_SIZE);
	rb->data = base + RINGBUF_DATA_PAGE * PAGE_SIZE;
	rb->mask = params->max_entries - 1;
	rb->map.memory = sizeof(*rb) + (u64)rb->area.page_cnt * PAGE_SIZE;
	raw_spin_lock_init(&rb->lock);
	init_waitqueue_head(&rb->waiters);
	init_irq_work(&rb->wake, ringbuf_wake);
	return &rb->map;
}

static void ringbuf_destroy(struct modbpf_map *map)
{
	struct ringbuf_map *rb = ringbuf_of(map);

	irq_work_sync(&rb->wake);
	page_area_free(&rb->area);
	kfree(rb);
}

static struct ringbuf_map *ringbuf_of_header(struct ringbuf_header *header)
{
	unsigned long page = (unsigned long)header & PAGE_MASK;

	return *(struct ringbuf_map **)(page - ((unsigned long)header->page << PAGE_SHIFT));
}

static u64 record_bytes(u32 len)
{
	return round_up((u64)len + RINGBUF_HEADER_BYTES, 8);
}

/* Move pending over the records that have been committed. The lock is held. */
static void ringbuf_settle(struct ringbuf_map *rb)
{
	struct ringbuf_header *header;
	u32 len;

	while (rb->pending != *rb->producer) {
		header = (struct ringbuf_header *)(rb->data + (rb->pending & rb->mask));
		len = READ_ONCE(header->len);
		if (len & RINGBUF_BUSY_BIT)
			break;
		rb->pending += record_bytes(len & ~RINGBUF_DISCARD_BIT);
	}
}

notrace void *ringbuf_reserve(struct modbpf_map *map, u64 size)
{
	struct ringbuf_map *rb = ringbuf_of(map);
	struct ringbuf_header *header = NULL;
	unsigned long consumer, start, end, irq;
	u64 bytes;

	if (unlikely(size > RINGBUF_MAX_RECORD))
		return NULL;
	bytes = record_bytes(size);
	if (unlikely(bytes > rb->mask + 1))
		return NULL;
	/* The consumer's reads of the space come before it is written again. */
	consumer = smp_load_acquire(rb->consumer);
	if (!map_lock(&rb->lock, &irq))
		return NULL;
	ringbuf_settle(rb);
	start = *rb->producer;
	end = start + bytes;
	if (end - consumer <= rb->mask && end - rb->pending <= rb->mask) {
		header = (struct ringbuf_header *)(rb->data + (start & rb->mask));
		header->page = ((u8 *)header - (u8 *)rb->area.addr) >> PAGE_SHIFT;
		WRITE_ONCE(header->len, (u32)size | RINGBUF_BUSY_BIT);
		/* The consumer's acquire of the position finds the record busy. */
		smp_store_release(rb->producer, end);
	}
	map_unlock(&rb->lock, irq);
	return header ? header + 1 : NULL;
}

notrace void ringbuf_commit(void *record, u64 flags, bool discard)
{
	struct ringbuf_header *header = (struct ringbuf_header *)record - 1;
	struct ringbuf_map *rb = ringbuf_of_header(header);
	unsigned long at = (u8 *)header - rb->data;
	u32 len = header->len & ~RINGBUF_BUSY_BIT;

	if (discard)
		len |= RINGBUF_DISCARD_BIT;
	/*
	 * A full barrier: the record is complete before it stops being busy, and
	 * that comes before the look at the consumer's position. He writes it
	 * before he looks at the header, so one of the two sees the other.
	 */
	xchg(&header->len, len);
	if (flags & RINGBUF_FORCE_WAKEUP)
		irq_work_queue(&rb->wake);
	else if (!(flags & RINGBUF_NO_WAKEUP) &&
		 (smp_load_acquire(rb->consumer) & rb->mask) == at)
		irq_work_queue(&rb->wake);
}

static u64 ringbuf_avail(struct ringbuf_map *rb)
{
	unsigned long consumer = smp_load_acquire(rb->consumer);

	return smp_load_acquire(rb->producer) - consumer;
}

notrace u64 ringbuf_query(struct modbpf_map *map, u64 question)
{
	struct ringbuf_map *rb = ringbuf_of(map);

	switch (question) {
	case RINGBUF_AVAIL_DATA:
		return ringbuf_avail(rb);
	case RINGBUF_RING_SIZE:
		return rb->mask + 1;
	case RINGBUF_CONS_POS:
		return smp_load_acquire(rb->consumer);
	case RINGBUF_PROD_POS:
		return smp_load_acquire(rb->producer);
	}
	return 0;
}

static int ringbuf_mmap(struct modbpf_map *map, struct vm_area_struct *vma)
{
	struct ringbuf_map *rb = ringbuf_of(map);
	u64 first = vma->vm_pgoff, cnt = vma_pages(vma);
	u64 pages = (RINGBUF_DATA_PAGE - RINGBUF_CONSUMER_PAGE) +
		    2 * ((rb->mask + 1) >> PAGE_SHIFT);

	/* The consumer's page alone may be written. */
	if ((vma->vm_flags & VM_WRITE) && (first || cnt != 1))
		return -EPERM;
	if (first > pages || cnt > pages - first)
		return -EINVAL;
	if (!(vma->vm_flags & VM_WRITE))
		compat_vm_flags_clear(vma, VM_MAYWRITE);
	return remap_vmalloc_range(vma, rb->area.addr, first + RINGBUF_CONSUMER_PAGE);
}

static __poll_t ringbuf_poll(struct modbpf_map *map, struct file *file,
			     struct poll_table_struct *wait)
{
	struct ringbuf_map *rb = ringbuf_of(map);

	poll_wait(file, &rb->waiters, wait);
	return ringbuf_avail(rb) ? EPOLLIN | EPOLLRDNORM : 0;
}

const struct map_ops ringbuf_map_ops = {
	.type = MODBPF_MAP_RINGBUF,
	.name = "ringbuf",
	.create = ringbuf_create,
	.destroy = ringbuf_destroy,
	.mmap = ringbuf_mmap,
	.poll = ringbuf_poll,
};
