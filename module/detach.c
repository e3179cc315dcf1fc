// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does all that hangs anywhere come off at once? Each link, and each event that has a
 * program without one, is detached by a piece of work of its own. Taking many probes out
 * takes the kernel long: the programs of tracing stop first. What is attached meanwhile
 * may stay.
 */
#include "module/detach.h"

#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "module/caller.h"
#include "module/event.h"
#include "module/link.h"
#include "module/prog.h"

static struct workqueue_struct *detach_wq;

static int detach_all_set(const char *value, const struct kernel_param *param)
{
	struct caller caller;
	ktime_t begin = ktime_get();
	s64 stopped_ms;
	bool wanted;
	int err = kstrtobool(value, &wanted);

	/* Before init, nothing is attached. */
	if (err || !wanted || !detach_wq)
		return err;
	caller_init_current(&caller);
	progs_stop_tracing(true);
	stopped_ms = ktime_ms_delta(ktime_get(), begin);
	links_detach_all();
	events_detach_all();
	flush_workqueue(detach_wq);
	progs_stop_tracing(false);
	pr_warn("modbpf: user %u had all programs detached: tracing stopped after %lld ms, "
		"nothing is attached after %lld ms\n", from_kuid(&init_user_ns, caller.cred->uid), stopped_ms,
		ktime_ms_delta(ktime_get(), begin));
	return 0;
}

static const struct kernel_param_ops detach_all_ops = {
	.set = detach_all_set,
};

module_param_cb(detach_all, &detach_all_ops, NULL, 0200);
MODULE_PARM_DESC(detach_all, "write 1: every program comes off what it hangs on");

void detach_queue(struct work_struct *work)
{
	/* One writer at a time, by the lock of the parameters, and none leaves before its work is done. */
	WARN_ON_ONCE(!queue_work(detach_wq, work));
}

int detach_init(void)
{
	detach_wq = alloc_workqueue("modbpf_detach", WQ_UNBOUND, 0);
	return detach_wq ? 0 : -ENOMEM;
}

/* Parameters can be written until after the module's exit. */
void detach_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	destroy_workqueue(detach_wq);
	detach_wq = NULL;
	kernel_param_unlock(THIS_MODULE);
}
