// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROG_QUERY: which programs hang at a place? Of netfilter, where links hang, those of a
 * network namespace: an extension, Linux's own cannot be asked. Of the places of control
 * groups and of namespaces that tools ask for one by one, none: nothing hangs there.
 */
#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "isa/abi.h"
#include "module/caller.h"
#include "module/command.h"
#include "module/compat/cgroup.h"
#include "module/hook/netfilter.h"

#define QUERY_EFFECTIVE 1u	/* BPF_F_QUERY_EFFECTIVE */

/* Linux's enum bpf_attach_type, as of 6.18. */
#define TYPES(first, last) GENMASK_ULL(last, first)
#define CGROUP_TYPES (TYPES(0, 3) | BIT_ULL(6) | TYPES(8, 15) | TYPES(18, 22) | TYPES(29, 32) | \
		      BIT_ULL(34) | BIT_ULL(43) | TYPES(49, 53))
#define NETNS_TYPES (BIT_ULL(17) | BIT_ULL(36))

static bool is_among(u64 types, u32 type)
{
	return type < 64 && types >> type & 1;
}

static int put_answer(const struct caller *caller, const union modbpf_attr *attr,
		      const struct command_out *out, const struct netfilter_ids *ids, u32 cnt)
{
	u32 flags = 0, fits = min(cnt, ids->room);
	size_t bytes = fits * sizeof(u32);
	u64 prog_ids = attr->query.prog_ids, link_ids = attr->query.link_ids;

	if (COMMAND_PUT(caller, out, query.attach_flags, &flags) ||
	    COMMAND_PUT(caller, out, query.prog_cnt, &cnt))
		return -EFAULT;
	/* Who gives no room wants the number. */
	if (!cnt || !attr->query.prog_cnt || !prog_ids)
		return 0;
	if (caller_copy_out(caller, prog_ids, ids->progs, bytes) ||
	    (link_ids && caller_copy_out(caller, link_ids, ids->links, bytes)))
		return -EFAULT;
	return fits < cnt ? -ENOSPC : 0;
}

static int query_netfilter(const struct caller *caller, const union modbpf_attr *attr,
			   const struct command_out *out)
{
	struct netfilter_ids ids = {};
	struct net *net = caller_net_by_fd(caller, attr->query.target_fd);
	int err = -ENOMEM;
	u32 cnt;

	if (IS_ERR(net))
		return PTR_ERR(net);
	if (!caller_net_admin(caller, net)) {
		put_net(net);
		return -EPERM;
	}
	/* There may be more of them when they are told. */
	ids.room = min(attr->query.prog_cnt, netfilter_links_of(net, &ids));
	ids.progs = kvcalloc(2 * (ids.room + 1), sizeof(*ids.progs), GFP_KERNEL_ACCOUNT);
	if (!ids.progs)
		goto put_net;
	ids.links = ids.progs + ids.room;
	cnt = netfilter_links_of(net, &ids);
	err = put_answer(caller, attr, out, &ids, cnt);
	kvfree(ids.progs);
put_net:
	put_net(net);
	return err;
}

/* Is there such a place? Nothing hangs there. */
static int query_nothing(const struct caller *caller, const union modbpf_attr *attr,
			 const struct command_out *out)
{
	const struct netfilter_ids none = {};
	struct cgroup *cgroup;
	struct net *net;

	if (is_among(NETNS_TYPES, attr->query.attach_type)) {
		net = caller_net_by_fd(caller, attr->query.target_fd);
		if (IS_ERR(net))
			return PTR_ERR(net);
		put_net(net);
	} else {
		cgroup = caller_cgroup_by_fd(caller, attr->query.target_fd);
		if (IS_ERR(cgroup))
			return PTR_ERR(cgroup);
		compat_cgroup_put(cgroup);
	}
	return put_answer(caller, attr, out, &none, 0);
}

int prog_query_command(const struct caller *caller, const union modbpf_attr *attr,
		       const struct command_out *out)
{
	u32 type = attr->query.attach_type;

	if (attr->query.query_flags & ~QUERY_EFFECTIVE || attr->query.pad ||
	    attr->query.prog_attach_flags || attr->query.link_attach_flags ||
	    attr->query.revision)
		return -EINVAL;
	if (type == MODBPF_ATTACH_NETFILTER)
		return query_netfilter(caller, attr, out);
	if (!is_among(CGROUP_TYPES | NETNS_TYPES, type))
		return -EINVAL;
	if (!caller_capable(caller, CAP_NET_ADMIN))
		return -EPERM;
	return query_nothing(caller, attr, out);
}
