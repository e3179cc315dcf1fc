/* SPDX-License-Identifier: GPL-2.0-only */
/* What does the kernel say about itself in /sys? */
#ifndef MODBPF_MODULE_SYSFS_H
#define MODBPF_MODULE_SYSFS_H

#include <linux/types.h>

/*
 * The bytes of a file of the first process's /sys, at most @most of them, in *@data,
 * which is terminated: vfree() it. How many; -ENOENT, -EINVAL (not sysfs), -ENOMEM
 * and others. Sleeps.
 */
ssize_t sysfs_read(const char *path, size_t most, void **data);

#endif
