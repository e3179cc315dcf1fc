// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may wait for a map's lock? Only who holds none on this CPU.
 *
 * The sections cross function boundaries on a condition, which sparse cannot
 * follow: it is told that nothing is held.
 */
#include "module/map/lock.h"

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/processor.h>

/* Open sections on this CPU, over all maps. Written with interrupts off; an NMI leaves it as it was. */
static DEFINE_PER_CPU(int, map_lock_depth);

/*
 * The outermost section of this CPU. In an NMI (a kprobe's int3 counts as one) the
 * holder is another CPU, whose section nothing holds up for long; lockdep, which
 * knows locks but not depths, would call the waiting a deadlock.
 */
static void wait_for(raw_spinlock_t *lock)
{
	if (!in_nmi()) {
		raw_spin_lock(lock);
	} else {
		while (!raw_spin_trylock(lock))
			cpu_relax();
	}
	__release(lock);
}

/* On behalf of the section at @depth. */
static bool take(raw_spinlock_t *lock, int depth)
{
	if (depth == 1) {
		wait_for(lock);
		return true;
	}
	if (!raw_spin_trylock(lock))
		return false;
	__release(lock);
	return true;
}

notrace bool map_lock(raw_spinlock_t *lock, unsigned long *flags)
{
	local_irq_save(*flags);
	if (take(lock, __this_cpu_inc_return(map_lock_depth)))
		return true;
	__this_cpu_dec(map_lock_depth);
	local_irq_restore(*flags);
	return false;
}

notrace void map_unlock(raw_spinlock_t *lock, unsigned long flags)
{
	__acquire(lock);
	raw_spin_unlock(lock);
	__this_cpu_dec(map_lock_depth);
	local_irq_restore(flags);
}

notrace bool map_lock_nest(raw_spinlock_t *lock)
{
	return take(lock, __this_cpu_read(map_lock_depth));
}

notrace void map_unlock_nest(raw_spinlock_t *lock)
{
	__acquire(lock);
	raw_spin_unlock(lock);
}
