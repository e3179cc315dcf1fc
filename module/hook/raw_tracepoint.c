// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs on raw tracepoints: what a tracepoint is called with, 64 bits each. A
 * program always gets TRACE_ARGS of them, zero where the tracepoint has none: so
 * a tail call to one that looks further than its caller reads nothing of others.
 */
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "module/caller.h"
#include "module/compat/compiler.h"
#include "module/hook/counters.h"
#include "module/hook/event_args.h"
#include "module/hook/run.h"
#include "module/hook/tracepoint.h"
#include "module/info.h"
#include "module/link.h"
#include "module/prog.h"
#include "module/prog_target.h"

#define NAME_BYTES 128		/* as Linux */
#define REGISTER_ARGS 5		/* arguments in registers, beside the runtime's data */

struct raw_tracepoint_link {
	struct modbpf_link link;
	struct tracepoint_ref ref;
	struct event_args args;
	void *probe;
	struct run_site site;
};

static struct raw_tracepoint_link *raw_link_of(const struct modbpf_link *base)
{
	return container_of(base, struct raw_tracepoint_link, link);
}

/* --- events ------------------------------------------------------------------------ */

static __always_inline void run(struct raw_tracepoint_link *link, const u64 *args)
{
	/* System calls' tracepoints of newer kernels are called with preemption on. */
	preempt_disable_notrace();
	hook_run(&link->link.live, link->link.counters, args, &link->site);
	preempt_enable_notrace();
}

/* What is called with fewer arguments leaves anything in the registers of the others. */
static notrace void run_few(void *data, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4)
{
	const u64 *masks = ((const struct raw_tracepoint_link *)data)->args.masks;
	u64 args[TRACE_ARGS] __uninitialized;

	args[0] = a0 & masks[0];
	args[1] = a1 & masks[1];
	args[2] = a2 & masks[2];
	args[3] = a3 & masks[3];
	args[4] = a4 & masks[4];
	event_args_zero(args, REGISTER_ARGS, TRACE_ARGS);
	run(data, args);
}
NOKPROBE_SYMBOL(run_few);

/* The same, and in the stack behind the last one: it is part of the caller's frame. */
static notrace void run_many(void *data, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6,
			     u64 a7, u64 a8, u64 a9, u64 a10, u64 a11)
{
	const u64 *masks = ((const struct raw_tracepoint_link *)data)->args.masks;
	const u64 args[TRACE_ARGS] = {
		a0 & masks[0], a1 & masks[1], a2 & masks[2], a3 & masks[3], a4 & masks[4], a5 & masks[5],
		a6 & masks[6], a7 & masks[7], a8 & masks[8], a9 & masks[9], a10 & masks[10],
		a11 & masks[11],
	};

	run(data, args);
}
NOKPROBE_SYMBOL(run_many);

/* --- the link ----------------------------------------------------------------------- */

/* What the program looks at is there. */
static int check_prog(const struct raw_tracepoint_link *link, const struct modbpf_prog *prog)
{
	return prog->verified->ctx_end > link->args.cnt * sizeof(u64) ? -EINVAL : 0;
}

static int raw_tracepoint_link_update(const struct caller *caller, struct modbpf_link *base,
				      struct modbpf_prog *prog)
{
	const struct modbpf_prog *old = rcu_dereference_protected(base->prog, true);

	if (prog->target)
		return prog_target_same(old, prog) ? 0 : -EINVAL;
	return check_prog(raw_link_of(base), prog);
}

static void raw_tracepoint_link_detach(struct modbpf_link *base)
{
	struct raw_tracepoint_link *link = raw_link_of(base);

	tracepoint_probe_unregister(link->ref.tp, link->probe, link);
	tracepoint_synchronize_unregister();
}

static void raw_tracepoint_link_destroy(struct modbpf_link *base)
{
	struct raw_tracepoint_link *link = raw_link_of(base);

	tracepoint_put(&link->ref);
	free_percpu(link->link.counters);
	kfree(link);
}

