// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs on kprobes: one link is one program on one or many functions, at their
 * entry or at their return.
 *
 * Probes are registered disabled, looked at, and enabled only when all of them
 * have been accepted: a link fires from all its places or does not exist.
 *
 * A probed module may go away at any time. The kernel then takes its probes out
 * of service; they stay ours to unregister.
 */
#include <linux/capability.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "isa/platform.h"
#include "module/caller.h"
#include "module/compat/kprobe.h"
#include "module/hook/counters.h"
#include "module/link.h"
#include "module/prog.h"

#define PLACES_MAX (1U << 20)	/* of one link, as Linux */
#define UNREGISTER_AT_ONCE 256	/* probes for which one lock of the kernel's is held */

struct probe {
	struct kprobe_link *link;
	char *symbol;		/* own; NULL: by address */
	u64 cookie;
	union {
		struct kprobe entry;
		struct kretprobe ret;
	};
};

struct kprobe_link {
	struct modbpf_link link;
	u32 flags;		/* MODBPF_KPROBE_MULTI_* */
	u32 cnt;
	u32 registered;		/* that many of the first probes are with the kernel */
	bool has_cookies;
	struct probe *probes;	/* cnt */
	void **handles;		/* cnt; struct kprobe * or struct kretprobe *, for unregistering */
};

static struct kprobe_link *kprobe_link_of(const struct modbpf_link *base)
{
	return container_of(base, struct kprobe_link, link);
}

static bool is_return(const struct kprobe_link *link)
{
	return link->flags & MODBPF_KPROBE_MULTI_RETURN;
}

static struct kprobe *kprobe_of(const struct kprobe_link *link, u32 i)
{
	struct probe *probe = &link->probes[i];

	return is_return(link) ? &probe->ret.kp : &probe->entry;
}

/*
 * Preemption is off. On the way into idle RCU may not be watching; what a program
 * finds in its maps would not be protected there.
 */
static void run_probe(const struct probe *probe, struct pt_regs *regs)
{
	const struct run_site site = { .cookie = probe->cookie, .regs = regs };
	struct kprobe_link *link = probe->link;

	if (unlikely(!rcu_is_watching())) {
		this_cpu_inc(link->link.counters->missed);
		return;
	}
	rcu_read_lock();
	hook_count_event(link->link.counters,
			 prog_run_guarded(link_prog(&link->link), regs, &site));
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(run_probe);

static int run_entry(struct kprobe *kprobe, struct pt_regs *regs)
{
	run_probe(container_of(kprobe, struct probe, entry), regs);
	return 0;
}
NOKPROBE_SYMBOL(run_entry);

static int run_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct kretprobe *kretprobe = compat_kretprobe_of(instance);

	if (kretprobe)
		run_probe(container_of(kretprobe, struct probe, ret), regs);
	return 0;
}
NOKPROBE_SYMBOL(run_return);

/*
 * Calls of a probed function that may be under way at once; those beyond are
 * missed. Functions that sleep pile up: plenty for a few probes, the kernel's own
 * measure for many, each costs some 100 bytes.
 */
static int max_active(u32 cnt)
{
	int least = max_t(int, 10, 2 * num_possible_cpus());

	return clamp_t(int, 8192 / cnt, least, max(least, 512));
}

static void set_place(struct kprobe_link *link, u32 i, u64 addr)
{
	struct probe *probe = &link->probes[i];
	struct kprobe *kprobe = kprobe_of(link, i);

	probe->link = link;
	kprobe->flags = KPROBE_FLAG_DISABLED;
	if (probe->symbol)
		kprobe->symbol_name = probe->symbol;
	else
		kprobe->addr = (kprobe_opcode_t *)(unsigned long)addr;
	if (is_return(link)) {
		probe->ret.handler = run_return;
		probe->ret.maxactive = max_active(link->cnt);
		link->handles[i] = &probe->ret;
	} else {
		probe->entry.pre_handler = run_entry;
		link->handles[i] = &probe->entry;
	}
}

/* A copy of the user's string; ERR_PTR(-EFAULT, -E2BIG, -ENOMEM). @room: KSYM_NAME_LEN bytes. */
static char *copy_symbol(const struct caller *caller, u64 from, char *room)
{
	long len = caller_copy_string(caller, room, from, KSYM_NAME_LEN);
	char *symbol;

	if (len < 0)
		return ERR_PTR(len);
	symbol = kstrdup(room, GFP_KERNEL_ACCOUNT);
	return symbol ? symbol : ERR_PTR(-ENOMEM);
}

static int copy_symbols(const struct caller *caller, struct kprobe_link *link,
			const u64 *strings)
{
	char *room = kmalloc(KSYM_NAME_LEN, GFP_KERNEL);
	int err = 0;
	char *symbol;
	u32 i;

	if (!room)
		return -ENOMEM;
	for (i = 0; i < link->cnt && !err; i++) {
		symbol = copy_symbol(caller, strings[i], room);
		if (IS_ERR(symbol))
			err = PTR_ERR(symbol);
		else
			link->probes[i].symbol = symbol;
		err = err ?: modbpf_yield();
	}
	kfree(room);
	return err;
}

