// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who wants to know how long programs run? It is measured as long as an fd of ENABLE_STATS is
 * open, or the parameter stats is on.
 */
#include "module/stats.h"

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "module/caller.h"
#include "module/command.h"

/* Linux's enum bpf_stats_type. */
#define STATS_RUN_TIME 0

DEFINE_STATIC_KEY_FALSE(modbpf_stats_key);

static bool is_param_on;	/* under the lock of the parameters */

static int stats_set(const char *value, const struct kernel_param *param)
{
	bool is_wanted;
	int err = kstrtobool(value, &is_wanted);

	if (err || is_wanted == is_param_on)
		return err;
	is_param_on = is_wanted;
	if (is_wanted)
		static_branch_inc(&modbpf_stats_key);
	else
		static_branch_dec(&modbpf_stats_key);
	return 0;
}

static const struct kernel_param_ops stats_ops = {
	.set = stats_set,
	.get = param_get_bool,
};

module_param_cb(stats, &stats_ops, &is_param_on, 0644);
MODULE_PARM_DESC(stats, "measure the time that programs run (default N)");

static int stats_release(struct inode *inode, struct file *file)
{
	static_branch_dec(&modbpf_stats_key);
	return 0;
}

static const struct file_operations stats_fops = {
	.owner = THIS_MODULE,
	.release = stats_release,
};

int stats_enable_command(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out)
{
	int fd;

	if (attr->enable_stats.type != STATS_RUN_TIME)
		return -EINVAL;
	static_branch_inc(&modbpf_stats_key);
	fd = caller_fd_install(caller, "bpf-stats", &stats_fops, NULL, 0);
	if (fd < 0)
		static_branch_dec(&modbpf_stats_key);
	return fd;
}
