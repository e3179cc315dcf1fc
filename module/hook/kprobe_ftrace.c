// SPDX-License-Identifier: GPL-2.0-only
/*
 * A link's functions, all at once: entries through ftrace, returns through fprobe. One filter
 * of addresses is built, and the kernel's text is patched in one go.
 *
 * A handler runs wherever the function is called, from what a program itself calls too, and
 * nothing keeps other links' handlers from it: so a CPU runs one program at a time in each
 * context (task, softirq, irq, NMI), and counts what comes on top.
 *
 * A module that goes does not take its functions out of the filter: what comes into its place
 * would be probed instead of it. So we do, when we are told that it goes.
 */
#include "module/compat/ftrace.h"
#include "module/hook/kprobe.h"

#if COMPAT_HAS_FTRACE
#include <linux/bsearch.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "isa/platform.h"
#include "module/hook/busy.h"
#include "module/hook/run.h"
#include "module/hook/unhook.h"
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
	struct list_head node;		/* in sets while it is registered */
	unsigned long *addrs;		/* of the functions that are in the filter, */
	u32 addr_cnt;			/* at most cnt: modules go */
	u32 cnt;
	struct probe_site sites[];	/* sorted by func_ip */
};

/* sets, every set's is_registered and addrs; outside of ftrace's own locks */
static DEFINE_MUTEX(sets_lock);
static LIST_HEAD(sets);

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

