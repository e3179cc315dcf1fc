// SPDX-License-Identifier: GPL-2.0-only
/*
 * TASK_FD_QUERY: which program hangs on a descriptor of some process, and where? Of events
 * and of raw tracepoints' links; other links say it themselves.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "module/caller.h"
#include "module/command.h"
#include "module/event.h"
#include "module/link.h"
#include "module/prog.h"

/* Linux's enum bpf_task_fd_type begins with this; the others are those of events. */
#define FD_RAW_TRACEPOINT 0

static int link_place(const struct modbpf_link *link, struct event_place *place, u32 *prog_id)
{
	if (link->ops->type != MODBPF_LINK_TYPE_RAW_TRACEPOINT)
		return -ENOTSUPP;
	place->fd_type = FD_RAW_TRACEPOINT;
	place->name = raw_tracepoint_link_event(link);
	*prog_id = link_prog_id(link);
	return 0;
}

static int put_answer(const struct caller *caller, const union modbpf_attr *attr,
		      const struct command_out *out, const struct event_place *place, u32 prog_id)
{
	const char *name = place->name ?: "";
	u32 len = strlen(name), room = attr->task_fd_query.buf_len;
	u64 to = attr->task_fd_query.buf;
	int err = room && to ? caller_put_name(caller, to, room, name) : 0;

	if (err && err != -ENOSPC)
		return err;
	if (COMMAND_PUT(caller, out, task_fd_query.buf_len, &len) ||
	    COMMAND_PUT(caller, out, task_fd_query.prog_id, &prog_id) ||
	    COMMAND_PUT(caller, out, task_fd_query.fd_type, &place->fd_type) ||
	    COMMAND_PUT(caller, out, task_fd_query.probe_offset, &place->offset) ||
	    COMMAND_PUT(caller, out, task_fd_query.probe_addr, &place->addr))
		return -EFAULT;
	return err;
}

static int query_file(const struct caller *caller, const union modbpf_attr *attr,
		      const struct command_out *out, struct file *file, char *room)
{
	struct modbpf_event *event = event_of_file(file);
	struct event_place place = {};
	u32 prog_id;
	int err = -ENOTSUPP;

	if (event)
		err = event_place(caller, event, room, &place, &prog_id);
	else if (file->f_op == &modbpf_link_fops)
		err = link_place(file->private_data, &place, &prog_id);
	return err ? err : put_answer(caller, attr, out, &place, prog_id);
}

int task_fd_query_command(const struct caller *caller, const union modbpf_attr *attr,
			  const struct command_out *out)
{
	struct task_struct *task;
	struct file *file;
	char *room;
	int err;

	if (attr->task_fd_query.flags)
		return -EINVAL;
	task = attr->task_fd_query.pid ? caller_task(caller, attr->task_fd_query.pid) : NULL;
	if (!task)
		return -ENOENT;
	file = caller_fget_task(caller, task, attr->task_fd_query.fd);
	put_task_struct(task);
	if (!file)
		return -EBADF;
	room = kmalloc(PATH_MAX, GFP_KERNEL_ACCOUNT);
	err = room ? query_file(caller, attr, out, file, room) : -ENOMEM;
	kfree(room);
	fput(file);
	return err;
}
