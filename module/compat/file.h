/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How is a file opened below a root that is given? By mount and entry up to 5.12. What says
 * whoever is told of a folder's entries? An errno up to 6.0, since then whether to go on.
 */
#ifndef MODBPF_MODULE_COMPAT_FILE_H
#define MODBPF_MODULE_COMPAT_FILE_H

#include <linux/errno.h>
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

/* static COMPAT_DIR_ACTOR(name, ctx, entry, bytes, inode) { ... } */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define COMPAT_DIR_TYPE bool
#define COMPAT_DIR_GO_ON true
#define COMPAT_DIR_STOP false
#else
#define COMPAT_DIR_TYPE int
#define COMPAT_DIR_GO_ON 0
#define COMPAT_DIR_STOP (-EINTR)
#endif
#define COMPAT_DIR_ACTOR(name, ctx, entry, bytes, inode) \
	COMPAT_DIR_TYPE name(struct dir_context *ctx, const char *entry, int bytes, loff_t offset, \
			     u64 inode, unsigned int type)

#endif
