/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own BTF: read when it is wanted, and kept as long as somebody uses it. A
 * kernel that has none can be given some. It may be wrong: what it says is where to
 * read, through loads that may fault, and nothing else.
 */
#ifndef MODBPF_MODULE_KERNEL_BTF_H
#define MODBPF_MODULE_KERNEL_BTF_H

#include <linux/types.h>

struct btf_types;
struct caller;
struct kernel_btf;

/*
 * With a reference. ERR_PTR(-ENOENT: this kernel has none, or none that is understood;
 * -ENOMEM, -EINTR, and what opening it says). Sleeps; some 5 MB to read the first time.
 */
struct kernel_btf *kernel_btf_get(void);
/* The same, but *@btf is NULL where there is none, or none that the caller may open. 0, -ENOMEM, -EINTR. */
int kernel_btf_try(struct kernel_btf **btf);
/* NULL is fine. Sleeps. */
void kernel_btf_put(struct kernel_btf *btf);
const struct btf_types *kernel_btf_types(const struct kernel_btf *btf);

/* MODBPF_IOC_KERNEL_BTF with the user address of an fd. */
long kernel_btf_supply(const struct caller *caller, u64 ufd);
/* Nobody uses it any more. */
void kernel_btf_exit(void);

#endif
