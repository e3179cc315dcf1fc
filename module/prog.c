// SPDX-License-Identifier: GPL-2.0-only
/*
 * What has a program run, and when does it go? A program that was
 * published is freed from a workqueue after an RCU grace period: until then a
 * CPU may still be in it, by a tail call or on its way through a hook.
 */
#include "module/prog.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "module/btf.h"
#include "module/caller.h"
#include "module/hook/busy.h"
#include "module/hook/counters.h"
#include "module/image.h"
#include "module/kernel_btf.h"
#include "module/prog_run.h"
#include "module/prog_target.h"

DEFINE_PER_CPU(struct prog_run *, prog_runs);
DEFINE_PER_CPU(u32, hook_busy_contexts);

struct object_ids modbpf_prog_ids = OBJECT_IDS_INIT(modbpf_prog_ids);

void prog_counters(const struct modbpf_prog *prog, struct prog_cpu *sum)
{
	const struct prog_cpu *one;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(prog->cpu, cpu);
		sum->runs += READ_ONCE(one->runs);
		sum->misses += READ_ONCE(one->misses);
		sum->nsecs += READ_ONCE(one->nsecs);
		sum->lost += READ_ONCE(one->lost);
	}
}

u64 prog_memory(const struct modbpf_prog *prog)
{
	u64 per_insn = sizeof(struct modbpf_insn) + sizeof(u32) + sizeof(struct insn_fact);

	return sizeof(*prog) + num_possible_cpus() * sizeof(struct prog_cpu) +
	       prog->verified->insn_cnt * per_insn +
	       prog->verified->subprog_cnt * sizeof(struct subprog) +
	       prog->map_cnt * (sizeof(*prog->maps) + sizeof(*prog->binds)) + prog->jited_bytes;
}

/* --- runs -------------------------------------------------------------------------- */

notrace void prog_run_begin(struct prog_run *run)
{
	preempt_disable_notrace();
	run->outer = this_cpu_read(prog_runs);
	this_cpu_write(prog_runs, run);
	preempt_enable_notrace();
}

/* What interrupts this has ended by then. Another task's may have begun later and not be over. */
notrace void prog_run_end(struct prog_run *run)
{
	struct prog_run *inner;

	preempt_disable_notrace();
	inner = this_cpu_read(prog_runs);
	if (likely(inner == run)) {
		this_cpu_write(prog_runs, run->outer);
	} else {
		while (inner->outer != run)
			inner = inner->outer;
		inner->outer = run->outer;
	}
	preempt_enable_notrace();
}

notrace u64 prog_call_timed(struct modbpf_prog *prog, const void *ctx)
{
	u64 begin = sched_clock(), result = prog_call(prog, ctx);

	this_cpu_add(prog->cpu->nsecs, sched_clock() - begin);
	return result;
}
NOKPROBE_SYMBOL(prog_call_timed);

notrace void prog_run_lost_record(void)
{
	const struct prog_run *run;

	preempt_disable_notrace();
	run = this_cpu_read(prog_runs);
	while (run && run->task && run->task != current)
		run = run->outer;
	if (run) {
		this_cpu_inc(run->prog->cpu->lost);
		if (run->counters)
			this_cpu_inc(run->counters->lost);
	}
	preempt_enable_notrace();
}

/* --- life -------------------------------------------------------------------------- */

void prog_free(struct modbpf_prog *prog)
{
	u32 i;

	image_free(prog->image);
	modbpf_verified_free(prog->verified);
	for (i = 0; i < prog->map_cnt; i++)
		map_put(prog->maps[i]);
	prog_unbind_maps(prog);
	btf_put(prog->btf);
	kernel_btf_put(prog->kernel_btf);
	prog_target_free(prog->target);
	kfree(prog->subprog_starts);
	kvfree(prog->line_starts);
	kfree(prog->callbacks);
	kfree(prog->maps);
	kfree(prog->binds);
	free_percpu(prog->cpu);
	quota_close(&prog->obj.charge);
	kfree(prog);
}

static void prog_free_work(struct work_struct *work)
{
	prog_free(container_of(to_rcu_work(work), struct modbpf_prog, free_work));
	objects_forget_one();
}

struct modbpf_prog *prog_alloc(const struct caller *caller)
{
	struct modbpf_prog *prog = kzalloc(sizeof(*prog), GFP_KERNEL_ACCOUNT);
	int err;

