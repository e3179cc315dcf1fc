// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does the record of a tracepoint's event get to the programs that read it? Perf calls the overflow handler
 * of their counters, behind what a sample needs, which takes as long as all the rest. So perf's function
 * for records begins with a call of ours while there are such programs. If their counters alone are on the
 * list that the function would go through, they are run and the function is left out; else it goes on as if
 * nothing had been, and calls the handler. That is decided once an event, before anything is run: an event
 * is seen by each program once, and by others' counters as ever.
 *
 * Left out is what nobody can see: the counters have no descriptor, so no filter and no buffer, and what they
 * have counted is not told. Kept is what else the function does: interrupts are off while a program runs, which
 * keeps events of interrupts from finding it busy, and perf's guard against recursion is put when all have
 * run. The list changes by interrupts of this CPU alone: it stays as it was found.
 *
 * A kprobe that somebody made an event of may be on the way into idle, where RCU does not watch: then perf's
 * way is taken, too, and event_run() counts what it does not run.
 *
 * Who calls has preemption off, which keeps the counters, and has taken perf's guard: so what we call may be
 * traced. The function may have another owner, and ftrace may be switched off or find itself recursing: then
 * perf's way is taken, which is always there.
 */
#include "module/event/record.h"

#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/perf_event.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/static_call.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "module/compat/ftrace.h"
#include "module/compat/perf.h"
#include "module/event/run.h"
#include "module/hook/trampoline.h"
#include "module/kernel_symbol.h"
#include "module/shortcut_code.h"

#define PUT_CONTEXT "perf_swevent_put_recursion_context"
#define LEAVE_AFTER HZ	/* setting it takes longer than to call it for nothing */

/* --- events ------------------------------------------------------------------------ */

/*
 * The record lies in a buffer of PERF_MAX_TRACE_SIZE bytes that belongs to this event while it is handled. A
 * program that looks, or calls one that may look, behind the record's end finds zeros there instead of
 * what an older record left.
 */
static __always_inline void fill_to_reach(const struct record_reader *reader, void *record, u32 size)
{
	u32 reach = READ_ONCE(reader->reach);

	if (unlikely(size < reach))
		memset(record + size, 0, reach - size);
}

void record_run(struct perf_event *counter, struct perf_sample_data *data, struct pt_regs *regs)
{
	struct record_reader *reader = counter->overflow_handler_context;
	const struct perf_raw_frag *frag = &data->raw->frag;

	if (unlikely(!READ_ONCE(reader->is_on)))
		return;
	fill_to_reach(reader, frag->data, frag->size);
	event_run(&reader->event, frag->data, regs);
}
NOKPROBE_SYMBOL(record_run);

static void put_nothing(int context)
{
}

static void take_nothing(u16 type, u64 count, void *record, int size, struct pt_regs *regs,
			 struct hlist_head *head, int context, struct task_struct *task)
{
}

DEFINE_STATIC_CALL(put_context, put_nothing);
/* Of perf's function, behind where it calls us. */
DEFINE_STATIC_CALL(function_body, take_nothing);

static __always_inline bool is_ours(const struct perf_event *counter)
{
	return counter->overflow_handler == record_run;
}

static __always_inline bool is_for_us_alone(const struct hlist_head *head, const struct task_struct *task)
{
	const struct hlist_node *node = READ_ONCE(head->first);

	if (!node || (task && task != current))
		return false;
	do {
		if (!is_ours(hlist_entry(node, struct perf_event, hlist_entry)))
			return false;
		node = READ_ONCE(node->next);
	} while (node);
	return true;
}

/* All on @head are ours, and RCU watches. */
static __always_inline void run_all(void *record, u32 size, struct pt_regs *regs,
				    const struct hlist_head *head)
{
	const struct hlist_node *node;
	struct record_reader *reader;

	/* What is in front of the fields, perf writes into it. No program may look there. */
	*(u64 *)record = 0;
	for (node = READ_ONCE(head->first); node; node = READ_ONCE(node->next)) {
		reader = hlist_entry(node, struct perf_event, hlist_entry)->overflow_handler_context;
		if (unlikely(!READ_ONCE(reader->is_on)))
			continue;
		fill_to_reach(reader, record, size);
		event_run_watched(&reader->event, record, regs);
	}
}

notrace void record_arrive(u16 type, u64 count, void *record, int size, struct pt_regs *regs,
			   struct hlist_head *head, int context, struct task_struct *task)
{
	unsigned long flags;

	local_irq_save(flags);
	if (likely(rcu_is_watching() && is_for_us_alone(head, task))) {
		run_all(record, size, regs, head);
		local_irq_restore(flags);
		static_call(put_context)(context);
		return;
	}
	local_irq_restore(flags);
	static_call(function_body)(type, count, record, size, regs, head, context, task);
}
NOKPROBE_SYMBOL(record_arrive);

/* --- the shortcut -------------------------------------------------------------------- */

static void leave(struct work_struct *work);

static DEFINE_MUTEX(shortcut_lock);	/* all of the following */
static u32 reader_cnt;
static struct ftrace_ops shortcut_ops;
static unsigned long function_entry;	/* 0: it has not been looked for */
static bool is_set;
static DECLARE_DELAYED_WORK(leave_work, leave);

/* Before anything is called. Not again: the function stays where it is. */
static int find_functions(void)
{
	unsigned long entry, put;
	int err;

	if (function_entry)
		return 0;
	put = kernel_symbol_addr(PUT_CONTEXT);
	if (!COMPAT_TP_EVENT_IS_KNOWN || !put)
		return -EOPNOTSUPP;
	err = kernel_symbol_entry(COMPAT_TP_EVENT, &entry);
	if (err)
		return err;
	static_call_update(put_context, (void (*)(int))put);
	static_call_update(function_body, (compat_tp_event_fn)(entry + FUNCTION_CALL_BYTES));
	function_entry = entry;
	return 0;
}

/* If it cannot be, perf's way is taken. */
static void shortcut_set(void)
{
	if (!COMPAT_HAS_FTRACE_DIRECT || is_set || find_functions())
		return;
	if (!compat_ftrace_direct_set(&shortcut_ops, function_entry, (unsigned long)modbpf_shortcut))
		is_set = true;
}

static int shortcut_unset(void)
{
	int err = is_set ? compat_ftrace_direct_unset(&shortcut_ops, (unsigned long)modbpf_shortcut) : 0;

	if (!err)
		is_set = false;
	return err;
}

static void leave(struct work_struct *work)
{
	mutex_lock(&shortcut_lock);
	if (!reader_cnt)
		WARN_ON_ONCE(shortcut_unset());
	mutex_unlock(&shortcut_lock);
}

void record_shortcut_get(void)
{
	mutex_lock(&shortcut_lock);
	reader_cnt++;
	shortcut_set();
	mutex_unlock(&shortcut_lock);
}

void record_shortcut_put(void)
{
	mutex_lock(&shortcut_lock);
	if (!--reader_cnt)
		mod_delayed_work(system_long_wq, &leave_work, LEAVE_AFTER);
	mutex_unlock(&shortcut_lock);
}

/* As long as it is called, the module cannot go. */
void records_exit(void)
{
	cancel_delayed_work_sync(&leave_work);
	while (shortcut_unset()) {
		pr_err_once("modbpf: ftrace does not take " COMPAT_TP_EVENT "() back: waiting\n");
		ssleep(1);
	}
	if (function_entry)	/* it may have been set */
		trampoline_wait();
}
