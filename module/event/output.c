// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF output: a ring of records that a consumer maps, laid out as perf's (a page of
 * struct perf_event_mmap_page, then 2^n pages of data), one per CPU and written by that
 * CPU only.
 *
 * Whoever writes may be interrupted by another writer. Space is taken by moving the
 * head with a compare-and-exchange; the consumer sees a new head only when the
 * outermost writer is done, so never a record that is being written. The consumer's
 * position is all that is read of what user space can write, and is only compared.
 *
 * What finds no room is counted, and told by the next record that does.
 */
#include "module/event/output.h"

#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "isa/abi.h"
#include "module/event/types.h"
#include "module/hook/counters.h"
#include "module/map/area.h"
#include "module/prog.h"

#define DATA_PAGES_MAX (1UL << 14)	/* 64 MiB */

struct output_sample {		/* then the data, to a multiple of 8 bytes in all */
	struct perf_event_header header;
	u32 bytes;		/* that follow */
} __packed;

struct output_lost {
	struct perf_event_header header;
	u64 id, lost;
};

struct output_ring {
	struct page_area area;
	struct perf_event_mmap_page *user;
	u8 *data;
	u64 bytes;		/* of data, a power of two */
};

struct output_event {
	struct modbpf_event event;
	s32 cpu;
	u32 wakeup;		/* records, or bytes, until the consumer is woken; 0: never */
	bool is_watermark;	/* bytes */
	struct output_ring *ring;	/* set once, while nobody may write yet or any more */
	struct mutex mmap_lock;		/* ring's making; inside of mmap_lock of the mm */
	/* Of the CPU that writes: */
	u64 head;		/* bytes ever taken */
	u32 depth;		/* writers that are under way */
	u64 lost;		/* records, not told yet */
	u64 since_wakeup;	/* records, or the head then */
	bool wakes;		/* the outermost writer is to wake the consumer */
	atomic_t is_readable;	/* to be told by poll once */
	wait_queue_head_t waiters;
	struct irq_work wake;
};

static struct output_event *output_of(const struct modbpf_event *event)
{
	return container_of(event, struct output_event, event);
}

bool event_takes_output(const struct modbpf_event *event)
{
	return event->ops == &output_event_ops;
}

/* --- writing: preemption is off, interrupts may come ------------------------------------ */

static notrace void ring_copy(struct output_ring *ring, u64 at, const void *from, u64 bytes)
{
	u64 place = at & (ring->bytes - 1);
	u64 first = min(bytes, ring->bytes - place);

	memcpy(ring->data + place, from, first);
	memcpy(ring->data, from + first, bytes - first);
}

static notrace void ring_clear(struct output_ring *ring, u64 at, u64 bytes)
{
	static const u8 zeros[8];

	ring_copy(ring, at, zeros, bytes);
}

/* Where @bytes, and before them a record of what was lost, go; *@lost is in it. */
static notrace bool take_space(struct output_event *output, struct output_ring *ring, u64 bytes,
			       u64 *at, u64 *lost)
{
	u64 head, tail, all;

	do {
		*lost = READ_ONCE(output->lost);
		all = bytes + (*lost ? sizeof(struct output_lost) : 0);
		head = READ_ONCE(output->head);
		/* What the consumer has read it must have read before we write there. */
		tail = smp_load_acquire(&ring->user->data_tail);
		if (head - tail > ring->bytes || ring->bytes - (head - tail) < all)
			return false;
	} while (cmpxchg_local(&output->head, head, head + all) != head);
	*at = head;
	return true;
}

static notrace void put_lost(struct output_event *output, struct output_ring *ring, u64 *at)
{
	/* Who interrupts us from here on tells what is lost from here on. */
	struct output_lost record = {
		.header = { .type = PERF_RECORD_LOST, .size = sizeof(record) },
		.lost = xchg(&output->lost, 0),
	};

	ring_copy(ring, *at, &record, sizeof(record));
	*at += sizeof(record);
}

static notrace void lost_one(struct output_event *output)
{
	u64 lost;

	do
		lost = READ_ONCE(output->lost);
	while (cmpxchg_local(&output->lost, lost, lost + 1) != lost);
	this_cpu_inc(output->event.counters->missed);
	prog_run_lost_record();
}

static notrace bool wants_wakeup(struct output_event *output, u64 head)
{
	u64 now = output->is_watermark ? head : output->since_wakeup + 1;

	if (!output->wakeup)
		return false;
	if (!output->is_watermark) {
		output->since_wakeup = now < output->wakeup ? now : 0;
		return now >= output->wakeup;
	}
	if (now - output->since_wakeup <= output->wakeup)
		return false;
	output->since_wakeup = now;
	return true;
}

/* The outermost writer publishes; one that came in between may have moved the head again. */
static notrace void publish(struct output_event *output, struct output_ring *ring)
{
	u32 depth = output->depth - 1;
	u64 head;

	do {
		head = READ_ONCE(output->head);
		if (!depth)
			smp_store_release(&ring->user->data_head, head);
		barrier();
		WRITE_ONCE(output->depth, depth);
		barrier();
		/* Whoever came between the two has seen a depth, and published nothing. */
		if (depth || READ_ONCE(output->head) == head)
			return;
		WRITE_ONCE(output->depth, depth + 1);
	} while (true);
}

static notrace bool put_sample(struct output_event *output, struct output_ring *ring,
			       const void *data, u32 bytes, u32 all)
{
	const struct output_sample sample = {
		.header = { .type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_KERNEL,
			    .size = all },
		.bytes = all - sizeof(sample),
	};
	u64 at, lost;

	if (!take_space(output, ring, all, &at, &lost))
		return false;
	if (lost)
		put_lost(output, ring, &at);
	ring_copy(ring, at, &sample, sizeof(sample));
	at += sizeof(sample);
	ring_copy(ring, at, data, bytes);
	ring_clear(ring, at + bytes, all - sizeof(sample) - bytes);
	return true;
}

