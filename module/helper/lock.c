// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks in map values, for programs. What runs between the two helpers has been verified: it
 * calls nothing, ends, and releases what it took. One lock is held at a time on a CPU.
 */
#include "module/helper/functions.h"

#include <linux/percpu.h>

#include "module/map/value_lock.h"

/* Of the program that holds a lock here: were interrupts on before? */
static DEFINE_PER_CPU(unsigned long, irq_before);

static u32 *lock_arg(u64 reg)
{
	return (u32 *)(unsigned long)reg;
}

/* lock */
notrace u64 helper_spin_lock(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	unsigned long irq;

	value_lock(lock_arg(r1), &irq);
	__this_cpu_write(irq_before, irq);
	return 0;
}

/* lock */
notrace u64 helper_spin_unlock(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	value_unlock(lock_arg(r1), __this_cpu_read(irq_before));
	return 0;
}
