/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/* Keys and values of a map as their types have them, if the map keeps its types. */
#ifndef MODBPF_USER_TYPED_H
#define MODBPF_USER_TYPED_H

#include <stddef.h>

struct bpf_map_info;
struct typed_map;

/* NULL: the map has no types. */
struct typed_map *typed_map_open(const struct bpf_map_info *info);
void typed_map_close(struct typed_map *types);	/* NULL is fine */
/* C's words for a key or a value, in one line, to be freed. NULL: it has no type. */
char *typed_key(const struct typed_map *types, const void *bytes, size_t size);
char *typed_value(const struct typed_map *types, const void *bytes, size_t size);

#endif
