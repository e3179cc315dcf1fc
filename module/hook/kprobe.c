// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs on functions of the kernel: one link is one program on one or many, at their
 * entry or at their return. It fires from all its places or does not exist.
 */
#include <linux/capability.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "isa/platform.h"
#include "module/caller.h"
#include "module/compat/ftrace.h"
#include "module/hook/counters.h"
#include "module/hook/kprobe.h"
#include "module/hook/run.h"

#define PLACES_MAX (1U << 20)	/* of one link, as Linux */

static struct kprobe_link *kprobe_link_of(const struct modbpf_link *base)
{
	return container_of(base, struct kprobe_link, link);
}

/*
 * On the way into idle RCU may not be watching; what a program finds in its maps would
 * not be protected there.
 */
notrace void kprobe_link_run(struct kprobe_link *link, const struct probe_site *place,
			     struct pt_regs *regs)
{
	const struct run_site site = {
		.cookie = place->cookie,
		.func_ip = place->func_ip,
		.regs = regs,
	};

	if (unlikely(!rcu_is_watching())) {
		this_cpu_inc(link->link.counters->missed);
		return;
	}
	hook_run(&link->link.live, link->link.counters, regs, &site);
}
NOKPROBE_SYMBOL(kprobe_link_run);

bool kprobe_is_own_text(unsigned long addr)
{
	return within_module(addr, THIS_MODULE);
}

/*
 * Functions that sleep pile up: plenty for a few probes, the kernel's own
 * measure for many, each costs some 100 bytes.
 */
int kprobe_max_active(u32 cnt)
{
	int least = max_t(int, 10, 2 * num_possible_cpus());

	return clamp_t(int, 8192 / cnt, least, max(least, 512));
}

/* The ways to probe, the best one first; which of them take a link depends on its places and its program. */
static const struct probe_ops *const at_entry[] = {
#if COMPAT_HAS_FTRACE
	&probes_by_ftrace,
#endif
	&probes_by_kprobe,
};

static const struct probe_ops *const at_return[] = {
#if COMPAT_HAS_FPROBE
	&probes_by_fprobe,
#endif
	&probes_by_kprobe,
};

static int set_probes(struct kprobe_link *link)
{
	bool is_return = kprobe_link_is_return(link);
	const struct probe_ops *const *ways = is_return ? at_return : at_entry;
	u32 cnt = is_return ? ARRAY_SIZE(at_return) : ARRAY_SIZE(at_entry), i;
	int err = -EOPNOTSUPP;

	for (i = 0; i < cnt && err == -EOPNOTSUPP; i++) {
		link->by = ways[i];
		err = link->by->set(link);
	}
	return err;
}

static void kprobe_link_detach(struct modbpf_link *base)
{
	struct kprobe_link *link = kprobe_link_of(base);

	link->by->unset(link);
}

static void kprobe_link_destroy(struct modbpf_link *base)
{
	struct kprobe_link *link = kprobe_link_of(base);

	if (link->is_kept)
		return;
	if (link->by)
		link->by->free(link);
	kprobe_places_free(link);
	free_percpu(link->link.counters);
	kfree(link);
}

static u64 kprobe_link_missed(const struct modbpf_link *base)
{
	const struct kprobe_link *link = kprobe_link_of(base);

	return link->by->missed ? link->by->missed(link) : 0;
}

static int copy_out_places(const struct caller *caller, const struct kprobe_link *link,
			   const struct modbpf_link_info *asked, u32 cnt)
{
	bool may_see = caller_capable(caller, CAP_SYSLOG);
	u64 addrs = asked->kprobe_multi.addrs;
	u64 cookies = asked->kprobe_multi.cookies;
	int err = 0;
	u64 addr;
	u32 i;

	for (i = 0; i < cnt && !err; i++) {
		addr = may_see ? link->by->addr(link, i) : 0;
		err = caller_copy_out(caller, addrs + i * sizeof(u64), &addr, sizeof(addr));
		if (!err && cookies)
			err = caller_copy_out(caller, cookies + i * sizeof(u64),
					      &link->places[i].cookie, sizeof(u64));
		err = err ?: modbpf_yield();
	}
	return err;
}

