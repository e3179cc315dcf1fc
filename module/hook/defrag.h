/* SPDX-License-Identifier: GPL-2.0-only */
/* Are fragments put together before a program sees them? Modules of the kernel do it, which are held. */
#ifndef MODBPF_MODULE_HOOK_DEFRAG_H
#define MODBPF_MODULE_HOOK_DEFRAG_H

#include <linux/types.h>

struct net;

/* @pf: IPv4, IPv6 or INET, which is both. 0, -EOPNOTSUPP: the kernel has none, or -errno. Sleeps. */
int defrag_get(struct net *net, u8 pf);
/* Sleeps. */
void defrag_put(struct net *net, u8 pf);

#endif
