/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event that perf_event_open(2) would make: something happens, a program runs.
 * A kind of event is one file in module/event/ and one row in module/event/types.c.
 *
 * One reference per fd, per link and per slot of a PERF_EVENT_ARRAY. The last put
 * takes the event out of the kernel; it sleeps.
 */
#ifndef MODBPF_MODULE_EVENT_H
#define MODBPF_MODULE_EVENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>
#include <uapi/linux/perf_event.h>

#include "module/live.h"
#include "module/quota.h"

struct caller;
struct event_ops;
struct file;
struct hook_counters;
struct modbpf_link;
struct modbpf_prog;
struct pt_regs;
struct seq_file;
struct vm_area_struct;

struct modbpf_event {
	refcount_t refs;
	const struct event_ops *ops;
	u32 type;			/* of the attr that it was opened with */
	u64 config;
	struct modbpf_prog __rcu *prog;	/* reference; NULL: none is attached; under lock */
	struct live live;		/* prog, but for one that the kill switch has ended */
	u64 cookie;			/* of the attachment; set before prog is */
	bool has_link;			/* or PERF_EVENT_IOC_SET_BPF has put prog there */
	unsigned long func_ip;		/* of the function whose entry or return it is; 0: neither */
	bool enabled;			/* by its user */
	bool armed;			/* the kernel tells us of it */
	struct mutex lock;		/* prog's changes, enabled, armed */
	struct list_head all;		/* in the list of all events */
	struct rcu_work detach_work;	/* of events_end_all() */
	struct hook_counters __percpu *counters;
	struct quota_charge charge;
};

/* What is asked for: every field that is not zero is understood. */
struct event_request {
	struct perf_event_attr attr;
	s32 pid, cpu;			/* -1: any; not both, but for BPF output */
};

/* Where an event happens, as TASK_FD_QUERY says it. */
struct event_place {
	u32 fd_type;			/* Linux's enum bpf_task_fd_type */
	u64 offset, addr;
	const char *name;		/* NULL: it has none */
};

enum {	/* Linux's enum bpf_task_fd_type */
	EVENT_FD_TRACEPOINT = 1,
	EVENT_FD_KPROBE = 2,
	EVENT_FD_KRETPROBE = 3,
	EVENT_FD_UPROBE = 4,
	EVENT_FD_URETPROBE = 5,
};

struct event_ops {
	const char *name;
	u64 prog_types;			/* that may be attached; bit per enum modbpf_prog_type */
	/*
	 * A new event, not armed, whose struct embeds modbpf_event as its first member
	 * and is otherwise zero. ERR_PTR(-errno as perf_event_open(2)). Sleeps.
	 */
	struct modbpf_event *(*create)(const struct caller *caller,
				       const struct event_request *request);
	/* Free everything; disarmed, no program attached. Sleeps. */
	void (*destroy)(struct modbpf_event *event);
	/* Begin, and end, to call event_run(). NULL: nothing to do. Sleep. */
	int (*arm)(struct modbpf_event *event);
	void (*disarm)(struct modbpf_event *event);
	/*
	 * May a program override what the function returns at which the event happens? As
	 * override_check(). NULL: there is none (-EINVAL). Sleeps.
	 */
	int (*check_override)(struct modbpf_event *event);
	/*
	 * @prog will take the place of the program of the event, which is armed. 0 or -errno.
	 * NULL: nothing to do. Sleeps.
	 */
	int (*change)(struct modbpf_event *event, const struct modbpf_prog *prog);
	int (*mmap)(struct modbpf_event *event, struct vm_area_struct *vma);
	__poll_t (*poll)(struct modbpf_event *event, struct file *file,
			 struct poll_table_struct *wait);
	u64 (*missed)(struct modbpf_event *event);	/* of which no handler heard; NULL: none */
	/*
	 * Fill @place, which is zero; a name that the event does not keep goes to @room of
	 * PATH_MAX. 0 or -errno. NULL: it has no place.
	 */
	int (*place)(const struct caller *caller, struct modbpf_event *event, char *room,
		     struct event_place *place);
	/*
	 * What it has counted, which is also how long it was enabled and ran: 0, -EINVAL if it
	 * is of another CPU or task. NULL: it does not count. Who counts is armed without a
	 * program, too. Any context, NMI included.
	 */
	int (*read)(struct modbpf_event *event, u64 *count);
};

/* MODBPF_IOC_PERF with @uopen, the user address of a struct modbpf_perf_open. */
long event_open(const struct caller *caller, u64 uopen);

/* Sleeps. */
void event_put(struct modbpf_event *event);
/* With a reference; ERR_PTR(-EBADF: no fd, -EINVAL: not an event). */
struct modbpf_event *event_get_by_fd(const struct caller *caller, int fd);

/* The event behind a file that is one's own, or NULL. */
struct modbpf_event *event_of_file(const struct file *file);

/*
 * Where the event happens, and the program's number. -ENOENT: it has none; -EOPNOTSUPP: no
 * place. @room: PATH_MAX bytes, for the name. Sleeps.
 */
int event_place(const struct caller *caller, struct modbpf_event *event, char *room,
		struct event_place *place, u32 *prog_id);

/*
 * Attach and switch on, by @link, which says in the audit log when it ends, or by nobody (NULL): takes a
 * reference to @prog. 0; -EEXIST: there is one already; -EINVAL: not a program for this kind;
 * -ECANCELED: see live.h. Detach @prog, if it is the one: no handler runs it any more. Sleep.
 */
int event_attach(struct modbpf_event *event, struct modbpf_prog *prog, u64 cookie,
		 const struct modbpf_link *link);
/* @prog in the place of @old: 0; -ENOLINK: that does not hang there; or what the kind says. Sleeps. */
int event_replace(struct modbpf_event *event, const struct modbpf_prog *old,
		  struct modbpf_prog *prog);
void event_detach(struct modbpf_event *event, struct modbpf_prog *prog);

/* Switch off what is attached to each event that there is, and queue its end: see detach.h. */
void events_end_all(void);

/*
 * No fd is left. An event may still be in a PERF_EVENT_ARRAY that keeps its slots, which its own program uses, so
 * that each holds the next: its program goes. Sleeps.
 */
void events_exit(void);

/* It has happened, at @regs: run the program, if there is one, on @ctx. Any context, NMI included. */
void event_run(struct modbpf_event *event, const void *ctx, struct pt_regs *regs);

/* It happened and the program did not run, but for when it ran already. */
u64 event_missed(struct modbpf_event *event);

#endif