/* Fill in the probes from what the user wrote. */
static int copy_places(const struct caller *caller, struct kprobe_link *link,
		       const union modbpf_attr *attr)
{
	u64 syms = attr->link_create.kprobe_multi.syms;
	u64 addrs = attr->link_create.kprobe_multi.addrs;
	size_t bytes = link->cnt * sizeof(u64);
	u64 *places;
	int err = 0;
	u32 i;

	places = caller_dup(caller, syms ? syms : addrs, bytes);
	if (IS_ERR(places))
		return PTR_ERR(places);
	if (syms)
		err = copy_symbols(caller, link, places);
	for (i = 0; i < link->cnt && !err; i++)
		set_place(link, i, places[i]);
	kvfree(places);
	return err;
}

static int copy_cookies(const struct caller *caller, struct kprobe_link *link, u64 from)
{
	u64 *cookies;
	u32 i;

	if (!from)
		return 0;
	cookies = caller_dup(caller, from, link->cnt * sizeof(u64));
	if (IS_ERR(cookies))
		return PTR_ERR(cookies);
	for (i = 0; i < link->cnt; i++)
		link->probes[i].cookie = cookies[i];
	link->has_cookies = true;
	kvfree(cookies);
	return 0;
}

/* A program must not be hung on what runs programs, nor on machine code of the JIT. */
static bool is_own_text(const struct kprobe *kprobe)
{
	return within_module((unsigned long)kprobe->addr, THIS_MODULE);
}

/* Of an address as given and of a symbol once it is resolved, the place is checked. */
static int register_probe(struct kprobe_link *link, u32 i)
{
	struct probe *probe = &link->probes[i];
	struct kprobe *kprobe = kprobe_of(link, i);
	int err;

	if (is_own_text(kprobe))
		return -EINVAL;
	err = is_return(link) ? register_kretprobe(&probe->ret) :
				register_kprobe(&probe->entry);
	/* Linux's errno for a name that no function has. */
	if (err == -ENOENT && probe->symbol)
		return -ESRCH;
	if (err)
		return err;
	link->registered = i + 1;
	return is_own_text(kprobe) ? -EINVAL : 0;
}

/* All or, after an error, some: the caller unregisters. Stops when the caller is killed. */
static int register_probes(struct kprobe_link *link)
{
	int err = 0;
	u32 i;

	for (i = 0; i < link->cnt && !err; i++) {
		err = register_probe(link, i);
		err = err ?: modbpf_yield();
	}
	for (i = 0; i < link->cnt && !err; i++) {
		err = enable_kprobe(kprobe_of(link, i));
		err = err ?: modbpf_yield();
	}
	return err;
}

/* Returns when no handler of the probes runs any more. */
static void unregister_probes(struct kprobe_link *link)
{
	void **first;
	u32 cnt;

	if (!link->registered)
		return;
	while (link->registered) {
		cnt = min_t(u32, link->registered, UNREGISTER_AT_ONCE);
		link->registered -= cnt;
		first = link->handles + link->registered;
		if (is_return(link))
			unregister_kretprobes((struct kretprobe **)first, cnt);
		else
			unregister_kprobes((struct kprobe **)first, cnt);
		cond_resched();
	}
	synchronize_rcu();
}

static void kprobe_link_detach(struct modbpf_link *base)
{
	unregister_probes(kprobe_link_of(base));
}

static void kprobe_link_destroy(struct modbpf_link *base)
{
	struct kprobe_link *link = kprobe_link_of(base);
	u32 i;

	for (i = 0; link->probes && i < link->cnt; i++)
		kfree(link->probes[i].symbol);
	kvfree(link->probes);
	kvfree(link->handles);
	free_percpu(link->link.counters);
	kfree(link);
}

static u64 kprobe_link_missed(const struct modbpf_link *base)
{
	const struct kprobe_link *link = kprobe_link_of(base);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < link->cnt; i++) {
		sum += READ_ONCE(kprobe_of(link, i)->nmissed);
		if (is_return(link))
			sum += READ_ONCE(link->probes[i].ret.nmissed);
	}
	return sum;
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
		addr = may_see ? (unsigned long)kprobe_of(link, i)->addr : 0;
		err = caller_copy_out(caller, addrs + i * sizeof(u64), &addr, sizeof(addr));
		if (!err && cookies)
			err = caller_copy_out(caller, cookies + i * sizeof(u64),
					      &link->probes[i].cookie, sizeof(u64));
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
		   is_return(link) ? "kretprobe_multi" : "kprobe_multi", link->cnt);
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
	if (!attr->link_create.kprobe_multi.addrs == !attr->link_create.kprobe_multi.syms)
		return -EINVAL;
	if (!cnt)
		return -EINVAL;
	return cnt > PLACES_MAX ? -E2BIG : 0;
}

static struct kprobe_link *new_link(const union modbpf_attr *attr, struct modbpf_prog *prog)
{
	struct kprobe_link *link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;

	if (!link)
		return NULL;
	link_init(&link->link, &kprobe_link_ops, prog, attr->link_create.attach_type,
		  hook_counters_alloc());
	link->flags = attr->link_create.kprobe_multi.flags;
	link->cnt = attr->link_create.kprobe_multi.cnt;
	link->probes = kvmalloc_array(link->cnt, sizeof(*link->probes), gfp);
	link->handles = kvmalloc_array(link->cnt, sizeof(*link->handles), gfp);
	if (link->probes && link->handles && link->link.counters)
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
	err = copy_cookies(caller, link, attr->link_create.kprobe_multi.cookies);
	if (err)
		goto destroy;
	err = copy_places(caller, link, attr);
	if (err)
		goto destroy;
	err = register_probes(link);
	if (err)
		goto unregister;
	*out = &link->link;
	return 0;

unregister:
	unregister_probes(link);
destroy:
	kprobe_link_destroy(&link->link);
	return err;
}
