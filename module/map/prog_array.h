/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which programs may meet in a program array? A tail call hands over the
 * context and what may be returned, so all that call through one array and all
 * that stand in it must be of one program type, be bound to the same results, and
 * be run by the same engine. The first decides.
 */
#ifndef MODBPF_MODULE_MAP_PROG_ARRAY_H
#define MODBPF_MODULE_MAP_PROG_ARRAY_H

#include <linux/types.h>

struct modbpf_map;

/*
 * For each PROG_ARRAY that a program uses, before the program can run, and for
 * each program that is stored. @map is a program array. 0, or -EINVAL: of
 * another kind than the array's. Process context, may sleep.
 */
int prog_array_claim(struct modbpf_map *map, u32 prog_type, u32 attach_type, bool jited);

#endif
