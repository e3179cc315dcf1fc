// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of uprobes: config1 is the address of a file's name, config2 an offset in the
 * file. Bit 0 of config: at the function's return; its upper half: the offset of a
 * counter of those who look, which the kernel keeps (USDT).
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/limits.h>
#include <linux/namei.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "isa/abi.h"
#include "module/caller.h"
#include "module/compat/uprobe.h"
#include "module/event/types.h"

#define CONFIG_RETURN 1ULL
#define CONFIG_COUNTER_SHIFT 32

struct uprobe_event {
	struct modbpf_event event;
	struct uprobe_consumer consumer;
	struct compat_uprobe probe;
	struct path path;		/* holds the file */
	struct task_struct *task;	/* reference; NULL: everyone's */
};

static struct uprobe_event *uprobe_event_of(struct modbpf_event *event)
{
	return container_of(event, struct uprobe_event, event);
}

static struct uprobe_event *of_consumer(struct uprobe_consumer *consumer)
{
	return container_of(consumer, struct uprobe_event, consumer);
}

/* Only whose memory was asked for gets the breakpoint. */
static COMPAT_UPROBE_FILTER(is_wanted, consumer, mm)
{
	struct uprobe_event *uprobe = of_consumer(consumer);

	return !uprobe->task || READ_ONCE(uprobe->task->mm) == mm;
}

/* A breakpoint that another's probe has planted is not ours. */
static bool is_ours(struct uprobe_event *uprobe)
{
	return !uprobe->task || same_thread_group(uprobe->task, current);
}

static COMPAT_UPROBE_HANDLER(run_entry, consumer, regs)
{
	if (is_ours(of_consumer(consumer)))
		event_run(&of_consumer(consumer)->event, regs, regs);
	return 0;
}

static COMPAT_UPROBE_RETURN(run_return, consumer, regs)
{
	if (is_ours(of_consumer(consumer)))
		event_run(&of_consumer(consumer)->event, regs, regs);
	return 0;
}

static int find_file(const struct caller *caller, struct uprobe_event *uprobe, u64 name)
{
	char *room = kmalloc(PATH_MAX, GFP_KERNEL);
	long err;

	if (!room)
		return -ENOMEM;
	err = caller_copy_string(caller, room, name, PATH_MAX);
	if (err >= 0)
		err = kern_path(room, LOOKUP_FOLLOW, &uprobe->path);
	kfree(room);
	if (err)
		return err;
	if (!d_is_reg(uprobe->path.dentry))
		return -EINVAL;
	uprobe->probe.inode = d_real_inode(uprobe->path.dentry);
	return 0;
}

static void uprobe_event_free(struct uprobe_event *uprobe)
{
	path_put(&uprobe->path);
	if (uprobe->task)
		put_task_struct(uprobe->task);
	kfree(uprobe);
}

static int uprobe_event_init(const struct caller *caller, struct uprobe_event *uprobe,
			     const struct event_request *request)
{
	const struct perf_event_attr *attr = &request->attr;
	int err;

	if (attr->config & 0xffffffffULL & ~CONFIG_RETURN || attr->config2 > LLONG_MAX)
		return -EINVAL;
	err = find_file(caller, uprobe, attr->config1);
	if (!err && request->pid >= 0) {
		uprobe->task = caller_task(caller, request->pid);
		err = uprobe->task ? 0 : -ESRCH;
	}
	if (err)
		return err;
	if (attr->config & CONFIG_RETURN)
		uprobe->consumer.ret_handler = run_return;
	else
		uprobe->consumer.handler = run_entry;
	uprobe->consumer.filter = is_wanted;
	uprobe->probe.offset = attr->config2;
	return compat_uprobe_register(&uprobe->probe, attr->config >> CONFIG_COUNTER_SHIFT,
				      &uprobe->consumer);
}

static struct modbpf_event *uprobe_event_create(const struct caller *caller,
						const struct event_request *request)
{
	struct uprobe_event *uprobe = kzalloc(sizeof(*uprobe), GFP_KERNEL_ACCOUNT);
	int err;

	if (!uprobe)
		return ERR_PTR(-ENOMEM);
	err = uprobe_event_init(caller, uprobe, request);
	if (!err)
		return &uprobe->event;
	uprobe_event_free(uprobe);
	return ERR_PTR(err);
}

static void uprobe_event_destroy(struct modbpf_event *event)
{
	struct uprobe_event *uprobe = uprobe_event_of(event);

	compat_uprobe_unregister(&uprobe->probe, &uprobe->consumer);
	uprobe_event_free(uprobe);
}

static int uprobe_event_place(const struct caller *caller, struct modbpf_event *event, char *room,
			      struct event_place *place)
{
	struct uprobe_event *uprobe = uprobe_event_of(event);

	place->fd_type = uprobe->consumer.ret_handler ? EVENT_FD_URETPROBE : EVENT_FD_UPROBE;
	place->name = d_path(&uprobe->path, room, PATH_MAX);
	place->offset = uprobe->probe.offset;
	return PTR_ERR_OR_ZERO(place->name);
}

const struct event_ops uprobe_event_ops = {
	.name = "uprobe",
	.prog_types = BIT_ULL(MODBPF_PROG_KPROBE),
	.create = uprobe_event_create,
	.destroy = uprobe_event_destroy,
	.place = uprobe_event_place,
};
