// SPDX-License-Identifier: GPL-2.0-only
/* Links between a program and an event that was opened as by perf_event_open(2). */
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "module/caller.h"
#include "module/event.h"
#include "module/info.h"
#include "module/link.h"
#include "module/prog.h"

struct perf_event_link {
	struct modbpf_link link;
	struct modbpf_event *event;	/* reference */
};

static struct perf_event_link *perf_event_link_of(const struct modbpf_link *base)
{
	return container_of(base, struct perf_event_link, link);
}

static struct modbpf_prog *own_prog(const struct modbpf_link *base)
{
	return rcu_dereference_protected(base->prog, lockdep_is_held(&base->lock));
}

static int perf_event_link_update(const struct caller *caller, struct modbpf_link *base,
				  struct modbpf_prog *prog)
{
	return event_replace(perf_event_link_of(base)->event, own_prog(base), prog);
}

static void perf_event_link_detach(struct modbpf_link *base)
{
	event_detach(perf_event_link_of(base)->event, own_prog(base));
}

static void perf_event_link_destroy(struct modbpf_link *base)
{
	struct perf_event_link *link = perf_event_link_of(base);

	event_put(link->event);
	kfree(link);
}

static const u32 info_types[] = {
	[EVENT_FD_TRACEPOINT] = MODBPF_PERF_EVENT_TRACEPOINT,
	[EVENT_FD_KPROBE] = MODBPF_PERF_EVENT_KPROBE,
	[EVENT_FD_KRETPROBE] = MODBPF_PERF_EVENT_KRETPROBE,
	[EVENT_FD_UPROBE] = MODBPF_PERF_EVENT_UPROBE,
	[EVENT_FD_URETPROBE] = MODBPF_PERF_EVENT_URETPROBE,
};

/* All kinds that have a name have it, its length and the offset at the same places. */
static int fill_place(const struct caller *caller, struct modbpf_event *event, char *room,
		      struct modbpf_link_info *info, const struct modbpf_link_info *asked)
{
	struct event_place place = {};
	int err = event->ops->place(caller, event, room, &place);

	if (err)
		return err;
	info->perf_event.type = info_types[place.fd_type];
	info->perf_event.uprobe.file_name = asked->perf_event.uprobe.file_name;
	info->perf_event.uprobe.name_len = asked->perf_event.uprobe.name_len;
	info->perf_event.uprobe.offset = place.offset;
	if (place.fd_type == EVENT_FD_KPROBE || place.fd_type == EVENT_FD_KRETPROBE) {
		info->perf_event.kprobe.addr = place.addr;
		info->perf_event.kprobe.missed = info->missed;
		info->perf_event.kprobe.cookie = event->cookie;
	} else {
		info->perf_event.uprobe.cookie = event->cookie;
	}
	return info_put_name(caller, asked->perf_event.uprobe.file_name,
			     &info->perf_event.uprobe.name_len, place.name ?: "");
}

static int perf_event_link_fill_info(const struct caller *caller, const struct modbpf_link *base,
				     struct modbpf_link_info *info,
				     const struct modbpf_link_info *asked)
{
	struct modbpf_event *event = perf_event_link_of(base)->event;
	char *room;
	int err;

	if (!event->ops->place) {
		info->perf_event.type = MODBPF_PERF_EVENT_EVENT;
		info->perf_event.event.type = event->type;
		info->perf_event.event.config = event->config;
		info->perf_event.event.cookie = event->cookie;
		return 0;
	}
	room = kmalloc(PATH_MAX, GFP_KERNEL_ACCOUNT);
	if (!room)
		return -ENOMEM;
	err = fill_place(caller, event, room, info, asked);
	kfree(room);
	return err;
}

static void perf_event_link_show_fdinfo(const struct modbpf_link *base, struct seq_file *m)
{
	struct modbpf_event *event = perf_event_link_of(base)->event;

	seq_printf(m, "event_type:\t%s\ncookie:\t%llu\n", event->ops->name, event->cookie);
}

static u64 perf_event_link_missed(const struct modbpf_link *base)
{
	struct modbpf_event *event = perf_event_link_of(base)->event;

	return event->ops->missed ? event->ops->missed(event) : 0;
}

static const struct link_ops perf_event_link_ops = {
	.type = MODBPF_LINK_TYPE_PERF_EVENT,
	.name = "perf",
	.update = perf_event_link_update,
	.detach = perf_event_link_detach,
	.destroy = perf_event_link_destroy,
	.fill_info = perf_event_link_fill_info,
	.missed = perf_event_link_missed,
	.show_fdinfo = perf_event_link_show_fdinfo,
};

/* What is no fd at all gets the error by which libraries tell that these links are known. */
int perf_event_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			   struct modbpf_prog *prog, struct modbpf_link **out)
{
	struct perf_event_link *link;
	struct modbpf_event *event;
	int err;

	if (attr->link_create.flags)
		return -EINVAL;
	event = event_get_by_fd(caller, attr->link_create.target_fd);
	if (IS_ERR(event))
		return PTR_ERR(event);
	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	err = -ENOMEM;
	if (!link)
		goto put_event;
	link_init(&link->link, &perf_event_link_ops, prog, attr->link_create.attach_type,
		  event->counters);
	link->event = event;
	err = event_attach(event, prog, attr->link_create.perf_event.bpf_cookie, &link->link);
	if (err)
		goto free_link;
	*out = &link->link;
	return 0;
free_link:
	kfree(link);
put_event:
	event_put(event);
	return err;
}
