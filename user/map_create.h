/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* modbpf map create: a map that is pinned, and belongs to no program yet. */
#ifndef MODBPF_USER_MAP_CREATE_H
#define MODBPF_USER_MAP_CREATE_H

struct args;

/* 0, or -1 after out_error(). */
int map_create(struct args *args);

#endif
