/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own BTF, and that of its modules: read when it is wanted, and kept as long as
 * somebody uses it, the kernel's own some seconds longer. A kernel that has none can be given
 * some. It may be wrong: what it says is where to read, through loads that may fault, and nothing else.
 *
 * Each is an object with an id and a name, too, as on Linux: "vmlinux" or the module's.
 */
#ifndef MODBPF_MODULE_KERNEL_BTF_H
#define MODBPF_MODULE_KERNEL_BTF_H

#include <linux/list.h>
#include <linux/types.h>

struct btf_types;
struct caller;
struct kernel_btf;
struct modbpf_btf;

/* Which file of the kernel's an object stands for. */
struct kernel_btf_file {
	struct list_head node;	/* kernel_btf_list.c */
	struct modbpf_btf *btf;
	bool is_there;
	u64 inode;
	char name[];
};

/*
 * *@btf, with a reference: what the object @module adds, if it is not NULL, on top of what the
 * kernel has. *@btf is NULL where there is none, or none that is understood. 0, -ENOMEM, -EINTR,
 * and why what there is could not be read (-ENFILE, -EACCES: a security module). Sleeps; some
 * 5 MB to read the first time.
 */
int kernel_btf_try(struct modbpf_btf *module, struct kernel_btf **btf);
/* NULL is fine. Sleeps. */
void kernel_btf_put(struct kernel_btf *btf);
const struct btf_types *kernel_btf_types(const struct kernel_btf *btf);
/* Does the kernel itself say so? What was supplied may be wrong. */
bool kernel_btf_is_own(const struct kernel_btf *btf);

/* The name of the module that it is of; NULL: of none. */
const char *kernel_btf_module(const struct kernel_btf *btf);
/* The number of the object for it, 0: there is none. Sleeps. */
u32 kernel_btf_id(const struct kernel_btf *btf);

/*
 * kernel_btf_list.c: objects appear for what is there now, and go for what is not any more.
 * 0, -ENOMEM, -ENOSPC, -EINTR, and why the folder could not be read (-ENFILE, -EACCES). Sleeps.
 */
int kernel_btf_list_update(const struct caller *caller);
/* Of "vmlinux", as of the last update; 0: there is none. */
u32 kernel_btf_list_vmlinux(void);
void kernel_btf_list_exit(void);
bool kernel_btf_is_vmlinux(const struct modbpf_btf *btf);
/*
 * Its bytes, at most @most: vfree() them; @data NULL: how many there are. -ENOENT: its
 * module is gone; -ENOMEM and others. Sleeps.
 */
ssize_t kernel_btf_file_read(const struct modbpf_btf *btf, size_t most, void **data);

/* MODBPF_IOC_KERNEL_BTF with the user address of an fd. */
long kernel_btf_supply(const struct caller *caller, u64 ufd);
/* Nobody uses it any more. */
void kernel_btf_exit(void);

#endif
