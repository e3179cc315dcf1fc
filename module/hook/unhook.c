// SPDX-License-Identifier: GPL-2.0-only
/* Handlers are taken from the kernel again, and nothing is freed that it keeps. */
#include "module/hook/unhook.h"

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/smp.h>

bool unhook_done(int err)
{
	if (!err)
		return true;
	pr_err_once("modbpf: the kernel does not let go of a probe: error %d; the module stays until the next boot\n",
		    err);
	__module_get(THIS_MODULE);
	return false;
}

bool unhook_kprobe(struct kprobe *kprobe)
{
	unsigned int flags = memalloc_noreclaim_save();
	int err = disable_kprobe(kprobe);

	memalloc_noreclaim_restore(flags);
	return unhook_done(err);
}

static void pass(void *unused)
{
}

/* RCU does not watch a CPU on its way into idle; interrupts are off there, so that this one comes later. */
void unhook_wait(void)
{
	on_each_cpu(pass, NULL, 1);
	synchronize_rcu();
}
