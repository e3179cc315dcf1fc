// SPDX-License-Identifier: GPL-2.0-only
/* Handlers are taken from the kernel again: with patience, and nothing is freed that it keeps. */
#include "module/hook/unhook.h"

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

#define TRY_AGAIN_MS 10

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
	int err;

	while ((err = disable_kprobe(kprobe)) == -ENOMEM)
		msleep(TRY_AGAIN_MS);
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
