// SPDX-License-Identifier: GPL-2.0-only
/* Timers in values: when their callbacks run, what ends them, and who waits for whom. */
#include <linux/delay.h>
#include <linux/prandom.h>
#include <linux/smp.h>

#include "module/helper.h"
#include "module/map/timer.h"
#include "tests/kunit/c_prog.h"
#include "tests/kunit/map_fixture.h"

#define P(address) ((u64)(unsigned long)(address))
#define TIMER_AT 8
#define VALUE_BYTES 32
#define WAIT_MSECS 5000		/* for what must happen; nothing depends on how soon */
#define QUIET_MSECS 20		/* in which what must not happen would have */
#define SLOW_MSECS 30		/* a callback that is waited for */

static struct seen {
	atomic_t begun, ended;
	u64 key, value, map;
	bool is_released;		/* a callback that waits for it need not any more */
	long result;			/* of what the callback tried */
	struct map_timer *other;	/* that it tries to cancel */
} seen;

static u64 counts(u64 map, u64 key, u64 value, u64 r4, u64 r5)
{
	seen.map = map;
	seen.key = *(u32 *)(unsigned long)key;
	seen.value = value;
	atomic_inc(&seen.begun);
	atomic_inc(&seen.ended);
	return 0;
}

static u64 takes_long(u64 map, u64 key, u64 value, u64 r4, u64 r5)
{
	atomic_inc(&seen.begun);
	mdelay(SLOW_MSECS);
	atomic_inc(&seen.ended);
	return 0;
}

static u64 waits(u64 map, u64 key, u64 value, u64 r4, u64 r5)
{
	ktime_t end = ktime_add_ms(ktime_get(), WAIT_MSECS);

	atomic_inc(&seen.begun);
	while (!READ_ONCE(seen.is_released) && ktime_before(ktime_get(), end))
		cpu_relax();
	atomic_inc(&seen.ended);
	return 0;
}

static u64 cancels_other(u64 map, u64 key, u64 value, u64 r4, u64 r5)
{
	seen.result = map_timer_cancel(seen.other);
	atomic_inc(&seen.begun);
	atomic_inc(&seen.ended);
	return 0;
}

static struct modbpf_map *make(struct kunit *test, struct map_attr attr)
{
	struct modbpf_map *map = map_fixture_make(test, attr);

	map->field_end[MAP_FIELD_TIMER] = TIMER_AT + MAP_TIMER_BYTES;
	KUNIT_ASSERT_EQ(test, map_timers_create(map), 0);
	atomic_set(&map->fds, 1);
	memset(&seen, 0, sizeof(seen));
	return map;
}

static void unmake(struct modbpf_map *map)
{
	synchronize_rcu();
	map_timers_destroy(map);
	map->ops->destroy(map);
}

static struct modbpf_prog *prog_new(struct kunit *test)
{
	return c_prog_new(test, MODBPF_PROG_SCHED_CLS, NULL);
}

static void prog_end(struct kunit *test, struct modbpf_prog *prog)
{
	u32 i;

	/* References are put a moment later. */
	for (i = 0; i < WAIT_MSECS && refcount_read(&prog->obj.refs) != 1; i++)
		msleep(1);
	KUNIT_EXPECT_EQ(test, refcount_read(&prog->obj.refs), 1u);
	c_prog_free(prog);
}

static void put(struct kunit *test, struct modbpf_map *map, u32 key)
{
	u8 value[VALUE_BYTES];

	memset(value, 0xff, sizeof(value));
	KUNIT_ASSERT_EQ(test, map_fixture_update(map, &key, value, 0), 0l);
}

static struct map_timer *timer_in(struct modbpf_map *map, u32 key)
{
	void *value;

	rcu_read_lock();
	value = map->ops->lookup(map, &key);
	rcu_read_unlock();
	return value ? *(struct map_timer **)(value + TIMER_AT) : NULL;
}

static struct map_timer *begin(struct kunit *test, struct modbpf_map *map, u32 key,
			       struct modbpf_prog *prog, void *callback)
{
	struct map_timer *timer = timer_in(map, key);

