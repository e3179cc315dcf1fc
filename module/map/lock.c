// SPDX-License-Identifier: GPL-2.0-only
/* Who may wait for a map's lock? Only who holds none on this CPU. */
#include "module/map/lock.h"

#include <linux/processor.h>

DEFINE_PER_CPU(int, map_lock_depth);

/*
 * In an NMI (a kprobe's int3 counts as one) the holder is another CPU, whose section
 * nothing holds up for long; lockdep, which knows locks but not depths, would call the
 * waiting a deadlock.
 */
notrace bool map_lock_rarely(raw_spinlock_t *lock, int depth)
{
	while (!raw_spin_trylock(lock)) {
		if (depth != 1)
			return false;
		cpu_relax();
	}
	__release(lock);
	return true;
}

#ifdef MODBPF_KUNIT
noinline notrace void map_section_ends(void)
{
	barrier();
}
#endif