static int kprobe_link_fill_info(const struct caller *caller, const struct modbpf_link *base,
				 struct modbpf_link_info *info,
				 const struct modbpf_link_info *asked)
{
	const struct kprobe_link *link = kprobe_link_of(base);
	u32 room = asked->kprobe_multi.count;
	int err;

	if (!asked->kprobe_multi.addrs != !room || (asked->kprobe_multi.cookies && !room))
		return -EINVAL;
	info->kprobe_multi.addrs = asked->kprobe_multi.addrs;
	info->kprobe_multi.cookies = asked->kprobe_multi.cookies;
	info->kprobe_multi.count = link->cnt;
	info->kprobe_multi.flags = link->flags;
	info->kprobe_multi.missed = info->missed;
	if (!room)
		return 0;
	err = copy_out_places(caller, link, asked, min(room, link->cnt));
	if (!err && room < link->cnt)
		err = -ENOSPC;
	return err;
}

static void kprobe_link_show_fdinfo(const struct modbpf_link *base, struct seq_file *m)
{
	const struct kprobe_link *link = kprobe_link_of(base);

	seq_printf(m, "type:\t%s\nkprobe_cnt:\t%u\n",
		   kprobe_link_is_return(link) ? "kretprobe_multi" : "kprobe_multi", link->cnt);
}

/* Linux wants the second; a program of a plain kprobe section has the first. */
static int check_prog(const struct modbpf_prog *prog)
{
	return prog->expected_attach_type == 0 ||
	       prog->expected_attach_type == MODBPF_ATTACH_KPROBE_MULTI ? 0 : -EINVAL;
}

static int kprobe_link_update(const struct caller *caller, struct modbpf_link *base,
			      struct modbpf_prog *prog)
{
	if (prog->verified->uses_override && !kprobe_link_of(base)->may_override)
		return -EINVAL;
	return check_prog(prog);
}

static const struct link_ops kprobe_link_ops = {
	.type = MODBPF_LINK_TYPE_KPROBE_MULTI,
	.name = "kprobe_multi",
	.update = kprobe_link_update,
	.detach = kprobe_link_detach,
	.destroy = kprobe_link_destroy,
	.fill_info = kprobe_link_fill_info,
	.missed = kprobe_link_missed,
	.show_fdinfo = kprobe_link_show_fdinfo,
};

/* The errnos are those of Linux for the same mistakes. */
static int check_attr(const union modbpf_attr *attr, const struct modbpf_prog *prog)
{
	u32 cnt = attr->link_create.kprobe_multi.cnt;

	if (attr->link_create.flags)
		return -EINVAL;
	if (check_prog(prog))
		return -EINVAL;
	if (attr->link_create.kprobe_multi.flags & ~MODBPF_KPROBE_MULTI_RETURN)
		return -EINVAL;
	if (prog->verified->uses_override &&
	    attr->link_create.kprobe_multi.flags & MODBPF_KPROBE_MULTI_RETURN)
		return -EINVAL;
	if (!attr->link_create.kprobe_multi.addrs == !attr->link_create.kprobe_multi.syms)
		return -EINVAL;
	if (!cnt)
		return -EINVAL;
	return cnt > PLACES_MAX ? -E2BIG : 0;
}

static struct kprobe_link *new_link(const union modbpf_attr *attr, struct modbpf_prog *prog)
{
	struct kprobe_link *link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);

	if (!link)
		return NULL;
	link_init(&link->link, &kprobe_link_ops, prog, attr->link_create.attach_type,
		  hook_counters_alloc());
	link->flags = attr->link_create.kprobe_multi.flags;
	link->cnt = attr->link_create.kprobe_multi.cnt;
	link->may_override = prog->verified->uses_override;
	link->places = kvmalloc_array(link->cnt, sizeof(*link->places),
				      GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
	if (link->places && link->link.counters)
		return link;
	kprobe_link_destroy(&link->link);
	return NULL;
}

int kprobe_link_attach(const struct caller *caller, const union modbpf_attr *attr,
		       struct modbpf_prog *prog, struct modbpf_link **out)
{
	struct kprobe_link *link;
	int err;

	err = check_attr(attr, prog);
	if (err)
		return err;
	link = new_link(attr, prog);
	if (!link)
		return -ENOMEM;
	err = kprobe_places_read(caller, link, attr);
	if (!err)
		err = set_probes(link);
	if (err)
		kprobe_link_destroy(&link->link);
	else
		*out = &link->link;
	return err;
}
