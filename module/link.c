// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which program may hang on which hook, and how does it come off? One row per
 * attach type. A link that has an fd is hooked; when the fd goes, by whatever
 * death of its owner, the link is unhooked before close() returns.
 */
#include "module/link.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "isa/abi.h"
#include "module/audit.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/detach.h"
#include "module/hook/counters.h"
#include "module/prog.h"

struct object_ids modbpf_link_ids = OBJECT_IDS_INIT(modbpf_link_ids);

static const struct hook_row hook_rows[] = {
	{ MODBPF_ATTACH_TRACE_RAW_TP, BIT_ULL(MODBPF_PROG_TRACING), tracing_link_attach },
	{ MODBPF_ATTACH_TRACE_FENTRY, BIT_ULL(MODBPF_PROG_TRACING), tracing_link_attach },
	{ MODBPF_ATTACH_TRACE_FEXIT, BIT_ULL(MODBPF_PROG_TRACING), tracing_link_attach },
	{ MODBPF_ATTACH_PERF_EVENT, BIT_ULL(MODBPF_PROG_KPROBE) | BIT_ULL(MODBPF_PROG_TRACEPOINT) |
	  BIT_ULL(MODBPF_PROG_PERF_EVENT) | BIT_ULL(MODBPF_PROG_SOCKET_FILTER), perf_event_link_attach },
	{ MODBPF_ATTACH_KPROBE_MULTI, BIT_ULL(MODBPF_PROG_KPROBE), kprobe_link_attach },
	{ MODBPF_ATTACH_NETFILTER, BIT_ULL(MODBPF_PROG_NETFILTER) |
	  BIT_ULL(MODBPF_PROG_CGROUP_SKB) | BIT_ULL(MODBPF_PROG_SCHED_CLS),
	  netfilter_link_attach },
};

static void link_detach(struct modbpf_link *link)
{
	mutex_lock(&link->lock);
	if (!link->detached) {
		/* Unhooking takes its time. */
		live_clear(&link->live);
		link->ops->detach(link);
		link->detached = true;
		/* One that was never published was nobody's. */
		if (link->obj.id)
			audit_say("detach", link->obj.id);
	}
	mutex_unlock(&link->lock);
}

/* Unhook, free, and let the program go. Sleeps. */
static void link_destroy(struct modbpf_link *link)
{
	struct modbpf_prog *prog = rcu_dereference_protected(link->prog, true);
	struct quota_charge charge = link->obj.charge;

	link_detach(link);
	mutex_destroy(&link->lock);
	link->ops->destroy(link);
	quota_close(&charge);
	prog_put(prog);
}

static void link_free(struct modbpf_link *link)
{
	link_destroy(link);
	objects_forget_one();
}

static void link_free_work(struct work_struct *work)
{
	link_free(container_of(work, struct modbpf_link, free_work));
}

static void link_detach_work(struct work_struct *work)
{
	struct modbpf_link *link = container_of(to_rcu_work(work), struct modbpf_link, detach_work);

	link_detach(link);
	link_put(link);
	detach_done();
}

void links_end_all(void)
{
	struct modbpf_link *link;
	struct object *obj;
	u32 id = 0;

	while ((id = object_next_id(&modbpf_link_ids, id))) {
		obj = object_get_by_id(&modbpf_link_ids, id);
		if (!obj)
			continue;
		link = container_of(obj, struct modbpf_link, obj);
		/* One that is off has somebody who ends it, or will not be switched on. */
		if (!live_end(&link->live) || !detach_queue(&link->detach_work))
			link_put(link);
	}
}

int link_go_live(struct modbpf_link *link)
{
	int err = -ECANCELED;

	mutex_lock(&link->lock);
	/* Who found it by its number may have ended it. */
	if (!link->detached)
		err = live_set(&link->live, rcu_dereference_protected(link->prog, true));
	mutex_unlock(&link->lock);
	return err;
}

void link_init(struct modbpf_link *link, const struct link_ops *ops, struct modbpf_prog *prog,
	       u32 attach_type, struct hook_counters __percpu *counters)
{
	refcount_set(&link->obj.refs, 1);
	link->ops = ops;
	RCU_INIT_POINTER(link->prog, prog);
	link->attach_type = attach_type;
	link->counters = counters;
	link->detached = false;
	link->live = (struct live){};
	live_begin(&link->live, NULL);
	mutex_init(&link->lock);
	INIT_WORK(&link->free_work, link_free_work);
	INIT_RCU_WORK(&link->detach_work, link_detach_work);
}

