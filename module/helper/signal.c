// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does a program send a signal to the task that it interrupted? Not by itself: it
 * may hold the locks that this takes. A piece of work does it, as soon as
 * interrupts are on again; one per CPU, so a second signal before that is -EBUSY.
 */
#include "module/helper/functions.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

struct signal_work {
	struct irq_work work;
	atomic_t taken;			/* 1: the fields below are somebody's */
	struct task_struct *task;	/* reference */
	int signal;
	bool to_thread;
};

static DEFINE_PER_CPU(struct signal_work, signal_works);

/* It may have ended meanwhile: then it gets nothing. */
static void signal_send(struct irq_work *work)
{
	struct signal_work *it = container_of(work, struct signal_work, work);
	struct pid *group;

	if (it->to_thread) {
		send_sig_info(it->signal, SEND_SIG_PRIV, it->task);
	} else {
		rcu_read_lock();
		group = task_tgid(it->task);
		if (group)
			kill_pid(group, it->signal, 1);
		rcu_read_unlock();
	}
	put_task_struct(it->task);
	/* Pairs with the cmpxchg of who takes it next. */
	atomic_set_release(&it->taken, 0);
}

/* Not to kernel threads, nor to the first process, nor to what is about to end. */
static notrace u64 signal_queue(u64 number, bool to_thread)
{
	struct signal_work *it;
	u64 ret = -EBUSY;

	if ((u32)number > _NSIG)
		return -EINVAL;
	if (current->flags & (PF_KTHREAD | PF_EXITING) || is_global_init(current))
		return -EPERM;
	preempt_disable_notrace();
	it = this_cpu_ptr(&signal_works);
	if (atomic_cmpxchg(&it->taken, 0, 1) == 0) {
		it->task = get_task_struct(current);
		it->signal = number;
		it->to_thread = to_thread;
		irq_work_queue(&it->work);
		ret = 0;
	}
	preempt_enable_notrace();
	return ret;
}

/* signal: to the process */
notrace u64 helper_send_signal(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return signal_queue(r1, false);
}

notrace u64 helper_send_signal_thread(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return signal_queue(r1, true);
}

void helper_signal_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		init_irq_work(per_cpu_ptr(&signal_works.work, cpu), signal_send);
}

void helper_signal_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		irq_work_sync(per_cpu_ptr(&signal_works.work, cpu));
}
