// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs in a real NMI, in the midst of what is done to the same maps: by tasks on both
 * processors, by the same program and by nobody. Nothing hangs, what cannot be done is
 * -EBUSY, and all that was tried is accounted for. The program hangs on the tracepoint
 * nmi_handler; the NMIs are sent from one processor to the other, or to itself.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include <asm/apic.h>
#include <asm/nmi.h>

#include "module/caller.h"
#include "module/helper/functions.h"
#include "module/hook/counters.h"
#include "module/link.h"
#include "module/map/lock.h"
#include "module/map/ringbuf.h"
#include "module/map/timer.h"
#include "module/prog_run.h"
#include "tests/kunit/c_prog.h"
#include "tests/kunit/map_fixture.h"
#include "tests/kunit/user_memory.h"

#define NMIS 2000
#define KEYS 8
#define STEP 0x0101010101010101ULL	/* between values: half of one and half of another is none */
#define RECORD_BYTES 16
#define RECORD_ROOM (RECORD_BYTES + 8)	/* with its header */

enum op { HASH_UPDATE, HASH_DELETE, LRU_UPDATE, QUEUE_PUSH, QUEUE_POP, RING_RECORD, OP_COUNT };

/* Of one kind of context. */
struct tally {
	atomic64_t runs;
	atomic64_t done[OP_COUNT], busy[OP_COUNT], full[OP_COUNT];	/* full: or empty, or not there */
	atomic64_t wrong;
};

static struct tally in_nmis, in_tasks;
static struct modbpf_map *hash, *lru, *queue, *ring;
static atomic64_t pushed, popped;	/* sums of tickets */
static atomic_t nmi_cnt;	/* that were sent here and have come */
static atomic64_t hits;		/* of the tracepoint */
static bool is_expected, is_over;
static atomic_t threads;

/* --- what is done to the maps -------------------------------------------------------------- */

static void note(struct tally *tally, enum op op, long err, long full)
{
	if (!err)
		atomic64_inc(&tally->done[op]);
	else if (err == -EBUSY)
		atomic64_inc(&tally->busy[op]);
	else if (err == full)
		atomic64_inc(&tally->full[op]);
	else
		atomic64_inc(&tally->wrong);
}

static void use_hash(struct tally *tally, u64 key)
{
	u64 value[2] = { key * STEP, ~(key * STEP) }, got, *found;

	note(tally, HASH_UPDATE, hash->ops->update(hash, &key, value, MODBPF_ANY), 0);
	found = hash->ops->lookup(hash, &key);
	got = found ? READ_ONCE(*found) : 0;
	if (got % STEP)
		atomic64_inc(&tally->wrong);
	note(tally, HASH_DELETE, key & 1 ? hash->ops->delete(hash, &key) : -ENOENT, -ENOENT);
}

static void use_queue(struct tally *tally, u64 ticket)
{
	u64 value[2] = { ticket, ~ticket };
	long err = queue->ops->push(queue, value, MODBPF_ANY);

	note(tally, QUEUE_PUSH, err, -E2BIG);
	if (!err)
		atomic64_add(ticket, &pushed);
	err = queue->ops->pop(queue, value);
	note(tally, QUEUE_POP, err, -ENOENT);
	if (err)
		return;
	atomic64_add(value[0], &popped);
	if (value[1] != ~value[0])
		atomic64_inc(&tally->wrong);
}

static void use_maps(struct tally *tally)
{
	u64 ticket = atomic64_inc_return(&tally->runs);
	u64 key = ticket % (2 * KEYS), value[2] = { key, ~key }, *record;

	rcu_read_lock();
	use_hash(tally, ticket % KEYS);
	/* Twice as many keys as it has room for; while all are being put in, none is free. */
	note(tally, LRU_UPDATE, lru->ops->update(lru, &key, value, MODBPF_ANY), -ENOMEM);
	use_queue(tally, ticket);
	record = ringbuf_reserve(ring, RECORD_BYTES);
	note(tally, RING_RECORD, record ? 0 : -ENOSPC, -ENOSPC);
	if (record) {
		record[0] = ticket;
		record[1] = ~ticket;
		ringbuf_commit(record, RINGBUF_NO_WAKEUP, false);
	}
	rcu_read_unlock();
}

/* The program. */
static u64 body(const void *ctx)
{
	use_maps(ctx ? &in_nmis : &in_tasks);
	return 0;
}

/* --- NMIs ------------------------------------------------------------------------------------ */

static int take_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!READ_ONCE(is_expected))
		return NMI_DONE;
	atomic_inc(&nmi_cnt);
	return NMI_HANDLED;
}

