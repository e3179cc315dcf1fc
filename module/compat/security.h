/* SPDX-License-Identifier: GPL-2.0-only */
/* What is it called that a program reads the kernel's memory, where lockdown may forbid it? Renamed in 5.14. */
#ifndef MODBPF_MODULE_COMPAT_SECURITY_H
#define MODBPF_MODULE_COMPAT_SECURITY_H

#include <linux/security.h>

#ifdef COMPAT_LOCKDOWN_READ_KERNEL
#define COMPAT_LOCKDOWN_READ LOCKDOWN_BPF_READ_KERNEL
#else
#define COMPAT_LOCKDOWN_READ LOCKDOWN_BPF_READ
#endif

#endif
