/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kill switch: writing 1 to the module parameter detach_all takes every program off
 * what it hangs on, and returns when none runs there any more. All at the same time: they
 * wait for the same grace periods; and no program of tracing runs from the first of these on.
 */
#ifndef MODBPF_MODULE_DETACH_H
#define MODBPF_MODULE_DETACH_H

#include <linux/types.h>

struct work_struct;

/* 0 or -ENOMEM. Sleep. */
int detach_init(void);
void detach_exit(void);

/* Have @work run, next to others; its owner has a reference for it. Of detach_all's writer only. */
void detach_queue(struct work_struct *work);

#endif
