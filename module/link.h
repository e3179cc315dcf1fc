/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A link: a program that hangs on a hook. While the link lives the hook holds
 * no reference; the link holds the program. detach() unregisters and waits
 * until no handler of the hook runs any more, then the program may be put.
 *
 * A hook is one file in module/hook/ and one row in module/link.c.
 */
#ifndef MODBPF_MODULE_LINK_H
#define MODBPF_MODULE_LINK_H

#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "module/live.h"
#include "module/object.h"
#include "uapi/modbpf.h"

struct caller;
struct hook_counters;
struct modbpf_link;
struct modbpf_prog;
struct seq_file;

struct link_ops {
	u32 type;		/* enum bpf_link_type */
	const char *name;	/* as fdinfo's link_type */
	/*
	 * LINK_UPDATE: may @prog, whose type is that of the link's own, hang here? The
	 * rights that attaching takes are asked for again. Under link->lock, hooked. 0 or
	 * -errno: -ENOLINK, the place is gone. What else names the program is changed here.
	 */
	int (*update)(const struct caller *caller, struct modbpf_link *link,
		      struct modbpf_prog *prog);
	/* Unhook; idempotent, process context, sleeps. After it no handler runs. */
	void (*detach)(struct modbpf_link *link);
	/* Free the struct; the hook is detached, the program still referenced. */
	void (*destroy)(struct modbpf_link *link);
	/*
	 * OBJ_GET_INFO_BY_FD: the type's part. @info is zeroed, id and type are
	 * filled; @asked is what the caller gave. May copy strings out. 0 or -errno.
	 */
	int (*fill_info)(const struct caller *caller, const struct modbpf_link *link,
			 struct modbpf_link_info *info, const struct modbpf_link_info *asked);
	void (*show_fdinfo)(const struct modbpf_link *link, struct seq_file *m);
	/* What the kernel knows to have missed, of which no handler heard. NULL: nothing is. */
	u64 (*missed)(const struct modbpf_link *link);
};

struct modbpf_link {
	struct object obj;
	const struct link_ops *ops;
	struct modbpf_prog __rcu *prog;	/* reference; changes under lock */
	struct live live;		/* prog, but on while the link has a number and is not ended */
	u32 attach_type;
	struct mutex lock;		/* detach and update against each other */
	bool detached;
	struct hook_counters __percpu *counters;	/* own, but for a perf_event link's: the event's */
	struct work_struct free_work;	/* the last put may be in atomic context */
	struct rcu_work detach_work;	/* of links_end_all() */
};

extern struct object_ids modbpf_link_ids;
extern const struct file_operations modbpf_link_fops;

/*
 * Prepare @link, before anything is hooked: it is of the epoch (live.h) in which that is done. Takes over the
 * reference to @prog only on publication. @counters are the link's to free, or somebody's who
 * outlives it: its ops know.
 */
void link_init(struct modbpf_link *link, const struct link_ops *ops, struct modbpf_prog *prog,
	       u32 attach_type, struct hook_counters __percpu *counters);

/* Events that the program did not see, but for those that came while it ran. */
u64 link_missed(const struct modbpf_link *link);

/* The number of the program that it runs now. */
u32 link_prog_id(const struct modbpf_link *link);

static inline struct modbpf_link *link_get(struct modbpf_link *link)
{
	refcount_inc(&link->obj.refs);
	return link;
}

void link_put(struct modbpf_link *link);
/* Switch each link of an earlier epoch off, and queue its end: see detach.h. */
void links_end_all(void);
/*
 * @link, which hangs and has a number, runs its program from now on. 0; -ECANCELED: the kill
 * switch was used since attaching it was begun.
 */
int link_go_live(struct modbpf_link *link);
static inline bool link_is_dead(const struct modbpf_link *link)
{
	return !live_is_on(&link->live);
}
/* A new fd, or -errno; takes the caller's reference in any case. Sleeps; call it last. */
int link_fd_install(const struct caller *caller, struct modbpf_link *link);
struct modbpf_link *link_get_by_fd(const struct caller *caller, int fd);

/*
 * Hooks. @prog is referenced by the caller of attach; on success the hook is
 * live and *@out, made with link_init(), owns one reference of its own.
 */
typedef int (*link_attach_fn)(const struct caller *caller, const union modbpf_attr *attr,
			      struct modbpf_prog *prog, struct modbpf_link **out);

struct hook_row {
	u32 attach_type;	/* enum bpf_attach_type */
	u64 prog_types;		/* bit per enum modbpf_prog_type */
	link_attach_fn attach;
};

/* What the hooks need while the module is in. 0 or -errno; sleep. */
int hooks_init(void);
void hooks_exit(void);

int kprobe_link_attach(const struct caller *caller, const union modbpf_attr *attr,
		       struct modbpf_prog *prog, struct modbpf_link **out);
int perf_event_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			   struct modbpf_prog *prog, struct modbpf_link **out);
int raw_tracepoint_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			       struct modbpf_prog *prog, struct modbpf_link **out);
int tracing_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			struct modbpf_prog *prog, struct modbpf_link **out);
int netfilter_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			  struct modbpf_prog *prog, struct modbpf_link **out);

/* The name of the tracepoint that a link of that type hangs on. */
const char *raw_tracepoint_link_event(const struct modbpf_link *link);

/* RAW_TRACEPOINT_OPEN of a TRACING program. */
int tracing_link_open(const struct caller *caller, const union modbpf_attr *attr,
		      struct modbpf_prog *prog, struct modbpf_link **out);
/* What a TRACING program is loaded for is a tracepoint; a function's entry or exit. */
int event_link_attach(struct modbpf_prog *prog, u64 cookie, struct modbpf_link **out);
int function_link_attach(struct modbpf_prog *prog, u64 cookie, struct modbpf_link **out);

#endif
