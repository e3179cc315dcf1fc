/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BTF as it was loaded and found good: bytes, types, an id and a reference
 * count. None of it ever changes.
 */
#ifndef MODBPF_MODULE_BTF_H
#define MODBPF_MODULE_BTF_H

#include "isa/btf/kfunc.h"
#include "module/object.h"

struct btf_types;
struct caller;
struct kernel_btf_file;

struct modbpf_btf {
	struct object obj;
	struct kernel_btf_file *file;	/* it is the kernel's, and what follows is not kept; or NULL */
	u32 bytes;
	u8 *data;
	struct btf_types *types;	/* points into data; NULL: it is of our own functions, which */
	struct kfunc_btf_base kfuncs;	/* count on from these */
};

extern struct object_ids modbpf_btf_ids;
extern const struct file_operations modbpf_btf_fops;

static inline struct modbpf_btf *btf_get(struct modbpf_btf *btf)
{
	refcount_inc(&btf->obj.refs);
	return btf;
}

/* Process context. NULL is fine. */
void btf_put(struct modbpf_btf *btf);
/* With a reference; ERR_PTR(-EBADF: no fd, -EINVAL: not BTF, -EACCES: it is the kernel's). */
struct modbpf_btf *btf_get_by_fd(const struct caller *caller, int fd);
/* Is it what the kernel has, or stands among that? */
static inline bool btf_is_kernel(const struct modbpf_btf *btf)
{
	return !btf->types;
}

/* With a reference; ERR_PTR(-EBADF, -EINVAL: not BTF). */
struct modbpf_btf *btf_get_any_by_fd(const struct caller *caller, int fd);
/* With a reference; NULL: it is no BTF, or none of a file of the kernel's. */
struct modbpf_btf *btf_get_kernel_by_fd(const struct caller *caller, int fd);

#endif
