// SPDX-License-Identifier: GPL-2.0-only
/*
 * How is the caller's memory reached, and what may the caller do? The one file
 * that reads `current`, and the one that copies to and from user space on
 * behalf of a command.
 */
#include "module/caller.h"

#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "module/compat/cgroup.h"
#include "module/compat/inode.h"
#include "module/compat/security.h"

void caller_init_current(struct caller *caller)
{
	caller->cred = current_cred();
	caller->net = current->nsproxy->net_ns;
	caller->is_member = false;
}

void caller_ask_group(struct caller *caller, const struct inode *inode)
{
	/* A group that cannot open the device has no members, whoever gave them the fd. */
	caller->is_member = (inode->i_mode & 0060) == 0060 && in_group_p(inode->i_gid);
}

int caller_copy_in(const struct caller *caller, void *dst, u64 from, size_t bytes)
{
	return copy_from_user(dst, u64_to_user_ptr(from), bytes) ? -EFAULT : 0;
}

int caller_copy_out(const struct caller *caller, u64 to, const void *src, size_t bytes)
{
	return copy_to_user(u64_to_user_ptr(to), src, bytes) ? -EFAULT : 0;
}

int caller_clear(const struct caller *caller, u64 to, size_t bytes)
{
	return clear_user(u64_to_user_ptr(to), bytes) ? -EFAULT : 0;
}

int caller_is_zero(const struct caller *caller, u64 from, size_t bytes)
{
	return check_zeroed_user(u64_to_user_ptr(from), bytes);
}

int caller_copy_struct(const struct caller *caller, void *dst, u32 bytes, u64 from, u32 *known)
{
	int is_zero;

	memset(dst, 0, bytes);
	if (*known > PAGE_SIZE)
		return -E2BIG;
	if (*known > bytes) {
		is_zero = caller_is_zero(caller, from + bytes, *known - bytes);
		if (is_zero <= 0)
			return is_zero < 0 ? is_zero : -E2BIG;
		*known = bytes;
	}
	return caller_copy_in(caller, dst, from, *known);
}

void *caller_dup(const struct caller *caller, u64 from, size_t bytes)
{
	void *copy = kvmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);

	if (!copy)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(copy, u64_to_user_ptr(from), bytes)) {
		kvfree(copy);
		return ERR_PTR(-EFAULT);
	}
	return copy;
}

long caller_copy_string(const struct caller *caller, char *dst, u64 from, size_t bytes)
{
	long length = strncpy_from_user(dst, u64_to_user_ptr(from), bytes);

	return length == bytes ? -E2BIG : length;
}

int caller_put_name(const struct caller *caller, u64 to, u32 room, const char *name)
{
	size_t bytes = strlen(name) + 1;

	if (bytes <= room)
		return caller_copy_out(caller, to, name, bytes);
	if (caller_copy_out(caller, to, name, room - 1) ||
	    caller_copy_out(caller, to + room - 1, "", 1))
		return -EFAULT;
	return -ENOSPC;
}

struct file *caller_fget(const struct caller *caller, int fd)
{
	return fget(fd);
}

struct fd_wanted {
	u32 fd;
	struct file *file;
};

static int take_file(const void *arg, struct file *file, unsigned int fd)
{
	struct fd_wanted *wanted = (struct fd_wanted *)arg;

	/* The first that is open, from the wanted one on. */
	if (fd == wanted->fd)
		wanted->file = get_file(file);
	return 1;
}

struct file *caller_fget_task(const struct caller *caller, struct task_struct *task, u32 fd)
{
	struct fd_wanted wanted = { .fd = fd };

	if (fd > INT_MAX)
		return NULL;
	task_lock(task);
	if (task->files)
		iterate_fd(task->files, fd, take_file, &wanted);
	task_unlock(task);
	return wanted.file;
}

int caller_fd_install(const struct caller *caller, const char *name,
		      const struct file_operations *fops, void *priv, int flags)
{
	return anon_inode_getfd(name, fops, priv, flags | O_CLOEXEC);
}

int caller_path_at(const struct caller *caller, int dir_fd, u64 name, struct path *path)
{
	return user_path_at(dir_fd, u64_to_user_ptr(name), LOOKUP_FOLLOW, path);
}

struct dentry *caller_path_create(const struct caller *caller, int dir_fd, u64 name,
				  struct path *path)
{
	return compat_path_create(dir_fd, u64_to_user_ptr(name), path);
}

u32 caller_umask(const struct caller *caller)
{
	return current_umask();
}

struct cgroup *caller_cgroup_by_fd(const struct caller *caller, int fd)
{
	return compat_cgroup_by_fd(fd);
}

struct task_struct *caller_task(const struct caller *caller, int pid)
{
	struct pid *found;
	struct task_struct *task;

	if (!pid)
		return get_task_struct(current);
	found = find_get_pid(pid);
	task = get_pid_task(found, PIDTYPE_PID);
	put_pid(found);
	return task;
}

bool caller_is_interrupted(const struct caller *caller)
{
	return signal_pending(current);
}

bool caller_is_worker(void)
{
	return current->flags & PF_KTHREAD;
}

bool caller_capable(const struct caller *caller, int cap)
{
	return ns_capable(&init_user_ns, cap);
}

bool caller_bpf_capable(const struct caller *caller)
{
	return caller_capable(caller, CAP_BPF) || caller_capable(caller, CAP_SYS_ADMIN);
}

bool caller_perfmon_capable(const struct caller *caller)
{
	return (caller_capable(caller, CAP_PERFMON) || caller_capable(caller, CAP_SYS_ADMIN)) &&
	       !security_locked_down(COMPAT_LOCKDOWN_READ);
}

bool caller_may_write_user(const struct caller *caller)
{
	return caller_capable(caller, CAP_SYS_ADMIN) &&
	       !security_locked_down(LOCKDOWN_BPF_WRITE_USER);
}

struct net *caller_net_by_fd(const struct caller *caller, int fd)
{
	return fd ? get_net_ns_by_fd(fd) : get_net(caller->net);
}

bool caller_net_admin(const struct caller *caller, struct net *net)
{
	return ns_capable(net->user_ns, CAP_NET_ADMIN);
}
