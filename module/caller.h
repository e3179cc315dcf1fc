/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * On whose behalf is a command carried out? Its memory, file descriptors,
 * credentials and namespaces. `current` is read only where a caller is made,
 * so that a command can later be carried out for another process.
 *
 * A caller lives on the stack of one ioctl and takes no reference.
 */
#ifndef MODBPF_MODULE_CALLER_H
#define MODBPF_MODULE_CALLER_H

#include <linux/types.h>

struct cgroup;
struct cred;
struct dentry;
struct file;
struct file_operations;
struct inode;
struct net;
struct task_struct;
struct path;

struct caller {
	const struct cred *cred;
	struct net *net;	/* network namespace of the calling task */
	bool is_member;		/* policy=group: may make maps and BTF, and load some programs, without CAP_BPF */
};

/* The caller that is `current`. */
void caller_init_current(struct caller *caller);
/* Make him a member, if he is in the group that the device @inode is for. */
void caller_ask_group(struct caller *caller, const struct inode *inode);

/* 0 or -EFAULT. Sleep. */
int caller_copy_in(const struct caller *caller, void *dst, u64 from, size_t bytes);
int caller_copy_out(const struct caller *caller, u64 to, const void *src, size_t bytes);
/* Zero @bytes at @to. 0 or -EFAULT. */
int caller_clear(const struct caller *caller, u64 to, size_t bytes);
/* Are all @bytes at @from zero? 1, 0 or -EFAULT. */
int caller_is_zero(const struct caller *caller, u64 from, size_t bytes);
/*
 * A struct of which the caller knows *@known bytes, which become @bytes at most: the rest of
 * @dst is zero. 0, -EFAULT, -E2BIG: more than a page, or not zero behind what is known here.
 */
int caller_copy_struct(const struct caller *caller, void *dst, u32 bytes, u64 from, u32 *known);
/* A new kvmalloc'ed copy of @bytes at @from, or ERR_PTR(-EFAULT, -ENOMEM). kvfree() it. */
void *caller_dup(const struct caller *caller, u64 from, size_t bytes);

/*
 * Copy a string with its NUL to @dst of @bytes. Returns its length, -EFAULT, or
 * -E2BIG if it has no NUL within @bytes.
 */
long caller_copy_string(const struct caller *caller, char *dst, u64 from, size_t bytes);

/*
 * @name to @room bytes at @to, at least one. What does not fit is cut, and terminated: -ENOSPC;
 * 0, -EFAULT. Sleeps.
 */
int caller_put_name(const struct caller *caller, u64 to, u32 room, const char *name);

/* The file at @fd with a reference, or NULL. fput() it. */
struct file *caller_fget(const struct caller *caller, int fd);
/* The same of @task's. */
struct file *caller_fget_task(const struct caller *caller, struct task_struct *task, u32 fd);
/*
 * A new close-on-exec descriptor for an anonymous inode named @name. Returns the
 * fd or -errno; on success @priv's reference belongs to the file, on failure
 * it stays with the caller of this function. The fd is visible at once: call it last.
 */
int caller_fd_install(const struct caller *caller, const char *name,
		      const struct file_operations *fops, void *priv, int flags);

/*
 * The path named by the string at @name; a relative one begins at @dir_fd (AT_FDCWD: the
 * working directory). Sleep. path_at: 0 or -errno, path_put() it, symbolic links followed.
 * path_create: a dentry without inode, its directory locked, until compat_path_created().
 */
int caller_path_at(const struct caller *caller, int dir_fd, u64 name, struct path *path);
struct dentry *caller_path_create(const struct caller *caller, int dir_fd, u64 name,
				  struct path *path);
/* What the caller does not let new files permit. */
u32 caller_umask(const struct caller *caller);

/* The task that the caller calls @pid, 0: itself. With a reference; NULL: there is none. */
struct task_struct *caller_task(const struct caller *caller, int pid);

/* The control group (version 2) behind @fd, with a reference; ERR_PTR(-EBADF, ...). Sleeps. */
struct cgroup *caller_cgroup_by_fd(const struct caller *caller, int fd);

/* A signal waits for the caller: long work is to be given up with -EINTR. */
bool caller_is_interrupted(const struct caller *caller);

/* Is it no caller at all, but the kernel's thread that does what was left to it? */
bool caller_is_worker(void);

/* Capabilities in the initial user namespace; CAP_SYS_ADMIN implies BPF, PERFMON. */
bool caller_capable(const struct caller *caller, int cap);
bool caller_bpf_capable(const struct caller *caller);
/* No one has it where the kernel is locked down against being read (confidentiality). */
bool caller_perfmon_capable(const struct caller *caller);
/* CAP_SYS_ADMIN, and the kernel is not locked down against processes' memory being written. */
bool caller_may_write_user(const struct caller *caller);
/*
 * The network namespace behind @fd, 0: the caller's own. With a reference;
 * ERR_PTR(-EBADF, -EINVAL). put_net() it.
 */
struct net *caller_net_by_fd(const struct caller *caller, int fd);
/* CAP_NET_ADMIN in the user namespace that owns @net. */
bool caller_net_admin(const struct caller *caller, struct net *net);

#endif
