// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose is a packet? Sent packets belong to a socket; of received ones only those do
 * that the kernel has looked the socket up for already. On a kernel that has no such
 * groups, a packet is in none: 0.
 */
#include "module/helper/functions.h"

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/highuid.h>
#include <linux/skbuff.h>
#include <linux/sock_diag.h>
#include <linux/uidgid.h>
#include <net/cls_cgroup.h>
#include <net/dst.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "module/map/cgroup_array.h"
#include "verifier/ctx_skb.h"

static struct sk_buff *skb_of(u64 ctx)
{
	return ((const struct skb_ctx *)(unsigned long)ctx)->skb;
}

/* The socket, if it has all that a socket has: a connection that begins or ends has not. */
static struct sock *full_sock_of(u64 ctx)
{
	struct sock *sk = skb_to_full_sk(skb_of(ctx));

	return sk && sk_fullsock(sk) ? sk : NULL;
}

/* context: a number that no other socket has, 0: there is no socket. */
u64 helper_get_socket_cookie(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sock *sk = skb_of(r1)->sk;
	u32 cookie[2];

	if (!sk)
		return 0;
	sock_diag_save_cookie(sk, cookie);
	return (u64)cookie[1] << 32 | cookie[0];
}

/* context: the user, as that socket's network namespace counts them; overflowuid: nobody. */
u64 helper_get_socket_uid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct sock *sk = full_sock_of(r1);
	struct net *net;

	if (!sk)
		return overflowuid;
	net = sock_net(sk);
	return from_kuid_munged(net->user_ns, sock_net_uid(net, sk));
}

/* context: net_cls class of the task that sends, in softirq of the socket. */
u64 helper_get_cgroup_classid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return task_get_classid(skb_of(r1));
}

/* context: net_cls class of the socket. */
u64 helper_skb_cgroup_classid(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
#ifdef CONFIG_CGROUP_NET_CLASSID
	struct sock *sk = full_sock_of(r1);

	return sk ? sock_cgroup_classid(&sk->sk_cgrp_data) : 0;
#else
	return 0;
#endif
}

static struct cgroup *cgroup_of(u64 ctx)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	struct sock *sk = full_sock_of(ctx);

	return sk ? sock_cgroup_ptr(&sk->sk_cgrp_data) : NULL;
#else
	return NULL;
#endif
}

/* context: id of the socket's cgroup v2. */
u64 helper_skb_cgroup_id(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct cgroup *cgroup = cgroup_of(r1);

	return cgroup ? cgroup_id(cgroup) : 0;
}

/* context, level from the root, which is 0. */
u64 helper_skb_ancestor_cgroup_id(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	struct cgroup *cgroup = cgroup_of(r1);

	if (cgroup)
		cgroup = cgroup_ancestor(cgroup, (int)r2);
	return cgroup ? cgroup_id(cgroup) : 0;
}

/* context, map, index: is the socket's cgroup v2 the one there, or below it? */
u64 helper_skb_under_cgroup(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	struct modbpf_map *map = (struct modbpf_map *)(unsigned long)r2;
	struct cgroup *cgroup = cgroup_of(r1), *wanted;

	if (!cgroup)
		return -ENOENT;
	wanted = cgroup_array_at(map, (u32)r3);
	return IS_ERR(wanted) ? PTR_ERR(wanted) : cgroup_is_descendant(cgroup, wanted);
#else
	return -ENOENT;
#endif
}

/* context: realm of the route that was chosen for the packet. */
u64 helper_get_route_realm(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
#ifdef CONFIG_IP_ROUTE_CLASSID
	const struct dst_entry *dst = skb_dst(skb_of(r1));

	return dst ? dst->tclassid : 0;
#else
	return 0;
#endif
}
