// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of tracepoints by their id. The kernel makes a record, for a counter of the
 * processor that it happened on: there is one on each, all tasks are seen, whatever pid
 * and cpu were asked for, as with Linux's own eBPF.
 *
 * Making it takes most of the time of an event. A program that never looks at its
 * context, and hands it to nobody, hangs on the tracepoint itself: no record is made.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/trace_events.h>
#include <linux/tracepoint.h>

#include "isa/abi.h"
#include "module/event/record.h"
#include "module/event/types.h"
#include "module/prog.h"
#include "verifier/ctx_trace.h"

struct tracepoint_event {
	struct record_reader reader;	/* on: the counters' events count, not those of hooked */
	struct tracepoint *hooked;	/* NULL: not without a record; under the event's lock */
	struct perf_event *counters[];	/* per possible CPU; NULL: it was not there */
};

static struct tracepoint_event *tracepoint_event_of(struct modbpf_event *event)
{
	return container_of(event, struct tracepoint_event, reader.event);
}

/* Whatever the tracepoint is called with. */
static notrace void run_without(struct tracepoint_event *tp)
{
	if (likely(!READ_ONCE(tp->reader.is_on)))
		event_run(&tp->reader.event, NULL, NULL);
}
NOKPROBE_SYMBOL(run_without);

static void tracepoint_event_destroy(struct modbpf_event *event)
{
	struct tracepoint_event *tp = tracepoint_event_of(event);
	int cpu;

	for_each_possible_cpu(cpu)
		if (tp->counters[cpu])
			perf_event_release_kernel(tp->counters[cpu]);
	kfree(tp);
}

static int make_counters(struct tracepoint_event *tp, u64 id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.sample_period = 1,
		/* With the period: once an event, of those too that stand for many. */
		.sample_type = PERF_SAMPLE_RAW | PERF_SAMPLE_PERIOD,
		.disabled = 1,
	};
	struct perf_event *counter;
	int cpu;

	/* Not under cpus_read_lock(), which the first counter takes to patch the tracepoint in. */
	for_each_online_cpu(cpu) {
		counter = perf_event_create_kernel_counter(&attr, cpu, NULL, record_run,
							   &tp->reader);
		if (counter == ERR_PTR(-ENODEV))	/* the processor has just gone */
			continue;
		if (IS_ERR(counter))
			return PTR_ERR(counter);
		tp->counters[cpu] = counter;
	}
	return 0;
}

static struct modbpf_event *tracepoint_event_create(const struct caller *caller,
						    const struct event_request *request)
{
	struct tracepoint_event *tp;
	int err;

	if (request->attr.config1 || request->attr.config2)
		return ERR_PTR(-EINVAL);
	tp = kzalloc(struct_size(tp, counters, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!tp)
		return ERR_PTR(-ENOMEM);
	err = make_counters(tp, request->attr.config);
	if (!err)
		return &tp->reader.event;
	tracepoint_event_destroy(&tp->reader.event);
	return ERR_PTR(err);
}

/* The event as the kernel knows it: all counters are of the same. NULL: there is no counter. */
static struct trace_event_call *kernel_event(const struct tracepoint_event *tp)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (tp->counters[cpu])
			return tp->counters[cpu]->tp_event;
	return NULL;
}

static void set_counters(struct tracepoint_event *tp, bool enabled)
{
	int cpu;

	if (enabled)
		record_shortcut_get();
	for_each_possible_cpu(cpu) {
		if (!tp->counters[cpu])
			continue;
		if (enabled)
			perf_event_enable(tp->counters[cpu]);
		else
			perf_event_disable(tp->counters[cpu]);
	}
	WRITE_ONCE(tp->reader.is_on, enabled);
	if (!enabled)
		record_shortcut_put();
}

/* -EOPNOTSUPP: what happens there is more, or less, than that the tracepoint is called. */
static int hook(struct tracepoint_event *tp)
{
	struct trace_event_call *call = kernel_event(tp);
	int err;

	if (!call || !(call->flags & TRACE_EVENT_FL_TRACEPOINT) ||
	    call->class->reg != trace_event_reg)
		return -EOPNOTSUPP;
	/* The counters hold whose module it is. */
	err = tracepoint_probe_register(call->tp, run_without, tp);
	if (!err)
		tp->hooked = call->tp;
	return err;
}

static void unhook(struct tracepoint_event *tp)
{
	tracepoint_probe_unregister(tp->hooked, run_without, tp);
	tp->hooked = NULL;
	tracepoint_synchronize_unregister();
}

static u32 reach_of(const struct modbpf_prog *prog)
{
	u32 i;

	for (i = 0; i < prog->verified->subprog_cnt; i++)
		if (prog->verified->subprogs[i].has_tail_call)
			return TRACE_RECORD_BYTES;
	return prog->verified->ctx_end;
}

static int tracepoint_event_arm(struct modbpf_event *event)
{
	struct tracepoint_event *tp = tracepoint_event_of(event);
	const struct modbpf_prog *prog = rcu_access_pointer(event->prog);
	u32 reach = reach_of(prog);

	if (reach > PERF_MAX_TRACE_SIZE)
		return -EACCES;
	if (!prog->verified->uses_ctx && !hook(tp))
		return 0;
	WRITE_ONCE(tp->reader.reach, reach);
	set_counters(tp, true);
	return 0;
}

static void tracepoint_event_disarm(struct modbpf_event *event)
{
	struct tracepoint_event *tp = tracepoint_event_of(event);

	if (tp->hooked)
		unhook(tp);
	else
		set_counters(tp, false);
}

/*
 * From now on there is a record, as far as either program looks. The counters are asked before
 * what hangs on the tracepoint is: what happens at this very moment is missed by both, or seen once.
 */
static int tracepoint_event_change(struct modbpf_event *event, const struct modbpf_prog *prog)
{
	struct tracepoint_event *tp = tracepoint_event_of(event);
	u32 reach = reach_of(prog);

	if (reach > PERF_MAX_TRACE_SIZE)
		return -EACCES;
	if (tp->hooked && !prog->verified->uses_ctx)
		return 0;
	WRITE_ONCE(tp->reader.reach, max(tp->reader.reach, reach));
	if (tp->hooked) {
		set_counters(tp, true);
		unhook(tp);
	}
	return 0;
}

static int tracepoint_event_place(const struct caller *caller, struct modbpf_event *event,
				  char *room, struct event_place *place)
{
	struct trace_event_call *call = kernel_event(tracepoint_event_of(event));

	place->fd_type = EVENT_FD_TRACEPOINT;
	if (call)
		place->name = trace_event_name(call);
	return 0;
}

const struct event_ops tracepoint_event_ops = {
	.name = "tracepoint",
	.prog_types = BIT_ULL(MODBPF_PROG_TRACEPOINT),
	.create = tracepoint_event_create,
	.destroy = tracepoint_event_destroy,
	.arm = tracepoint_event_arm,
	.disarm = tracepoint_event_disarm,
	.change = tracepoint_event_change,
	.place = tracepoint_event_place,
};
