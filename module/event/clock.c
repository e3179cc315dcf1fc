// SPDX-License-Identifier: GPL-2.0-only
/* Events of the software clocks: they count time, and a program runs each time so much of it has passed. */
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

struct clock_event {
	struct modbpf_event event;
	struct perf_event *counter;
};

static struct clock_event *clock_event_of(struct modbpf_event *event)
{
	return container_of(event, struct clock_event, event);
}

/* In the timer's interrupt. */
static void overflow(struct perf_event *counter, struct perf_sample_data *data,
		     struct pt_regs *regs)
{
	struct clock_event *clock = counter->overflow_handler_context;
	struct sample_ctx ctx = { .sample_period = data->period };

	static_assert(sizeof(ctx.regs) == sizeof(*regs), "registers of a sample");
	memcpy(ctx.regs, regs, sizeof(ctx.regs));
	event_run(&clock->event, &ctx, regs);
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
		.exclude_idle = asked->exclude_idle,
		.disabled = 1,
	};
}

static int check(const struct perf_event_attr *attr)
{
	if (attr->config1 || attr->config2)
		return -EINVAL;
	if (attr->freq)
		return attr->sample_freq > FREQ_MAX ? -EINVAL : 0;
	return attr->sample_period >> 63 ? -EINVAL : 0;
}

static struct modbpf_event *clock_event_create(const struct caller *caller,
					       const struct event_request *request)
{
	struct perf_event_attr attr = counter_attr(&request->attr);
	struct task_struct *task = NULL;
	struct clock_event *clock;
	int err = check(&request->attr);

	if (err)
		return ERR_PTR(err);
	if (request->pid >= 0) {
		task = caller_task(caller, request->pid);
		if (!task)
			return ERR_PTR(-ESRCH);
	}
	clock = kzalloc(sizeof(*clock), GFP_KERNEL_ACCOUNT);
	err = -ENOMEM;
	if (!clock)
		goto put_task;
	clock->counter = perf_event_create_kernel_counter(&attr, request->cpu, task, overflow,
							  clock);
	err = PTR_ERR_OR_ZERO(clock->counter);
	if (err)
		kfree(clock);
put_task:
	if (task)
		put_task_struct(task);
	return err ? ERR_PTR(err) : &clock->event;
}

static void clock_event_destroy(struct modbpf_event *event)
{
	/* Programs may be reading it, who found it in a map. */
	synchronize_rcu();
	perf_event_release_kernel(clock_event_of(event)->counter);
	kfree(clock_event_of(event));
}

static int clock_event_arm(struct modbpf_event *event)
{
	perf_event_enable(clock_event_of(event)->counter);
	return 0;
}

static void clock_event_disarm(struct modbpf_event *event)
{
	perf_event_disable(clock_event_of(event)->counter);
}

/* Whoever counts knows what he has counted only where he does it. */
static notrace bool is_here(const struct perf_event *counter)
{
	if (counter->attach_state & PERF_ATTACH_TASK)
		return counter->hw.target == current;
	return counter->cpu == raw_smp_processor_id();
}

/* A software clock shares its place with nobody: it runs whenever it is enabled. */
static notrace int clock_event_read(struct modbpf_event *event, u64 *count)
{
	struct perf_event *counter = clock_event_of(event)->counter;
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
	.create = clock_event_create,
	.destroy = clock_event_destroy,
	.arm = clock_event_arm,
	.disarm = clock_event_disarm,
	.read = clock_event_read,
};
