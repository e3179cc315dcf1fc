// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of what counts: the software clocks count time, a processor what it does, and a program
 * runs each time so much of it has come together. What the machine cannot count is refused as
 * the kernel refuses it.
 */
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/perf_event.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "isa/abi.h"
#include "module/caller.h"
#include "module/event/types.h"
#include "verifier/ctx_trace.h"

#define FREQ_MAX 100000	/* per second, what Linux allows by default */

struct counter_event {
	struct modbpf_event event;
	struct perf_event *counter;
};

static struct counter_event *counter_event_of(struct modbpf_event *event)
{
	return container_of(event, struct counter_event, event);
}

/* In the timer's interrupt; of what a processor counts, in an NMI. */
static void overflow(struct perf_event *counter, struct perf_sample_data *data,
		     struct pt_regs *regs)
{
	struct counter_event *sampled = counter->overflow_handler_context;
	struct sample_ctx ctx = { .sample_period = data->period };

	static_assert(sizeof(ctx.regs) == sizeof(*regs), "registers of a sample");
	memcpy(ctx.regs, regs, sizeof(ctx.regs));
	event_run(&sampled->event, &ctx, regs);
}
NOKPROBE_SYMBOL(overflow);

/* The kernel's function trusts its attr: it is made of what is understood. */
static struct perf_event_attr counter_attr(const struct perf_event_attr *asked)
{
	return (struct perf_event_attr){
		.type = asked->type,
		.size = sizeof(*asked),
		.config = asked->config,
		.sample_period = asked->sample_period,
		.freq = asked->freq,
		.exclude_user = asked->exclude_user,
		.exclude_kernel = asked->exclude_kernel,
		.exclude_hv = asked->exclude_hv,
		.exclude_idle = asked->exclude_idle,
		.disabled = 1,
		.config1 = asked->config1,
		.config2 = asked->config2,
	};
}

static int check(const struct perf_event_attr *attr)
{
	/* What a processor calls by a number of its own may have more words to it. */
	if (attr->type != PERF_TYPE_RAW && (attr->config1 || attr->config2))
		return -EINVAL;
	if (attr->freq)
		return attr->sample_freq > FREQ_MAX ? -EINVAL : 0;
	return attr->sample_period >> 63 ? -EINVAL : 0;
}

static struct modbpf_event *counter_event_create(const struct caller *caller,
					       const struct event_request *request)
{
	struct perf_event_attr attr = counter_attr(&request->attr);
	struct task_struct *task = NULL;
	struct counter_event *sampled;
	int err = check(&request->attr);

	if (err)
		return ERR_PTR(err);
	if (request->pid >= 0) {
		task = caller_task(caller, request->pid);
		if (!task)
			return ERR_PTR(-ESRCH);
	}
	sampled = kzalloc(sizeof(*sampled), GFP_KERNEL_ACCOUNT);
	err = -ENOMEM;
	if (!sampled)
		goto put_task;
	sampled->counter = perf_event_create_kernel_counter(&attr, request->cpu, task, overflow,
							  sampled);
	err = PTR_ERR_OR_ZERO(sampled->counter);
	if (err)
		kfree(sampled);
put_task:
	if (task)
		put_task_struct(task);
	return err ? ERR_PTR(err) : &sampled->event;
}

static void counter_event_destroy(struct modbpf_event *event)
{
	/* Programs may be reading it, who found it in a map. */
	synchronize_rcu();
	perf_event_release_kernel(counter_event_of(event)->counter);
	kfree(counter_event_of(event));
}

static int counter_event_arm(struct modbpf_event *event)
{
	perf_event_enable(counter_event_of(event)->counter);
	return 0;
}

static void counter_event_disarm(struct modbpf_event *event)
{
	perf_event_disable(counter_event_of(event)->counter);
}

/* Whoever counts knows what he has counted only where he does it. */
static notrace bool is_here(const struct perf_event *counter)
{
	if (counter->attach_state & PERF_ATTACH_TASK)
		return counter->hw.target == current;
	return counter->cpu == raw_smp_processor_id();
}

/* A software clock shares its place with nobody: it runs whenever it is enabled. */
static notrace int counter_event_read(struct modbpf_event *event, u64 *count)
{
	struct perf_event *counter = counter_event_of(event)->counter;
	unsigned long irq;
	int err = -EINVAL;

	/* It is switched off and on with interrupts off. */
	local_irq_save(irq);
	if (is_here(counter)) {
		if (READ_ONCE(counter->oncpu) == raw_smp_processor_id())
			counter->pmu->read(counter);
		*count = local64_read(&counter->count);
		err = 0;
	}
	local_irq_restore(irq);
	return err;
}

const struct event_ops clock_event_ops = {
	.name = "clock",
	.prog_types = BIT_ULL(MODBPF_PROG_PERF_EVENT),
	.create = counter_event_create,
	.destroy = counter_event_destroy,
	.arm = counter_event_arm,
	.disarm = counter_event_disarm,
	.read = counter_event_read,
};

/*
 * Not to be read by programs: when counters are too few they take turns, and what was counted is
 * then not what happened.
 */
const struct event_ops hardware_event_ops = {
	.name = "hardware",
	.prog_types = BIT_ULL(MODBPF_PROG_PERF_EVENT),
	.create = counter_event_create,
	.destroy = counter_event_destroy,
	.arm = counter_event_arm,
	.disarm = counter_event_disarm,
};
