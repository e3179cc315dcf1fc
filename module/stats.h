/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is the time that programs run measured? While any fd of ENABLE_STATS is open, or the
 * parameter stats is on; else it costs a jump that is not there.
 */
#ifndef MODBPF_MODULE_STATS_H
#define MODBPF_MODULE_STATS_H

#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(modbpf_stats_key);

/* Any context, NMI included. */
static __always_inline bool stats_are_on(void)
{
	return static_branch_unlikely(&modbpf_stats_key);
}

#endif
