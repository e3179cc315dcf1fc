// SPDX-License-Identifier: GPL-2.0-only
/*
 * How is an event opened, switched on and off, and which program hangs on it? What
 * makes it happen is the kind's own (module/event/).
 *
 * The program is read under RCU by handlers that run with preemption off; who takes
 * it away waits for them. An event is armed while it is enabled and has a program, or counts.
 */
#include "module/event.h"

#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "module/audit.h"
#include "module/caller.h"
#include "module/detach.h"
#include "module/event/run.h"
#include "module/event/types.h"
#include "module/hook/counters.h"
#include "module/link.h"
#include "module/prog.h"
#include "uapi/modbpf.h"

/* All that there are. */
static LIST_HEAD(events);
static DEFINE_MUTEX(events_lock);

static const struct file_operations event_fops;

notrace void event_run(struct modbpf_event *event, const void *ctx, struct pt_regs *regs)
{
	preempt_disable_notrace();
	event_run_here(event, ctx, regs);
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(event_run);

u64 event_missed(struct modbpf_event *event)
{
	struct hook_counters sum;

	hook_counters_sum(event->counters, &sum);
	return sum.missed + (event->ops->missed ? event->ops->missed(event) : 0);
}

/* --- on and off ----------------------------------------------------------------------- */

/* Under event->lock: armed as it should be. */
static int event_settle(struct modbpf_event *event)
{
	bool wanted = event->enabled && (rcu_access_pointer(event->prog) || event->ops->read);
	int err = 0;

	if (wanted == event->armed)
		return 0;
	WRITE_ONCE(event->armed, wanted);
	if (wanted && event->ops->arm)
		err = event->ops->arm(event);
	if (!wanted && event->ops->disarm)
		event->ops->disarm(event);
	if (err)
		WRITE_ONCE(event->armed, false);
	return err;
}

static int event_enable(struct modbpf_event *event, bool enabled)
{
	int err;

	mutex_lock(&event->lock);
	event->enabled = enabled;
	err = event_settle(event);
	mutex_unlock(&event->lock);
	return err;
}

static int check_prog(struct modbpf_event *event, const struct modbpf_prog *prog)
{
	if (!(event->ops->prog_types >> prog->type & 1))
		return -EINVAL;
	if (!prog->verified->uses_override)
		return 0;
	return event->ops->check_override ? event->ops->check_override(event) : -EINVAL;
}

int event_attach(struct modbpf_event *event, struct modbpf_prog *prog, u64 cookie,
		 const struct modbpf_link *link)
{
	struct live begun = {};
	int err;

	/* Before it waits for anybody. */
	live_begin(&begun, link ? &link->live : NULL);
	err = check_prog(event, prog);
	if (err)
		return err;
	mutex_lock(&event->lock);
	err = -EEXIST;
	if (rcu_access_pointer(event->prog))
		goto unlock;
	event->cookie = cookie;
	/* What counts happens without a program, too: who has read the cookie before must not meet this one. */
	if (event->armed)
		synchronize_rcu();
	event->has_link = link;
	live_begin(&event->live, &begun);
	rcu_assign_pointer(event->prog, prog_get(prog));
	err = event_settle(event) ?: live_set(&event->live, prog);
	if (!err)
		goto unlock;
	RCU_INIT_POINTER(event->prog, NULL);
	event_settle(event);
	/* It may have happened meanwhile: its handlers look at the event, which may be closed at once. */
	synchronize_rcu();
	prog_put(prog);
unlock:
	mutex_unlock(&event->lock);
	return err;
}

int event_replace(struct modbpf_event *event, const struct modbpf_prog *old,
		  struct modbpf_prog *prog)
{
	struct modbpf_prog *gone = NULL;
	int err = check_prog(event, prog);

	if (err)
		return err;
	err = -ENOLINK;
	mutex_lock(&event->lock);
	if (rcu_access_pointer(event->prog) == old)
		err = event->armed && event->ops->change ? event->ops->change(event, prog) : 0;
	if (!err)
		gone = rcu_replace_pointer(event->prog, prog_get(prog),
					   lockdep_is_held(&event->lock));
	if (gone)
		live_replace(&event->live, prog);
	mutex_unlock(&event->lock);
	if (gone)
		prog_put(gone);
	return err;
}

void event_detach(struct modbpf_event *event, struct modbpf_prog *prog)
{
	bool is_it, is_told = false;

	mutex_lock(&event->lock);
	is_it = prog && rcu_access_pointer(event->prog) == prog;
	if (is_it) {
		live_clear(&event->live);
		RCU_INIT_POINTER(event->prog, NULL);
		is_told = !event->has_link;
		event_settle(event);
		/* Under the lock: the next one's cookie must not be shown to this one. */
		synchronize_rcu();
	}
	mutex_unlock(&event->lock);
	if (is_told)
		audit_say("unset-bpf", prog->obj.id);
	if (is_it)
		prog_put(prog);
}

/*
 * Whatever program it is that does not run any more, but for a link's, which has a work of its own: done by both,
 * the later one would take away what was attached in between.
 */
static void event_detach_work(struct work_struct *work)
{
	struct modbpf_event *event = container_of(to_rcu_work(work), struct modbpf_event,
						  detach_work);
	struct modbpf_prog *prog;

	mutex_lock(&event->lock);
	prog = rcu_dereference_protected(event->prog, lockdep_is_held(&event->lock));
	if (live_is_on(&event->live) || event->has_link)
		prog = NULL;
	if (prog)
		prog_get(prog);
	mutex_unlock(&event->lock);
	if (prog) {
		event_detach(event, prog);
		prog_put(prog);
	}
	event_put(event);
	detach_done();
}

/* The event behind @last (NULL: the first), with a reference, for that of @last; or NULL. */
static struct modbpf_event *event_after(struct modbpf_event *last)
{
	struct modbpf_event *event, *next = NULL;

	mutex_lock(&events_lock);
	event = last ?: list_entry(&events, struct modbpf_event, all);
	list_for_each_entry_continue(event, &events, all) {
		if (refcount_inc_not_zero(&event->refs)) {
			next = event;
			break;
		}
	}
	mutex_unlock(&events_lock);
	if (last)
		event_put(last);
	return next;
}

void events_end_all(void)
{
	struct modbpf_event *event = NULL;

	while ((event = event_after(event))) {
		if (!live_end(&event->live))
			continue;
		refcount_inc(&event->refs);
		if (!detach_queue(&event->detach_work))
			event_put(event);
	}
}

void events_exit(void)
{
	struct modbpf_event *event = NULL;

	while ((event = event_after(event)))
		event_detach(event, rcu_access_pointer(event->prog));
}

void event_put(struct modbpf_event *event)
{
	struct hook_counters __percpu *counters;
	struct quota_charge charge;

	if (!refcount_dec_and_test(&event->refs))
		return;
	mutex_lock(&events_lock);
	list_del(&event->all);
	mutex_unlock(&events_lock);
	event_detach(event, rcu_access_pointer(event->prog));
	event_enable(event, false);
	charge = event->charge;
	counters = event->counters;
	mutex_destroy(&event->lock);
	/* Whoever has found it in a map, or is in its handler, counts until this has waited for him. */
	event->ops->destroy(event);
	free_percpu(counters);
	quota_close(&charge);
}

struct modbpf_event *event_get_by_fd(const struct caller *caller, int fd)
{
	struct file *file = caller_fget(caller, fd);
	struct modbpf_event *event = ERR_PTR(-EINVAL);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &event_fops) {
		event = file->private_data;
		refcount_inc(&event->refs);
	}
	fput(file);
	return event;
}

