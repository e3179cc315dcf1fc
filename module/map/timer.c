// SPDX-License-Identifier: GPL-2.0-only
/*
 * When does a timer call back, and when never again? See timer.h.
 *
 * There is an hrtimer for each clock: neither is ever made anew, so one that is late, of a use
 * of the timer that is over, does no harm. It looks whether a call is wanted now, by
 * this clock, and goes away if not.
 */
#include "module/map/timer.h"

#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/numa.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "module/compat/hrtimer.h"
#include "module/map/area.h"
#include "module/map/lock.h"
#include "module/prog_run.h"
#include "verifier/map_field.h"

/*
 * In softirq context, as Linux's. On PREEMPT_RT that would be a thread that can be preempted
 * by who waits for it.
 */
#define MODE_CONTEXT (IS_ENABLED(CONFIG_PREEMPT_RT) ? HRTIMER_MODE_HARD : HRTIMER_MODE_SOFT)
#define MODE_PLAIN ((enum hrtimer_mode)(HRTIMER_MODE_ABS | MODE_CONTEXT))
#define MODE_PINNED ((enum hrtimer_mode)(HRTIMER_MODE_ABS_PINNED | MODE_CONTEXT))

enum timer_clock { TIMER_MONOTONIC, TIMER_BOOTTIME, TIMER_CLOCK_COUNT };

/* What is wanted. Under the lock. */
struct timer_wish {
	bool is_init;
	bool is_armed;		/* to be called at expires; it has a callback then */
	bool is_pinned;
	u8 clock;		/* enum timer_clock */
	u64 expires;		/* nanoseconds of that clock */
	u64 callback;
	struct modbpf_prog *prog;	/* reference; NULL: there is no callback */
};

struct map_timer {
	raw_spinlock_t lock;	/* a section's: module/map/lock.h; inside of all others */
	struct timer_wish wish;
	u32 changes;		/* of wish, but for the calls that came true */
	u32 index;		/* of the element */
	atomic_t running;	/* calls under way */
	struct modbpf_map *map;
	struct hrtimer clocks[TIMER_CLOCK_COUNT];
	struct irq_work settle;
};

/* How many kill switches are being thrown: nothing is armed meanwhile. Read under a timer's lock. */
static atomic_t timers_held = ATOMIC_INIT(0);

/* Whose callback runs on this CPU. */
static DEFINE_PER_CPU(struct map_timer *, timer_calling);

static notrace struct map_timer *timer_of(const struct modbpf_map *map, void *value)
{
	return *(struct map_timer **)(value + map_field_at(map->field_end, MAP_FIELD_TIMER));
}

static notrace u64 now(u32 clock)
{
	return clock == TIMER_BOOTTIME ? ktime_get_boottime_ns() : ktime_get_ns();
}

/* The lock is held; settle() reads it without. */
static notrace void wish_changed(struct map_timer *timer)
{
	WRITE_ONCE(timer->changes, timer->changes + 1);
}

/* --- the hrtimers ------------------------------------------------------------------ */

static notrace void settle_clock(struct map_timer *timer, const struct timer_wish *wish, u32 clock)
{
	struct hrtimer *hrtimer = &timer->clocks[clock];

	if (wish->is_armed && wish->clock == clock)
		hrtimer_start(hrtimer, ns_to_ktime(wish->expires),
			      wish->is_pinned ? MODE_PINNED : MODE_PLAIN);
	else
		hrtimer_try_to_cancel(hrtimer);
}

/*
 * Whoever changed the wish does this afterwards, several at once perhaps; who comes last to
 * the hrtimers finds that the wish is another one than his, unless it is the last. No
 * section is open on this CPU, and interrupts were on, or this is an irq_work.
 */
static notrace void settle(struct map_timer *timer)
{
	struct timer_wish wish;
	unsigned long irq;
	u32 changes, clock;

	do {
		if (!map_lock(&timer->lock, &irq))
			return;
		wish = timer->wish;
		changes = timer->changes;
		map_unlock(&timer->lock, irq);
		for (clock = 0; clock < TIMER_CLOCK_COUNT; clock++)
			settle_clock(timer, &wish, clock);
	} while (READ_ONCE(timer->changes) != changes);
}

static void settle_later(struct irq_work *work)
{
	settle(container_of(work, struct map_timer, settle));
}

/* With interrupts off, a lock may be held that hrtimers take. */
static notrace void settle_from_here(struct map_timer *timer)
{
	if (irqs_disabled())
		irq_work_queue(&timer->settle);
	else
		settle(timer);
}

/* --- the callback ------------------------------------------------------------------- */

static notrace void call_back(struct map_timer *timer, struct modbpf_prog *prog, u64 callback)
{
	struct modbpf_map *map = timer->map;
	const void *key = &timer->index;
	void *value = map->ops->elem_at(map, timer->index, &key);

	this_cpu_write(timer_calling, timer);
	prog_run_callback(prog, callback, map, key, value);
	this_cpu_write(timer_calling, NULL);
}

