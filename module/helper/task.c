// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is running? Ids are those of the initial namespaces, as in Linux: a
 * program has no namespace of its own.
 */
#include "module/helper/functions.h"

#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "module/sysfs.h"

notrace u64 helper_get_current_pid_tgid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return (u64)current->tgid << 32 | (u32)current->pid;
}

/* Linux's struct bpf_pidns_info. */
struct pidns_info {
	u32 pid, tgid;
};

/* st_dev of what is below /proc/PID/ns; 0: not known, so that nothing has it. */
static dev_t namespace_device;

/* device and inode of a namespace of process ids, where to, size */
notrace u64 helper_get_ns_current_pid_tgid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct pidns_info info;

	if ((u32)r4 != sizeof(info) || !namespace_device || r1 != namespace_device)
		goto fail;
	if (!ns || ns->ns.inum != r2)
		goto fail;
	info.pid = task_pid_nr_ns(current, ns);
	info.tgid = task_tgid_nr_ns(current, ns);
	memcpy((void *)(unsigned long)r3, &info, sizeof(info));
	return 0;
fail:
	memset((void *)(unsigned long)r3, 0, (u32)r4);
	return -EINVAL;
}

notrace u64 helper_get_current_uid_gid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	kuid_t uid;
	kgid_t gid;

	current_uid_gid(&uid, &gid);
	return (u64)from_kgid(&init_user_ns, gid) << 32 | from_kuid(&init_user_ns, uid);
}

/* buffer, size: the name is cut to fit, terminated, and followed by zeros. */
notrace u64 helper_get_current_comm(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	char *buf = (char *)(unsigned long)r1;
	u32 size = r2, len;

	if (!size)
		return 0;
	/* The name can be changed meanwhile; it stays terminated within its 16 bytes. */
	len = strnlen(current->comm, min_t(u32, size, TASK_COMM_LEN) - 1);
	memcpy(buf, current->comm, len);
	memset(buf + len, 0, size - len);
	return 0;
}

notrace u64 helper_get_current_task(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return (unsigned long)current;
}

/* A program does not migrate while it runs. */
notrace u64 helper_get_smp_processor_id(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return raw_smp_processor_id();
}

notrace u64 helper_get_numa_node_id(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return numa_node_id();
}

void helper_task_init(void)
{
	namespace_device = nsfs_device();
	if (!namespace_device)
		pr_warn("modbpf: no /proc/1/ns/pid: bpf_get_ns_current_pid_tgid finds nothing\n");
}
