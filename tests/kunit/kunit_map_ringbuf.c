// SPDX-License-Identifier: GPL-2.0-only
/*
 * RINGBUF, read as user space reads it: through the consumer's page, the
 * producer's page and the record headers, whose layout is Linux's.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "module/map/lock.h"
#include "module/map/ringbuf.h"
#include "tests/kunit/map_fixture.h"

#define BUSY (1U << 31)
#define DISCARD (1U << 30)

/* The pages that user space would map. */
struct ring {
	struct modbpf_map *map;
	unsigned long *consumer, *producer;
	u8 *data;
	u32 size;
};

static void ring_make(struct kunit *test, struct ring *ring, u32 size)
{
	u32 *header;
	u8 *page;

	ring->size = size;
	ring->map = map_fixture_make(test, (struct map_attr)MAP_PARAMS(RINGBUF, 0, 0, size, 0));
	header = ringbuf_reserve(ring->map, 0);
	KUNIT_ASSERT_NOT_NULL(test, header);
	header -= 2;
	/* The first record lies at the start of the data, which follow the producer's page. */
	ring->data = (u8 *)header;
	KUNIT_ASSERT_TRUE(test, PAGE_ALIGNED(ring->data));
	page = ring->data - 2 * PAGE_SIZE;
	ring->consumer = (unsigned long *)page;
	ring->producer = (unsigned long *)(page + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, *ring->producer, 8ul);
	ringbuf_commit(header + 2, RINGBUF_NO_WAKEUP, true);
	*ring->consumer = 8;
}

/* The next record that was not discarded; NULL: none that is complete. */
static u8 *ring_read(struct ring *ring, u32 *len, u32 *discarded)
{
	unsigned long at = *ring->consumer;
	u32 *header, bits;

	while (at < smp_load_acquire(ring->producer)) {
		header = (u32 *)(ring->data + at % ring->size);
		bits = smp_load_acquire(header);
		if (bits & BUSY)
			break;
		*len = bits & ~DISCARD;
		at += round_up(*len + 8, 8);
		if (!(bits & DISCARD)) {
			/* The caller looks at it before anything is produced. */
			smp_store_release(ring->consumer, at);
			return (u8 *)(header + 2);
		}
		++*discarded;
	}
	smp_store_release(ring->consumer, at);
	return NULL;
}

static void ringbuf_has_linux_layout(struct kunit *test)
{
	struct ring ring;
	u32 *record, *header;

	ring_make(test, &ring, 4096);
	record = ringbuf_reserve(ring.map, 13);
	KUNIT_ASSERT_NOT_NULL(test, record);
	header = record - 2;
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)header, ring.data + 8);
	KUNIT_EXPECT_EQ(test, header[0], 13 | BUSY);
	KUNIT_EXPECT_EQ(test, *ring.producer, 8ul + 24);
	ringbuf_commit(record, 0, false);
	KUNIT_EXPECT_EQ(test, header[0], 13u);
	record = ringbuf_reserve(ring.map, 16);
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)record, ring.data + 8 + 24 + 8);
	ringbuf_commit(record, 0, true);
	KUNIT_EXPECT_EQ(test, record[-2], 16 | DISCARD);
	/* The data pages follow each other twice. */
	KUNIT_EXPECT_EQ(test, memcmp(ring.data, ring.data + 4096, 64), 0);
	ring.data[4095] = 0x5a;
	KUNIT_EXPECT_EQ(test, READ_ONCE(ring.data[8191]), 0x5a);
	map_fixture_free(ring.map);
}

static void ringbuf_knows_its_limits(struct kunit *test)
{
	struct ring ring;
	void *record, *second;

	ring_make(test, &ring, 4096);
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, 4089));
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, U32_MAX / 4));
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, U32_MAX));
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, 1ULL << 32));
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, U64_MAX));
	/* As in Linux, the last byte is never given out. */
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, 4088));
	record = ringbuf_reserve(ring.map, 4080);
	KUNIT_ASSERT_NOT_NULL(test, record);
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, 0));
	ringbuf_commit(record, 0, false);
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, 0));
	KUNIT_EXPECT_EQ(test, ringbuf_query(ring.map, RINGBUF_AVAIL_DATA), 4088ull);
	KUNIT_EXPECT_EQ(test, ringbuf_query(ring.map, RINGBUF_RING_SIZE), 4096ull);
	KUNIT_EXPECT_EQ(test, ringbuf_query(ring.map, RINGBUF_CONS_POS), 8ull);
	KUNIT_EXPECT_EQ(test, ringbuf_query(ring.map, RINGBUF_PROD_POS), 4096ull);
	KUNIT_EXPECT_EQ(test, ringbuf_query(ring.map, 4), 0ull);
	*ring.consumer = 4096;
	record = ringbuf_reserve(ring.map, 100);
	KUNIT_ASSERT_NOT_NULL(test, record);
	/* What the consumer claims does not free a record that is being written. */
	*ring.consumer = *ring.producer;
	second = ringbuf_reserve(ring.map, 3968);
	KUNIT_ASSERT_NOT_NULL(test, second);
	*ring.consumer = *ring.producer;
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, 0));
	ringbuf_commit(second, 0, true);
	KUNIT_EXPECT_NULL(test, ringbuf_reserve(ring.map, 0));
	ringbuf_commit(record, 0, true);
	record = ringbuf_reserve(ring.map, 0);
	KUNIT_ASSERT_NOT_NULL(test, record);
	ringbuf_commit(record, 0, true);
	map_fixture_free(ring.map);
}

