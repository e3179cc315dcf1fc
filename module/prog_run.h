/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How is a program run and counted? All of it, but for measuring time, is part of the handler that
 * calls it: no tracing of it, a program may be what traces, and no call that an event would pay for.
 */
#ifndef MODBPF_MODULE_PROG_RUN_H
#define MODBPF_MODULE_PROG_RUN_H

#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>

#include "module/helper/callback.h"
#include "module/prog.h"
#include "module/stats.h"

static __always_inline u64 prog_call(const struct modbpf_prog *prog, const void *ctx)
{
#if MODBPF_INTERP
	if (!prog->jited)
		return modbpf_interp_run(&prog->interp, ctx, NULL);
#endif
	return prog->entry(ctx);
}

/* Measured once statistics are on; a run that they come or go in is not. */
static __always_inline u64 prog_call_measured(struct modbpf_prog *prog, const void *ctx)
{
	return stats_are_on() ? prog_call_timed(prog, ctx) : prog_call(prog, ctx);
}

/* Is it a tracing program's, and in the context that this is? NULL: no. */
static __always_inline bool prog_run_is_below(const struct prog_run *run)
{
	return run && !run->task &&
	       !((run->context ^ preempt_count()) & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET));
}

/*
 * May a tracing program run on top of @outer, the last one here? What a helper does may be an
 * event for others: what it cannot read is a page fault, which has tracepoints. Each program runs
 * once at a time, but there are any number of them, and one stack: were what each does an event
 * for all that do not run yet, they would run in every order. So what a program does is an event
 * for others, and what these do then is none. An interrupt's and an NMI's begin anew.
 */
static __always_inline bool prog_run_may_nest(const struct prog_run *outer)
{
	return !prog_run_is_below(outer) || !prog_run_is_below(outer->outer);
}

/*
 * Run a tracing program on @ctx at @site, for the link of @counters (NULL: none). Preemption is
 * off and RCU is watching, so that @prog stays: that is all of a read-side critical section,
 * which only lockdep wants to be told of. Guards against recursion on this CPU: false, it was
 * running already, or two others were in this context; that is counted in misses. True, and
 * *@result. Any context, NMI included.
 */
static __always_inline bool prog_run_guarded_for(struct modbpf_prog *prog, const void *ctx,
						 const struct run_site *site,
						 struct hook_counters __percpu *counters, u64 *result)
{
	struct prog_run *outer = this_cpu_read(prog_runs);
	struct prog_cpu __percpu *cpu = prog->cpu;	/* read once */
	bool may_run = this_cpu_inc_return(cpu->active) == 1 &&
		       (likely(!outer) || prog_run_may_nest(outer));

	if (likely(may_run)) {
		struct prog_run run = { .outer = outer, .prog = prog, .counters = counters,
					.site = site, .context = preempt_count() };

		this_cpu_inc(cpu->runs);
		/* Not before the guard: lockdep itself may be traced. */
		rcu_lock_acquire(&rcu_lock_map);
		this_cpu_write(prog_runs, &run);
		*result = prog_call_measured(prog, ctx);
		this_cpu_write(prog_runs, run.outer);
		rcu_lock_release(&rcu_lock_map);
	} else {
		this_cpu_inc(cpu->misses);
	}
	this_cpu_dec(cpu->active);
	return may_run;
}

/* The same, for who does not care what the program returned. */
static __always_inline bool prog_run_guarded(struct modbpf_prog *prog, const void *ctx,
					     const struct run_site *site,
					     struct hook_counters __percpu *counters)
{
	u64 result;

	return prog_run_guarded_for(prog, ctx, site, counters, &result);
}

/*
 * Call what a timer of @prog's calls. Preemption is off, and the caller has read @prog within
 * its rcu_read_lock. It may interrupt a run of @prog, which is re-entrant, and is not
 * interrupted by another callback. Softirq, hard interrupt.
 */
static __always_inline void prog_run_callback(struct modbpf_prog *prog, u64 callback, void *map,
					      const void *key, void *value)
{
	struct prog_run run = { .outer = this_cpu_read(prog_runs), .prog = prog };
	u64 begin;

	this_cpu_inc(prog->cpu->runs);
	this_cpu_write(prog_runs, &run);
	begin = stats_are_on() ? sched_clock() : 0;
	callback_call(callback, (unsigned long)map, (unsigned long)key, (unsigned long)value, 0);
	if (begin)
		this_cpu_add(prog->cpu->nsecs, sched_clock() - begin);
	this_cpu_write(prog_runs, run.outer);
}

/*
 * Run a packet program on @ctx, for the link of @counters (NULL: none), on one CPU. The caller
 * holds rcu_read_lock. No guard: a program is re-entrant, nothing below it sends a packet,
 * and a run that is skipped would be a wrong verdict. Softirq, process context.
 */
static __always_inline u64 prog_run_packet(struct modbpf_prog *prog, const void *ctx,
					   struct hook_counters __percpu *counters)
{
	bool may_migrate = !preempt_count();	/* most packets are softirqs', which stay */
	u64 result;

	if (may_migrate)
		migrate_disable();
	this_cpu_inc(prog->cpu->runs);
	if (likely(!prog->may_lose)) {
		result = prog_call_measured(prog, ctx);
	} else {
		struct prog_run run = { .task = current, .prog = prog, .counters = counters };

		prog_run_begin(&run);
		result = prog_call_measured(prog, ctx);
		prog_run_end(&run);
	}
	if (may_migrate)
		migrate_enable();
	return result;
}

#endif
