/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lock of maps, for every context that a program runs in, NMI and a kprobe
 * inside a locked section included.
 *
 * On each CPU only the outermost section may wait for a lock. A section that
 * is entered while another one is open on the same CPU merely tries, whatever
 * map it belongs to. So a CPU that holds a lock on behalf of an interrupted
 * section never waits, and no cycle of waiting CPUs can form, be it over one
 * map or over several.
 *
 * The second lock of a section (a bucket first, then the free list) obeys the
 * same rule: map_lock_nest() waits in the outermost section, and tries in others.
 */
#ifndef MODBPF_MODULE_MAP_LOCK_H
#define MODBPF_MODULE_MAP_LOCK_H

#include <linux/spinlock.h>
#include <linux/types.h>

/*
 * Open a section: interrupts off, @lock held. False: another context on this
 * CPU is inside a section and the lock is taken; nothing has changed then, and
 * the caller's answer is -EBUSY. Any context.
 */
bool map_lock(raw_spinlock_t *lock, unsigned long *flags);
void map_unlock(raw_spinlock_t *lock, unsigned long flags);

/* Inside a section, one more lock. False as above. */
bool map_lock_nest(raw_spinlock_t *lock);
void map_unlock_nest(raw_spinlock_t *lock);

#endif