/* Functions as wholes, and programs that leave them alone: ftrace goes on with the function, whatever was said. */
static bool may_take(const struct kprobe_link *link)
{
	u32 i;

	if (link->may_override)
		return false;
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

/* A filter that is never used, to ask what ftrace knows. */
static bool is_traceable(struct ftrace_ops *scratch, unsigned long addr)
{
	return !ftrace_set_filter_ip(scratch, addr, 0, 1);
}

/* Where ftrace finds nothing else than this function: at its call, if it begins with a landing pad. */
static unsigned long addr_for(const struct ftrace_set *set, struct ftrace_ops *scratch, unsigned long func_ip)
{
	u32 pad = kprobe_link_is_return(set->link) ? COMPAT_FPROBE_PAD : COMPAT_FTRACE_PAD;

	return pad && is_traceable(scratch, func_ip + pad) ? func_ip + pad : func_ip;
}

static int fill_addrs(struct ftrace_set *set, struct ftrace_ops *scratch)
{
	int err = 0;
	u32 i;

	for (i = 0; i < set->cnt && !err; i++) {
		set->addrs[i] = addr_for(set, scratch, set->sites[i].func_ip);
		err = modbpf_yield();
	}
	set->addr_cnt = set->cnt;
	compat_ftrace_forget(scratch);
	return err;
}

/* What the kernel is asked for, sorted as the sites are. 0 or -errno. */
static int list_addrs(struct ftrace_set *set)
{
	struct ftrace_ops *scratch = kzalloc(sizeof(*scratch), GFP_KERNEL);
	int err = -ENOMEM;

	set->addrs = kvmalloc_array(set->cnt, sizeof(*set->addrs), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (scratch && set->addrs)
		err = fill_addrs(set, scratch);
	kfree(scratch);
	return err;
}

static int register_entries(struct ftrace_set *set)
{
	int err;

	set->ops.func = run_entry;
	/* Registers as a kprobe has them; not to be switched off behind our back. */
	set->ops.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ips(&set->ops, set->addrs, set->addr_cnt, 0, 0);
	if (!err)
		err = register_ftrace_function(&set->ops);
	if (err)
		compat_ftrace_forget(&set->ops);
	return err;
}

static void unregister_entries(struct ftrace_set *set)
{
	if (unhook_done(unregister_ftrace_function(&set->ops)))
		compat_ftrace_forget(&set->ops);
	else
		set->link->is_kept = true;
}

#if COMPAT_HAS_FPROBE
static notrace COMPAT_FPROBE_EXIT(run_return, fprobe, ip, regs)
{
	run(container_of(fprobe, struct ftrace_set, fprobe), ip, compat_fprobe_regs(regs));
}
NOKPROBE_SYMBOL(run_return);

static int register_returns(struct ftrace_set *set)
{
	set->fprobe.exit_handler = run_return;
	compat_fprobe_expect(&set->fprobe, kprobe_max_active(set->cnt) * set->cnt);
	return register_fprobe_ips(&set->fprobe, set->addrs, set->addr_cnt);
}

static void unregister_returns(struct ftrace_set *set)
{
	if (!unhook_done(unregister_fprobe(&set->fprobe)))
		set->link->is_kept = true;
	/* The last return may still be in its handler, with preemption off. */
	synchronize_rcu();
}

static u64 missed_returns(const struct kprobe_link *link)
{
	const struct ftrace_set *set = link->probes;

	return READ_ONCE(set->fprobe.nmissed);
}
#else
#define register_returns(set) (-EOPNOTSUPP)
#define unregister_returns(set) do { } while (0)
#endif

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
	compat_ftrace_forget(scratch);
	kfree(scratch);
	return err;
}

/* A module that goes, of which forget_module() may have been told already: its functions would stay in the filter. */
static bool has_going(const struct ftrace_set *set)
{
	u32 i;

	for (i = 0; i < set->addr_cnt; i++)
		if (kernel_symbol_is_going(set->addrs[i]))
			return true;
	return false;
}

static int register_all(struct ftrace_set *set)
{
	int err = mutex_lock_killable(&sets_lock);

	if (err)
		return err;
	if (has_going(set))
		err = -EOPNOTSUPP;
	else if (kprobe_link_is_return(set->link))
		err = register_returns(set);
	else
		err = register_entries(set);
	set->is_registered = !err;
	if (!err)
		list_add(&set->node, &sets);
	mutex_unlock(&sets_lock);
	return err;
}

/* sets_lock is held. No handler runs any more then. */
static void unregister_all(struct ftrace_set *set)
{
	if (!set->is_registered)
		return;
	set->is_registered = false;
	list_del(&set->node);
	if (kprobe_link_is_return(set->link))
		unregister_returns(set);
	else
		unregister_entries(set);
}

static void set_free(struct ftrace_set *set)
{
	if (set)
		kvfree(set->addrs);
	kvfree(set);
}

static int try_places(struct kprobe_link *link)
{
	struct ftrace_set *set = set_new(link);
	int err = -ENOMEM;

	if (set)
		err = list_addrs(set) ?: register_all(set);
	if (err)
		set_free(set);
	else
		link->probes = set;
	return err;
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
	mutex_lock(&sets_lock);
	unregister_all(link->probes);
	mutex_unlock(&sets_lock);
}

static void free_set(struct kprobe_link *link)
{
	set_free(link->probes);
	link->probes = NULL;
}

static unsigned long place_addr(const struct kprobe_link *link, u32 i)
{
	return link->places[i].addr;
}

/* The filter of what is registered; NULL: the kernel itself sees to modules that go. */
static struct ftrace_ops *filter_of(struct ftrace_set *set)
{
	if (!kprobe_link_is_return(set->link))
		return &set->ops;
#if COMPAT_HAS_FPROBE
	return compat_fprobe_filter(&set->fprobe);
#else
	return NULL;
#endif
}

/* Is any function @module's? They are no more in what the filter is made of. */
static bool drop_addrs(struct ftrace_set *set, const struct module *module)
{
	u32 i, others = 0, before = set->addr_cnt;

	for (i = 0; i < before; i++)
		if (!within_module(set->addrs[i], module))
			set->addrs[others++] = set->addrs[i];
	set->addr_cnt = others;
	return others != before;
}

/*
 * sets_lock is held, the functions are still there. An empty filter would be all of the
 * kernel's functions: with the last of its own the link hangs nowhere.
 */
static void forget_module(struct ftrace_set *set, const struct module *module)
{
	struct ftrace_ops *filter = filter_of(set);
	int err = 0;

	if (!filter || !drop_addrs(set, module))
		return;
	if (set->addr_cnt)
		err = ftrace_set_filter_ips(filter, set->addrs, set->addr_cnt, 0, 1);
	if (err)
		pr_warn("modbpf: with module %s link %u loses all its functions: error %d\n", module->name,
			set->link->link.obj.id, err);
	if (err || !set->addr_cnt)
		unregister_all(set);
}

static int module_event(struct notifier_block *notifier, unsigned long event, void *data)
{
	struct ftrace_set *set, *next;

	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mutex_lock(&sets_lock);
	list_for_each_entry_safe(set, next, &sets, node)
		forget_module(set, data);
	mutex_unlock(&sets_lock);
	return NOTIFY_DONE;
}

static struct notifier_block module_notifier = {
	.notifier_call = module_event,
};

int kprobe_ftrace_init(void)
{
	return register_module_notifier(&module_notifier);
}

void kprobe_ftrace_exit(void)
{
	unregister_module_notifier(&module_notifier);
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
#else
int kprobe_ftrace_init(void)
{
	return 0;
}

void kprobe_ftrace_exit(void)
{
}
#endif
