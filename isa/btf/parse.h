/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The steps of modbpf_btf_parse(), in this order; each relies on those before it. */
#ifndef MODBPF_ISA_BTF_PARSE_H
#define MODBPF_ISA_BTF_PARSE_H

#include "isa/btf/btf.h"

struct btf_parse {
	struct btf_types *types;
	struct btf_why *why;
	bool *is_nameless;	/* reference.c: per prototype, has it an argument without a name? */
};

/* Set @why, return @err. */
int btf_refuse(struct btf_why *why, int err, const char *fmt, ...) __printf(3, 4);
/* The same about type @view. */
int btf_refuse_type(const struct btf_parse *parse, const struct btf_view *view, int err,
		    const char *fmt, ...) __printf(4, 5);
const char *btf_kind_name(u32 kind);

/*
 * parse.c: where its records and its strings are; fills those fields of @types only.
 * @is_split: it counts on from other BTF.
 */
int btf_find_sections(const u8 *data, u32 bytes, bool is_split, struct btf_types *types,
		      struct btf_why *why);
/* record.c: each record by itself; makes the table of offsets. */
int btf_check_records(const struct btf_parse *parse);
/* resolve.c: nothing contains itself; makes the tables of bases and sizes. */
int btf_resolve(const struct btf_parse *parse);
/* reference.c: what each type refers to is something that it may. */
int btf_check_references(struct btf_parse *parse);

/* name.c: at an offset within the strings. */
bool btf_name_is_identifier(const struct btf_types *types, u32 offset);
bool btf_name_is_section(const struct btf_types *types, u32 offset);

/* Let others run after so much. */
#define BTF_YIELD_TYPES 1024
#define BTF_YIELD_BYTES (64u << 10)

#endif