	KUNIT_ASSERT_NOT_NULL(test, timer);
	KUNIT_ASSERT_EQ(test, map_timer_init(timer, CLOCK_MONOTONIC), 0l);
	KUNIT_ASSERT_EQ(test, map_timer_set_callback(timer, P(callback), prog), 0l);
	return timer;
}

static bool reach(atomic_t *count, int wanted)
{
	u32 i;

	for (i = 0; i < WAIT_MSECS && atomic_read(count) < wanted; i++)
		msleep(1);
	return atomic_read(count) >= wanted;
}

static void start_here(void *timer)
{
	map_timer_start(timer, 0, false, true);
}

/* On another CPU than this, where it is under way when this returns. */
static void start_elsewhere(struct kunit *test, struct map_timer *timer)
{
	int here = get_cpu(), there = cpumask_any_but(cpu_online_mask, here);

	if (there < nr_cpu_ids)
		smp_call_function_single(there, start_here, timer, true);
	while (there < nr_cpu_ids && !atomic_read(&seen.begun))
		cpu_relax();
	put_cpu();
	KUNIT_ASSERT_LT(test, (u32)there, (u32)nr_cpu_ids);
}

/* --- cases --------------------------------------------------------------------------- */

static void check_call(struct kunit *test, struct map_attr attr, u64 clock)
{
	struct modbpf_map *map = make(test, attr);
	struct modbpf_prog *prog = prog_new(test);
	struct map_timer *timer;
	struct prog_cpu sum;
	u32 key = 1;

	put(test, map, key);
	timer = timer_in(map, key);
	KUNIT_ASSERT_EQ(test, map_timer_init(timer, clock), 0l);
	KUNIT_ASSERT_EQ(test, map_timer_set_callback(timer, P(counts), prog), 0l);
	KUNIT_EXPECT_EQ(test, refcount_read(&prog->obj.refs), 2u);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 1000, false, false), 0l);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));
	KUNIT_EXPECT_EQ(test, seen.map, P(map));
	KUNIT_EXPECT_EQ(test, seen.key, 1ull);
	KUNIT_EXPECT_EQ(test, seen.value, P(map->ops->lookup(map, &key)));
	msleep(QUIET_MSECS);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.ended), 1);
	prog_counters(prog, &sum);
	KUNIT_EXPECT_EQ(test, sum.runs, 1ull);
	KUNIT_EXPECT_EQ(test, map_timer_cancel(timer), 0l);
	unmake(map);
	prog_end(test, prog);
}

static void callbacks_are_given_their_element(struct kunit *test)
{
	check_call(test, (struct map_attr)MAP_PARAMS(HASH, 4, VALUE_BYTES, 2, 0), CLOCK_MONOTONIC);
	check_call(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, VALUE_BYTES, 2, 0), CLOCK_BOOTTIME);
	check_call(test, (struct map_attr)MAP_PARAMS(LRU_HASH, 4, VALUE_BYTES, 2, 0), CLOCK_REALTIME);
}

static void results_are_linux(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(HASH, 4, VALUE_BYTES, 2, 0));
	struct modbpf_prog *prog = prog_new(test);
	struct map_timer *timer;

	put(test, map, 0);
	timer = timer_in(map, 0);
	KUNIT_EXPECT_EQ(test, map_timer_init(timer, CLOCK_TAI), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(counts), prog), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_timer_cancel(timer), (long)-EINVAL);
	atomic_set(&map->fds, 0);
	KUNIT_EXPECT_EQ(test, map_timer_init(timer, CLOCK_MONOTONIC), (long)-EPERM);
	atomic_set(&map->fds, 1);
	KUNIT_EXPECT_EQ(test, map_timer_init(timer, CLOCK_MONOTONIC), 0l);
	KUNIT_EXPECT_EQ(test, map_timer_init(timer, CLOCK_MONOTONIC), (long)-EBUSY);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), (long)-EINVAL);
	atomic_set(&map->fds, 0);
	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(counts), prog), (long)-EPERM);
	atomic_set(&map->fds, 1);
	/* A program that is about to be freed. */
	refcount_set(&prog->obj.refs, 0);
	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(counts), prog), (long)-ENOENT);
	refcount_set(&prog->obj.refs, 1);
	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(counts), prog), 0l);
	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(takes_long), prog), 0l);
	KUNIT_EXPECT_EQ(test, refcount_read(&prog->obj.refs), 2u);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, ~0ull, false, false), 0l);
	KUNIT_EXPECT_EQ(test, map_timer_cancel(timer), 1l);
	KUNIT_EXPECT_EQ(test, map_timer_cancel(timer), 0l);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.begun), 0);
	unmake(map);
	prog_end(test, prog);
}

