// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments are put together by modules of the kernel that need not be there: they are asked
 * for when the first link wants them, and found by symbol_get(), which holds them.
 */
#include "module/hook/defrag.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "module/compat/netfilter.h"

/* Each enable is a reference of the namespace's, and one to the module. */
#define DEFINE_DEFRAG(name) \
	static int name##_get(struct net *net) \
	{ \
		typeof(&nf_defrag_##name##_enable) enable = symbol_get(nf_defrag_##name##_enable); \
		int err; \
		\
		if (!enable) { \
			request_module("nf_defrag_" #name); \
			enable = symbol_get(nf_defrag_##name##_enable); \
		} \
		if (!enable) \
			return -EOPNOTSUPP; \
		err = enable(net); \
		if (err) \
			symbol_put(nf_defrag_##name##_enable); \
		return err; \
	} \
	\
	static void name##_put(struct net *net) \
	{ \
		compat_defrag_disable(name, net); \
		symbol_put(nf_defrag_##name##_enable); \
	}

DEFINE_DEFRAG(ipv4)
#if IS_ENABLED(CONFIG_IPV6)
DEFINE_DEFRAG(ipv6)
#else
static int ipv6_get(struct net *net)
{
	return -EOPNOTSUPP;
}

static void ipv6_put(struct net *net)
{
}
#endif

int defrag_get(struct net *net, u8 pf)
{
	int err = 0;

	if (pf != NFPROTO_IPV6)
		err = ipv4_get(net);
	if (err || pf == NFPROTO_IPV4)
		return err;
	err = ipv6_get(net);
	if (err && pf == NFPROTO_INET)
		ipv4_put(net);
	return err;
}

void defrag_put(struct net *net, u8 pf)
{
	if (pf != NFPROTO_IPV6)
		ipv4_put(net);
	if (pf != NFPROTO_IPV4)
		ipv6_put(net);
}