/* Until it has come; two that are sent at once may be one. */
static bool send_nmi(int cpu)
{
	int before = atomic_read(&nmi_cnt), patience;

	apic->send_IPI(cpu, NMI_VECTOR);
	for (patience = 0; patience < 10000000; patience++) {
		if (atomic_read(&nmi_cnt) != before)
			return true;
		cpu_relax();
	}
	return false;
}

static void count_hit(void *data, void *handler, s64 delta, int handled)
{
	atomic64_inc(&hits);
}

static struct tracepoint *nmi_point;

static void find_point(struct tracepoint *point, void *data)
{
	if (!strcmp(point->name, "nmi_handler"))
		nmi_point = point;
}

/* --- the fixture ------------------------------------------------------------------------------ */

struct fixture {
	struct user_memory mem;
	struct modbpf_prog *prog;
	struct modbpf_link *link;
	bool has_handler, has_probe;
};

static void attach(struct kunit *test, struct fixture *f)
{
	static const char name[] = "nmi_handler";
	union modbpf_attr attr = {};
	struct caller caller;

	caller_init_current(&caller);
	attr.raw_tracepoint.name = user_memory_put(test, &f->mem, name, sizeof(name));
	KUNIT_ASSERT_EQ(test, raw_tracepoint_link_attach(&caller, &attr, f->prog, &f->link), 0);
	KUNIT_ASSERT_EQ(test, link_go_live(f->link), 0);
}

static int begin(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	memset(&in_nmis, 0, sizeof(in_nmis));
	memset(&in_tasks, 0, sizeof(in_tasks));
	atomic64_set(&pushed, 0);
	atomic64_set(&popped, 0);
	atomic64_set(&hits, 0);
	user_memory_begin(test, &f->mem, PAGE_SIZE);
	hash = map_fixture_make(test, (struct map_attr)MAP_PARAMS(HASH, 8, 16, 64, 0));
	lru = map_fixture_make(test, (struct map_attr)MAP_PARAMS(LRU_HASH, 8, 16, KEYS, 0));
	queue = map_fixture_make(test, (struct map_attr)MAP_PARAMS(QUEUE, 0, 16, 3, 0));
	ring = map_fixture_make(test, (struct map_attr)MAP_PARAMS(RINGBUF, 0, 0, 65536, 0));
	f->prog = c_prog_new(test, MODBPF_PROG_RAW_TRACEPOINT, body);
	for_each_kernel_tracepoint(find_point, NULL);
	KUNIT_ASSERT_NOT_NULL(test, nmi_point);
	KUNIT_ASSERT_EQ(test, register_nmi_handler(NMI_LOCAL, take_nmi, 0, "modbpf_kunit"), 0);
	f->has_handler = true;
	KUNIT_ASSERT_EQ(test, tracepoint_probe_register(nmi_point, count_hit, NULL), 0);
	f->has_probe = true;
	attach(test, f);
	WRITE_ONCE(is_over, false);
	WRITE_ONCE(is_expected, true);
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	if (f->link) {
		f->link->ops->detach(f->link);
		f->link->ops->destroy(f->link);
	}
	if (f->has_probe)
		tracepoint_probe_unregister(nmi_point, count_hit, NULL);
	if (f->has_handler)
		unregister_nmi_handler(NMI_LOCAL, "modbpf_kunit");
	tracepoint_synchronize_unregister();
	WRITE_ONCE(is_expected, false);
	if (f->prog)
		c_prog_free(f->prog);
	map_fixture_free(hash);
	map_fixture_free(lru);
	map_fixture_free(queue);
	map_fixture_free(ring);
	user_memory_end(&f->mem);
}

static void expect_all_accounted(struct kunit *test, const struct tally *tally)
{
	enum op op;

	for (op = 0; op < OP_COUNT; op++)
		KUNIT_EXPECT_EQ(test, atomic64_read(&tally->runs), atomic64_read(&tally->done[op]) +
				atomic64_read(&tally->busy[op]) + atomic64_read(&tally->full[op]));
	KUNIT_EXPECT_EQ(test, atomic64_read(&tally->wrong), 0LL);
}