static void a_program_takes_over(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, VALUE_BYTES, 1, 0));
	struct modbpf_prog *first = prog_new(test), *second = prog_new(test);
	struct map_timer *timer = begin(test, map, 0, first, takes_long);

	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(counts), second), 0l);
	prog_end(test, first);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), 0l);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));
	KUNIT_EXPECT_EQ(test, refcount_read(&second->obj.refs), 2u);
	unmake(map);
	prog_end(test, second);
}

/* Each with a timer that is under way in an hour, and one that is called just now. */
static void check_end(struct kunit *test, u32 type, void (*end)(struct kunit *, struct modbpf_map *))
{
	struct map_attr attr = MAP_PARAMS(HASH, 4, VALUE_BYTES, 2, 0);
	struct modbpf_prog *prog = prog_new(test);
	struct modbpf_map *map;
	struct map_timer *timer;

	attr.type = type;
	map = make(test, attr);
	put(test, map, 0);
	put(test, map, 1);
	timer = begin(test, map, 0, prog, counts);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 3600ull * NSEC_PER_SEC, false, false), 0l);
	timer = begin(test, map, 1, prog, takes_long);
	start_elsewhere(test, timer);
	end(test, map);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));
	/* The programs' references are gone, though the map is there. */
	prog_end(test, prog);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.begun), 1);
	unmake(map);
}

static void delete_both(struct kunit *test, struct modbpf_map *map)
{
	u32 key;

	for (key = 0; key < 2; key++)
		KUNIT_EXPECT_EQ(test, map->ops->delete(map, &key), 0l);
}

static void update_both(struct kunit *test, struct modbpf_map *map)
{
	put(test, map, 0);
	put(test, map, 1);
}

static void evict_both(struct kunit *test, struct modbpf_map *map)
{
	u32 key;

	for (key = 2; key < 6; key++)
		put(test, map, key);
	KUNIT_EXPECT_NULL(test, timer_in(map, 0));
	KUNIT_EXPECT_NULL(test, timer_in(map, 1));
}

static void take_both(struct kunit *test, struct modbpf_map *map)
{
	u8 value[VALUE_BYTES];
	u32 key, i;

	for (key = 0; key < 2; key++) {
		KUNIT_EXPECT_EQ(test, map->ops->sys_take(map, &key, value), 0);
		for (i = 0; i < sizeof(value); i++)
			KUNIT_EXPECT_EQ(test, value[i], i < TIMER_AT || i >= TIMER_AT + MAP_TIMER_BYTES ?
					0xff : 0);
	}
}

static void close_map(struct kunit *test, struct modbpf_map *map)
{
	atomic_set(&map->fds, 0);
	map_timers_stop(map);
}

static void elements_end_their_timers(struct kunit *test)
{
	check_end(test, MODBPF_MAP_HASH, delete_both);
	check_end(test, MODBPF_MAP_HASH, take_both);
	check_end(test, MODBPF_MAP_HASH, update_both);
	check_end(test, MODBPF_MAP_ARRAY, update_both);
	check_end(test, MODBPF_MAP_LRU_HASH, evict_both);
}

static void the_last_descriptor_ends_timers(struct kunit *test)
{
	check_end(test, MODBPF_MAP_HASH, close_map);
	check_end(test, MODBPF_MAP_ARRAY, close_map);
}

