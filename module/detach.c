// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does all that hangs anywhere come off at once? Each link, and each event that has a
 * program without one, is switched off; a grace period later a piece of work of its own
 * unhooks it.
 */
#include "module/detach.h"

#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "module/audit.h"
#include "module/caller.h"
#include "module/event.h"
#include "module/link.h"
#include "module/live.h"
#include "module/map/timer.h"

static struct workqueue_struct *detach_wq;

/* Works that are queued or run, and who queues; with the last one all is unhooked. */
static atomic_t detach_pending;
static ktime_t detach_begin;	/* of the last use */

static s64 ms_since_begin(void)
{
	return ktime_ms_delta(ktime_get(), READ_ONCE(detach_begin));
}

void detach_done(void)
{
	if (atomic_dec_and_test(&detach_pending))
		pr_info("modbpf: all is unhooked after %lld ms\n", ms_since_begin());
}

static int detach_all_set(const char *value, const struct kernel_param *param)
{
	struct caller caller;
	bool wanted;
	int err = kstrtobool(value, &wanted);

	/* Before init, nothing is attached. */
	if (err || !wanted || !detach_wq)
		return err;
	caller_init_current(&caller);
	WRITE_ONCE(detach_begin, ktime_get());
	atomic_inc(&detach_pending);
	live_begin_epoch();
	links_end_all();
	events_end_all();
	timers_stop_all();
	/* Where programs run, either is held off: RCU's readers, preemption. */
	synchronize_rcu();
	timers_resume();
	pr_warn("modbpf: user %u had all programs detached: none runs after %lld ms\n",
		from_kuid(&init_user_ns, caller.cred->uid), ms_since_begin());
	detach_done();
	/* Last: a full audit log has one wait. */
	audit_detach_all();
	return 0;
}

static const struct kernel_param_ops detach_all_ops = {
	.set = detach_all_set,
};

module_param_cb(detach_all, &detach_all_ops, NULL, 0200);
MODULE_PARM_DESC(detach_all, "write 1: every program comes off what it hangs on");

bool detach_queue(struct rcu_work *work)
{
	atomic_inc(&detach_pending);
	if (queue_rcu_work(detach_wq, work))
		return true;
	atomic_dec(&detach_pending);
	return false;
}

int detach_init(void)
{
	detach_wq = alloc_workqueue("modbpf_detach", WQ_UNBOUND, 0);
	return detach_wq ? 0 : -ENOMEM;
}

/* Parameters can be written until after the module's exit. */
void detach_exit(void)
{
	struct workqueue_struct *wq = detach_wq;

	kernel_param_lock(THIS_MODULE);
	detach_wq = NULL;
	kernel_param_unlock(THIS_MODULE);
	rcu_barrier();	/* queue_rcu_work()'s callbacks have run */
	destroy_workqueue(wq);
}
