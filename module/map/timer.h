/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The struct bpf_timer in a map's values: a callback of a program's that is called with the
 * map, the key and the value when its time has come.
 *
 * Each element of such a map has a struct map_timer for as long as the map lives, allocated
 * with it; the field's bytes hold its address. So nothing is allocated, and nothing freed,
 * while programs run. What becomes of the element (it is deleted, evicted, updated) takes
 * the callback off, and a callback that was taken off is not called any more; one that is
 * running on another CPU meanwhile comes to its end.
 *
 * A callback that is set is a reference to its program. Programs hold maps, so this is a
 * ring: it is cut when user space holds the map no more. Timers stop then, too.
 *
 * What is wanted of a timer is changed in a section (module/map/lock.h), nothing but plain
 * stores. Its hrtimers are brought in line outside of it: at once where interrupts are on,
 * else from an irq_work, since a program may run where the clock's own locks are held.
 */
#ifndef MODBPF_MODULE_MAP_TIMER_H
#define MODBPF_MODULE_MAP_TIMER_H

#include "module/map.h"

struct map_timer;
struct modbpf_prog;

/* Those of @map, whose fields are known; charged. 0, -ENOMEM, -EPERM: quota. Process context; sleeps. */
int map_timers_create(struct modbpf_map *map);
/* No program runs that has @map. Sleeps; waits for callbacks. */
void map_timers_destroy(struct modbpf_map *map);
/* Take all callbacks off. Process context; sleeps; waits for no callback. */
void map_timers_stop(struct modbpf_map *map);
/*
 * The same for each map there is; from now on none can be started, -ECANCELED, until all who did
 * this have called timers_resume(). A grace period of RCU later no callback runs.
 */
void timers_stop_all(void);
void timers_resume(void);

/*
 * Take the callback of @value's timer off, as it becomes another element's, or is given
 * another value. False: a section of this CPU has been interrupted in the middle of it;
 * nothing has changed then, and the answer is -EBUSY. _nested: inside a section.
 */
bool map_timer_drop_slowly(struct modbpf_map *map, void *value, bool is_nested);

static __always_inline bool map_timer_drop(struct modbpf_map *map, void *value)
{
	return likely(!map->timers) || map_timer_drop_slowly(map, value, false);
}

static __always_inline bool map_timer_drop_nested(struct modbpf_map *map, void *value)
{
	return likely(!map->timers) || map_timer_drop_slowly(map, value, true);
}

/*
 * The helpers', with Linux's results; -EBUSY also where a section of this CPU was
 * interrupted in the middle of the same timer. Any context but NMI.
 */
/* @clock: CLOCK_*. -EINVAL: of another clock; -EBUSY: it is; -EPERM: user space does not hold the map. */
long map_timer_init(struct map_timer *timer, u64 clock);
/* -EINVAL: not initialised; -EPERM; -ENOENT: the program is about to go. */
long map_timer_set_callback(struct map_timer *timer, u64 callback, struct modbpf_prog *prog);
/*
 * -EINVAL: it has no callback; -ECANCELED: the kill switch is being thrown. @nsecs: from now, or
 * with @is_absolute of its clock.
 */
long map_timer_start(struct map_timer *timer, u64 nsecs, bool is_absolute, bool is_pinned);
/*
 * 1: it would have been called, 0: not. In either case the callback is off and runs nowhere.
 * -EINVAL: not initialised; -EDEADLK: from its own callback, or another one's while it runs on
 * another CPU; -EBUSY: it runs on another CPU, and interrupts are off here. But for the
 * first and for its own callback it is off in any case.
 */
long map_timer_cancel(struct map_timer *timer);

#endif
