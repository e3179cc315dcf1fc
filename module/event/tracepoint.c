// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of tracepoints by their id. The kernel makes a record, and hands it to a
 * counter of the processor that it happened on: there is one on each, all tasks are
 * seen, whatever pid and cpu were asked for, as with Linux's own eBPF.
 *
 * The record lies in a buffer of PERF_MAX_TRACE_SIZE bytes that belongs to this event
 * while it is handled. A program that looks, or calls one that may look, behind the
 * record's end finds zeros there instead of what an older record left.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/trace_events.h>

#include "isa/abi.h"
#include "module/event/types.h"
#include "module/prog.h"
#include "verifier/ctx_trace.h"

struct tracepoint_event {
	struct modbpf_event event;
	u32 reach;			/* bytes of a record that the program may look at */
	struct perf_event *counters[];	/* per possible CPU; NULL: it was not there */
};

static struct tracepoint_event *tracepoint_event_of(struct modbpf_event *event)
{
	return container_of(event, struct tracepoint_event, event);
}

static void overflow(struct perf_event *counter, struct perf_sample_data *data,
		     struct pt_regs *regs)
{
	struct tracepoint_event *tp = counter->overflow_handler_context;
	const struct perf_raw_frag *frag = &data->raw->frag;
	u32 reach = READ_ONCE(tp->reach);

	if (unlikely(frag->size < reach))
		memset(frag->data + frag->size, 0, reach - frag->size);
	event_run(&tp->event, frag->data, regs);
}
NOKPROBE_SYMBOL(overflow);

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
		.sample_type = PERF_SAMPLE_RAW,
		.disabled = 1,
	};
	struct perf_event *counter;
	int cpu;

	/* Not under cpus_read_lock(), which the first counter takes to patch the tracepoint in. */
	for_each_online_cpu(cpu) {
		counter = perf_event_create_kernel_counter(&attr, cpu, NULL, overflow, tp);
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
		return &tp->event;
	tracepoint_event_destroy(&tp->event);
	return ERR_PTR(err);
}

/* The program does not change while the event is armed. */
static int tracepoint_event_arm(struct modbpf_event *event)
{
	struct tracepoint_event *tp = tracepoint_event_of(event);
	const struct modbpf_prog *prog = rcu_access_pointer(event->prog);
	u32 reach = prog->verified->ctx_end;
	int cpu;
	u32 i;

	for (i = 0; i < prog->verified->subprog_cnt; i++)
		if (prog->verified->subprogs[i].has_tail_call)
			reach = TRACE_RECORD_BYTES;
	if (reach > PERF_MAX_TRACE_SIZE)
		return -EACCES;
	WRITE_ONCE(tp->reach, reach);
	for_each_possible_cpu(cpu)
		if (tp->counters[cpu])
			perf_event_enable(tp->counters[cpu]);
	return 0;
}

static void tracepoint_event_disarm(struct modbpf_event *event)
{
	struct tracepoint_event *tp = tracepoint_event_of(event);
	int cpu;

	for_each_possible_cpu(cpu)
		if (tp->counters[cpu])
			perf_event_disable(tp->counters[cpu]);
}

static int tracepoint_event_place(const struct caller *caller, struct modbpf_event *event,
				  char *room, struct event_place *place)
{
	struct tracepoint_event *tp = tracepoint_event_of(event);
	int cpu;

	place->fd_type = EVENT_FD_TRACEPOINT;
	/* All counters are of the same event. */
	for_each_possible_cpu(cpu)
		if (tp->counters[cpu])
			place->name = trace_event_name(tp->counters[cpu]->tp_event);
	return 0;
}

const struct event_ops tracepoint_event_ops = {
	.name = "tracepoint",
	.prog_types = BIT_ULL(MODBPF_PROG_TRACEPOINT),
	.create = tracepoint_event_create,
	.destroy = tracepoint_event_destroy,
	.arm = tracepoint_event_arm,
	.disarm = tracepoint_event_disarm,
	.place = tracepoint_event_place,
};
