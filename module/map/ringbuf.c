// SPDX-License-Identifier: GPL-2.0-only
/*
 * RINGBUF: records from programs on all CPUs, in one order, to a consumer in
 * user space that maps the memory (ring.h): he writes his position, the rest is read
 * only to him.
 *
 * Reserving is done under a lock and moves the producer's position; a record is
 * busy until it is committed, and the consumer stops at the first busy one.
 * The consumer's position is the only thing here that user space can write, and
 * it is only compared: a wrong one loses records, never more. Space is given
 * out again only if it also lies behind the oldest record that is not committed.
 */
#include "module/map/ringbuf.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "module/map/lock.h"
#include "module/map/ring.h"
#include "module/map/types.h"
#include "module/prog.h"

#define RINGBUF_MAX_RECORD (U32_MAX / 4)

struct ringbuf_map {
	struct modbpf_map map;
	struct ring ring;
	unsigned long pending;		/* position of the oldest record that may be busy */
	raw_spinlock_t lock;		/* *producer, pending */
};

static struct ringbuf_map *ringbuf_of(struct modbpf_map *map)
{
	return container_of(map, struct ringbuf_map, map);
}

static struct modbpf_map *ringbuf_create(const struct map_attr *params)
{
	struct ringbuf_map *rb;
	int err;

	rb = kzalloc(sizeof(*rb), GFP_KERNEL_ACCOUNT);
	if (!rb)
		return ERR_PTR(-ENOMEM);
	rb->map.memory = sizeof(*rb);
	err = ring_create(&rb->ring, params, &rb->map.memory);
	if (err) {
		kfree(rb);
		return ERR_PTR(err);
	}
	*(struct ringbuf_map **)rb->ring.area.addr = rb;
	raw_spin_lock_init(&rb->lock);
	return &rb->map;
}

static void ringbuf_destroy(struct modbpf_map *map)
{
	struct ringbuf_map *rb = ringbuf_of(map);

	ring_destroy(&rb->ring);
	kfree(rb);
}

static struct ringbuf_map *ringbuf_of_header(struct ring_header *header)
{
	unsigned long page = (unsigned long)header & PAGE_MASK;

	return *(struct ringbuf_map **)(page - ((unsigned long)header->page << PAGE_SHIFT));
}

/* Move pending over the records that have been committed. The lock is held. */
static void ringbuf_settle(struct ringbuf_map *rb)
{
	struct ring_header *header;
	u32 len;

	while (rb->pending != *rb->ring.producer) {
		header = (struct ring_header *)(rb->ring.data + (rb->pending & rb->ring.mask));
		len = READ_ONCE(header->len);
		if (len & RING_BUSY_BIT)
			break;
		rb->pending += ring_record_bytes(ring_len(len));
	}
}

/* @bytes with the header, no more than the ring has. */
static notrace struct ring_header *take_space(struct ringbuf_map *rb, u32 size, u64 bytes)
{
	struct ring_header *header = NULL;
	unsigned long consumer, start, end, irq;

	/* The consumer's reads of the space come before it is written again. */
	consumer = smp_load_acquire(rb->ring.consumer);
	if (!map_lock(&rb->lock, &irq))
		return NULL;
	ringbuf_settle(rb);
	start = *rb->ring.producer;
	end = start + bytes;
	if (end - consumer <= rb->ring.mask && end - rb->pending <= rb->ring.mask) {
		header = (struct ring_header *)(rb->ring.data + (start & rb->ring.mask));
		header->page = ((u8 *)header - (u8 *)rb->ring.area.addr) >> PAGE_SHIFT;
		WRITE_ONCE(header->len, size | RING_BUSY_BIT);
		/* The consumer's acquire of the position finds the record busy. */
		smp_store_release(rb->ring.producer, end);
	}
	map_unlock(&rb->lock, irq);
	return header;
}

notrace void *ringbuf_reserve(struct modbpf_map *map, u64 size)
{
	struct ringbuf_map *rb = ringbuf_of(map);
	struct ring_header *header;
	u64 bytes;

	/* What can never fit is the program's error, and not lost. */
	if (unlikely(size > RINGBUF_MAX_RECORD))
		return NULL;
	bytes = ring_record_bytes(size);
	if (unlikely(bytes > rb->ring.mask + 1))
		return NULL;
	header = take_space(rb, size, bytes);
	if (likely(header))
		return header + 1;
	prog_run_lost_record();
	return NULL;
}

notrace void ringbuf_commit(void *record, u64 flags, bool discard)
{
	struct ring_header *header = (struct ring_header *)record - 1;
	struct ringbuf_map *rb = ringbuf_of_header(header);
	unsigned long at = (u8 *)header - rb->ring.data;
	u32 len = header->len & ~RING_BUSY_BIT;

	if (discard)
		len |= RING_DISCARD_BIT;
	/*
	 * A full barrier: the record is complete before it stops being busy, and
	 * that comes before the look at the consumer's position. He writes it
	 * before he looks at the header, so one of the two sees the other.
	 */
	xchg(&header->len, len);
	if (flags & RINGBUF_FORCE_WAKEUP)
		irq_work_queue(&rb->ring.wake);
	else if (!(flags & RINGBUF_NO_WAKEUP) &&
		 (smp_load_acquire(rb->ring.consumer) & rb->ring.mask) == at)
		irq_work_queue(&rb->ring.wake);
}

notrace u64 ringbuf_query(struct modbpf_map *map, u64 question)
{
	struct ringbuf_map *rb = ringbuf_of(map);

	switch (question) {
	case RINGBUF_AVAIL_DATA:
		return ring_avail(&rb->ring);
	case RINGBUF_RING_SIZE:
		return rb->ring.mask + 1;
	case RINGBUF_CONS_POS:
		return smp_load_acquire(rb->ring.consumer);
	case RINGBUF_PROD_POS:
		return smp_load_acquire(rb->ring.producer);
	}
	return 0;
}

/* The consumer's page alone may be written. */
static int ringbuf_mmap(struct modbpf_map *map, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE && (vma->vm_pgoff || vma_pages(vma) != 1))
		return -EPERM;
	return ring_mmap(&ringbuf_of(map)->ring, vma);
}

static __poll_t ringbuf_poll(struct modbpf_map *map, struct file *file,
			     struct poll_table_struct *wait)
{
	struct ringbuf_map *rb = ringbuf_of(map);

	poll_wait(file, &rb->ring.waiters, wait);
	return ring_avail(&rb->ring) ? EPOLLIN | EPOLLRDNORM : 0;
}

const struct map_ops map_ringbuf_ops = {
	.type = MODBPF_MAP_RINGBUF,
	.name = "ringbuf",
	.create = ringbuf_create,
	.destroy = ringbuf_destroy,
	.mmap = ringbuf_mmap,
	.poll = ringbuf_poll,
};