/* Events, tickets and records: what went in is there, or came out. */
static void expect_nothing_lost(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct hook_counters sum;
	u64 value[2];

	hook_counters_sum(f->link->counters, &sum);
	KUNIT_EXPECT_EQ(test, sum.events, (u64)atomic64_read(&in_nmis.runs));
	KUNIT_EXPECT_EQ(test, sum.events + sum.recursion_misses + sum.missed, (u64)atomic64_read(&hits));
	expect_all_accounted(test, &in_nmis);
	expect_all_accounted(test, &in_tasks);
	while (!queue->ops->pop(queue, value))
		atomic64_add(value[0], &popped);
	KUNIT_EXPECT_EQ(test, atomic64_read(&pushed), atomic64_read(&popped));
	KUNIT_EXPECT_EQ(test, ringbuf_query(ring, RINGBUF_PROD_POS), RECORD_ROOM *
			(u64)(atomic64_read(&in_nmis.done[RING_RECORD]) +
			      atomic64_read(&in_tasks.done[RING_RECORD])));
	kunit_info(test, "%lld runs in NMIs, %llu missed; %lld in tasks; busy: hash %lld, LRU %lld, queue %lld",
		   atomic64_read(&in_nmis.runs), sum.recursion_misses, atomic64_read(&in_tasks.runs),
		   atomic64_read(&in_nmis.busy[HASH_UPDATE]), atomic64_read(&in_nmis.busy[LRU_UPDATE]),
		   atomic64_read(&in_nmis.busy[QUEUE_PUSH]));
}

/* --- a storm --------------------------------------------------------------------------------- */

/* Now as a task does it, now in the program that the NMI is about to run. */
static int busy_thread(void *arg)
{
	struct modbpf_prog *prog = arg;
	struct run_site site = {};
	u32 i;

	for (i = 0; !READ_ONCE(is_over); i++) {
		preempt_disable();
		if (i & 1)
			use_maps(&in_tasks);
		else if (!prog_run_guarded(prog, NULL, &site, NULL))
			atomic64_inc(&in_tasks.wrong);
		preempt_enable();
		if (i % 64 == 0)
			cond_resched();
	}
	atomic_dec(&threads);
	return 0;
}

static void start_threads(struct kunit *test, struct modbpf_prog *prog)
{
	struct task_struct *task;
	int cpu;

	for_each_online_cpu(cpu) {
		task = kthread_create(busy_thread, prog, "nmi/%d", cpu);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
		kthread_bind(task, cpu);
		atomic_inc(&threads);
		wake_up_process(task);
	}
}

static void maps_in_a_storm_of_nmis(struct kunit *test)
{
	struct fixture *f = test->priv;
	int cpu = cpumask_first(cpu_online_mask);
	u32 i, lost = 0;

	start_threads(test, f->prog);
	for (i = 0; i < NMIS; i++) {
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
		lost += !send_nmi(cpu);
		if (i % 8 == 0)
			cond_resched();
	}
	WRITE_ONCE(is_over, true);
	while (atomic_read(&threads))
		msleep(10);
	KUNIT_EXPECT_EQ(test, lost, 0u);
	KUNIT_EXPECT_GE(test, atomic64_read(&hits), (long long)NMIS);
	KUNIT_EXPECT_GT(test, atomic64_read(&in_nmis.runs), 0LL);
	expect_nothing_lost(test);
}

/* --- in a section ------------------------------------------------------------------------------ */

static u32 sections;

/* Where a section of the queue's ends, with its lock still held. */
static int interrupt_section(struct kprobe *probe, struct pt_regs *regs)
{
	if (!sections++)
		send_nmi(raw_smp_processor_id());
	return 0;
}

static void queue_is_busy_in_an_nmi(struct kunit *test)
{
	struct kprobe probe = { .addr = (kprobe_opcode_t *)map_section_ends, .pre_handler = interrupt_section };
	u64 value[2] = { 1ULL << 40, ~(1ULL << 40) };
	s64 nmis;

	sections = 0;
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	KUNIT_EXPECT_EQ(test, queue->ops->push(queue, value, MODBPF_ANY), 0);
	unregister_kprobe(&probe);
	atomic64_add(value[0], &pushed);
	nmis = atomic64_read(&in_nmis.runs);
	KUNIT_EXPECT_GT(test, nmis, 0LL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&in_nmis.busy[QUEUE_PUSH]), nmis);
	KUNIT_EXPECT_EQ(test, atomic64_read(&in_nmis.busy[QUEUE_POP]), nmis);
	/* Other maps' locks are free. */
	KUNIT_EXPECT_EQ(test, atomic64_read(&in_nmis.done[HASH_UPDATE]), nmis);
	expect_nothing_lost(test);
}

/* The program that was interrupted is not run on top of itself: a miss. */
static u64 interrupted_body(const void *ctx)
{
	if (!ctx)
		send_nmi(raw_smp_processor_id());
	return 0;
}

