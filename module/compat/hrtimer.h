/* SPDX-License-Identifier: GPL-2.0-only */
/* How is an hrtimer made ready? In two steps up to 6.12, in one since. */
#ifndef MODBPF_MODULE_COMPAT_HRTIMER_H
#define MODBPF_MODULE_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>

static inline void compat_hrtimer_setup(struct hrtimer *timer,
					enum hrtimer_restart (*fires)(struct hrtimer *timer),
					clockid_t clock, enum hrtimer_mode mode)
{
#ifdef COMPAT_HRTIMER_SETUP
	hrtimer_setup(timer, fires, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = fires;
#endif
}

#endif