/* An element is used anew while the callback of its last use still runs. */
static void a_new_element_has_a_timer_at_once(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(HASH, 4, VALUE_BYTES, 1, 0));
	struct modbpf_prog *prog = prog_new(test);
	struct map_timer *timer;
	u32 key = 7;

	put(test, map, key);
	timer = begin(test, map, key, prog, takes_long);
	start_elsewhere(test, timer);
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, &key), 0l);
	put(test, map, 8);
	KUNIT_EXPECT_PTR_EQ(test, timer_in(map, 8), timer);
	timer = begin(test, map, 8, prog, counts);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), 0l);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 2));
	KUNIT_EXPECT_EQ(test, seen.key, 8ull);
	unmake(map);
	prog_end(test, prog);
}

static void a_map_waits_for_callbacks(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, VALUE_BYTES, 1, 0));
	struct modbpf_prog *prog = prog_new(test);

	start_elsewhere(test, begin(test, map, 0, prog, takes_long));
	map_timers_destroy(map);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.ended), 1);
	map->ops->destroy(map);
	prog_end(test, prog);
}

static void who_may_wait_cancels_for_good(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, VALUE_BYTES, 2, 0));
	struct modbpf_prog *prog = prog_new(test);
	struct map_timer *timer = begin(test, map, 0, prog, takes_long), *other;

	start_elsewhere(test, timer);
	KUNIT_EXPECT_EQ(test, map_timer_cancel(timer), 0l);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.ended), 1);

	/* With interrupts off nobody waits; it is off all the same. */
	memset(&seen, 0, sizeof(seen));
	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(waits), prog), 0l);
	start_elsewhere(test, timer);
	local_irq_disable();
	seen.result = map_timer_cancel(timer);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, seen.result, (long)-EBUSY);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), (long)-EINVAL);
	WRITE_ONCE(seen.is_released, true);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));

	/* Nor in a callback. */
	memset(&seen, 0, sizeof(seen));
	KUNIT_EXPECT_EQ(test, map_timer_set_callback(timer, P(waits), prog), 0l);
	other = begin(test, map, 1, prog, cancels_other);
	seen.other = timer;
	start_elsewhere(test, timer);
	preempt_disable();
	map_timer_start(other, 0, false, true);
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));
	KUNIT_EXPECT_EQ(test, seen.result, (long)-EDEADLK);
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), (long)-EINVAL);
	WRITE_ONCE(seen.is_released, true);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 2));

	/* It is its own: nothing is changed then, as in Linux. */
	memset(&seen, 0, sizeof(seen));
	seen.other = other;
	KUNIT_EXPECT_EQ(test, map_timer_start(other, 0, false, false), 0l);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));
	KUNIT_EXPECT_EQ(test, seen.result, (long)-EDEADLK);
	KUNIT_EXPECT_EQ(test, map_timer_start(other, 0, false, false), 0l);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 2));
	unmake(map);
	prog_end(test, prog);
}

static void starts_and_ends_where_interrupts_are_off(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, VALUE_BYTES, 1, 0));
	struct modbpf_prog *prog = prog_new(test);
	struct map_timer *timer = begin(test, map, 0, prog, counts);
	long results[3];

	local_irq_disable();
	results[0] = map_timer_start(timer, 0, false, false);
	results[1] = map_timer_cancel(timer);
	results[2] = map_timer_set_callback(timer, P(counts), prog);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, results[0], 0l);
	KUNIT_EXPECT_EQ(test, results[1], 1l);
	KUNIT_EXPECT_EQ(test, results[2], 0l);
	msleep(QUIET_MSECS);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.begun), 0);
	local_irq_disable();
	map_timer_start(timer, 3600ull * NSEC_PER_SEC, false, false);
	map_timer_start(timer, 0, false, false);
	local_irq_enable();
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));
	unmake(map);
	prog_end(test, prog);
}

/* The map has no id: the switch does not find it, and still nothing is started. */
static void the_kill_switch_lets_none_start(struct kunit *test)
{
	struct modbpf_map *map = make(test, (struct map_attr)MAP_PARAMS(ARRAY, 4, VALUE_BYTES, 1, 0));
	struct modbpf_prog *prog = prog_new(test);
	struct map_timer *timer = begin(test, map, 0, prog, counts);

	timers_stop_all();
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), (long)-ECANCELED);
	msleep(QUIET_MSECS);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.begun), 0);
	timers_resume();
	KUNIT_EXPECT_EQ(test, map_timer_start(timer, 0, false, false), 0l);
	KUNIT_EXPECT_TRUE(test, reach(&seen.ended, 1));
	unmake(map);
	prog_end(test, prog);
}

