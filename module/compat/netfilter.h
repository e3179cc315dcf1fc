/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which hooks has netfilter? Those of some families are options of the kernel; what leaves
 * through a device can be seen since 5.16. Defragmentation can be switched off again since 5.12.
 */
#ifndef MODBPF_MODULE_COMPAT_NETFILTER_H
#define MODBPF_MODULE_COMPAT_NETFILTER_H

#include <linux/kconfig.h>

#define COMPAT_NETFILTER_ARP		IS_ENABLED(CONFIG_NETFILTER_FAMILY_ARP)
#define COMPAT_NETFILTER_BRIDGE		IS_ENABLED(CONFIG_NETFILTER_FAMILY_BRIDGE)
#define COMPAT_NETFILTER_INGRESS	IS_ENABLED(CONFIG_NETFILTER_INGRESS)
#define COMPAT_NETFILTER_EGRESS		IS_ENABLED(CONFIG_NETFILTER_EGRESS)
#define COMPAT_NETDEV_EGRESS		1	/* NF_NETDEV_EGRESS, which older kernels do not name */

/* The symbol is held while it is called. Where there is none, they are put together on and on. */
#ifdef COMPAT_DEFRAG_DISABLE
#define compat_defrag_disable(name, net) do { \
	typeof(&nf_defrag_##name##_disable) disable = symbol_get(nf_defrag_##name##_disable); \
	\
	if (disable) { \
		disable(net); \
		symbol_put(nf_defrag_##name##_disable); \
	} \
} while (0)
#else
#define compat_defrag_disable(name, net) do { } while (0)
#endif

#endif
