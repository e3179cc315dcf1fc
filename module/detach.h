/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kill switch: writing 1 to the module parameter detach_all ends everything that hangs
 * anywhere, and returns when no program of it runs any more: one grace period for all. What
 * they hung on is unhooked behind that, all at the same time; the kernel takes its time over it.
 * What is being attached then is either ended, too, or fails; what is begun later stays: see live.h.
 */
#ifndef MODBPF_MODULE_DETACH_H
#define MODBPF_MODULE_DETACH_H

#include <linux/types.h>

struct rcu_work;

/* 0 or -ENOMEM. Sleep. */
int detach_init(void);
/* No new work comes; waits for what is under way. Sleeps. */
void detach_exit(void);

/*
 * A grace period from now, have @work run, next to others; its owner has a reference for it.
 * False: it is waiting for that already. Of detach_all's writer only.
 */
bool detach_queue(struct rcu_work *work);
/* At the end of what was queued. */
void detach_done(void);

#endif