struct modbpf_event *event_of_file(const struct file *file)
{
	return file->f_op == &event_fops ? file->private_data : NULL;
}

int event_place(const struct caller *caller, struct modbpf_event *event, char *room,
		struct event_place *place, u32 *prog_id)
{
	const struct modbpf_prog *prog;

	mutex_lock(&event->lock);
	prog = rcu_dereference_protected(event->prog, lockdep_is_held(&event->lock));
	*prog_id = prog ? prog->obj.id : 0;
	mutex_unlock(&event->lock);
	if (!*prog_id)
		return -ENOENT;
	return event->ops->place ? event->ops->place(caller, event, room, place) : -EOPNOTSUPP;
}

/* --- the descriptor --------------------------------------------------------------------- */

static int set_prog(struct modbpf_event *event, int fd)
{
	struct modbpf_prog *prog;
	struct caller caller;
	int err;

	caller_init_current(&caller);
	prog = prog_get_by_fd(&caller, fd);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	err = event_attach(event, prog, 0, NULL);
	if (!err)
		audit_say("set-bpf", prog->obj.id);
	else if (err == -EACCES || err == -EPERM)
		audit_denied_ioctl(PERF_EVENT_IOC_SET_BPF);
	prog_put(prog);
	return err;
}

static long event_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct modbpf_event *event = file->private_data;

	switch (cmd) {
	case PERF_EVENT_IOC_ENABLE:
		return event_enable(event, true);
	case PERF_EVENT_IOC_DISABLE:
		return event_enable(event, false);
	case PERF_EVENT_IOC_SET_BPF:
		return set_prog(event, arg);
	default:
		return -ENOTTY;
	}
}

