/* SPDX-License-Identifier: GPL-2.0-only */
/* How are the flags of a memory area changed? Directly up to 6.2, through functions since. */
#ifndef MODBPF_MODULE_COMPAT_VMA_H
#define MODBPF_MODULE_COMPAT_VMA_H

#include <linux/mm.h>
#include <linux/version.h>

/* From an mmap file operation only, where the area is not visible to anyone else. */
static inline void compat_vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, flags);
#else
	vma->vm_flags &= ~flags;
#endif
}

#endif