u32 link_prog_id(const struct modbpf_link *link)
{
	u32 id;

	rcu_read_lock();
	id = rcu_dereference(link->prog)->obj.id;
	rcu_read_unlock();
	return id;
}

/* True when the caller has to free it. */
static bool link_drop(struct modbpf_link *link)
{
	if (!refcount_dec_and_test(&link->obj.refs))
		return false;
	object_withdraw(&modbpf_link_ids, &link->obj);
	return true;
}

void link_put(struct modbpf_link *link)
{
	if (link_drop(link))
		queue_work(modbpf_wq, &link->free_work);
}

struct modbpf_link *link_get_by_fd(const struct caller *caller, int fd)
{
	struct file *file = caller_fget(caller, fd);
	struct modbpf_link *link = ERR_PTR(-EINVAL);

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &modbpf_link_fops)
		link = link_get(file->private_data);
	fput(file);
	return link;
}

/* At once, not from a work: who closed the fd may rely on it. */
static int link_release(struct inode *inode, struct file *file)
{
	struct modbpf_link *link = file->private_data;

	if (link_drop(link))
		link_free(link);
	return 0;
}

u64 link_missed(const struct modbpf_link *link)
{
	struct hook_counters sum;

	hook_counters_sum(link->counters, &sum);
	return sum.missed + (link->ops->missed ? link->ops->missed(link) : 0);
}

static void link_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct modbpf_link *link = file->private_data;
	const struct modbpf_prog *prog;
	struct hook_counters sum;

	seq_printf(m, "link_type:\t%s\n", link->ops->name);
	seq_printf(m, "link_id:\t%u\n", link->obj.id);
	rcu_read_lock();
	prog = rcu_dereference(link->prog);
	seq_printf(m, "prog_tag:\t%*phN\n", (int)sizeof(prog->tag), prog->tag);
	seq_printf(m, "prog_id:\t%u\n", prog->obj.id);
	rcu_read_unlock();
	if (link->ops->show_fdinfo)
		link->ops->show_fdinfo(link, m);
	hook_counters_sum(link->counters, &sum);
	seq_printf(m, "missed:\t%llu\n", link_missed(link));
	/* Our own. */
	seq_printf(m, "recursion_misses:\t%llu\n", sum.recursion_misses);
	seq_printf(m, "events:\t%llu\ndrops:\t%llu\nlost:\t%llu\n", sum.events, sum.drops, sum.lost);
	if (link_is_dead(link))
		seq_puts(m, "state:\tdetached\n");
}

const struct file_operations modbpf_link_fops = {
	.owner = THIS_MODULE,
	.release = link_release,
	.show_fdinfo = link_show_fdinfo,
};

int link_fd_install(const struct caller *caller, struct modbpf_link *link)
{
	int fd = caller_fd_install(caller, "bpf_link", &modbpf_link_fops, link, O_RDWR);

	/* Someone may have got it by its id: only the last reference frees. */
	if (fd < 0 && link_drop(link))
		link_free(link);
	return fd;
}

/* --- commands ---------------------------------------------------------------------- */

static const struct hook_row *hook_of(u32 attach_type, const struct modbpf_prog *prog)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(hook_rows); i++)
		if (hook_rows[i].attach_type == attach_type &&
		    hook_rows[i].prog_types & BIT_ULL(prog->type))
			return &hook_rows[i];
	return NULL;
}

/*
 * @link, which has just been hooked, gets its reference to @prog, @charge, an id and an
 * fd; or it is unhooked again.
 */
static int link_publish(const struct caller *caller, struct modbpf_link *link,
			struct modbpf_prog *prog, const struct quota_charge *charge)
{
	int err;

	link->obj.charge = *charge;
	prog_get(prog);
	object_init(&link->obj, caller);
	err = object_publish(&modbpf_link_ids, &link->obj);
	if (err) {
		link_destroy(link);
		return err;
	}
	err = link_go_live(link);
	if (err) {
		link_put(link);
		return err;
	}
	audit_say("attach", link->obj.id);
	return link_fd_install(caller, link);
}

