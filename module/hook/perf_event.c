// SPDX-License-Identifier: GPL-2.0-only
/* Links between a program and an event that was opened as by perf_event_open(2). */
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "module/caller.h"
#include "module/event.h"
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
	err = event_attach(event, prog, attr->link_create.perf_event.bpf_cookie);
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
