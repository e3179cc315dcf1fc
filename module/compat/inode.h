/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How does a small file system talk to the VFS? What stands before the arguments of
 * its operations is nothing up to 5.11, a user namespace up to 6.2, an idmap since.
 */
#ifndef MODBPF_MODULE_COMPAT_INODE_H
#define MODBPF_MODULE_COMPAT_INODE_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/version.h>

/* The first parameter of mkdir and permission, and what to pass on where there is no mount. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define COMPAT_IDMAP struct mnt_idmap *idmap,
#define COMPAT_NO_IDMAP &nop_mnt_idmap,
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
#define COMPAT_IDMAP struct user_namespace *idmap,
#define COMPAT_NO_IDMAP &init_user_ns,
#else
#define COMPAT_IDMAP
#define COMPAT_NO_IDMAP
#endif

/* What mkdir returns: an errno up to 6.14, a dentry or an errno since. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define COMPAT_MKDIR_TYPE struct dentry *
#define COMPAT_MKDIR_RESULT(err) ERR_PTR(err)
#else
#define COMPAT_MKDIR_TYPE int
#define COMPAT_MKDIR_RESULT(err) (err)
#endif

/* A new inode's times are now. */
static inline void compat_inode_init_times(struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	simple_inode_init_ts(inode);
#else
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
#endif
}

/* What a directory holds has changed. */
static inline void compat_inode_changed(struct inode *dir)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	inode_set_mtime_to_ts(dir, inode_set_ctime_current(dir));
#else
	dir->i_mtime = dir->i_ctime = current_time(dir);
#endif
}

/* @dentry is @inode's and stays, as long as nobody unlinks it. */
static inline void compat_dentry_pin(struct dentry *dentry, struct inode *inode)
{
#ifdef COMPAT_D_MAKE_PERSISTENT
	d_make_persistent(dentry, inode);
#else
	d_instantiate(dentry, inode);
	dget(dentry);
#endif
}

/* For kill_sb of a file system whose dentries were pinned so. */
static inline void compat_kill_pinned_super(struct super_block *sb)
{
#ifdef COMPAT_D_MAKE_PERSISTENT
	kill_anon_super(sb);
#else
	kill_litter_super(sb);
#endif
}

/* An inode that nobody uses is dropped. */
#ifdef COMPAT_INODE_JUST_DROP
#define compat_drop_inode inode_just_drop
#else
#define compat_drop_inode generic_delete_inode
#endif

/* A new name: the dentry, its directory locked and in @path, or ERR_PTR. */
static inline struct dentry *compat_path_create(int dir_fd, const char __user *name,
						struct path *path)
{
#ifdef COMPAT_START_CREATING_USER_PATH
	return start_creating_user_path(dir_fd, name, path, 0);
#else
	return user_path_create(dir_fd, name, path, 0);
#endif
}

static inline void compat_path_created(struct path *path, struct dentry *dentry)
{
#ifdef COMPAT_START_CREATING_USER_PATH
	end_creating_path(path, dentry);
#else
	done_path_create(path, dentry);
#endif
}

#endif