static int link_make(const struct caller *caller, const union modbpf_attr *attr,
		     struct modbpf_prog *prog, link_attach_fn attach)
{
	struct quota_charge charge;
	struct modbpf_link *link;
	int err = quota_open(&charge, caller);

	if (err)
		return err;
	err = attach(caller, attr, prog, &link);
	if (err) {
		quota_close(&charge);
		return err;
	}
	return link_publish(caller, link, prog, &charge);
}

int link_create_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out)
{
	struct modbpf_prog *prog = prog_get_by_fd(caller, attr->link_create.prog_fd);
	const struct hook_row *hook;
	int err;

	if (IS_ERR(prog))
		return PTR_ERR(prog);
	hook = hook_of(attr->link_create.attach_type, prog);
	err = hook ? link_make(caller, attr, prog, hook->attach) : -EINVAL;
	prog_put(prog);
	return err;
}

int raw_tracepoint_open_command(const struct caller *caller, const union modbpf_attr *attr,
				const struct command_out *out)
{
	struct modbpf_prog *prog = prog_get_by_fd(caller, attr->raw_tracepoint.prog_fd);
	int err;

	if (IS_ERR(prog))
		return PTR_ERR(prog);
	err = link_make(caller, attr, prog, prog->type == MODBPF_PROG_TRACING ?
			tracing_link_open : raw_tracepoint_link_attach);
	prog_put(prog);
	return err;
}

/* The old program's reference goes; a grace period later, when no event is in it, so does it. */
static int link_update(const struct caller *caller, struct modbpf_link *link,
		       struct modbpf_prog *prog, const struct modbpf_prog *expected)
{
	struct modbpf_prog *old;
	int err = -ENOLINK;

	mutex_lock(&link->lock);
	old = rcu_dereference_protected(link->prog, lockdep_is_held(&link->lock));
	if (link_is_dead(link))
		goto unlock;
	err = -EPERM;
	if (expected && expected != old)
		goto unlock;
	err = -EINVAL;
	if (prog->type != old->type)
		goto unlock;
	err = link->ops->update(caller, link, prog);
	if (err)
		goto unlock;
	/* The kill switch may have been faster. */
	live_replace(&link->live, prog);
	rcu_assign_pointer(link->prog, prog_get(prog));
	prog_put(old);
unlock:
	mutex_unlock(&link->lock);
	return err;
}

/* NULL: it is all the same what hangs there. ERR_PTR() of what Linux says. */
static struct modbpf_prog *expected_prog(const struct caller *caller, const union modbpf_attr *attr)
{
	if (attr->link_update.flags & MODBPF_F_REPLACE)
		return prog_get_by_fd(caller, attr->link_update.old_prog_fd);
	return attr->link_update.old_prog_fd ? ERR_PTR(-EINVAL) : NULL;
}

int link_update_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out)
{
	struct modbpf_prog *prog, *expected;
	struct modbpf_link *link;
	int err;

	if (attr->link_update.flags & ~MODBPF_F_REPLACE)
		return -EINVAL;
	link = link_get_by_fd(caller, attr->link_update.link_fd);
	if (IS_ERR(link))
		return PTR_ERR(link);
	prog = prog_get_by_fd(caller, attr->link_update.new_prog_fd);
	err = PTR_ERR_OR_ZERO(prog);
	if (err)
		goto put_link;
	expected = expected_prog(caller, attr);
	err = PTR_ERR_OR_ZERO(expected);
	if (err)
		goto put_prog;
	err = link_update(caller, link, prog, expected);
	if (!err)
		audit_update(link->obj.id, prog->obj.id);
	if (expected)
		prog_put(expected);
put_prog:
	prog_put(prog);
put_link:
	link_put(link);
	return err;
}

int link_detach_command(const struct caller *caller, const union modbpf_attr *attr,
			const struct command_out *out)
{
	struct modbpf_link *link = link_get_by_fd(caller, attr->link_detach.link_fd);

	if (IS_ERR(link))
		return PTR_ERR(link);
	link_detach(link);
	link_put(link);
	return 0;
}
