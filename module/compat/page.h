/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How are pages allocated that user space is to map? Up to 5.10 a page that is
 * charged to a memory cgroup as kernel memory has a type, and vm_insert_page()
 * refuses it.
 */
#ifndef MODBPF_MODULE_COMPAT_PAGE_H
#define MODBPF_MODULE_COMPAT_PAGE_H

#include <linux/gfp.h>
#include <linux/version.h>

static inline gfp_t compat_mapped_page_gfp(gfp_t gfp)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return gfp;
#else
	return gfp & ~__GFP_ACCOUNT;
#endif
}

#endif