static notrace enum hrtimer_restart fires(struct map_timer *timer, u32 clock)
{
	struct timer_wish wish;
	unsigned long irq;
	bool is_due;

	/* The program stays until this ends, whoever takes it off. */
	rcu_read_lock();
	if (map_lock(&timer->lock, &irq)) {
		wish = timer->wish;
		is_due = wish.is_armed && wish.clock == clock && now(clock) >= wish.expires;
		if (is_due) {
			timer->wish.is_armed = false;
			atomic_inc(&timer->running);
		}
		map_unlock(&timer->lock, irq);
		if (is_due) {
			call_back(timer, wish.prog, wish.callback);
			/* Pairs with the acquire in map_timer_cancel(). */
			atomic_dec_return_release(&timer->running);
		}
	}
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

static notrace enum hrtimer_restart monotonic_fires(struct hrtimer *hrtimer)
{
	return fires(container_of(hrtimer, struct map_timer, clocks[TIMER_MONOTONIC]),
		     TIMER_MONOTONIC);
}

static notrace enum hrtimer_restart boottime_fires(struct hrtimer *hrtimer)
{
	return fires(container_of(hrtimer, struct map_timer, clocks[TIMER_BOOTTIME]),
		     TIMER_BOOTTIME);
}

/* --- with the map --------------------------------------------------------------------- */

static void timer_make(struct modbpf_map *map, u32 index)
{
	struct map_timer *timer = &map->timers[index];
	const void *key;
	void *value = map->ops->elem_at(map, index, &key);

	raw_spin_lock_init(&timer->lock);
	timer->index = index;
	timer->map = map;
	compat_hrtimer_setup(&timer->clocks[TIMER_MONOTONIC], monotonic_fires, CLOCK_MONOTONIC,
			     MODE_PLAIN);
	compat_hrtimer_setup(&timer->clocks[TIMER_BOOTTIME], boottime_fires, CLOCK_BOOTTIME,
			     MODE_PLAIN);
	init_irq_work(&timer->settle, settle_later);
	*(struct map_timer **)(value + map_field_at(map->field_end, MAP_FIELD_TIMER)) = timer;
}

int map_timers_create(struct modbpf_map *map)
{
	u64 bytes = (u64)map->max_entries * sizeof(*map->timers);
	u32 i;
	int err;

	if (!map->field_end[MAP_FIELD_TIMER])
		return 0;
	err = quota_set(&map->obj.charge, QUOTA_MAP_BYTES, map->memory + bytes);
	if (err)
		return err;
	map->timers = map_area_alloc(bytes, NUMA_NO_NODE);
	if (!map->timers)
		return -ENOMEM;
	map->memory += bytes;
	for (i = 0; i < map->max_entries; i++) {
		timer_make(map, i);
		if (!(i & 0xffff))
			cond_resched();
	}
	return 0;
}

/* What is wanted of a timer in no use; the program that it held. The lock is held. */
static notrace struct modbpf_prog *forget(struct map_timer *timer, bool stays_init)
{
	struct modbpf_prog *prog = timer->wish.prog;

	timer->wish.is_init = stays_init && timer->wish.is_init;
	timer->wish.is_armed = false;
	timer->wish.prog = NULL;
	wish_changed(timer);
	return prog;
}

notrace bool map_timer_drop_slowly(struct modbpf_map *map, void *value, bool is_nested)
{
	struct map_timer *timer = timer_of(map, value);
	struct modbpf_prog *prog;
	unsigned long irq = 0;
	bool was_armed;

	if (is_nested ? !map_lock_nest(&timer->lock) : !map_lock(&timer->lock, &irq))
		return false;
	was_armed = timer->wish.is_armed;
	prog = forget(timer, false);
	if (is_nested)
		map_unlock_nest(&timer->lock);
	else
		map_unlock(&timer->lock, irq);
	if (was_armed)
		irq_work_queue(&timer->settle);
	prog_put_later(prog);
	return true;
}

void map_timers_stop(struct modbpf_map *map)
{
	struct modbpf_prog *prog;
	unsigned long irq;
	u32 i;

	for (i = 0; map->timers && i < map->max_entries; i++) {
		struct map_timer *timer = &map->timers[i];

		if (!(i & 0xfff))
			cond_resched();
		if (!map_lock(&timer->lock, &irq))
			continue;
		prog = forget(timer, false);
		map_unlock(&timer->lock, irq);
		settle(timer);
		if (prog)
			prog_put(prog);
	}
}

void map_timers_destroy(struct modbpf_map *map)
{
	u32 i;

	if (!map->timers)
		return;
	map_timers_stop(map);
	for (i = 0; i < map->max_entries; i++) {
		struct map_timer *timer = &map->timers[i];

		irq_work_sync(&timer->settle);
		hrtimer_cancel(&timer->clocks[TIMER_MONOTONIC]);
		hrtimer_cancel(&timer->clocks[TIMER_BOOTTIME]);
		if (!(i & 0xfff))
			cond_resched();
	}
	map_area_free(map->timers);
}

void timers_stop_all(void)
{
	struct modbpf_map *map;
	struct object *obj;
	u32 id = 0;

	atomic_inc(&timers_held);
	while ((id = object_next_id(&modbpf_map_ids, id))) {
		obj = object_get_by_id(&modbpf_map_ids, id);
		if (!obj)
			continue;
		map = container_of(obj, struct modbpf_map, obj);
		map_timers_stop(map);
		map_put(map);
	}
}

void timers_resume(void)
{
	atomic_dec(&timers_held);
}

/* --- the helpers' -------------------------------------------------------------------- */

/* In the lock's section: who lets the map go takes off what came before, under the same lock. */
static notrace bool is_held_by_user(const struct map_timer *timer)
{
	return atomic_read(&timer->map->fds);
}

notrace long map_timer_init(struct map_timer *timer, u64 clock)
{
	unsigned long irq;
	long err = 0;

	/* Linux makes its timers for relative times: CLOCK_REALTIME is CLOCK_MONOTONIC there. */
	if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME && clock != CLOCK_BOOTTIME)
		return -EINVAL;
	if (!map_lock(&timer->lock, &irq))
		return -EBUSY;
	if (timer->wish.is_init)
		err = -EBUSY;
	else if (!is_held_by_user(timer))
		err = -EPERM;
	if (!err) {
		timer->wish.is_init = true;
		timer->wish.clock = clock == CLOCK_BOOTTIME ? TIMER_BOOTTIME : TIMER_MONOTONIC;
		wish_changed(timer);
	}
	map_unlock(&timer->lock, irq);
	return err;
}

