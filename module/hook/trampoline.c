// SPDX-License-Identifier: GPL-2.0-only
/*
 * When may the code be let go that a function returns through?
 *
 * Each CPU counts calls that begin and calls that end, a call may end on another one. Once none
 * begins any more, the sum is at least the number of calls that are under way, whenever
 * its parts were read: so at zero there are none. That none begins is known when no task
 * is between the function's first instruction and the count: none was preempted there
 * (RCU tasks), none idles there (RCU tasks rude). The same wait once more lets the last ones get from
 * the count to their return.
 */
#include "module/hook/trampoline.h"

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "module/compat/ftrace.h"
#include "module/image.h"

#define LEAVING_MOST 256	/* at a time: what comes and goes faster finds another way */
#define LOOK_AGAIN HZ

static void reap(struct work_struct *work);

static DEFINE_MUTEX(leaving_lock);	/* the next two */
static LIST_HEAD(leaving);		/* unset, maybe somebody is in there */
static u32 leaving_cnt;			/* those that reap() looks at included */
static DECLARE_DELAYED_WORK(reap_work, reap);

static long calls_under_way(const struct trampoline *trampoline)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(trampoline->active, cpu));
	return sum;
}

/* Whoever runs with preemption off has ended that when this returns, where RCU does not watch, too. */
static void wait_for_cpus(void)
{
#ifdef CONFIG_TASKS_RUDE_RCU
	synchronize_rcu_tasks_rude();
#endif
	synchronize_rcu();
}

void trampoline_wait(void)
{
	wait_for_cpus();
	synchronize_rcu_tasks();
}

static void free_trampoline(struct trampoline *trampoline)
{
	bool holds_module = trampoline->holds_module;

	image_free(trampoline->image);
	free_percpu(trampoline->active);
	kfree(trampoline);
	if (holds_module)
		module_put(THIS_MODULE);	/* whose exit waits for who calls this */
}

/* The module stays until the calls that are under way have returned. */
static void hold_module(struct trampoline *trampoline)
{
	if (!trampoline->holds_module)
		trampoline->holds_module = try_module_get(THIS_MODULE);
}

static void reap(struct work_struct *work)
{
	struct trampoline *trampoline, *next;
	LIST_HEAD(looked_at);
	LIST_HEAD(empty);
	u32 cnt = 0;

	mutex_lock(&leaving_lock);
	list_splice_init(&leaving, &looked_at);
	mutex_unlock(&leaving_lock);
	if (list_empty(&looked_at))
		return;
	trampoline_wait();
	list_for_each_entry_safe(trampoline, next, &looked_at, node) {
		if (calls_under_way(trampoline))
			hold_module(trampoline);
		else
			list_move(&trampoline->node, &empty);
	}
	if (!list_empty(&empty))
		trampoline_wait();
	list_for_each_entry_safe(trampoline, next, &empty, node) {
		free_trampoline(trampoline);
		cnt++;
	}
	mutex_lock(&leaving_lock);
	leaving_cnt -= cnt;
	list_splice(&looked_at, &leaving);
	if (!list_empty(&leaving))
		queue_delayed_work(system_long_wq, &reap_work, LOOK_AGAIN);
	mutex_unlock(&leaving_lock);
}

#if COMPAT_HAS_FTRACE_DIRECT
static struct trampoline *trampoline_new(void)
{
	struct trampoline *trampoline = kzalloc(sizeof(*trampoline), GFP_KERNEL_ACCOUNT);
	u32 bytes = trampoline_code_bytes();
	struct image *image;

	if (!trampoline)
		return ERR_PTR(-ENOMEM);
	trampoline->active = alloc_percpu_gfp(long, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	image = trampoline->active ? image_alloc(bytes) : ERR_PTR(-ENOMEM);
	if (!IS_ERR(image)) {
		trampoline->image = image;
		return trampoline;
	}
	free_trampoline(trampoline);
	return ERR_CAST(image);
}

static int write_image(struct trampoline *trampoline, unsigned long ip, trampoline_exit_fn exit)
{
	const struct trampoline_calls calls = {
		.body = ip + FUNCTION_CALL_BYTES,
		.exit = exit,
		.trampoline = trampoline,
		.active = trampoline->active,
	};
	u32 bytes = trampoline_code_bytes();
	u8 *code = kmalloc(bytes, GFP_KERNEL);
	int err;

	if (!code)
		return -ENOMEM;
	err = trampoline_code_write(code, image_addr(trampoline->image), &calls);
	if (!err)
		err = image_write(trampoline->image, code, bytes);
	kfree(code);
	return err;
}

static bool too_many_leave(void)
{
	bool answer;

	mutex_lock(&leaving_lock);
	answer = leaving_cnt >= LEAVING_MOST;
	mutex_unlock(&leaving_lock);
	return answer;
}

struct trampoline *trampoline_set(unsigned long ip, trampoline_exit_fn exit, void *owner)
{
	struct trampoline *trampoline;
	int err;

	if (too_many_leave())
		return ERR_PTR(-EBUSY);
	trampoline = trampoline_new();
	if (IS_ERR(trampoline))
		return trampoline;
	trampoline->owner = owner;
	err = write_image(trampoline, ip, exit);
	if (!err)
		err = compat_ftrace_direct_set(&trampoline->ops, ip, image_addr(trampoline->image));
	if (!err) {
		/* While it is there nobody switches ftrace off. Some kernels set the flags themselves. */
		trampoline->ops.flags |= FTRACE_OPS_FL_PERMANENT;
		return trampoline;
	}
	/* Nobody has called it, or it is as if nobody had: it never was in the function. */
	free_trampoline(trampoline);
	return ERR_PTR(err);
}

void trampoline_unset(struct trampoline *trampoline)
{
	int err;

	WRITE_ONCE(trampoline->owner, NULL);
	err = compat_ftrace_direct_unset(&trampoline->ops, image_addr(trampoline->image));
	wait_for_cpus();	/* who has read the owner */
	/* It is called still: neither it nor the module ever goes. */
	if (WARN_ON(err)) {
		__module_get(THIS_MODULE);
		return;
	}
	if (calls_under_way(trampoline))
		hold_module(trampoline);
	mutex_lock(&leaving_lock);
	list_add_tail(&trampoline->node, &leaving);
	leaving_cnt++;
	queue_delayed_work(system_long_wq, &reap_work, 0);
	mutex_unlock(&leaving_lock);
}
#else
struct trampoline *trampoline_set(unsigned long ip, trampoline_exit_fn exit, void *owner)
{
	return ERR_PTR(-EOPNOTSUPP);
}

void trampoline_unset(struct trampoline *trampoline)
{
}
#endif

/* What holds the module is gone; a call that began just before may still take its time. */
void trampolines_exit(void)
{
	u32 seconds = 0;

	for (;;) {
		mod_delayed_work(system_long_wq, &reap_work, 0);
		flush_delayed_work(&reap_work);
		if (!READ_ONCE(leaving_cnt))
			break;
		if (++seconds == 10)
			pr_warn("modbpf: a task is in a function that it returns from through the module: waiting\n");
		ssleep(1);
	}
	cancel_delayed_work_sync(&reap_work);
}