static void program_is_not_run_on_top_of_itself(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct run_site site = {};
	struct hook_counters sum;

	f->prog->entry = interrupted_body;
	preempt_disable();
	KUNIT_EXPECT_TRUE(test, prog_run_guarded(f->prog, NULL, &site, NULL));
	preempt_enable();
	hook_counters_sum(f->link->counters, &sum);
	KUNIT_EXPECT_EQ(test, sum.events, 0ULL);
	KUNIT_EXPECT_GT(test, sum.recursion_misses, 0ULL);
	KUNIT_EXPECT_EQ(test, sum.recursion_misses, (u64)atomic64_read(&hits));
}

/* --- timers ------------------------------------------------------------------------------------- */

#define TIMER_AT 8
#define FAR_NSECS (3600 * (u64)NSEC_PER_SEC)

static struct modbpf_map *timers;
static long timer_results[5];	/* of init, set_callback, start, cancel; and of the element's removal */
static u32 timer_runs;

static u64 timer_field(u64 key)
{
	void *value = timers->ops->lookup(timers, &key);

	return value ? (u64)(unsigned long)value + TIMER_AT : 0;
}

static const struct modbpf_prog *timer_prog;

/* In the NMI, whose handlers are several: what is a timer's, and then its element goes. */
static u64 timer_body(const void *ctx)
{
	u64 key = 0, field = timer_field(key), prog = (u64)(unsigned long)timer_prog;
	u64 callback = (u64)(unsigned long)timer_prog->entry;

	if (timer_runs++)
		return 0;
	timer_results[0] = helper_timer_init(field, 0, CLOCK_MONOTONIC, 0, 0);
	timer_results[1] = helper_timer_set_callback(field, callback, prog, 0, 0);
	timer_results[2] = helper_timer_start(field, FAR_NSECS, 0, 0, 0);
	timer_results[3] = helper_timer_cancel(field, 0, 0, 0, 0);
	timer_results[4] = timers->ops->delete(timers, &key);
	return 0;
}

static void put_element(struct kunit *test, u64 key)
{
	u64 value[4] = {};

	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, timers->ops->update(timers, &key, value, MODBPF_ANY), 0);
	rcu_read_unlock();
}

static void start_timer(struct kunit *test, u64 key, struct modbpf_prog *prog)
{
	u64 field = timer_field(key);

	KUNIT_EXPECT_EQ(test, helper_timer_init(field, 0, CLOCK_MONOTONIC, 0, 0), 0ULL);
	KUNIT_EXPECT_EQ(test, helper_timer_set_callback(field, (u64)(unsigned long)prog->entry,
							(u64)(unsigned long)prog, 0, 0), 0ULL);
	KUNIT_EXPECT_EQ(test, helper_timer_start(field, FAR_NSECS, 0, 0, 0), 0ULL);
}

/* The clock's locks may be held by what an NMI interrupts. A map's element goes with its timer. */
static void timers_are_refused_in_an_nmi(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 i;

	timers = map_fixture_make(test, (struct map_attr)MAP_PARAMS(HASH, 8, 32, 4, 0));
	timers->field_end[MAP_FIELD_TIMER] = TIMER_AT + MAP_TIMER_BYTES;
	KUNIT_ASSERT_EQ(test, map_timers_create(timers), 0);
	atomic_set(&timers->fds, 1);
	put_element(test, 0);
	f->prog->entry = timer_body;
	timer_prog = f->prog;
	timer_runs = 0;
	rcu_read_lock();
	start_timer(test, 0, f->prog);
	KUNIT_EXPECT_GT(test, refcount_read(&f->prog->obj.refs), 1u);
	preempt_disable();
	KUNIT_EXPECT_TRUE(test, send_nmi(raw_smp_processor_id()));
	preempt_enable();
	rcu_read_unlock();
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, timer_results[i], -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, timer_results[4], 0);
	/* It let the program go. */
	for (i = 0; i < 5000 && refcount_read(&f->prog->obj.refs) != 1; i++)
		msleep(1);
	KUNIT_EXPECT_EQ(test, refcount_read(&f->prog->obj.refs), 1u);
	put_element(test, 0);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, (long)helper_timer_start(timer_field(0), 0, 0, 0, 0), -EINVAL);
	rcu_read_unlock();
	synchronize_rcu();
	map_timers_destroy(timers);
	map_fixture_free(timers);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(maps_in_a_storm_of_nmis),
	KUNIT_CASE(timers_are_refused_in_an_nmi),
	KUNIT_CASE(queue_is_busy_in_an_nmi),
	KUNIT_CASE(program_is_not_run_on_top_of_itself),
	{}
};

struct kunit_suite kunit_nmi_suite = {
	.name = "nmi",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};
