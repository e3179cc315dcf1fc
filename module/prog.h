/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program: what was loaded, what it became, and how it is run.
 *
 * One reference per fd, per link and per slot of a program array. After the last
 * put the image is freed when an RCU grace period and an RCU-tasks-like quiet
 * period of its hooks have passed (a hook's detach waits for its own handlers).
 */
#ifndef MODBPF_MODULE_PROG_H
#define MODBPF_MODULE_PROG_H

#include <linux/llist.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "isa/interp.h"
#include "module/map.h"
#include "module/object.h"
#include "verifier/verifier.h"

struct caller;
struct hook_counters;
struct image;
struct kernel_btf;
struct prog_target;
struct pt_regs;

struct prog_cpu {
	u64 runs;
	u64 misses;		/* tracing: not run, because it, or two others in this context, ran on this CPU */
	u64 lost;		/* records that found no room in a ring, or no way to it in that context */
	u64 nsecs;		/* only while statistics are on */
	int active;		/* of prog_run_guarded() on this CPU */
};

struct modbpf_prog {
	struct object obj;
	u32 type;		/* enum modbpf_prog_type */
	u32 expected_attach_type;
	bool gpl_compatible;
	bool jited;
	bool is_blinded;	/* constants are not in the image as they are */
	bool may_lose;		/* as of verified; packet programs that may not keep no account of their runs */
	u64 (*entry)(const void *ctx);	/* JIT image; NULL under jit=0 */
	struct image *image;
	struct interp_env interp;	/* jit=0 */
	struct interp_callback *callbacks;	/* jit=0: per subprogram */
	u64 tail_entry;		/* what a program array holds: where a tail call lands, or &interp under jit=0 */
	struct prog_cpu __percpu *cpu;

	struct verified_prog *verified;	/* final insns, kept for dumps and the interpreter */
	struct verify_stats stats;
	u64 verify_nsecs;
	u64 jit_nsecs;
	u32 loaded_insns;	/* as given by the caller */
	u8 tag[8];
	struct map_bind *binds;
	struct modbpf_map **maps;	/* references */
	u32 map_cnt;
	struct modbpf_map **bound;	/* references to maps that it does not name: PROG_BIND_MAP */
	u32 bound_cnt;
	struct modbpf_btf *btf;	/* reference, or NULL */
	struct kernel_btf *kernel_btf;	/* reference, or NULL: TRACING has it, others while they are loaded */
	struct prog_target *target;	/* NULL but for TRACING, which has one once it is verified */
	u32 *line_starts;	/* in the image, bytes; as many as verified->lines; NULL under jit=0 */
	u32 jited_bytes;
	u32 *subprog_starts;	/* in the image, bytes; as many as verified->subprogs; NULL under jit=0 */
	struct rcu_work free_work;
	atomic_t late_puts;		/* of prog_put_later(), not yet carried out; above 0: in the list of these */
	struct llist_node late_node;
};

/* Where a tracing program hangs that runs now. */
struct run_site {
	u64 cookie;		/* of the attachment */
	struct pt_regs *regs;	/* where the event happened; NULL: not known */
	unsigned long func_ip;	/* of the function whose entry or return it is; 0: neither */
	u32 arg_cnt;		/* of a TRACING program's function or tracepoint; its context begins with them */
	bool has_result;	/* and has that behind them */
	struct modbpf_event *event;	/* which it is; NULL: none of perf_event_open(2)'s */
};

/*
 * A run of a program: on the stack of who runs it. A tail call stays in it. Preemption is off in
 * all runs but those of packet programs; these stay on their CPU, and between their begin and
 * end, other tasks may begin and end theirs there.
 */
struct prog_run {
	struct prog_run *outer;		/* began before on this CPU, and is not over; or NULL */
	const struct task_struct *task;	/* of a packet program's; NULL: who looks is in this one */
	struct modbpf_prog *prog;
	struct hook_counters __percpu *counters;	/* of the link; NULL: there is none */
	const struct run_site *site;	/* NULL: not a tracing program's */
	unsigned long context;		/* of a tracing program's: preempt_count() */
};

/*
 * On this CPU the last one that began and is not over; NULL: there is none. Packet programs' are
 * there only if these may lose records.
 */
DECLARE_PER_CPU(struct prog_run *, prog_runs);

/* Of the tracing program that calls; NULL: it has none. */
static __always_inline const struct run_site *prog_run_site(void)
{
	const struct prog_run *run = this_cpu_read(prog_runs);

	return run ? run->site : NULL;
}

/* Of a packet program, which cannot migrate in between. */
void prog_run_begin(struct prog_run *run);
void prog_run_end(struct prog_run *run);

/* Run @prog on @ctx, and add the time to its statistics. As prog_run.h says. Any context, NMI included. */
u64 prog_call_timed(struct modbpf_prog *prog, const void *ctx);

/* The program that runs here has lost a record: it and its link count that. Any context, NMI included. */
void prog_run_lost_record(void);

extern struct object_ids modbpf_prog_ids;
extern const struct file_operations modbpf_prog_fops;

static inline struct modbpf_prog *prog_get(struct modbpf_prog *prog)
{
	refcount_inc(&prog->obj.refs);
	return prog;
}

/* Module parameter: programs run as machine code. Constant once the module is in. */
extern bool modbpf_jit;
/* Module parameter: the JIT's level of optimisation, 0 to 2. */
extern u32 modbpf_opt;
/* Whose programs a precaution is for: 0 nobody's; 1 those of callers without a right; 2 all. */
extern u32 modbpf_blind;	/* constants are blinded; the right is CAP_BPF */
extern u32 modbpf_fence_level;	/* fences against speculation; the right is CAP_PERFMON */

/* A program with nothing in it, referenced by the caller. ERR_PTR(-ENOMEM; -EPERM: the user has too many objects). */
struct modbpf_prog *prog_alloc(const struct caller *caller);
/* Free one that was never published, in whatever state it is. Sleeps. */
void prog_free(struct modbpf_prog *prog);

/*
 * module/prog_image.c: make verified @prog runnable; @descs per map index.
 * 0, -ENOMEM, -ENOSPC, -E2BIG, -EINTR, -EOPNOTSUPP. Sleeps.
 */
int prog_compile(struct modbpf_prog *prog, const struct map_desc *descs);

/* module/prog_bind.c: numbers of its maps, those that are bound to it at last; how many. Sleeps. */
#define PROG_MAP_IDS (2 * MODBPF_MAX_USED_MAPS)
u32 prog_map_ids(const struct modbpf_prog *prog, u32 ids[PROG_MAP_IDS]);
/* When @prog is freed. */
void prog_unbind_maps(struct modbpf_prog *prog);

/* The sum over all CPUs. */
void prog_counters(const struct modbpf_prog *prog, struct prog_cpu *sum);
/* Bytes that it holds, for fdinfo's memlock. */
u64 prog_memory(const struct modbpf_prog *prog);

/* Any context but NMI. */
void prog_put(struct modbpf_prog *prog);
/* From under a program, any context: the same, a moment later. NULL is fine. */
void prog_put_later(struct modbpf_prog *prog);
/* When no program is left: after it, nothing here queues work. Sleeps. */
void progs_exit(void);
/* With a reference; ERR_PTR(-EBADF: no fd, -EINVAL: not a program). */
struct modbpf_prog *prog_get_by_fd(const struct caller *caller, int fd);
/* A new fd, or -errno; takes the caller's reference in any case. Call it last. */
int prog_fd_install(const struct caller *caller, struct modbpf_prog *prog);

#endif
