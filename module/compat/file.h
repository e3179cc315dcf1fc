/* SPDX-License-Identifier: GPL-2.0-only */
/* How is a file opened below a root that is given? By mount and entry up to 5.12. */
#ifndef MODBPF_MODULE_COMPAT_FILE_H
#define MODBPF_MODULE_COMPAT_FILE_H

#include <linux/fs.h>
#include <linux/path.h>
#include <linux/version.h>

static inline struct file *compat_file_open_root(const struct path *root, const char *name)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
	return file_open_root(root, name, O_RDONLY, 0);
#else
	return file_open_root(root->dentry, root->mnt, name, O_RDONLY, 0);
#endif
}

#endif
