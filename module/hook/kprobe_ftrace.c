// SPDX-License-Identifier: GPL-2.0-only
/*
 * A link's functions, all at once: entries through ftrace, returns through fprobe. One filter
 * of addresses is built, and the kernel's text is patched in one go.
 *
 * A handler runs wherever the function is called, from what a program itself calls too, and
 * nothing keeps other links' handlers from it: so a CPU runs one program at a time in each
 * context (task, softirq, irq, NMI), and counts what comes on top.
 *
 * A module that goes takes its functions out of the filter.
 */
#include "module/compat/ftrace.h"
#include "module/hook/kprobe.h"

#if COMPAT_HAS_FTRACE
#include <linux/bsearch.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "isa/platform.h"
#include "module/hook/busy.h"
#include "module/hook/run.h"
#include "module/kernel_symbol.h"

struct ftrace_set {
	struct kprobe_link *link;
	union {
		struct ftrace_ops ops;
#if COMPAT_HAS_FPROBE
		struct fprobe fprobe;
#endif
	};
	bool is_registered;
	u32 cnt;
	struct probe_site sites[];	/* sorted by func_ip */
};

/*
 * Which function is it? ftrace tells where in it the call is: at its first instruction, or
 * behind a landing pad.
 */
static __always_inline const struct probe_site *site_at(const struct ftrace_set *set, unsigned long ip)
{
	u32 low = 0, high = set->cnt, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (set->sites[middle].func_ip <= ip)
			low = middle;
		else
			high = middle;
	}
	return &set->sites[low];
}

/* No function that could be traced is called until the context is marked. */
static __always_inline void run(struct ftrace_set *set, unsigned long ip, struct pt_regs *regs)
{
	struct modbpf_link *link = &set->link->link;
	u32 bit;

	preempt_disable_notrace();
	bit = hook_context_bit();
	if (unlikely(this_cpu_read(hook_busy_contexts) & bit)) {
		hook_miss(link);
	} else {
		this_cpu_or(hook_busy_contexts, bit);
		kprobe_link_run(set->link, site_at(set, ip), regs);
		this_cpu_and(hook_busy_contexts, ~bit);
	}
	preempt_enable_notrace();
}

static notrace void run_entry(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (likely(regs))
		run(container_of(ops, struct ftrace_set, ops), ip, regs);
}
NOKPROBE_SYMBOL(run_entry);

static int compare_sites(const void *a, const void *b)
{
	const struct probe_site *one = a, *two = b;

	return one->func_ip < two->func_ip ? -1 : one->func_ip > two->func_ip;
}

static bool may_take(const struct kprobe_link *link)
{
	u32 i;

	for (i = 0; i < link->cnt; i++)
		if (link->places[i].offset || !link->places[i].addr)
			return false;
	return true;
}

/* Every place is a function's first instruction, as far as one can see here. */
static struct ftrace_set *set_new(struct kprobe_link *link)
{
	struct ftrace_set *set;
	u32 i;

	set = kvzalloc(struct_size(set, sites, link->cnt), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!set)
		return NULL;
	set->link = link;
	set->cnt = link->cnt;
	for (i = 0; i < link->cnt; i++) {
		set->sites[i].cookie = link->places[i].cookie;
		set->sites[i].func_ip = link->places[i].addr;
	}
	sort(set->sites, set->cnt, sizeof(set->sites[0]), compare_sites, NULL);
	return set;
}

/* What the kernel is asked for: a sorted copy. */
static unsigned long *addrs_of(const struct ftrace_set *set)
{
	unsigned long *addrs = kvmalloc_array(set->cnt, sizeof(*addrs), GFP_KERNEL_ACCOUNT);
	u32 i;

	for (i = 0; addrs && i < set->cnt; i++)
		addrs[i] = set->sites[i].func_ip;
	return addrs;
}

static int register_entries(struct ftrace_set *set, unsigned long *addrs)
{
	int err;

	set->ops.func = run_entry;
	/* Registers as a kprobe has them; not to be switched off behind our back. */
	set->ops.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ips(&set->ops, addrs, set->cnt, 0, 0);
	if (!err)
		err = register_ftrace_function(&set->ops);
	if (err)
		ftrace_free_filter(&set->ops);
	return err;
}

static void unregister_entries(struct ftrace_set *set)
{
	unregister_ftrace_function(&set->ops);
	ftrace_free_filter(&set->ops);
}

#if COMPAT_HAS_FPROBE
static notrace COMPAT_FPROBE_EXIT(run_return, fprobe, ip, regs)
{
	run(container_of(fprobe, struct ftrace_set, fprobe), ip, compat_fprobe_regs(regs));
}
NOKPROBE_SYMBOL(run_return);