static int event_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct modbpf_event *event = file->private_data;

	return event->ops->mmap ? event->ops->mmap(event, vma) : -EOPNOTSUPP;
}

static __poll_t event_poll(struct file *file, struct poll_table_struct *wait)
{
	struct modbpf_event *event = file->private_data;

	return event->ops->poll ? event->ops->poll(event, file, wait) : EPOLLHUP;
}

static int event_release(struct inode *inode, struct file *file)
{
	event_put(file->private_data);
	return 0;
}

static void event_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct modbpf_event *event = file->private_data;
	struct hook_counters sum;

	hook_counters_sum(event->counters, &sum);
	seq_printf(m, "event_type:\t%s\nenabled:\t%u\nmissed:\t%llu\n", event->ops->name,
		   READ_ONCE(event->enabled), event_missed(event));
	seq_printf(m, "recursion_misses:\t%llu\nevents:\t%llu\n", sum.recursion_misses,
		   sum.events);
}

static const struct file_operations event_fops = {
	.owner = THIS_MODULE,
	.release = event_release,
	.unlocked_ioctl = event_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = event_mmap,
	.poll = event_poll,
	.show_fdinfo = event_show_fdinfo,
};

/* --- opening ------------------------------------------------------------------------------- */

/* Who gives more, or less, than can be understood is told how much that is, as on Linux. */
static int refuse_size(const struct caller *caller, u64 from)
{
	const u32 size = sizeof(struct perf_event_attr);

	return caller_copy_out(caller, from + offsetof(struct perf_event_attr, size), &size,
			       sizeof(size)) ?: -E2BIG;
}

/* A shorter attr of an older caller, a longer one whose tail is zero. */
static int copy_attr(const struct caller *caller, u64 from, struct perf_event_attr *attr)
{
	u32 size;
	int is_zero;

	memset(attr, 0, sizeof(*attr));
	if (caller_copy_in(caller, &size, from + offsetof(struct perf_event_attr, size),
			   sizeof(size)))
		return -EFAULT;
	size = size ?: PERF_ATTR_SIZE_VER0;
	if (size < PERF_ATTR_SIZE_VER0 || size > PAGE_SIZE)
		return refuse_size(caller, from);
	if (size > sizeof(*attr)) {
		is_zero = caller_is_zero(caller, from + sizeof(*attr), size - sizeof(*attr));
		if (is_zero <= 0)
			return is_zero < 0 ? is_zero : refuse_size(caller, from);
	}
	if (caller_copy_in(caller, attr, from, min_t(size_t, size, sizeof(*attr))))
		return -EFAULT;
	attr->size = sizeof(*attr);
	return 0;
}

