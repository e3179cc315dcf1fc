/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bytes of BTF: numbers and layouts, facts of <linux/btf.h>. Records lie at
 * any address: they are copied out, never pointed into.
 */
#ifndef MODBPF_ISA_BTF_LAYOUT_H
#define MODBPF_ISA_BTF_LAYOUT_H

#include "isa/abi.h"
#include "isa/platform.h"

#define MODBPF_BTF_MAGIC 0xeb9f
#define MODBPF_BTF_VERSION 1
#define MODBPF_BTF_MAX_BYTES (16u << 20)
#define MODBPF_BTF_MAX_TYPE 0x000fffffu		/* the highest id */
#define MODBPF_BTF_MAX_NAME_OFFSET 0x00ffffffu

enum modbpf_btf_kind {
	MODBPF_BTF_VOID,	/* type 0, which has no record */
	MODBPF_BTF_INT,
	MODBPF_BTF_PTR,
	MODBPF_BTF_ARRAY,
	MODBPF_BTF_STRUCT,
	MODBPF_BTF_UNION,
	MODBPF_BTF_ENUM,
	MODBPF_BTF_FWD,
	MODBPF_BTF_TYPEDEF,
	MODBPF_BTF_VOLATILE,
	MODBPF_BTF_CONST,
	MODBPF_BTF_RESTRICT,
	MODBPF_BTF_FUNC,
	MODBPF_BTF_FUNC_PROTO,
	MODBPF_BTF_VAR,
	MODBPF_BTF_DATASEC,
	MODBPF_BTF_FLOAT,
	MODBPF_BTF_DECL_TAG,
	MODBPF_BTF_TYPE_TAG,
	MODBPF_BTF_ENUM64,
	MODBPF_BTF_KIND_COUNT
};

/* Encodings of an integer, at most one. */
enum {
	MODBPF_BTF_INT_SIGNED = 1 << 0,
	MODBPF_BTF_INT_CHAR = 1 << 1,
	MODBPF_BTF_INT_BOOL = 1 << 2,
};

/* vlen of a function; of a variable, static and global alone. */
enum {
	MODBPF_BTF_STATIC,
	MODBPF_BTF_GLOBAL,
	MODBPF_BTF_EXTERN,
};

struct btf_header {
	u16 magic;
	u8 version;
	u8 flags;
	u32 hdr_len;
	u32 type_off;	/* from the header's end */
	u32 type_len;
	u32 str_off;
	u32 str_len;
};
static_assert(sizeof(struct btf_header) == 24, "layout of struct btf_header");

struct btf_record {
	u32 name_off;
	u32 info;		/* vlen in bits 0..15, kind in 24..28, kind_flag in 31 */
	u32 size_or_type;	/* by kind: bytes, or a type's id */
};

/* What follows a record: once, or vlen times. */
struct btf_array {
	u32 elem_type, index_type, nelems;
};

struct btf_member {
	u32 name_off, type;
	u32 offset;	/* bits; under kind_flag the low 24, above them the bits of a bit field */
};

struct btf_param {
	u32 name_off, type;
};

struct btf_enumerator {
	u32 name_off, value;
};

struct btf_section_var {
	u32 type, offset, size;
};

#endif