/* Whatever the consumer's page says, records stay inside and apart. */
static void ringbuf_distrusts_the_consumer(struct kunit *test)
{
	static const unsigned long lies[] = { 0, 1, 7, 4095, 1ul << 31, 1ul << 63, ULONG_MAX };
	struct ring ring;
	u8 *record;
	u32 i, round;

	ring_make(test, &ring, 4096);
	for (round = 0; round < 50; round++) {
		for (i = 0; i < ARRAY_SIZE(lies); i++) {
			*ring.consumer = lies[i] + (round & 1 ? *ring.producer : 0);
			record = ringbuf_reserve(ring.map, 500);
			if (!record)
				continue;
			KUNIT_ASSERT_TRUE(test, record >= ring.data + 8);
			KUNIT_ASSERT_TRUE(test, record + 500 <= ring.data + 2 * 4096);
			memset(record, 0xff, 500);
			ringbuf_commit(record, 0, false);
		}
	}
	map_fixture_free(ring.map);
}

/* Records of all sizes around the end, read back byte by byte; every one is accounted for. */
static void ringbuf_wraps_around(struct kunit *test)
{
	u32 produced = 0, dropped = 0, thrown = 0, consumed = 0, discarded = 0, i, n, len;
	struct rnd_state random;
	struct ring ring;
	u8 *record;

	ring_make(test, &ring, 4096);
	prandom_seed_state(&random, 9);
	for (i = 0; i < 3000; i++) {
		len = 1 + prandom_u32_state(&random) % 700;
		record = ringbuf_reserve(ring.map, len);
		produced++;
		if (record) {
			memset(record, produced - dropped - thrown, len);
			thrown += i % 5 == 0;
			ringbuf_commit(record, 0, i % 5 == 0);
		} else {
			dropped++;
		}
		if (prandom_u32_state(&random) % 3)
			continue;
		while ((record = ring_read(&ring, &len, &discarded))) {
			consumed++;
			for (n = 0; n < len; n++)
				KUNIT_ASSERT_EQ(test, record[n], (u8)consumed);
		}
	}
	while (ring_read(&ring, &len, &discarded))
		consumed++;
	KUNIT_EXPECT_GT(test, dropped, 0u);
	KUNIT_EXPECT_GT(test, *ring.producer, 10ul * 4096);
	KUNIT_EXPECT_EQ(test, discarded, thrown);
	KUNIT_EXPECT_EQ(test, produced, consumed + dropped + thrown);
	map_fixture_free(ring.map);
}

/* --- waking ----------------------------------------------------------------------- */

static int count_wakeup(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	atomic_inc(entry->private);
	return 0;
}

struct watch {
	struct poll_table_struct table;
	struct wait_queue_head *queue;
	struct wait_queue_entry entry;
};

static void watch_queue(struct file *file, struct wait_queue_head *queue,
			struct poll_table_struct *table)
{
	struct watch *watch = container_of(table, struct watch, table);

	watch->queue = queue;
	add_wait_queue(queue, &watch->entry);
}

static u32 wakeups_of(struct ring *ring, atomic_t *woken, u64 flags, bool discard)
{
	void *record = ringbuf_reserve(ring->map, 8);

	atomic_set(woken, 0);
	ringbuf_commit(record, flags, discard);
	msleep(20);
	return atomic_read(woken);
}

static void ringbuf_wakes_the_consumer(struct kunit *test)
{
	struct watch watch = {};
	atomic_t woken;
	struct ring ring;

	ring_make(test, &ring, 4096);
	init_waitqueue_func_entry(&watch.entry, count_wakeup);
	watch.entry.private = &woken;
	init_poll_funcptr(&watch.table, watch_queue);
	KUNIT_EXPECT_EQ(test, (__force u32)ring.map->ops->poll(ring.map, NULL, &watch.table), 0u);
	KUNIT_ASSERT_NOT_NULL(test, watch.queue);
	/* He has read everything: the next record wakes him, unless told otherwise. */
	KUNIT_EXPECT_EQ(test, wakeups_of(&ring, &woken, 0, false), 1u);
	KUNIT_EXPECT_EQ(test, (__force u32)ring.map->ops->poll(ring.map, NULL, NULL),
			(__force u32)(EPOLLIN | EPOLLRDNORM));
	/* He is behind: he is awake already. */
	KUNIT_EXPECT_EQ(test, wakeups_of(&ring, &woken, 0, false), 0u);
	KUNIT_EXPECT_EQ(test, wakeups_of(&ring, &woken, RINGBUF_FORCE_WAKEUP, false), 1u);
	*ring.consumer = *ring.producer;
	KUNIT_EXPECT_EQ(test, wakeups_of(&ring, &woken, RINGBUF_NO_WAKEUP, false), 0u);
	*ring.consumer = *ring.producer;
	KUNIT_EXPECT_EQ(test, wakeups_of(&ring, &woken, 0, true), 1u);
	*ring.consumer = *ring.producer;
	KUNIT_EXPECT_EQ(test, (__force u32)ring.map->ops->poll(ring.map, NULL, NULL), 0u);
	remove_wait_queue(watch.queue, &watch.entry);
	map_fixture_free(ring.map);
}

