/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * __uninitialized: a variable that is set in full before it is read, where the kernel is built
 * to zero each (CONFIG_INIT_STACK_ALL_ZERO). Kernels that do not name it zero none.
 */
#ifndef MODBPF_MODULE_COMPAT_COMPILER_H
#define MODBPF_MODULE_COMPAT_COMPILER_H

#include <linux/compiler.h>

#ifndef __uninitialized
#define __uninitialized
#endif

#endif
