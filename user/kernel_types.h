/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * Which kernel are programs checked for? The one that runs, or another whose BTF is in a
 * file: accesses are fitted to its structures (CO-RE), and fentry, fexit and tp_btf
 * programs find what they hang on in it.
 */
#ifndef MODBPF_USER_KERNEL_TYPES_H
#define MODBPF_USER_KERNEL_TYPES_H

#include "isa/btf/btf.h"

/* Use the BTF in @path, before any object is opened. 0, or -1 after an error. */
int kernel_types_use(const char *path);
/* The file that was named, for libbpf; NULL: none was. */
const char *kernel_types_path(void);
/* The types; NULL: they are not known. Read once. */
const struct btf_types *kernel_types(void);
/* Those of the kernel that runs, where libbpf finds kernel functions whatever is named. */
const struct btf_types *kernel_types_running(void);

#endif
