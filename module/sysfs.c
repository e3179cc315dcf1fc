// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does the kernel say about itself in /sys and /proc? The first process's, and what
 * is of the right kind only: what a caller has mounted there is no word of the kernel's. It
 * is opened with the kernel's rights: what the caller may open changes nothing of what there is.
 *
 * Not with kernel_read_file(): security modules want to know what is read for,
 * and some warn about what is none of their kinds.
 */
#include "module/sysfs.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "module/compat/file.h"

/* Process 1's, not the idle task's: where that one, and kernel threads, have theirs is empty since 7.0. */
static int get_first_root(struct path *root)
{
	struct task_struct *task;
	int err = -ENOENT;

	rcu_read_lock();
	task = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (!task)
		return err;
	task_lock(task);
	if (task->fs) {
		get_fs_root(task->fs, root);
		err = 0;
	}
	task_unlock(task);
	put_task_struct(task);
	return err;
}

static struct file *open_there(const char *path)
{
	const struct cred *own;
	struct file *file;
	struct path root;
	int err = get_first_root(&root);

	if (err)
		return ERR_PTR(err);
	/* The idle task's never go: kernels up to 6.12 take a reference, later ones do not. */
	own = override_creds(rcu_dereference_raw(init_task.cred));
	file = compat_file_open_root(&root, path);
	revert_creds(own);
	path_put(&root);
	return file;
}

static ssize_t read_all(struct file *file, char *to, size_t most)
{
	size_t done = 0;
	ssize_t got;
	loff_t pos = 0;

	while (done < most) {
		got = kernel_read(file, to + done, most - done, &pos);
		if (got < 0)
			return got;
		if (!got)
			break;
		done += got;
	}
	to[done] = 0;
	return done;
}

static struct file *open_sysfs(const char *path)
{
	struct file *file = open_there(path);

	if (IS_ERR(file) || file_inode(file)->i_sb->s_magic == SYSFS_MAGIC)
		return file;
	fput(file);
	return ERR_PTR(-ENOENT);
}

static ssize_t read_new(struct file *file, size_t most, void **data)
{
	char *room = vmalloc(most + 1);
	ssize_t bytes;

	if (!room)
		return -ENOMEM;
	bytes = read_all(file, room, most);
	if (bytes >= 0)
		*data = room;
	else
		vfree(room);
	return bytes;
}

/* @inode 0: any. */
ssize_t sysfs_read_same(const char *path, u64 inode, size_t most, void **data)
{
	struct file *file = open_sysfs(path);
	ssize_t bytes = -ENOENT;

	if (IS_ERR(file))
		return PTR_ERR(file);
	most = min_t(u64, most, i_size_read(file_inode(file)));
	if (!inode || file_inode(file)->i_ino == inode)
		bytes = data ? read_new(file, most, data) : most;
	fput(file);
	return bytes;
}

ssize_t sysfs_read(const char *path, size_t most, void **data)
{
	return sysfs_read_same(path, 0, most, data);
}

struct walk {
	struct dir_context base;
	int (*fn)(void *data, const char *name, u64 inode);
	void *data;
	int err;
};

static COMPAT_DIR_ACTOR(walk_entry, ctx, name, bytes, inode)
{
	struct walk *walk = container_of(ctx, struct walk, base);
	char room[NAME_MAX + 1];

	if (name[0] == '.' || bytes > NAME_MAX)
		return COMPAT_DIR_GO_ON;
	/* It is not terminated in all file systems. */
	memcpy(room, name, bytes);
	room[bytes] = 0;
	walk->err = walk->fn(walk->data, room, inode);
	return walk->err ? COMPAT_DIR_STOP : COMPAT_DIR_GO_ON;
}

int sysfs_each(const char *path, int (*fn)(void *data, const char *name, u64 inode), void *data)
{
	struct walk walk = { .base.actor = walk_entry, .fn = fn, .data = data };
	struct file *file = open_sysfs(path);
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = iterate_dir(file, &walk.base);
	fput(file);
	return walk.err ?: err;
}

dev_t nsfs_device(void)
{
	struct file *file = open_there("/proc/1/ns/pid");
	const struct super_block *sb;
	dev_t device = 0;

	if (IS_ERR(file))
		return 0;
	sb = file_inode(file)->i_sb;
	if (sb->s_magic == NSFS_MAGIC)
		device = sb->s_dev;
	fput(file);
	return device;
}
