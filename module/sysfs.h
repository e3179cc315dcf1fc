/* SPDX-License-Identifier: GPL-2.0-only */
/* What does the kernel say about itself in /sys and /proc? */
#ifndef MODBPF_MODULE_SYSFS_H
#define MODBPF_MODULE_SYSFS_H

#include <linux/types.h>

/*
 * The bytes of a file of the first process's /sys, at most @most of them, in *@data,
 * which is terminated: vfree() it. How many; -ENOENT: it is not there, or not sysfs; -ENOMEM
 * and others. Whatever rights the caller has. Sleeps.
 */
ssize_t sysfs_read(const char *path, size_t most, void **data);
/*
 * The same of a file that has inode number @inode still; -ENOENT: it has not. @data may be
 * NULL, to ask how many bytes there are.
 */
ssize_t sysfs_read_same(const char *path, u64 inode, size_t most, void **data);
/*
 * Calls @fn for each file in a folder of it, until one call returns an error: that, 0,
 * -ENOENT (it is not there, or not sysfs) and others. Sleeps.
 */
int sysfs_each(const char *path, int (*fn)(void *data, const char *name, u64 inode), void *data);

/* The device that files below /proc/PID/ns are on; 0: it cannot be told. Sleeps. */
dev_t nsfs_device(void);

#endif
