// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does the kernel say about itself in /sys and /proc? The first process's, and what
 * is of the right kind only: what a caller has mounted there is no word of the kernel's.
 *
 * Not with kernel_read_file(): security modules want to know what is read for,
 * and some warn about what is none of their kinds.
 */
#include "module/sysfs.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/magic.h>
#include <linux/sched/task.h>
#include <linux/vmalloc.h>

#include "module/compat/file.h"

static struct file *open_there(const char *path)
{
	struct file *file;
	struct path root;

	task_lock(&init_task);
	get_fs_root(init_task.fs, &root);
	task_unlock(&init_task);
	file = compat_file_open_root(&root, path);
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

ssize_t sysfs_read(const char *path, size_t most, void **data)
{
	struct file *file = open_there(path);
	ssize_t bytes = -EINVAL;
	char *room;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (file_inode(file)->i_sb->s_magic != SYSFS_MAGIC)
		goto put_file;
	most = min_t(u64, most, i_size_read(file_inode(file)));
	bytes = -ENOMEM;
	room = vmalloc(most + 1);
	if (!room)
		goto put_file;
	bytes = read_all(file, room, most);
	if (bytes >= 0)
		*data = room;
	else
		vfree(room);
put_file:
	fput(file);
	return bytes;
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
