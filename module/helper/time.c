// SPDX-License-Identifier: GPL-2.0-only
/* What time is it, and what is random? Clocks that can be read from NMI. */
#include "module/helper/functions.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/prandom.h>
#include <linux/timekeeping.h>

#include "module/compat/clock.h"

/*
 * A program that interrupts another one between reading and writing the state
 * makes it repeat a number; nothing else can go wrong.
 */
static DEFINE_PER_CPU(struct rnd_state, helper_random);

notrace u64 helper_ktime_get_ns(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return ktime_get_mono_fast_ns();
}

notrace u64 helper_ktime_get_boot_ns(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return ktime_get_boot_fast_ns();
}

notrace u64 helper_ktime_get_tai_ns(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return compat_tai_fast_ns();
}

/* As of the last tick. Not from NMI: it waits until who sets the clock is done. */
notrace u64 helper_ktime_get_coarse_ns(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return ktime_get_coarse_ns();
}

/* A plain load where a word has 64 bits, and so without the lock that others take. */
notrace u64 helper_jiffies64(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return get_jiffies_64();
}

notrace u64 helper_get_prandom_u32(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return prandom_u32_state(raw_cpu_ptr(&helper_random));
}

void helper_time_init(void)
{
	prandom_seed_full_state(&helper_random);
	compat_clock_init();
}

void helper_time_exit(void)
{
	compat_clock_exit();
}