notrace int event_output(struct modbpf_event *event, const void *data, u64 bytes)
{
	u64 all = round_up(sizeof(struct output_sample) + bytes, 8);
	struct output_event *output = output_of(event);
	struct output_ring *ring;
	bool is_put;

	if (!event_takes_output(event))
		return -EINVAL;
	if (output->cpu != raw_smp_processor_id())
		return -EOPNOTSUPP;
	if (all > U16_MAX)
		return -E2BIG;
	ring = smp_load_acquire(&output->ring);
	if (!READ_ONCE(event->enabled))
		return -EOPNOTSUPP;
	if (!ring)
		return -ENOSPC;
	WRITE_ONCE(output->depth, output->depth + 1);
	barrier();
	is_put = put_sample(output, ring, data, bytes, all);
	if (!is_put)
		lost_one(output);
	else if (wants_wakeup(output, READ_ONCE(output->head)))
		WRITE_ONCE(output->wakes, true);
	publish(output, ring);
	/* A writer inside of another has published nothing: the consumer would find nothing. */
	if (!READ_ONCE(output->depth) && xchg(&output->wakes, false)) {
		atomic_set(&output->is_readable, 1);
		irq_work_queue(&output->wake);
	}
	return is_put ? 0 : -ENOSPC;
}

/* --- the consumer's side --------------------------------------------------------------- */

static void wake(struct irq_work *work)
{
	wake_up_all(&container_of(work, struct output_event, wake)->waiters);
}

static struct modbpf_event *output_event_create(const struct caller *caller,
						const struct event_request *request)
{
	const struct perf_event_attr *attr = &request->attr;
	struct output_event *output;

	if (attr->sample_type != PERF_SAMPLE_RAW || attr->freq || request->cpu < 0 ||
	    request->pid != -1)
		return ERR_PTR(-EOPNOTSUPP);
	if (attr->config1 || attr->config2)
		return ERR_PTR(-EINVAL);
	output = kzalloc(sizeof(*output), GFP_KERNEL_ACCOUNT);
	if (!output)
		return ERR_PTR(-ENOMEM);
	output->cpu = request->cpu;
	output->wakeup = attr->wakeup_events;
	output->is_watermark = attr->watermark;
	mutex_init(&output->mmap_lock);
	init_waitqueue_head(&output->waiters);
	init_irq_work(&output->wake, wake);
	return &output->event;
}

/* Who writes holds a reference, or reads the map's slot under RCU. */
static void output_event_destroy(struct modbpf_event *event)
{
	struct output_event *output = output_of(event);

	synchronize_rcu();
	irq_work_sync(&output->wake);
	if (output->ring)
		page_area_free(&output->ring->area);
	kfree(output->ring);
	kfree(output);
}

/* NULL: no memory. */
static struct output_ring *alloc_ring(unsigned long pages)
{
	struct output_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);

	if (ring && page_area_alloc(&ring->area, pages, 0, NUMA_NO_NODE)) {
		kfree(ring);
		return NULL;
	}
	return ring;
}

/* Its bytes count as those of maps do, for whoever opened the event, and until the event goes. */
static int make_ring(struct output_event *output, unsigned long data_pages)
{
	struct quota_charge *charge = &output->event.charge;
	struct output_ring *ring;
	int err = quota_set(charge, QUOTA_MAP_BYTES, (1 + data_pages) << PAGE_SHIFT);

	if (err)
		return err;
	ring = alloc_ring(1 + data_pages);
	if (!ring) {
		quota_set(charge, QUOTA_MAP_BYTES, 0);
		return -ENOMEM;
	}
	ring->user = ring->area.addr;
	ring->data = ring->area.addr + PAGE_SIZE;
	ring->bytes = data_pages << PAGE_SHIFT;
	ring->user->data_offset = PAGE_SIZE;
	ring->user->data_size = ring->bytes;
	if (output->is_watermark)
		output->wakeup = min_t(u64, output->wakeup ?: ring->bytes / 2, ring->bytes / 2);
	smp_store_release(&output->ring, ring);
	return 0;
}

/* All of it, shared and writable: the consumer says how far it has read. */
static int output_event_mmap(struct modbpf_event *event, struct vm_area_struct *vma)
{
	struct output_event *output = output_of(event);
	unsigned long pages = vma_pages(vma);
	int err = 0;

	if (!(vma->vm_flags & VM_SHARED) || vma->vm_pgoff || pages < 2 ||
	    !is_power_of_2(pages - 1) || pages - 1 > DATA_PAGES_MAX)
		return -EINVAL;
	if (!(vma->vm_flags & VM_WRITE))	/* perf would overwrite what was not read */
		return -EOPNOTSUPP;
	mutex_lock(&output->mmap_lock);
	if (!output->ring)
		err = make_ring(output, pages - 1);
	else if (output->ring->bytes != (pages - 1) << PAGE_SHIFT)
		err = -EINVAL;
	mutex_unlock(&output->mmap_lock);
	return err ? err : remap_vmalloc_range(vma, output->ring->area.addr, 0);
}

static __poll_t output_event_poll(struct modbpf_event *event, struct file *file,
				  struct poll_table_struct *wait)
{
	struct output_event *output = output_of(event);

	poll_wait(file, &output->waiters, wait);
	return atomic_xchg(&output->is_readable, 0) ? EPOLLIN : 0;
}

const struct event_ops output_event_ops = {
	.name = "output",
	.create = output_event_create,
	.destroy = output_event_destroy,
	.mmap = output_event_mmap,
	.poll = output_event_poll,
};