notrace long map_timer_set_callback(struct map_timer *timer, u64 callback,
				    struct modbpf_prog *prog)
{
	struct modbpf_prog *old = NULL;
	unsigned long irq;
	long err = 0;

	if (!map_lock(&timer->lock, &irq))
		return -EBUSY;
	if (!timer->wish.is_init)
		err = -EINVAL;
	else if (!is_held_by_user(timer))
		err = -EPERM;
	else if (timer->wish.prog != prog && !refcount_inc_not_zero(&prog->obj.refs))
		err = -ENOENT;
	if (!err) {
		old = timer->wish.prog == prog ? NULL : timer->wish.prog;
		timer->wish.prog = prog;
		timer->wish.callback = callback;
		wish_changed(timer);
	}
	map_unlock(&timer->lock, irq);
	prog_put_later(old);
	return err;
}

/* When @nsecs have passed. What is beyond the clock's end never comes. */
static notrace u64 expiry_of(u32 clock, u64 nsecs)
{
	/* The exact clocks wait for who sets them, which a program may have interrupted. */
	u64 begin = clock == TIMER_BOOTTIME ? ktime_get_boot_fast_ns() : ktime_get_mono_fast_ns();

	return nsecs > KTIME_MAX - begin ? KTIME_MAX : begin + nsecs;
}

notrace long map_timer_start(struct map_timer *timer, u64 nsecs, bool is_absolute, bool is_pinned)
{
	unsigned long irq;
	long err = 0;

	if (!map_lock(&timer->lock, &irq))
		return -EBUSY;
	if (!timer->wish.prog)
		err = -EINVAL;
	else if (atomic_read(&timers_held))
		err = -ECANCELED;
	if (!err) {
		timer->wish.is_armed = true;
		timer->wish.is_pinned = is_pinned;
		/* A time before the clock's begin has come. */
		timer->wish.expires = is_absolute ? (nsecs > KTIME_MAX ? 0 : nsecs) :
				      expiry_of(timer->wish.clock, nsecs);
		wish_changed(timer);
	}
	map_unlock(&timer->lock, irq);
	if (!err)
		settle_from_here(timer);
	return err;
}

/*
 * Only who has interrupts on waits: no lock that he may hold is one that an interrupt on the
 * callback's CPU needs. And no callback waits: it could be for one that waits for it.
 */
static notrace long wait_for_callback(struct map_timer *timer)
{
	if (likely(!atomic_read_acquire(&timer->running)))
		return 0;
	if (this_cpu_read(timer_calling))
		return -EDEADLK;
	if (irqs_disabled())
		return -EBUSY;
	while (atomic_read_acquire(&timer->running))
		cpu_relax();
	return 0;
}

notrace long map_timer_cancel(struct map_timer *timer)
{
	struct modbpf_prog *prog = NULL;
	bool was_armed = false;
	unsigned long irq;
	long err = 0;

	if (!map_lock(&timer->lock, &irq))
		return -EBUSY;
	if (!timer->wish.is_init)
		err = -EINVAL;
	else if (this_cpu_read(timer_calling) == timer)
		err = -EDEADLK;
	if (!err) {
		was_armed = timer->wish.is_armed;
		prog = forget(timer, true);
	}
	map_unlock(&timer->lock, irq);
	if (err)
		return err;
	if (was_armed)
		settle_from_here(timer);
	prog_put_later(prog);
	err = wait_for_callback(timer);
	return err ? err : was_armed;
}
