/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * A kernel's types in a file: BTF as it is in /sys/kernel/btf, or a vmlinux that has it. The
 * module is told them where the kernel itself tells none.
 */
#ifndef MODBPF_USER_BTF_FILE_H
#define MODBPF_USER_BTF_FILE_H

struct btf;

#define BTF_FILE_NOT_NEEDED 1	/* the kernel has types of its own, and keeps them */

/* NULL after an error. */
struct btf *btf_file_read(const char *path);
/* NULL is fine. */
void btf_file_free(struct btf *btf);
/*
 * They are the kernel's from now on, for all who load programs; NULL: it has none any more. 0,
 * BTF_FILE_NOT_NEEDED, or -1 after an error about @path.
 */
int btf_file_supply(const char *path, const struct btf *btf);

#endif
