// SPDX-License-Identifier: GPL-2.0-only
/*
 * A link's places, probed one by one: for what is no function's entry, for programs that override
 * what the function returns, or where the kernel has nothing better.
 *
 * Probes are registered disabled, looked at, and enabled only when all of them
 * have been accepted: a link fires from all its places or does not exist.
 *
 * A probed module may go away at any time. The kernel then takes its probes out
 * of service; they stay ours to unregister.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "isa/platform.h"
#include "module/compat/kprobe.h"
#include "module/hook/kprobe.h"
#include "module/hook/override.h"
#include "module/hook/unhook.h"

#define UNREGISTER_AT_ONCE 256	/* probes for which one lock of the kernel's is held */

struct probe {
	struct kprobe_link *link;
	struct probe_site site;
	union {
		struct kprobe entry;
		struct kretprobe ret;
	};
};

struct probe_set {
	u32 registered;		/* that many of the first probes are with the kernel */
	void **handles;		/* cnt; struct kprobe * or struct kretprobe *, for unregistering */
	struct probe probes[];
};

static struct kprobe *kprobe_of(const struct kprobe_link *link, u32 i)
{
	struct probe_set *set = link->probes;
	struct probe *probe = &set->probes[i];

	return kprobe_link_is_return(link) ? &probe->ret.kp : &probe->entry;
}

/* 1: the program has overridden what the function returns; the kernel goes on where @regs say. */
static int run_entry(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct probe *probe = container_of(kprobe, struct probe, entry);
	unsigned long ip = instruction_pointer(regs);

	kprobe_link_run(probe->link, &probe->site, regs);
	return instruction_pointer(regs) != ip;
}
NOKPROBE_SYMBOL(run_entry);

static int run_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct kretprobe *kretprobe = compat_kretprobe_of(instance);
	struct probe *probe;

	if (kretprobe) {
		probe = container_of(kretprobe, struct probe, ret);
		kprobe_link_run(probe->link, &probe->site, regs);
	}
	return 0;
}
NOKPROBE_SYMBOL(run_return);

static void set_place(struct kprobe_link *link, u32 i)
{
	struct probe_set *set = link->probes;
	struct probe *probe = &set->probes[i];
	const struct place *place = &link->places[i];
	struct kprobe *kprobe = kprobe_of(link, i);

	probe->link = link;
	probe->site.cookie = place->cookie;
	kprobe->flags = KPROBE_FLAG_DISABLED;
	if (place->symbol) {
		kprobe->symbol_name = place->symbol;
		kprobe->offset = place->offset;
	} else {
		kprobe->addr = (kprobe_opcode_t *)place->addr;
	}
	if (kprobe_link_is_return(link)) {
		probe->ret.handler = run_return;
		probe->ret.maxactive = kprobe_max_active(link->cnt);
		set->handles[i] = &probe->ret;
	} else {
		probe->entry.pre_handler = run_entry;
		set->handles[i] = &probe->entry;
	}
}

/* Of an address as given and of a symbol once it is resolved, the place is checked. */
static int register_probe(struct kprobe_link *link, u32 i)
{
	struct probe_set *set = link->probes;
	struct probe *probe = &set->probes[i];
	struct kprobe *kprobe = kprobe_of(link, i);
	int err;

	err = kprobe_link_is_return(link) ? register_kretprobe(&probe->ret) :
					    register_kprobe(&probe->entry);
	/* Linux's errno for a name that no function has. */
	if (err == -ENOENT && link->places[i].symbol)
		return -ESRCH;
	if (err)
		return err;
	set->registered = i + 1;
	if (compat_kprobe_is_at_entry(kprobe))
		probe->site.func_ip = link->places[i].addr ?: (unsigned long)kprobe->addr;
	if (kprobe_is_own_text((unsigned long)kprobe->addr))
		return -EINVAL;
	return link->may_override ? override_check(kprobe) : 0;
}

/* All or, after an error, some: the caller unregisters. Stops when the caller is killed. */
static int register_probes(struct kprobe_link *link)
{
	int err = 0;
	u32 i;

	for (i = 0; i < link->cnt && !err; i++) {
		set_place(link, i);
		err = register_probe(link, i);
		err = err ?: modbpf_yield();
	}
	for (i = 0; i < link->cnt && !err; i++) {
		err = enable_kprobe(kprobe_of(link, i));
		err = err ?: modbpf_yield();
	}
	return err;
}

/* Of @cnt handles from that of place @at on: how many can be unregistered? They come first then. */
static u32 disable(struct kprobe_link *link, u32 at, u32 cnt)
{
	struct probe_set *set = link->probes;
	u32 i, done = 0;

	for (i = at; i < at + cnt; i++) {
		if (unhook_kprobe(kprobe_of(link, i)))
			set->handles[at + done++] = set->handles[i];
		else
			link->is_kept = true;
		cond_resched();
	}
	return done;
}

/* Returns when no handler of the probes runs any more, but for what the kernel keeps. */
static void unset(struct kprobe_link *link)
{
	struct probe_set *set = link->probes;
	void **first;
	u32 cnt;

	if (!set->registered)
		return;
	while (set->registered) {
		cnt = min_t(u32, set->registered, UNREGISTER_AT_ONCE);
		set->registered -= cnt;
		first = set->handles + set->registered;
		cnt = disable(link, set->registered, cnt);
		if (kprobe_link_is_return(link))
			unregister_kretprobes((struct kretprobe **)first, cnt);
		else
			unregister_kprobes((struct kprobe **)first, cnt);
	}
	unhook_wait();
}

static void free_set(struct kprobe_link *link)
{
	struct probe_set *set = link->probes;

	if (link->is_kept)
		return;
	if (set)
		kvfree(set->handles);
	kvfree(set);
	link->probes = NULL;
}

static int set(struct kprobe_link *link)
{
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;
	struct probe_set *set;
	int err = -ENOMEM;

	link->probes = set = kvmalloc(struct_size(set, probes, link->cnt), gfp);
	if (!set)
		return -ENOMEM;
	set->handles = kvmalloc_array(link->cnt, sizeof(*set->handles), gfp);
	if (set->handles) {
		err = register_probes(link);
		if (!err)
			return 0;
		unset(link);
	}
	free_set(link);
	return err;
}

static u64 missed(const struct kprobe_link *link)
{
	const struct probe_set *set = link->probes;
	u64 sum = 0;
	u32 i;

	for (i = 0; i < link->cnt; i++) {
		sum += READ_ONCE(kprobe_of(link, i)->nmissed);
		if (kprobe_link_is_return(link))
			sum += READ_ONCE(set->probes[i].ret.nmissed);
	}
	return sum;
}

static unsigned long place_addr(const struct kprobe_link *link, u32 i)
{
	return (unsigned long)kprobe_of(link, i)->addr;
}

const struct probe_ops probes_by_kprobe = {
	.set = set,
	.unset = unset,
	.free = free_set,
	.missed = missed,
	.addr = place_addr,
};