static int register_returns(struct ftrace_set *set, unsigned long *addrs)
{
	set->fprobe.exit_handler = run_return;
#ifndef COMPAT_FPROBE_FTRACE_REGS
	set->fprobe.nr_maxactive = kprobe_max_active(set->cnt) * set->cnt;
#endif
	return register_fprobe_ips(&set->fprobe, addrs, set->cnt);
}

static void unregister_returns(struct ftrace_set *set)
{
	unregister_fprobe(&set->fprobe);
	/* The last return may still be in its handler, with preemption off. */
	synchronize_rcu();
}

static u64 missed_returns(const struct kprobe_link *link)
{
	const struct ftrace_set *set = link->probes;

	return READ_ONCE(set->fprobe.nmissed);
}
#else
#define register_returns(set, addrs) (-EOPNOTSUPP)
#define unregister_returns(set) do { } while (0)
#endif

/* A filter that is never used, to ask what ftrace knows. */
static bool is_traceable(struct ftrace_ops *scratch, unsigned long addr)
{
	return !ftrace_set_filter_ip(scratch, addr, 0, 1);
}

struct search {
	struct ftrace_ops *scratch;
	unsigned long found;
};

static int take_if_traceable(void *data, unsigned long addr)
{
	struct search *search = data;

	if (!is_traceable(search->scratch, addr))
		return 0;
	search->found = addr;
	return 1;
}

/*
 * Several functions may have a name, and the first not be one that can be traced: then it is another
 * one that is meant. 0; -EOPNOTSUPP: a place is none of ftrace's.
 */
static int choose_traceable(struct kprobe_link *link, struct ftrace_ops *scratch)
{
	struct search search = { .scratch = scratch };
	struct place *place;
	int err = 0;
	u32 i;

	for (i = 0; i < link->cnt && !err; i++) {
		place = &link->places[i];
		if (!is_traceable(scratch, place->addr)) {
			search.found = 0;
			if (place->symbol)
				kernel_symbol_each(place->symbol, take_if_traceable, &search);
			place->addr = search.found ?: place->addr;
			err = search.found ? 0 : -EOPNOTSUPP;
		}
		err = err ?: modbpf_yield();
	}
	return err;
}

static int choose_places(struct kprobe_link *link)
{
	struct ftrace_ops *scratch = kzalloc(sizeof(*scratch), GFP_KERNEL);
	int err;

	if (!scratch)
		return -ENOMEM;
	err = choose_traceable(link, scratch);
	ftrace_free_filter(scratch);
	kfree(scratch);
	return err;
}

static int register_all(struct ftrace_set *set)
{
	unsigned long *addrs = addrs_of(set);
	int err;

	if (!addrs)
		return -ENOMEM;
	if (kprobe_link_is_return(set->link))
		err = register_returns(set, addrs);
	else
		err = register_entries(set, addrs);
	kvfree(addrs);
	return err;
}

static int try_places(struct kprobe_link *link)
{
	struct ftrace_set *set = set_new(link);
	int err;

	if (!set)
		return -ENOMEM;
	err = register_all(set);
	if (err) {
		kvfree(set);
		return err;
	}
	set->is_registered = true;
	link->probes = set;
	return 0;
}

/* What they do not like kprobes may, or say what it is. */
static int set_places(struct kprobe_link *link)
{
	int err;

	if (!may_take(link))
		return -EOPNOTSUPP;
	err = try_places(link);
	if (!err || err == -ENOMEM)
		return err;
	err = choose_places(link);
	if (err)
		return err;
	err = try_places(link);
	return !err || err == -ENOMEM ? err : -EOPNOTSUPP;
}

static void unset(struct kprobe_link *link)
{
	struct ftrace_set *set = link->probes;

	if (!set->is_registered)
		return;
	set->is_registered = false;
	if (kprobe_link_is_return(link))
		unregister_returns(set);
	else
		unregister_entries(set);
}

static void free_set(struct kprobe_link *link)
{
	kvfree(link->probes);
	link->probes = NULL;
}

static unsigned long place_addr(const struct kprobe_link *link, u32 i)
{
	return link->places[i].addr;
}

const struct probe_ops probes_by_ftrace = {
	.set = set_places,
	.unset = unset,
	.free = free_set,
	.addr = place_addr,
};

#if COMPAT_HAS_FPROBE
const struct probe_ops probes_by_fprobe = {
	.set = set_places,
	.unset = unset,
	.free = free_set,
	.missed = missed_returns,
	.addr = place_addr,
};
#endif
#endif