static void without_memory_there_is_no_map(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test,
		(struct map_attr)MAP_PARAMS(ARRAY, 4, VALUE_BYTES, 1, 0));
	u64 memory = map->memory;

	map->field_end[MAP_FIELD_TIMER] = TIMER_AT + MAP_TIMER_BYTES;
	map->max_entries = U32_MAX;
	KUNIT_EXPECT_EQ(test, map_timers_create(map), -ENOMEM);
	map->max_entries = 1;
	KUNIT_EXPECT_EQ(test, map->memory, memory);
	unmake(map);
}

/* --- all at once ----------------------------------------------------------------------- */

#define STORM_ROUNDS 4000
#define STORM_KEYS 4

static struct modbpf_prog *storm_progs[2];

static u64 starts_again(u64 map, u64 key, u64 value, u64 r4, u64 r5)
{
	struct map_timer *timer = *(struct map_timer **)(unsigned long)(value + TIMER_AT);

	atomic_inc(&seen.begun);
	map_timer_start(timer, 1000, false, false);
	return 0;
}

static void storm_round(struct modbpf_map *map, struct rnd_state *rnd)
{
	u32 random = prandom_u32_state(rnd), key = random % STORM_KEYS;
	struct modbpf_prog *prog = storm_progs[random >> 8 & 1];
	u8 value[VALUE_BYTES] = {};
	struct map_timer *timer;

	rcu_read_lock();
	timer = timer_in(map, key);
	if (!timer || (random >> 16) % 16 == 0)
		map->ops->update(map, &key, value, 0);
	else if ((random >> 16) % 16 == 1)
		map->ops->delete(map, &key);
	else if ((random >> 16) % 16 < 4)
		map_timer_cancel(timer);
	else if ((random >> 16) % 16 < 7)
		map_timer_init(timer, random >> 9 & 1 ? CLOCK_MONOTONIC : CLOCK_BOOTTIME);
	else if ((random >> 16) % 16 < 10)
		map_timer_set_callback(timer, P(starts_again), prog);
	else
		map_timer_start(timer, random >> 24, false, random >> 10 & 1);
	rcu_read_unlock();
}

static void storm_thread(struct map_storm *storm, u32 number)
{
	struct rnd_state rnd;
	u32 i;

	prandom_seed_state(&rnd, number + 1);
	for (i = 0; i < STORM_ROUNDS; i++) {
		storm_round(storm->map, &rnd);
		cond_resched();
	}
}

static void everything_at_once(struct kunit *test)
{
	struct map_attr attr = MAP_PARAMS(HASH, 4, VALUE_BYTES, STORM_KEYS, 0);
	struct map_storm storm = { .thread = storm_thread };

	storm.map = make(test, attr);
	storm_progs[0] = prog_new(test);
	storm_progs[1] = prog_new(test);
	map_storm_over(test, &storm, 4);
	KUNIT_EXPECT_GT(test, atomic_read(&seen.begun), 0);
	unmake(storm.map);
	prog_end(test, storm_progs[0]);
	prog_end(test, storm_progs[1]);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(callbacks_are_given_their_element),
	KUNIT_CASE(results_are_linux),
	KUNIT_CASE(a_program_takes_over),
	KUNIT_CASE(elements_end_their_timers),
	KUNIT_CASE(the_last_descriptor_ends_timers),
	KUNIT_CASE(a_new_element_has_a_timer_at_once),
	KUNIT_CASE(a_map_waits_for_callbacks),
	KUNIT_CASE(who_may_wait_cancels_for_good),
	KUNIT_CASE(starts_and_ends_where_interrupts_are_off),
	KUNIT_CASE(the_kill_switch_lets_none_start),
	KUNIT_CASE(without_memory_there_is_no_map),
	KUNIT_CASE(everything_at_once),
	{}
};

struct kunit_suite kunit_map_timer_suite = {
	.name = "modbpf-map-timer",
	.test_cases = cases,
};
