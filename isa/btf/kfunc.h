/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * BTF of the functions that programs call by their BTF id, for libbpf to find them in as it
 * finds those of a module: its type ids and offsets of strings count on from the kernel's.
 */
#ifndef MODBPF_ISA_BTF_KFUNC_H
#define MODBPF_ISA_BTF_KFUNC_H

#include "isa/platform.h"

#define KFUNC_BTF_NAME "modbpf"	/* of the object, as a module's has the module's */

/* What the kernel has; { 1, 0 }: nothing, and ours stands for itself. */
struct kfunc_btf_base {
	u32 cnt;		/* type ids are below, 0 (void) is one */
	u32 string_bytes;
};

/* *@bytes bytes, to be freed with modbpf_free(). NULL: no memory. */
u8 *kfunc_btf_make(const struct kfunc_btf_base *base, u32 *bytes);
/* The name of the FUNC @id in it; NULL: it has no such function. */
const char *kfunc_btf_func(const struct kfunc_btf_base *base, u32 id);

#endif