/* --- re-entered, and all at once ------------------------------------------------------ */

static struct modbpf_map *reentered;
static void *reentry_got;
static u32 reentry_hits;

static int reenter(struct kprobe *probe, struct pt_regs *regs)
{
	reentry_hits++;
	reentry_got = ringbuf_reserve(reentered, 8);
	return 0;
}

static void ringbuf_drops_when_reentered(struct kunit *test)
{
	struct kprobe probe = { .addr = (kprobe_opcode_t *)map_section_ends, .pre_handler = reenter };
	struct ring ring;
	void *record;

	ring_make(test, &ring, 4096);
	reentered = ring.map;
	reentry_hits = 0;
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	record = ringbuf_reserve(ring.map, 8);
	unregister_kprobe(&probe);
	KUNIT_EXPECT_EQ(test, reentry_hits, 1u);
	KUNIT_EXPECT_NULL(test, reentry_got);
	KUNIT_ASSERT_NOT_NULL(test, record);
	ringbuf_commit(record, 0, false);
	record = ringbuf_reserve(ring.map, 8);
	KUNIT_ASSERT_NOT_NULL(test, record);
	ringbuf_commit(record, 0, false);
	map_fixture_free(ring.map);
}

#define STORM_THREADS 3
#define STORM_ROUNDS 10000

struct storm {
	struct ring ring;
	atomic_t running, sent, dropped;
};

/* Each record says who sent it, which one it is, and fills the rest with it. */
static int storm_thread(void *arg)
{
	struct storm *storm = arg;
	u32 i, *record;

	for (i = 0; i < STORM_ROUNDS; i++) {
		record = ringbuf_reserve(storm->ring.map, 12 + i % 50 * 4);
		if (!record) {
			atomic_inc(&storm->dropped);
			cond_resched();
			continue;
		}
		record[0] = current->pid;
		record[1] = i;
		memset32(record + 2, i, 1 + i % 50);
		atomic_inc(&storm->sent);
		ringbuf_commit(record, RINGBUF_NO_WAKEUP, false);
	}
	atomic_dec(&storm->running);
	return 0;
}

static u32 storm_consume(struct kunit *test, struct storm *storm)
{
	u32 cnt = 0, len, wrong = 0, *record, n;
	unsigned long at = *storm->ring.consumer;

	while (at < smp_load_acquire(storm->ring.producer)) {
		record = (u32 *)(storm->ring.data + at % storm->ring.size);
		len = smp_load_acquire(record);
		if (len & BUSY)
			break;
		record += 2;
		for (n = 2; n < len / 4; n++)
			if (record[n] != record[1])
				wrong++;
		if (len != 12 + record[1] % 50 * 4)
			wrong++;
		at += round_up(len + 8, 8);
		cnt++;
		smp_store_release(storm->ring.consumer, at);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
	return cnt;
}

static void ringbuf_survives_a_storm(struct kunit *test)
{
	struct storm *storm = kunit_kzalloc(test, sizeof(*storm), GFP_KERNEL);
	struct task_struct *task;
	u32 consumed = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, storm);
	ring_make(test, &storm->ring, 16384);
	for (i = 0; i < STORM_THREADS; i++) {
		atomic_inc(&storm->running);
		task = kthread_run(storm_thread, storm, "ring-storm/%u", i);
		if (IS_ERR(task)) {
			atomic_dec(&storm->running);
			KUNIT_FAIL(test, "no thread");
		}
	}
	while (atomic_read(&storm->running)) {
		consumed += storm_consume(test, storm);
		cond_resched();
	}
	consumed += storm_consume(test, storm);
	KUNIT_EXPECT_EQ(test, consumed, (u32)atomic_read(&storm->sent));
	KUNIT_EXPECT_EQ(test, consumed + atomic_read(&storm->dropped),
			(u32)STORM_THREADS * STORM_ROUNDS);
	map_fixture_free(storm->ring.map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ringbuf_has_linux_layout),
	KUNIT_CASE(ringbuf_knows_its_limits),
	KUNIT_CASE(ringbuf_distrusts_the_consumer),
	KUNIT_CASE(ringbuf_wraps_around),
	KUNIT_CASE(ringbuf_wakes_the_consumer),
	KUNIT_CASE(ringbuf_drops_when_reentered),
	KUNIT_CASE(ringbuf_survives_a_storm),
	{}
};

struct kunit_suite kunit_map_ringbuf_suite = {
	.name = "map_ringbuf",
	.test_cases = cases,
};