static int raw_tracepoint_link_fill_info(const struct caller *caller,
					 const struct modbpf_link *base,
					 struct modbpf_link_info *info,
					 const struct modbpf_link_info *asked)
{
	const struct raw_tracepoint_link *link = raw_link_of(base);

	info->raw_tracepoint.tp_name = asked->raw_tracepoint.tp_name;
	info->raw_tracepoint.tp_name_len = asked->raw_tracepoint.tp_name_len;
	info->raw_tracepoint.cookie = link->site.cookie;
	return info_put_name(caller, asked->raw_tracepoint.tp_name,
			     &info->raw_tracepoint.tp_name_len, link->ref.tp->name);
}

static void raw_tracepoint_link_show_fdinfo(const struct modbpf_link *base, struct seq_file *m)
{
	const struct raw_tracepoint_link *link = raw_link_of(base);

	seq_printf(m, "tp_name:\t%s\ncookie:\t%llu\n", link->ref.tp->name, link->site.cookie);
}

const char *raw_tracepoint_link_event(const struct modbpf_link *base)
{
	return container_of(base, struct raw_tracepoint_link, link)->ref.tp->name;
}

static const struct link_ops raw_tracepoint_link_ops = {
	.type = MODBPF_LINK_TYPE_RAW_TRACEPOINT,
	.name = "raw_tracepoint",
	.update = raw_tracepoint_link_update,
	.detach = raw_tracepoint_link_detach,
	.destroy = raw_tracepoint_link_destroy,
	.fill_info = raw_tracepoint_link_fill_info,
	.show_fdinfo = raw_tracepoint_link_show_fdinfo,
};

/* The tracepoint, and what it is called with. */
static int find_event(const struct caller *caller, struct raw_tracepoint_link *link, u64 name)
{
	char room[NAME_BYTES];
	long len = caller_copy_string(caller, room, name, sizeof(room));
	int err;

	if (len < 0)
		return len == -E2BIG ? -ENOENT : len;
	err = tracepoint_get(&link->ref, room);
	if (err)
		return err;
	return event_args_get(link->ref.tp, link->ref.module, &link->args);
}

static struct raw_tracepoint_link *new_link(struct modbpf_prog *prog, u64 cookie)
{
	struct raw_tracepoint_link *link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);

	if (!link)
		return NULL;
	link_init(&link->link, &raw_tracepoint_link_ops, prog, prog->expected_attach_type,
		  hook_counters_alloc());
	link->site.cookie = cookie;
	if (link->link.counters)
		return link;
	raw_tracepoint_link_destroy(&link->link);
	return NULL;
}

/* What @err says of the search for the event; then hook it. @link goes after an error. */
static int hook(struct raw_tracepoint_link *link, int err, struct modbpf_link **out)
{
	link->probe = link->args.cnt > REGISTER_ARGS ? (void *)run_many : (void *)run_few;
	if (!err)
		err = tracepoint_probe_register(link->ref.tp, link->probe, link);
	if (err) {
		raw_tracepoint_link_destroy(&link->link);
		return err;
	}
	*out = &link->link;
	return 0;
}

int raw_tracepoint_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			       struct modbpf_prog *prog, struct modbpf_link **out)
{
	struct raw_tracepoint_link *link;
	int err;

	if (prog->type != MODBPF_PROG_RAW_TRACEPOINT || attr->raw_tracepoint.pad_raw_tracepoint)
		return -EINVAL;
	link = new_link(prog, attr->raw_tracepoint.cookie);
	if (!link)
		return -ENOMEM;
	err = find_event(caller, link, attr->raw_tracepoint.name);
	return hook(link, err ?: check_prog(link, prog), out);
}

int event_link_attach(struct modbpf_prog *prog, u64 cookie, struct modbpf_link **out)
{
	struct raw_tracepoint_link *link = new_link(prog, cookie);
	int err;

	if (!link)
		return -ENOMEM;
	link->args = prog->target->args;
	err = tracepoint_get(&link->ref, prog->target->name);
	/* The program was verified with the types of the one that it was loaded for. */
	if (!err && link->ref.module != prog->target->module)
		err = -ENOENT;
	return hook(link, err, out);
}
