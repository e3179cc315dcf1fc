// SPDX-License-Identifier: GPL-2.0-only
/* ENABLE_STATS: the time of programs is measured as long as the fd that it returns is open. */
#include "module/stats.h"

#include <linux/fs.h>
#include <linux/module.h>

#include "module/caller.h"
#include "module/command.h"

/* Linux's enum bpf_stats_type. */
#define STATS_RUN_TIME 0

DEFINE_STATIC_KEY_FALSE(modbpf_stats_key);

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