	if (!prog)
		return ERR_PTR(-ENOMEM);
	err = quota_open(&prog->obj.charge, caller);
	if (err)
		goto free_prog;
	err = -ENOMEM;
	prog->cpu = alloc_percpu_gfp(struct prog_cpu, GFP_KERNEL_ACCOUNT);
	if (!prog->cpu)
		goto close_quota;
	object_init(&prog->obj, caller);
	INIT_RCU_WORK(&prog->free_work, prog_free_work);
	return prog;
close_quota:
	quota_close(&prog->obj.charge);
free_prog:
	kfree(prog);
	return ERR_PTR(err);
}

void prog_put(struct modbpf_prog *prog)
{
	if (!refcount_dec_and_test(&prog->obj.refs))
		return;
	object_withdraw(&modbpf_prog_ids, &prog->obj);
	queue_rcu_work(modbpf_wq, &prog->free_work);
}

/*
 * A put may free, which queues work and takes locks that a program may have interrupted. So
 * programs are listed, each once, and a worker puts as often as was asked. Who finds the count at
 * 0 lists the program; until the worker has taken the count its references stand, so
 * the program is there.
 */
static LLIST_HEAD(late_progs);

static void put_late(struct work_struct *work)
{
	struct modbpf_prog *prog, *next;
	int cnt;

	llist_for_each_entry_safe(prog, next, llist_del_all(&late_progs), late_node)
		for (cnt = atomic_xchg(&prog->late_puts, 0); cnt > 0; cnt--)
			prog_put(prog);
}

static DECLARE_WORK(late_work, put_late);

static void late_kicked(struct irq_work *kick)
{
	queue_work(modbpf_wq, &late_work);
}

static DEFINE_IRQ_WORK(late_kick, late_kicked);

notrace void prog_put_later(struct modbpf_prog *prog)
{
	if (prog && atomic_inc_return(&prog->late_puts) == 1 &&
	    llist_add(&prog->late_node, &late_progs))
		irq_work_queue(&late_kick);
}

void progs_exit(void)
{
	irq_work_sync(&late_kick);
}

struct modbpf_prog *prog_get_by_fd(const struct caller *caller, int fd)
{
	struct file *file = caller_fget(caller, fd);
	struct modbpf_prog *prog = ERR_PTR(-EINVAL);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &modbpf_prog_fops)
		prog = prog_get(file->private_data);
	fput(file);
	return prog;
}

static int prog_release(struct inode *inode, struct file *file)
{
	prog_put(file->private_data);
	return 0;
}

static void prog_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct modbpf_prog *prog = file->private_data;
	struct prog_cpu sum;

	prog_counters(prog, &sum);
	seq_printf(m, "prog_type:\t%u\n", prog->type);
	seq_printf(m, "prog_jited:\t%u\n", prog->jited);
	seq_printf(m, "prog_tag:\t%*phN\n", (int)sizeof(prog->tag), prog->tag);
	seq_printf(m, "memlock:\t%llu\n", prog_memory(prog));
	seq_printf(m, "prog_id:\t%u\n", prog->obj.id);
	seq_printf(m, "run_time_ns:\t%llu\n", sum.nsecs);
	seq_printf(m, "run_cnt:\t%llu\n", sum.runs);
	seq_printf(m, "recursion_misses:\t%llu\n", sum.misses);
	seq_printf(m, "verified_insns:\t%u\n", prog->stats.insns_processed);
	/* Our own: records that were lost, and what loading it took. */
	seq_printf(m, "lost:\t%llu\n", sum.lost);
	seq_printf(m, "verify_ns:\t%llu\n", prog->verify_nsecs);
	seq_printf(m, "jit_ns:\t%llu\n", prog->jit_nsecs);
}

const struct file_operations modbpf_prog_fops = {
	.owner = THIS_MODULE,
	.release = prog_release,
	.show_fdinfo = prog_show_fdinfo,
};

int prog_fd_install(const struct caller *caller, struct modbpf_prog *prog)
{
	int fd = caller_fd_install(caller, "bpf-prog", &modbpf_prog_fops, prog, O_RDWR);

	if (fd < 0)
		prog_put(prog);
	return fd;
}
