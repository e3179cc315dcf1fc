/* SPDX-License-Identifier: GPL-2.0-only */
/* What does the kernel say about itself in /sys and /proc? */
#ifndef MODBPF_MODULE_SYSFS_H
#define MODBPF_MODULE_SYSFS_H

#include <linux/types.h>

/*
 * The bytes of a file of the first process's /sys, at most @most of them, in *@data,
 * which is terminated: vfree() it. How many; -ENOENT, -EINVAL (not sysfs), -ENOMEM
 * and others. Sleeps.
 */
ssize_t sysfs_read(const char *path, size_t most, void **data);

/* The device that files below /proc/PID/ns are on; 0: it cannot be told. Sleeps. */
dev_t nsfs_device(void);

#endif
