/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * International atomic time, read from any context, NMI too. Up to 5.17 no function of the
 * kernel's does so: what it is ahead of the time of day is heard whenever the clock is updated.
 */
#ifndef MODBPF_MODULE_COMPAT_CLOCK_H
#define MODBPF_MODULE_COMPAT_CLOCK_H

#include <linux/ktime.h>
#include <linux/timekeeping.h>

#ifdef COMPAT_TAI_FAST

static inline void compat_clock_init(void)
{
}

static inline void compat_clock_exit(void)
{
}

static __always_inline u64 compat_tai_fast_ns(void)
{
	return ktime_get_tai_fast_ns();
}

#else
#include <linux/notifier.h>
#include <linux/pvclock_gtod.h>
#include <linux/timekeeper_internal.h>

static s32 compat_tai_offset;	/* seconds */

/* Under the lock of who updates the clock, interrupts off. */
static notrace int compat_clock_updated(struct notifier_block *block, unsigned long was_set, void *timekeeper)
{
	WRITE_ONCE(compat_tai_offset, ((struct timekeeper *)timekeeper)->tai_offset);
	return NOTIFY_OK;
}

static struct notifier_block compat_clock_notifier = {
	.notifier_call = compat_clock_updated,
};

/* It is called once from here. */
static inline void compat_clock_init(void)
{
	pvclock_gtod_register_notifier(&compat_clock_notifier);
}

static inline void compat_clock_exit(void)
{
	pvclock_gtod_unregister_notifier(&compat_clock_notifier);
}

static __always_inline u64 compat_tai_fast_ns(void)
{
	return ktime_get_real_fast_ns() + (s64)READ_ONCE(compat_tai_offset) * NSEC_PER_SEC;
}

#endif
#endif
