/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BTF as it was loaded: bytes with a checked header, an id and a reference
 * count. The bytes never change.
 */
#ifndef MODBPF_MODULE_BTF_H
#define MODBPF_MODULE_BTF_H

#include "module/object.h"

struct caller;

struct modbpf_btf {
	struct object obj;
	u32 bytes;
	u8 *data;
	struct rcu_head rcu;
};

extern struct object_ids modbpf_btf_ids;
extern const struct file_operations modbpf_btf_fops;

void btf_put(struct modbpf_btf *btf);
struct modbpf_btf *btf_get_by_fd(const struct caller *caller, int fd);

#endif
