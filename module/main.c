// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does the module come and go? The device appears last and goes first. An
 * open fd of the device or of any object pins the module, so when exit runs
 * nothing is attached and no command is under way.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "module/caller.h"
#include "module/command.h"
#include "module/detach.h"
#include "module/event.h"
#include "module/event/record.h"
#include "module/helper.h"
#include "module/hook/trampoline.h"
#include "module/image.h"
#include "module/kernel_btf.h"
#include "module/kfunc.h"
#include "module/kernel_symbol.h"
#include "module/link.h"
#include "module/object.h"
#include "module/pin.h"
#include "module/prog.h"
#include "module/quota.h"
#include "module/symbols.h"
#include "module/target.h"

static int jit = 1;
module_param(jit, int, 0444);
MODULE_PARM_DESC(jit, "run programs as machine code; 0: interpret them (default 1)");

static int opt = 2;
module_param(opt, int, 0444);
MODULE_PARM_DESC(opt, "how much the machine code is optimised, 0 to 2 (default 2)");

static int blind = 1;
module_param(blind, int, 0444);
MODULE_PARM_DESC(blind, "keep constants out of the machine code: 0 never, 1 without CAP_BPF (default), 2 always");

static int fence = 1;
module_param(fence, int, 0444);
MODULE_PARM_DESC(fence, "no access to memory on speculation: 0 never, 1 without CAP_PERFMON (default), 2 always");

static struct dentry *debug_dir;

static char *policy = "capable";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "who may load programs: \"capable\" who has CAP_BPF (default); \"group\", "
		 "which is weaker, the device's group some kinds, too");

static bool policy_is_group __ro_after_init;

bool modbpf_jit __ro_after_init;
u32 modbpf_opt __ro_after_init;
u32 modbpf_blind __ro_after_init;
u32 modbpf_fence_level __ro_after_init;

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct caller caller;

	switch (cmd) {
	case MODBPF_IOC_CALL:
		caller_init_current(&caller);
		if (policy_is_group)
			caller_ask_group(&caller, file_inode(file));
		return command_call(&caller, arg);
	case MODBPF_IOC_PERF:
		caller_init_current(&caller);
		return event_open(&caller, arg);
	case MODBPF_IOC_KERNEL_BTF:
		caller_init_current(&caller);
		return kernel_btf_supply(&caller, arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "modbpf",
	.fops = &device_fops,
	.mode = 0600,
};

/* Is what the parameter @name was set to a level? If not, that is said. */
static bool is_level(const char *name, int value)
{
	if (value >= 0 && value <= 2)
		return true;
	pr_err("modbpf: %s is 0, 1 or 2\n", name);
	return false;
}

static int check_params(void)
{
	if (jit != 0 && jit != 1) {
		pr_err("modbpf: jit is 0 or 1\n");
		return -EINVAL;
	}
	if (!jit && !MODBPF_INTERP) {
		pr_err("modbpf: jit=0, but the interpreter was left out of this build\n");
		return -EINVAL;
	}
	if (!is_level("opt", opt) || !is_level("blind", blind) || !is_level("fence", fence))
		return -EINVAL;
	policy_is_group = !strcmp(policy, "group");
	if (!policy_is_group && strcmp(policy, "capable")) {
		pr_err("modbpf: policy is capable or group\n");
		return -EINVAL;
	}
	/* Nothing keeps the interpreter from running ahead. */
	if (policy_is_group && !jit) {
		pr_err("modbpf: policy=group wants jit=1\n");
		return -EINVAL;
	}
	modbpf_jit = jit;
	modbpf_blind = blind;
	modbpf_fence_level = fence;
	modbpf_opt = opt;
	return 0;
}

static int __init modbpf_init(void)
{
	int err;

	err = check_params();
	if (err)
		return err;
	helpers_init();
	err = target_init();
	if (err)
		goto exit_helpers;
	err = image_init();
	if (err)
		goto exit_helpers;
	err = objects_init();
	if (err)
		goto exit_image;
	kernel_symbol_init();
	err = detach_init();
	if (err)
		goto exit_objects;
	err = hooks_init();
	if (err)
		goto exit_detach;
	err = misc_register(&device);
	if (err)
		goto exit_hooks;
	/* Nothing fails from here on: the device may be open, the file system mounted. */
	pin_init();
	debug_dir = debugfs_create_dir("modbpf", NULL);
	symbols_init(debug_dir);
	quota_init(debug_dir);
	return 0;
exit_hooks:
	hooks_exit();
exit_detach:
	detach_exit();
exit_objects:
	objects_exit();
exit_image:
	image_exit();
exit_helpers:
	helpers_exit();
	return err;
}

static void __exit modbpf_exit(void)
{
	misc_deregister(&device);
	debugfs_remove(debug_dir);
	pin_exit();
	detach_exit();
	hooks_exit();
	kfunc_withdraw();
	kernel_btf_exit();
	events_exit();
	objects_wait();
	progs_exit();
	objects_exit();
	records_exit();
	trampolines_exit();
	quota_exit();
	helpers_exit();
	image_exit();
}

module_init(modbpf_init);
module_exit(modbpf_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(MODBPF_VERSION);
MODULE_DESCRIPTION("eBPF as a module: verifier, JIT, maps and hooks behind /dev/modbpf");
