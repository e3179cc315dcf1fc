// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/* What do the bytes of a map mean? libbpf prints them by the BTF that the map was made with. */
#include "user/typed.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct typed_map {
	struct btf *btf;
	struct btf_dump *dump;
	unsigned int key_type, value_type;	/* 0: not known */
	FILE *to;	/* while something is printed */
};

static void print(void *cookie, const char *fmt, va_list args)
{
	struct typed_map *types = cookie;

	vfprintf(types->to, fmt, args);
}

struct typed_map *typed_map_open(const struct bpf_map_info *info)
{
	struct typed_map *types;

	if (!info->btf_id)
		return NULL;
	types = calloc(1, sizeof(*types));
	if (!types)
		return NULL;
	types->key_type = info->btf_key_type_id;
	types->value_type = info->btf_value_type_id;
	types->btf = btf__load_from_kernel_by_id(info->btf_id);
	if (libbpf_get_error(types->btf)) {
		free(types);
		return NULL;
	}
	types->dump = btf_dump__new(types->btf, print, types, NULL);
	if (libbpf_get_error(types->dump)) {
		types->dump = NULL;
		typed_map_close(types);
		return NULL;
	}
	return types;
}

void typed_map_close(struct typed_map *types)
{
	if (!types)
		return;
	btf_dump__free(types->dump);
	btf__free(types->btf);
	free(types);
}

/* One line, and nothing in it that a terminal would obey. */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = ' ';
}

static char *words_for(const struct typed_map *shared, unsigned int type, const void *bytes,
		       size_t size)
{
	LIBBPF_OPTS(btf_dump_type_data_opts, opts, .compact = true, .emit_zeroes = true);
	struct typed_map *types = (struct typed_map *)shared;
	char *text = NULL;
	size_t room;
	int err;

	if (!types || !type)
		return NULL;
	types->to = open_memstream(&text, &room);
	if (!types->to)
		return NULL;
	err = btf_dump__dump_type_data(types->dump, type, bytes, size, &opts);
	if (fclose(types->to) || err < 0) {
		free(text);
		return NULL;
	}
	clean(text);
	return text;
}

char *typed_key(const struct typed_map *types, const void *bytes, size_t size)
{
	return types ? words_for(types, types->key_type, bytes, size) : NULL;
}

char *typed_value(const struct typed_map *types, const void *bytes, size_t size)
{
	return types ? words_for(types, types->value_type, bytes, size) : NULL;
}
