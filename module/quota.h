/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may one user have? Bytes of maps (and perf buffers, and BTF) and of machine code, and a
 * number of objects, under module parameters (limit_map_bytes, limit_jit_bytes, limit_objects). A
 * user is the real uid of whoever made the object, in the initial user namespace; in another one,
 * it is the uid of who made that (the outermost, below the initial one), unless it was root.
 *
 * An object holds a charge: what it has been charged for is given back by quota_close(), once,
 * when its memory is freed. A charge that is all zero is nobody's, and takes everything.
 */
#ifndef MODBPF_MODULE_QUOTA_H
#define MODBPF_MODULE_QUOTA_H

#include <linux/types.h>

struct caller;
struct dentry;
struct quota_user;

enum quota_kind {
	QUOTA_MAP_BYTES,	/* rings of output events and BTF, too */
	QUOTA_JIT_BYTES,
	QUOTA_OBJECTS,		/* maps, programs, links, BTF, events */
	QUOTA_KINDS,
};

/* Moved by assignment while nobody else knows of it. */
struct quota_charge {
	struct quota_user *user;	/* counts this charge; NULL: nobody */
	u64 used[QUOTA_KINDS];
};

/* The file "users" in @dir: "UID MAP_BYTES JIT_BYTES OBJECTS" for each who has anything. */
void quota_init(struct dentry *dir);
/* All charges have been closed. */
void quota_exit(void);

/* A charge of one object. 0; -EPERM: the caller has as many as may be; -ENOMEM. Sleeps. */
int quota_open(struct quota_charge *charge, const struct caller *caller);
/*
 * Let @charge be one of @amount of @kind, instead of what it was; less can always be. 0, or
 * -ENOMEM: that is more than the user may have, and nothing has changed. Any context but NMI.
 */
int quota_set(struct quota_charge *charge, enum quota_kind kind, u64 amount);
/* Give all back; a second time does nothing. Any context but NMI. */
void quota_close(struct quota_charge *charge);

#endif
