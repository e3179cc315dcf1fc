/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a ring buffer, whoever produces. Layout, as Linux's: a page that is never
 * mapped, the consumer's page (its position), the producer's page, then the data pages two
 * times in a row, so that a record that wraps around is contiguous. Positions count bytes
 * for ever; a record begins with its header at (position & mask).
 */
#ifndef MODBPF_MODULE_MAP_RING_H
#define MODBPF_MODULE_MAP_RING_H

#include <linux/irq_work.h>
#include <linux/wait.h>

#include "module/map/area.h"

struct map_attr;
struct vm_area_struct;

/* Linux's record header: bits of its len, and its size. */
#define RING_BUSY_BIT (1U << 31)
#define RING_DISCARD_BIT (1U << 30)
#define RING_HEADER_BYTES 8

struct ring_header {
	u32 len;	/* bytes of the record, and the bits above */
	u32 page;	/* pages from the start of the area to this header; user space ignores it */
};

/* Pages of the area. The data begin behind them. */
enum {
	RING_PRIVATE_PAGE,
	RING_CONSUMER_PAGE,
	RING_PRODUCER_PAGE,
	RING_DATA_PAGE,
};

struct ring {
	struct page_area area;
	unsigned long *consumer;	/* position, in its page */
	unsigned long *producer;	/* position, in its page */
	u8 *data;
	u64 mask;			/* bytes of data - 1 */
	wait_queue_head_t waiters;	/* who polls */
	struct irq_work wake;		/* a waiter cannot be woken from everywhere */
};

/* Of the size in @params. What it takes is added to *@memory. 0 or -ENOMEM. */
int ring_create(struct ring *ring, const struct map_attr *params, u64 *memory);
void ring_destroy(struct ring *ring);

/* Map pages of it. Which ones, may the caller write: the type's decision. 0, -EINVAL, -EAGAIN. */
int ring_mmap(struct ring *ring, struct vm_area_struct *vma);

/* What lies between the positions. Where user space writes one of them, anything. */
static inline u64 ring_avail(const struct ring *ring)
{
	unsigned long consumer = smp_load_acquire(ring->consumer);

	return smp_load_acquire(ring->producer) - consumer;
}

/* The bytes of a record whose header's len is @bits. */
static inline u32 ring_len(u32 bits)
{
	return bits & ~(RING_BUSY_BIT | RING_DISCARD_BIT);
}

static inline u64 ring_record_bytes(u32 len)
{
	return round_up((u64)len + RING_HEADER_BYTES, 8);
}

#endif
