/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Which objects do "id 7", "name x", "tag 0011223344556677" or "pinned FILE" mean? */
#ifndef MODBPF_USER_REF_H
#define MODBPF_USER_REF_H

#include <bpf/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "user/args.h"

struct ref_kind {
	const char *name;	/* "prog" */
	bool has_name, has_tag, has_pin;
	int (*next_id)(uint32_t id, uint32_t *next);
	int (*open_id)(uint32_t id);
};

extern const struct ref_kind ref_prog, ref_map, ref_link, ref_btf;

struct refs {
	int *fd;		/* cnt of them; one may be gone: never negative */
	size_t cnt;
};

/*
 * The objects that the next words mean, all of them if no word is left. At least
 * one if words were given. 0, or -1 after out_error().
 */
int refs_find(const struct ref_kind *kind, struct args *args, struct refs *refs);
void refs_free(struct refs *refs);

/* The one object that the next words mean: an fd, or -1 after out_error(). */
int ref_find_one(const struct ref_kind *kind, struct args *args);

#endif
