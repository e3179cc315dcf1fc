/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BTF made by hand, for tests: a header, a few good types with ids 1 to 12, what
 * a test adds as words, and the strings below.
 */
#ifndef MODBPF_TESTS_SUPPORT_BTFBLOB_H
#define MODBPF_TESTS_SUPPORT_BTFBLOB_H

#include "isa/btf/layout.h"

/* A record. */
#define BLOB_TYPE(name, kind, flag, vlen, size) \
	name, (u32)(flag) << 31 | (u32)(kind) << 24 | (vlen), size

/* Types that are always there. */
enum {
	BLOB_INT = 1,	/* int, 4 bytes */
	BLOB_PTR,	/* int * */
	BLOB_STRUCT,	/* struct s { int a; int b; } */
	BLOB_PROTO,	/* int (int a) */
	BLOB_FWD,	/* struct a, only declared */
	BLOB_VAR,	/* int b */
	BLOB_ARRAY,	/* int [4] */
	BLOB_FUNC,	/* int s(int a), global */
	BLOB_ENUM,	/* enum { a = 1 } */
	BLOB_FLOAT,	/* 8 bytes */
	BLOB_TYPEDEF,	/* typedef int a */
	BLOB_ODD_INT,	/* int b, 3 bits of 4 bytes */
	BLOB_NEXT	/* the first that a test adds */
};

/* Offsets of names. */
enum {
	NAME_EMPTY,
	NAME_A = 1,
	NAME_B = 3,
	NAME_INT = 5,
	NAME_S = 9,
	NAME_DOTTED = 11,	/* ".data" */
	NAME_DIGIT = 17,	/* "1a" */
	NAME_BLANK = 20,	/* "a b" */
	NAME_CONTROL = 24,	/* "a\n" */
	NAME_LATIN = 27,	/* "a\xe9" */
	NAME_LONGEST = 30,	/* 511 letters */
	NAME_TOO_LONG = NAME_LONGEST + 512,	/* 512 letters */
	NAME_SKB = NAME_TOO_LONG + 513,	/* "__sk_buff" */
	NAME_NONNULL = NAME_SKB + 10,	/* "arg:nonnull" */
	NAME_CTX = NAME_NONNULL + 12,	/* "arg:ctx" */
	NAME_OTHER = NAME_CTX + 8,	/* "arg:other" */
	NAME_REGS = NAME_OTHER + 10,	/* "bpf_user_pt_regs_t" */
	NAME_LOCK = NAME_REGS + 19,	/* "bpf_spin_lock" */
	NAME_DYNPTR = NAME_LOCK + 14,	/* "bpf_dynptr" */
	NAME_TIMER = NAME_DYNPTR + 11,	/* "bpf_timer" */
	NAME_END = NAME_TIMER + 10
};

#define BLOB_BYTES 4096

struct btf_blob {
	u8 bytes[BLOB_BYTES];
	u32 cnt;	/* bytes that are used */
};

/* The types above and @cnt words behind them. */
void btf_blob_make(struct btf_blob *blob, const u32 *words, u32 cnt);

#endif
