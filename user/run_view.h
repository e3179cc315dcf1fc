/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * What a command under "modbpf run" sees in /sys that others do not: a mount namespace of its
 * own, with a fresh modbpffs at /sys/fs/bpf and, if that is wanted, types in /sys/kernel/btf/vmlinux.
 */
#ifndef MODBPF_USER_RUN_VIEW_H
#define MODBPF_USER_RUN_VIEW_H

#include <stdbool.h>

struct btf;

/* Does the kernel itself tell its types? Asked before the view is made. */
bool run_view_has_types(void);
/* For this process and those that it starts. @types NULL: they stay as they are. 0, or -1 after an error. */
int run_view_make(const struct btf *types);

#endif
