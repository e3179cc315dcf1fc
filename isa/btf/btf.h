/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The types that a program's author knew: BTF, as BTF_LOAD gets it, checked.
 *
 * What has been parsed keeps these promises, however hostile the bytes: every
 * offset of a name and every type id lies in range, every type refers to
 * kinds only that it may refer to, nothing contains itself, sizes add up. Who
 * looks types up has nothing left to check but what is asked of it.
 *
 * Type ids count from 1; 0 is void. Time and memory are linear in the bytes.
 */
#ifndef MODBPF_ISA_BTF_BTF_H
#define MODBPF_ISA_BTF_BTF_H

#include "isa/btf/layout.h"

#define MODBPF_BTF_NO_SIZE 0xffffffffu	/* void, functions, what is only declared */
#define BTF_WHY_BYTES 192

/* Why was it refused? One line, without a newline. */
struct btf_why {
	char text[BTF_WHY_BYTES];
};

struct btf_types {
	const u8 *records;	/* both: into the caller's bytes */
	const char *strings;
	u32 record_bytes, string_bytes;
	u32 cnt;		/* ids are below */
	u32 *offsets;		/* per id: where its record begins */
	u32 *bases;		/* per id: the type behind typedefs and qualifiers */
	u32 *sizes;		/* per id: bytes, or MODBPF_BTF_NO_SIZE */
};

/* A record, taken apart. */
struct btf_view {
	u32 id;
	u32 name_off;
	u8 kind;		/* enum modbpf_btf_kind */
	bool kind_flag;
	u16 vlen;
	u32 size;		/* bytes; or the type that it refers to: */
	u32 type;		/* the same number */
	const u8 *more;		/* what follows the record */
};

/*
 * Check the @bytes of @data, which must stay as they are while *@out lives, and
 * are not freed with it. 0; -EINVAL, -E2BIG, -ENOTSUPP, -EEXIST (a loop) as
 * bpf(2), with @why; -ENOMEM; -EINTR. May sleep.
 */
int modbpf_btf_parse(const void *data, u32 bytes, struct btf_why *why, struct btf_types **out);
void modbpf_btf_free(struct btf_types *types);	/* NULL is fine */
/* What @types takes beside the caller's bytes. */
u64 modbpf_btf_table_bytes(const struct btf_types *types);

/*
 * BTF of a module counts its types and the bytes of its strings on from the kernel's: put
 * the two together at @to, which has room for both, to be parsed as one. *@bytes: how many
 * that are. 0, or -errno as above, with @why: one of them has no sections.
 */
int modbpf_btf_join(const void *base, u32 base_bytes, const void *split, u32 split_bytes,
		    void *to, u32 *bytes, struct btf_why *why);

/* The record of @id, which is below types->cnt. */
struct btf_view btf_view_of(const struct btf_types *types, u32 id);
/* The kind of @id; the type behind typedefs and qualifiers. @id is below types->cnt. */
u8 btf_kind_of(const struct btf_types *types, u32 id);
struct btf_view btf_base_of(const struct btf_types *types, u32 id);
/* NULL: @offset lies outside of the strings. */
const char *btf_string(const struct btf_types *types, u32 offset);

/* The @at-th of what follows @view's record; @at is below its vlen. */
struct btf_array btf_view_array(const struct btf_view *view);
struct btf_member btf_view_member(const struct btf_view *view, u32 at);
struct btf_param btf_view_param(const struct btf_view *view, u32 at);
struct btf_section_var btf_view_section_var(const struct btf_view *view, u32 at);
u32 btf_view_word(const struct btf_view *view, u32 at);	/* the @at-th 4 bytes that follow */

/* Of a member of @view: bits from the start, bits of a bit field (0: it is none). */
u32 btf_member_offset(const struct btf_view *view, const struct btf_member *member);
u32 btf_member_bits(const struct btf_view *view, const struct btf_member *member);

/* Of an INT: */
static inline u32 btf_int_encoding(const struct btf_view *view)
{
	return btf_view_word(view, 0) >> 24 & 0xf;
}

static inline u32 btf_int_offset(const struct btf_view *view)
{
	return btf_view_word(view, 0) >> 16 & 0xff;
}

static inline u32 btf_int_bits(const struct btf_view *view)
{
	return btf_view_word(view, 0) & 0xff;
}

/* Are its bits 1, 2, 4, 8 or 16 whole bytes, and the first ones? */
bool btf_int_is_regular(const struct btf_view *view);

#endif