/* What we do not understand must be zero: what is asked for is what one gets. */
static int check_attr(const struct perf_event_attr *attr)
{
	const struct perf_event_attr understood = {
		.type = attr->type,
		.size = attr->size,
		.config = attr->config,
		.sample_period = attr->sample_period,
		.sample_type = attr->sample_type,
		.disabled = attr->disabled,
		.exclude_user = attr->exclude_user,
		.exclude_kernel = attr->exclude_kernel,
		.exclude_hv = attr->exclude_hv,
		.exclude_idle = attr->exclude_idle,
		.freq = attr->freq,
		.watermark = attr->watermark,
		.wakeup_events = attr->wakeup_events,
		.config1 = attr->config1,
		.config2 = attr->config2,
	};

	return memcmp(attr, &understood, sizeof(*attr)) ? -EOPNOTSUPP : 0;
}

static int read_request(const struct caller *caller, u64 uopen, struct event_request *request)
{
	struct modbpf_perf_open open;
	int err;

	if (caller_copy_in(caller, &open, uopen, sizeof(open)))
		return -EFAULT;
	if (open.pad || open.flags & ~(u64)(PERF_FLAG_FD_NO_GROUP | PERF_FLAG_FD_OUTPUT |
					   PERF_FLAG_PID_CGROUP | PERF_FLAG_FD_CLOEXEC))
		return -EINVAL;
	err = copy_attr(caller, open.attr, &request->attr);
	if (err)
		return err;
	/* No groups, no redirected output, no cgroups. */
	if (open.group_fd != -1 || open.flags & ~(u64)PERF_FLAG_FD_CLOEXEC)
		return -EOPNOTSUPP;
	if (open.pid < -1 || open.cpu < -1 || (open.pid == -1 && open.cpu == -1))
		return -EINVAL;
	if (open.cpu >= (s32)nr_cpu_ids)
		return -ENODEV;
	request->pid = open.pid;
	request->cpu = open.cpu;
	return check_attr(&request->attr);
}

static long open_event(const struct caller *caller, u64 uopen)
{
	const struct event_ops *ops;
	struct event_request request;
	struct quota_charge charge;
	struct modbpf_event *event;
	int fd;

	fd = read_request(caller, uopen, &request);
	if (fd)
		return fd;
	if (!caller_perfmon_capable(caller))
		return -EACCES;
	ops = event_ops_of(&request.attr);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	fd = quota_open(&charge, caller);
	if (fd)
		return fd;
	event = ops->create(caller, &request);
	if (IS_ERR(event)) {
		quota_close(&charge);
		return PTR_ERR(event);
	}
	refcount_set(&event->refs, 1);
	event->charge = charge;
	event->ops = ops;
	event->type = request.attr.type;
	event->config = request.attr.config;
	mutex_init(&event->lock);
	INIT_RCU_WORK(&event->detach_work, event_detach_work);
	mutex_lock(&events_lock);
	list_add_tail(&event->all, &events);
	mutex_unlock(&events_lock);
	event->counters = hook_counters_alloc();
	fd = event->counters ? event_enable(event, !request.attr.disabled) : -ENOMEM;
	if (fd) {
		event_put(event);
		return fd;
	}
	fd = caller_fd_install(caller, "[perf_event]", &event_fops, event, O_RDWR);
	if (fd < 0)
		event_put(event);
	return fd;
}

long event_open(const struct caller *caller, u64 uopen)
{
	long fd = open_event(caller, uopen);

	if (fd == -EACCES || fd == -EPERM)
		audit_denied_ioctl(MODBPF_IOC_PERF);
	return fd;
}
