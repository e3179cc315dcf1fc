// SPDX-License-Identifier: GPL-2.0-only
/* Timers in map values, for programs: which flags are there? The rest is module/map/timer.c's. */
#include "module/helper/functions.h"

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/preempt.h>

#include "module/map/timer.h"

#define CLOCK_BITS 0xf		/* of timer_init's flags */

enum {
	TIMER_ABS = 1 << 0,	/* Linux's BPF_F_TIMER_ABS */
	TIMER_CPU_PIN = 1 << 1,	/* BPF_F_TIMER_CPU_PIN */
};

/* What the field holds: the verifier has seen that it is one. */
static notrace struct map_timer *timer_arg(u64 reg)
{
	return *(struct map_timer **)(unsigned long)reg;
}

/* timer, map, flags */
notrace u64 helper_timer_init(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (in_nmi())
		return -EOPNOTSUPP;
	if (r3 & ~(u64)CLOCK_BITS)
		return -EINVAL;
	return map_timer_init(timer_arg(r1), r3);
}

/* timer, callback; the verifier adds the program */
notrace u64 helper_timer_set_callback(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (in_nmi())
		return -EOPNOTSUPP;
	return map_timer_set_callback(timer_arg(r1), r2, (struct modbpf_prog *)(unsigned long)r3);
}

/* timer, nanoseconds, flags */
notrace u64 helper_timer_start(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (in_nmi())
		return -EOPNOTSUPP;
	if (r3 & ~(u64)(TIMER_ABS | TIMER_CPU_PIN))
		return -EINVAL;
	return map_timer_start(timer_arg(r1), r2, r3 & TIMER_ABS, r3 & TIMER_CPU_PIN);
}

/* timer */
notrace u64 helper_timer_cancel(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (in_nmi())
		return -EOPNOTSUPP;
	return map_timer_cancel(timer_arg(r1));
}
