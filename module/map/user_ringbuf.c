// SPDX-License-Identifier: GPL-2.0-only
/*
 * USER_RINGBUF: records from user space, "samples", to programs. Memory as in ring.h;
 * user space may write the producer's page and the data, and see the consumer's.
 *
 * All that user space writes is hostile, and changes at any time: a position and a header
 * are read once, and what is read is checked before it is used. Where the consumer is, is
 * known here; its page only tells it.
 *
 * One CPU drains at a time; who comes meanwhile, in an interrupt or NMI too, is told so.
 */
#include "module/map/user_ringbuf.h"

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "module/helper/dynptr.h"
#include "module/map/ring.h"
#include "module/map/ringbuf.h"
#include "module/map/types.h"

struct user_ringbuf_map {
	struct modbpf_map map;
	struct ring ring;
	atomic_t is_drained;	/* 1: somebody does, and position is his */
	unsigned long position;	/* bytes consumed ever */
};

static struct user_ringbuf_map *user_ringbuf_of(struct modbpf_map *map)
{
	return container_of(map, struct user_ringbuf_map, map);
}

static struct modbpf_map *user_ringbuf_create(const struct map_attr *params)
{
	struct user_ringbuf_map *rb = kzalloc(sizeof(*rb), GFP_KERNEL_ACCOUNT);
	int err;

	if (!rb)
		return ERR_PTR(-ENOMEM);
	rb->map.memory = sizeof(*rb);
	err = ring_create(&rb->ring, params, &rb->map.memory);
	if (err) {
		kfree(rb);
		return ERR_PTR(err);
	}
	return &rb->map;
}

static void user_ringbuf_destroy(struct modbpf_map *map)
{
	struct user_ringbuf_map *rb = user_ringbuf_of(map);

	ring_destroy(&rb->ring);
	kfree(rb);
}

/* The consumer's page alone may not be written. */
static int user_ringbuf_mmap(struct modbpf_map *map, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE && !vma->vm_pgoff)
		return -EPERM;
	return ring_mmap(&user_ringbuf_of(map)->ring, vma);
}

/* Is there room? */
static __poll_t user_ringbuf_poll(struct modbpf_map *map, struct file *file,
				  struct poll_table_struct *wait)
{
	struct ring *ring = &user_ringbuf_of(map)->ring;

	poll_wait(file, &ring->waiters, wait);
	return ring_avail(ring) <= ring->mask ? EPOLLOUT | EPOLLWRNORM : 0;
}

/* Behind it is the next one; whatever is read of it is its last. */
static notrace void user_ringbuf_pass(struct user_ringbuf_map *rb, u64 bytes)
{
	rb->position += bytes;
	smp_store_release(rb->ring.consumer, rb->position);
}

/* The next sample's length and bits; -ENODATA: there is none, -EINVAL, -E2BIG. */
static notrace s64 user_ringbuf_peek(struct user_ringbuf_map *rb)
{
	struct ring *ring = &rb->ring;
	/* Pairs with the release of user space: the header is there. */
	unsigned long producer = smp_load_acquire(ring->producer);
	struct ring_header *header;
	u32 bits, len;

	if (producer % 8)
		return -EINVAL;
	if (rb->position >= producer)
		return -ENODATA;
	header = (struct ring_header *)(ring->data + (rb->position & ring->mask));
	/* Pairs with the release of user space: the sample is there unless it is busy. */
	bits = smp_load_acquire(&header->len);
	len = ring_len(bits);
	if (ring_record_bytes(len) > producer - rb->position)
		return -EINVAL;
	if (ring_record_bytes(len) > ring->mask + 1 || len > DYNPTR_MAX_BYTES)
		return -E2BIG;
	return bits;
}

/* How many @visit was called for, or -errno. */
static notrace long user_ringbuf_visit_all(struct user_ringbuf_map *rb, user_ringbuf_visit visit,
					   void *cookie)
{
	bool is_over = false;
	long visited = 0;
	u32 i, len;
	s64 bits;

	for (i = 0; i < USER_RINGBUF_MOST && !is_over; i++) {
		u8 *sample = rb->ring.data + ((rb->position + RING_HEADER_BYTES) & rb->ring.mask);

		bits = user_ringbuf_peek(rb);
		if (bits == -ENODATA || (bits >= 0 && bits & RING_BUSY_BIT && !(bits & RING_DISCARD_BIT)))
			break;
		if (bits < 0)
			return bits;
		len = ring_len(bits);
		if (!(bits & RING_DISCARD_BIT)) {
			is_over = visit(cookie, sample, len);
			visited++;
		}
		user_ringbuf_pass(rb, ring_record_bytes(len));
	}
	return visited;
}

notrace long user_ringbuf_drain(struct modbpf_map *map, u64 flags, user_ringbuf_visit visit,
				void *cookie)
{
	struct user_ringbuf_map *rb = user_ringbuf_of(map);
	unsigned long before;
	bool has_room;
	long result;

	if (flags & ~(u64)(RINGBUF_NO_WAKEUP | RINGBUF_FORCE_WAKEUP))
		return -EINVAL;
	if (atomic_cmpxchg_acquire(&rb->is_drained, 0, 1))
		return -EBUSY;
	before = rb->position;
	result = user_ringbuf_visit_all(rb, visit, cookie);
	has_room = rb->position != before;
	/* Pairs with the acquire above: the next one goes on where this one ended. */
	atomic_set_release(&rb->is_drained, 0);
	if (flags & RINGBUF_FORCE_WAKEUP || (has_room && !(flags & RINGBUF_NO_WAKEUP)))
		irq_work_queue(&rb->ring.wake);
	return result;
}

const struct map_ops map_user_ringbuf_ops = {
	.type = MODBPF_MAP_USER_RINGBUF,
	.name = "user_ringbuf",
	.create = user_ringbuf_create,
	.destroy = user_ringbuf_destroy,
	.mmap = user_ringbuf_mmap,
	.poll = user_ringbuf_poll,
};
