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

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* Open sections on this CPU, over all maps. Written with interrupts off; an NMI leaves it as it was. */
DECLARE_PER_CPU(int, map_lock_depth);

/* The rare ways of a section's begin: inside another one, or in an NMI. */
bool map_lock_rarely(raw_spinlock_t *lock, int depth);

/* On behalf of the section at @depth. */
static __always_inline bool map_lock_at(raw_spinlock_t *lock, int depth)
{
	if (unlikely(depth != 1 || in_nmi()))
		return map_lock_rarely(lock, depth);
	raw_spin_lock(lock);
	/* Sections cross functions on a condition, which sparse cannot follow: nothing is held. */
	__release(lock);
	return true;
}

#ifdef MODBPF_KUNIT
/* At the end of a section, whose lock is still held: where tests put a kprobe. */
void map_section_ends(void);
#else
static inline void map_section_ends(void)
{
}
#endif

/*
 * Open a section: interrupts off, @lock held. False: another context on this
 * CPU is inside a section and the lock is taken; nothing has changed then, and
 * the caller's answer is -EBUSY. Any context.
 */
static __always_inline bool map_lock(raw_spinlock_t *lock, unsigned long *flags)
{
	local_irq_save(*flags);
	if (likely(map_lock_at(lock, __this_cpu_inc_return(map_lock_depth))))
		return true;
	__this_cpu_dec(map_lock_depth);
	local_irq_restore(*flags);
	return false;
}

static __always_inline void map_unlock(raw_spinlock_t *lock, unsigned long flags)
{
	map_section_ends();
	__acquire(lock);
	raw_spin_unlock(lock);
	__this_cpu_dec(map_lock_depth);
	local_irq_restore(flags);
}

/* Inside a section, one more lock. False as above. */
static __always_inline bool map_lock_nest(raw_spinlock_t *lock)
{
	return map_lock_at(lock, __this_cpu_read(map_lock_depth));
}

static __always_inline void map_unlock_nest(raw_spinlock_t *lock)
{
	__acquire(lock);
	raw_spin_unlock(lock);
}

#endif
