/* SPDX-License-Identifier: GPL-2.0-only */
/* What the JIT is told of this machine and this kernel: module/arch/. */
#ifndef MODBPF_MODULE_TARGET_H
#define MODBPF_MODULE_TARGET_H

#include "jit/jit.h"

/* Find out, once, at module init. 0, or -EOPNOTSUPP with a log line. */
int target_init(void);
/* Valid after target_init(). helpers is modbpf_helpers as addresses. */
const struct jit_target *modbpf_target(void);

#endif
