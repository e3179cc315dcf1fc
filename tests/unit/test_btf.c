// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is BTF refused exactly when it is wrong? Each row is one type that breaks one
 * rule, or a twin that keeps it. The rules are those of Linux's documentation of
 * BTF (Documentation/bpf/btf.rst); its verdicts on mutated blobs were compared by hand.
 */
#include "isa/btf/btf.h"
#include "tests/support/btfblob.h"
#include "tests/support/check.h"
#include "user/platform.h"

#define N BLOB_NEXT
#define NO_ID 1000	/* no type has it */
#define NO_NAME 100000	/* outside of the strings */
#define MAX_WORDS 40

struct row {
	const char *why;	/* what the reason says; NULL: accepted */
	u32 words[MAX_WORDS];	/* types from id N, then zeros: cnt counts */
	u32 cnt;
	int err;		/* 0: -EINVAL if there is a reason */
};

#define ROW(why, ...) { why, { __VA_ARGS__ }, sizeof((u32[]){ __VA_ARGS__ }) / 4, 0 }
#define ROW_ERR(why, err, ...) { why, { __VA_ARGS__ }, sizeof((u32[]){ __VA_ARGS__ }) / 4, err }
#define KIND(kind) MODBPF_BTF_##kind
#define T(name, kind, flag, vlen, size) BLOB_TYPE(name, KIND(kind), flag, vlen, size)
#define RAW(name, info, size) name, info, size

static const struct row frames[] = {
	ROW("meta_left:8 meta_needed:12", 0, 1 << 24),
	ROW("meta_left:12 meta_needed:16", T(NAME_A, INT, 0, 0, 4)),
	ROW("meta_left:12 meta_needed:24", T(0, ARRAY, 0, 0, 0)),
	ROW("meta_left:24 meta_needed:36", T(NAME_A, STRUCT, 0, 2, 8), NAME_A, BLOB_INT, 0),
	ROW("Invalid btf_info", RAW(0, 2 << 24 | 1 << 16, BLOB_INT)),
	ROW("Invalid btf_info", RAW(0, 2 << 24 | 1u << 30, BLOB_INT)),
	ROW("Invalid kind:0", RAW(0, 0, 0)),
	ROW("Invalid kind:20", RAW(0, 20 << 24, 0)),
	ROW("Invalid kind:31", RAW(0, 31 << 24, 0)),
	ROW("Invalid name_offset", T(NO_NAME, INT, 0, 0, 4), 32),
	ROW("Invalid name_offset", T(NAME_END, INT, 0, 0, 4), 32),
	ROW("vlen != 0", T(NAME_A, INT, 0, 1, 4), 32),
	ROW("vlen != 0", T(0, PTR, 0, 1, BLOB_INT)),
	ROW("vlen != 0", T(0, ARRAY, 0, 1, 0), BLOB_INT, BLOB_INT, 1),
	ROW("vlen != 0", T(NAME_A, FWD, 0, 1, 0)),
	ROW("vlen != 0", T(NAME_A, VAR, 0, 1, BLOB_INT), 0),
	ROW("vlen != 0", T(NAME_A, FLOAT, 0, 1, 4)),
	ROW("vlen != 0", T(NAME_A, DECL_TAG, 0, 1, BLOB_VAR), -1u),
	ROW("kind_flag", T(NAME_A, INT, 1, 0, 4), 32),
	ROW("kind_flag", T(0, PTR, 1, 0, BLOB_INT)),
	ROW("kind_flag", T(0, ARRAY, 1, 0, 0), BLOB_INT, BLOB_INT, 1),
	ROW("kind_flag", T(NAME_A, TYPEDEF, 1, 0, BLOB_INT)),
	ROW("kind_flag", T(NAME_A, FUNC, 1, 0, BLOB_PROTO)),
	ROW("kind_flag", T(0, FUNC_PROTO, 1, 0, 0)),
	ROW("kind_flag", T(NAME_A, VAR, 1, 0, BLOB_INT), 0),
	ROW("kind_flag", T(NAME_DOTTED, DATASEC, 1, 1, 4), BLOB_VAR, 0, 4),
	ROW("kind_flag", T(NAME_A, FLOAT, 1, 0, 4)),
	ROW("size or type != 0", T(0, ARRAY, 0, 0, 4), BLOB_INT, BLOB_INT, 1),
	ROW("size or type != 0", T(NAME_A, FWD, 0, 0, 1)),
	ROW(NULL, T(NAME_A, FWD, 1, 0, 0)),
};

static const struct row names[] = {
	ROW("Invalid name", T(NAME_A, PTR, 0, 0, BLOB_INT)),
	ROW("Invalid name", T(NAME_A, CONST, 0, 0, BLOB_INT)),
	ROW("Invalid name", T(NAME_A, ARRAY, 0, 0, 0), BLOB_INT, BLOB_INT, 1),
	ROW("Invalid name", T(NAME_A, FUNC_PROTO, 0, 0, 0)),
	ROW("Invalid name", T(0, TYPEDEF, 0, 0, BLOB_INT)),
	ROW("Invalid name", T(0, FWD, 0, 0, 0)),
	ROW("Invalid name", T(0, FUNC, 0, 0, BLOB_PROTO)),
	ROW("Invalid name", T(0, VAR, 0, 0, BLOB_INT), 0),
	ROW("Invalid name", T(0, DATASEC, 0, 1, 4), BLOB_VAR, 0, 4),
	ROW("Invalid name", T(0, DECL_TAG, 0, 0, BLOB_VAR), -1u),
	ROW("Invalid name", T(0, TYPE_TAG, 0, 0, BLOB_INT)),
	ROW("Invalid name", T(NAME_DIGIT, STRUCT, 0, 0, 0)),
	ROW("Invalid name", T(NAME_BLANK, UNION, 0, 0, 0)),
	ROW("Invalid name", T(NAME_DIGIT, ENUM, 0, 0, 4)),
	ROW("Invalid name", T(NAME_LATIN, ENUM64, 0, 0, 8)),
	ROW("Invalid name", T(NAME_TOO_LONG, STRUCT, 0, 0, 0)),
	ROW(NULL, T(NAME_LONGEST, STRUCT, 0, 0, 0)),
	ROW("Invalid name", T(NAME_TOO_LONG, DATASEC, 0, 1, 4), BLOB_VAR, 0, 4),
	ROW(NULL, T(NAME_LONGEST, DATASEC, 0, 1, 4), BLOB_VAR, 0, 4),
	ROW("Invalid name", T(NAME_CONTROL, DATASEC, 0, 1, 4), BLOB_VAR, 0, 4),
	ROW("Invalid name", T(NAME_LATIN, DATASEC, 0, 1, 4), BLOB_VAR, 0, 4),
	ROW(NULL, T(NAME_BLANK, DATASEC, 0, 1, 4), BLOB_VAR, 0, 4),
	ROW(NULL, T(NAME_DOTTED, STRUCT, 0, 0, 0)),
	ROW(NULL, T(0, STRUCT, 0, 0, 0)),
	ROW(NULL, T(NAME_DIGIT, INT, 0, 0, 4), 32),
	ROW(NULL, T(NAME_CONTROL, TYPE_TAG, 0, 0, BLOB_INT)),
};

static const struct row numbers[] = {
	ROW("Invalid int_data", T(NAME_A, INT, 0, 0, 4), 1u << 28 | 32),
	ROW("nr_bits exceeds 128", T(NAME_A, INT, 0, 0, 32), 129),
	ROW("nr_bits exceeds 128", T(NAME_A, INT, 0, 0, 32), 1 << 16 | 128),
	ROW(NULL, T(NAME_A, INT, 0, 0, 16), 128),
	ROW("nr_bits exceeds type_size", T(NAME_A, INT, 0, 0, 4), 33),
	ROW("nr_bits exceeds type_size", T(NAME_A, INT, 0, 0, 4), 8 << 16 | 25),
	ROW(NULL, T(NAME_A, INT, 0, 0, 4), 8 << 16 | 24),
	ROW_ERR("Unsupported encoding", -MODBPF_ENOTSUPP, T(NAME_A, INT, 0, 0, 4), 3 << 24 | 32),
	ROW_ERR("Unsupported encoding", -MODBPF_ENOTSUPP, T(NAME_A, INT, 0, 0, 4), 8 << 24 | 32),
	ROW(NULL, T(NAME_A, INT, 0, 0, 1), 4 << 24 | 8),
	ROW("Unexpected size", T(NAME_A, ENUM, 0, 0, 0)),
	ROW("Unexpected size", T(NAME_A, ENUM, 0, 0, 3)),
	ROW("Unexpected size", T(NAME_A, ENUM64, 0, 0, 16)),
	ROW(NULL, T(NAME_A, ENUM, 1, 1, 1), NAME_A, -1u),
	ROW("Invalid name_offset", T(NAME_A, ENUM, 0, 1, 4), NO_NAME, 0),
	ROW("Invalid name", T(NAME_A, ENUM, 0, 1, 4), NAME_EMPTY, 0),
	ROW("Invalid name", T(NAME_A, ENUM64, 0, 2, 8), NAME_A, 0, 0, NAME_DIGIT, 0, 0),
	ROW(NULL, T(NAME_A, ENUM64, 1, 2, 8), NAME_A, 0, 0, NAME_B, 1, 0),
	ROW("Invalid type_size", T(NAME_A, FLOAT, 0, 0, 3)),
	ROW("Invalid type_size", T(NAME_A, FLOAT, 0, 0, 0)),
	ROW(NULL, T(NAME_A, FLOAT, 0, 0, 2)),
	ROW(NULL, T(NAME_A, FLOAT, 0, 0, 16)),
};

static const struct row arrays[] = {
	ROW("Invalid elem", T(0, ARRAY, 0, 0, 0), 0, BLOB_INT, 1),
	ROW("Invalid index", T(0, ARRAY, 0, 0, 0), BLOB_INT, 0, 1),
	ROW("Invalid type_id", T(0, ARRAY, 0, 0, 0), NO_ID, BLOB_INT, 1),
	ROW("Invalid type_id", T(0, ARRAY, 0, 0, 0), BLOB_INT, N + 1, 1),
	ROW("Invalid index", T(0, ARRAY, 0, 0, 0), BLOB_INT, BLOB_ENUM, 1),
	ROW("Invalid index", T(0, ARRAY, 0, 0, 0), BLOB_INT, BLOB_ODD_INT, 1),
	ROW("Invalid index", T(0, ARRAY, 0, 0, 0), BLOB_INT, BLOB_VAR, 1),
	ROW(NULL, T(0, ARRAY, 0, 0, 0), BLOB_INT, BLOB_TYPEDEF, 1),
	ROW("Invalid elem", T(0, ARRAY, 0, 0, 0), BLOB_FWD, BLOB_INT, 1),
	ROW("Invalid elem", T(0, ARRAY, 0, 0, 0), BLOB_VAR, BLOB_INT, 1),
	ROW("Invalid elem", T(0, ARRAY, 0, 0, 0), BLOB_FUNC, BLOB_INT, 1),
	ROW("Invalid elem", T(0, ARRAY, 0, 0, 0), BLOB_PROTO, BLOB_INT, 1),
	ROW("Invalid array of int", T(0, ARRAY, 0, 0, 0), BLOB_ODD_INT, BLOB_INT, 1),
	ROW(NULL, T(0, ARRAY, 0, 0, 0), BLOB_ARRAY, BLOB_INT, 0x0fffffff),
	ROW("Array size overflows u32", T(0, ARRAY, 0, 0, 0), BLOB_ARRAY, BLOB_INT, 0x10000000),
	ROW(NULL, T(0, ARRAY, 0, 0, 0), BLOB_PTR, BLOB_INT, 0),
};

#define FIELD(bits, offset) ((u32)(bits) << 24 | (offset))

static const struct row members[] = {
	ROW("Invalid member name_offset", T(0, STRUCT, 0, 1, 4), NO_NAME, BLOB_INT, 0),
	ROW("Invalid member name", T(0, STRUCT, 0, 1, 4), NAME_DIGIT, BLOB_INT, 0),
	ROW("Invalid type_id", T(0, STRUCT, 0, 1, 4), NAME_A, 0, 0),
	ROW("Invalid type_id", T(0, STRUCT, 0, 1, 4), NAME_A, NO_ID, 0),
	ROW("Invalid member bits_offset", T(0, STRUCT, 0, 2, 8),
	    NAME_A, BLOB_INT, 32, NAME_B, BLOB_INT, 0),
	ROW("Invalid member bits_offset", T(0, UNION, 0, 1, 8), NAME_A, BLOB_INT, 32),
	ROW("bits_offset exceeds", T(0, STRUCT, 0, 1, 4), NAME_A, BLOB_INT, 33),
	ROW(NULL, T(0, UNION, 0, 2, 8), NAME_A, BLOB_INT, 0, 0, BLOB_STRUCT, 0),
	ROW("Invalid member", T(0, STRUCT, 0, 1, 4), NAME_A, BLOB_FWD, 0),
	ROW("Invalid member", T(0, STRUCT, 0, 1, 4), NAME_A, BLOB_VAR, 0),
	ROW("Invalid member", T(0, STRUCT, 0, 1, 4), NAME_A, BLOB_FUNC, 0),
	ROW("Invalid member", T(0, STRUCT, 0, 1, 4), NAME_A, BLOB_PROTO, 0),
	ROW("Member exceeds struct_size", T(0, STRUCT, 0, 1, 4), NAME_A, BLOB_INT, 8),
	ROW("Member exceeds struct_size", T(0, STRUCT, 0, 1, 7), NAME_A, BLOB_PTR, 0),
	ROW("Member exceeds struct_size", T(0, STRUCT, 0, 1, 15), NAME_A, BLOB_ARRAY, 0),
	ROW("Member exceeds struct_size", T(0, STRUCT, 0, 1, 3), NAME_A, BLOB_ENUM, 0),
	ROW("not byte aligned", T(0, STRUCT, 0, 1, 16), NAME_A, BLOB_PTR, 4),
	ROW("not byte aligned", T(0, STRUCT, 0, 1, 16), NAME_A, BLOB_STRUCT, 1),
	ROW("not properly aligned", T(0, STRUCT, 0, 1, 16), NAME_A, BLOB_FLOAT, 32),
	ROW(NULL, T(0, STRUCT, 0, 1, 16), NAME_A, BLOB_FLOAT, 64),
	ROW(NULL, T(0, STRUCT, 0, 1, 4), NAME_A, BLOB_ODD_INT, 5),
	ROW("Invalid member base type", T(0, STRUCT, 1, 1, 4), NAME_A, BLOB_ODD_INT, FIELD(0, 0)),
	ROW("Invalid member offset", T(0, STRUCT, 1, 1, 8), NAME_A, BLOB_INT, FIELD(0, 4)),
	ROW("Invalid member bitfield_size", T(0, STRUCT, 1, 1, 8), NAME_A, BLOB_INT, FIELD(33, 0)),
	ROW("Invalid member bitfield_size", T(0, STRUCT, 1, 1, 8), NAME_A, BLOB_ENUM, FIELD(33, 0)),
	ROW("Invalid member bitfield_size", T(0, STRUCT, 1, 1, 8), NAME_A, BLOB_PTR, FIELD(3, 0)),
	ROW("Member exceeds struct_size", T(0, STRUCT, 1, 1, 4), NAME_A, BLOB_INT, FIELD(5, 28)),
	ROW("Member exceeds struct_size", T(0, STRUCT, 1, 1, 4), NAME_A, BLOB_ENUM, FIELD(5, 28)),
	ROW(NULL, T(0, STRUCT, 1, 2, 4), NAME_A, BLOB_INT, FIELD(5, 3), NAME_B, BLOB_ENUM, FIELD(4, 28)),
	ROW("nr_copy_bits exceeds 128", T(NAME_A, INT, 0, 0, 16), 128,
	    T(0, STRUCT, 0, 1, 32), NAME_A, N, 1),
};

static const struct row functions[] = {
	ROW("Invalid func linkage", T(NAME_A, FUNC, 0, MODBPF_BTF_EXTERN, BLOB_PROTO)),
	ROW(NULL, T(NAME_A, FUNC, 0, MODBPF_BTF_STATIC, BLOB_PROTO)),
	ROW("Invalid type_id", T(NAME_A, FUNC, 0, 0, BLOB_INT)),
	ROW("Invalid type_id", T(NAME_A, FUNC, 0, 0, 0)),
	ROW("Invalid type_id", T(NAME_A, FUNC, 0, 0, NO_ID)),
	ROW("Invalid return type", T(0, FUNC_PROTO, 0, 0, BLOB_FWD)),
	ROW("Invalid return type", T(0, FUNC_PROTO, 0, 0, BLOB_VAR)),
	ROW("Invalid return type", T(0, FUNC_PROTO, 0, 0, NO_ID)),
	ROW(NULL, T(0, FUNC_PROTO, 0, 0, 0)),
	ROW("Invalid arg#1", T(0, FUNC_PROTO, 0, 1, 0), 0, BLOB_FWD),
	ROW("Invalid arg#1", T(0, FUNC_PROTO, 0, 1, 0), 0, BLOB_VAR),
	ROW("Invalid arg#1", T(0, FUNC_PROTO, 0, 1, 0), 0, NO_ID),
	ROW("Invalid arg#1", T(0, FUNC_PROTO, 0, 1, 0), NO_NAME, BLOB_INT),
	ROW("Invalid arg#1", T(0, FUNC_PROTO, 0, 1, 0), NAME_DIGIT, BLOB_INT),
	ROW("Invalid arg#1", T(0, FUNC_PROTO, 0, 2, 0), NAME_EMPTY, 0, NAME_A, BLOB_INT),
	ROW("Invalid arg#2", T(0, FUNC_PROTO, 0, 2, 0), NAME_A, BLOB_INT, NAME_B, 0),
	ROW(NULL, T(0, FUNC_PROTO, 0, 2, 0), NAME_A, BLOB_INT, 0, 0, T(NAME_A, FUNC, 0, 0, N)),
	ROW(NULL, T(0, FUNC_PROTO, 0, 1, 0), 0, BLOB_INT),
	ROW("it has no name", T(0, FUNC_PROTO, 0, 1, 0), 0, BLOB_INT, T(NAME_A, FUNC, 0, 0, N)),
	ROW("Linkage not supported", T(NAME_A, VAR, 0, 0, BLOB_INT), MODBPF_BTF_EXTERN),
	ROW("Invalid type_id", T(NAME_A, VAR, 0, 0, 0), 0),
	ROW("Invalid type_id", T(NAME_A, VAR, 0, 0, BLOB_FWD), 0),
	ROW("Invalid type_id", T(NAME_A, VAR, 0, 0, BLOB_VAR), 0),
	ROW("Invalid type_id", T(NAME_A, VAR, 0, 0, BLOB_PROTO), 0),
};

static const struct row sections[] = {
	ROW("size == 0", T(NAME_DOTTED, DATASEC, 0, 1, 0), BLOB_VAR, 0, 4),
	ROW("Invalid type_id", T(NAME_DOTTED, DATASEC, 0, 1, 4), 0, 0, 4),
	ROW("Invalid type_id", T(NAME_DOTTED, DATASEC, 0, 1, 4), NO_ID, 0, 4),
	ROW("Invalid offset", T(NAME_DOTTED, DATASEC, 0, 1, 4), BLOB_VAR, 4, 4),
	ROW("Invalid offset", T(NAME_DOTTED, DATASEC, 0, 2, 8), BLOB_VAR, 0, 4, BLOB_VAR, 3, 4),
	ROW("Invalid size", T(NAME_DOTTED, DATASEC, 0, 1, 4), BLOB_VAR, 0, 0),
	ROW("Invalid size", T(NAME_DOTTED, DATASEC, 0, 1, 4), BLOB_VAR, 0, 5),
	ROW("Invalid offset+size", T(NAME_DOTTED, DATASEC, 0, 1, 8), BLOB_VAR, 5, 4),
	ROW("Not a VAR", T(NAME_DOTTED, DATASEC, 0, 1, 4), BLOB_INT, 0, 4),
	ROW("Invalid size", T(NAME_DOTTED, DATASEC, 0, 1, 4), BLOB_VAR, 0, 3),
	ROW(NULL, T(NAME_DOTTED, DATASEC, 0, 2, 9), BLOB_VAR, 0, 5, BLOB_VAR, 5, 4),
};

static const struct row tags[] = {
	ROW("Invalid component_idx", T(NAME_A, DECL_TAG, 0, 0, BLOB_VAR), -2u),
	ROW("Invalid component_idx", T(NAME_A, DECL_TAG, 0, 0, BLOB_VAR), 0),
	ROW("Invalid component_idx", T(NAME_A, DECL_TAG, 0, 0, BLOB_TYPEDEF), 0),
	ROW("Invalid component_idx", T(NAME_A, DECL_TAG, 0, 0, BLOB_STRUCT), 2),
	ROW("Invalid component_idx", T(NAME_A, DECL_TAG, 0, 0, BLOB_FUNC), 1),
	ROW("Invalid type_id", T(NAME_A, DECL_TAG, 0, 0, BLOB_INT), -1u),
	ROW("Invalid type_id", T(NAME_A, DECL_TAG, 0, 0, 0), -1u),
	ROW("Invalid type_id", T(NAME_A, DECL_TAG, 0, 0, NO_ID), -1u),
	ROW(NULL, T(NAME_A, DECL_TAG, 0, 0, BLOB_STRUCT), 1, T(NAME_A, DECL_TAG, 1, 0, BLOB_FUNC), 0),
	ROW("precede", T(NAME_A, TYPE_TAG, 0, 0, BLOB_INT), T(0, CONST, 0, 0, N)),
	ROW("precede", T(NAME_A, TYPE_TAG, 0, 0, BLOB_INT), T(NAME_B, TYPEDEF, 0, 0, N)),
	ROW(NULL, T(0, CONST, 0, 0, BLOB_INT), T(NAME_A, TYPE_TAG, 0, 0, N), T(0, PTR, 0, 0, N + 1)),
};

static const struct row references[] = {
	ROW("Invalid type_id", T(0, PTR, 0, 0, NO_ID)),
	ROW("Invalid type_id", T(0, PTR, 0, 0, BLOB_VAR)),
	ROW("Invalid type_id", T(0, PTR, 0, 0, BLOB_FUNC)),
	ROW("Invalid type_id", T(0, CONST, 0, 0, NO_ID)),
	ROW("Invalid type_id", T(0, VOLATILE, 0, 0, BLOB_FUNC)),
	ROW("Invalid type_id", T(0, RESTRICT, 0, 0, BLOB_VAR)),
	ROW("Invalid type_id", T(NAME_B, DECL_TAG, 0, 0, BLOB_VAR), -1u, T(NAME_A, TYPEDEF, 0, 0, N)),
	ROW("Invalid type_id", T(NAME_DOTTED, DATASEC, 0, 1, 4), BLOB_VAR, 0, 4, T(0, PTR, 0, 0, N)),
	ROW(NULL, T(0, PTR, 0, 0, 0), T(0, CONST, 0, 0, 0), T(0, PTR, 0, 0, N + 1)),
	ROW(NULL, T(0, PTR, 0, 0, BLOB_FWD), T(0, PTR, 0, 0, BLOB_PROTO)),
	ROW(NULL, T(0, PTR, 0, 0, N + 1), T(NAME_A, TYPEDEF, 0, 0, BLOB_PROTO)),
	ROW_ERR("Loop detected", -EEXIST, T(0, CONST, 0, 0, N)),
	ROW_ERR("Loop detected", -EEXIST, T(NAME_A, TYPEDEF, 0, 0, N + 1), T(0, CONST, 0, 0, N)),
	ROW_ERR("Loop detected", -EEXIST, T(0, PTR, 0, 0, N)),
	ROW_ERR("Loop detected", -EEXIST, T(0, PTR, 0, 0, N + 1), T(0, CONST, 0, 0, N + 2),
		T(0, PTR, 0, 0, N)),
	ROW_ERR("Loop detected", -EEXIST, T(0, ARRAY, 0, 0, 0), N, BLOB_INT, 1),
	ROW_ERR("Loop detected", -EEXIST, T(0, STRUCT, 0, 1, 8), NAME_A, N, 0),
	ROW_ERR("Loop detected", -EEXIST, T(0, STRUCT, 0, 1, 8), NAME_A, N + 1, 0,
		T(0, ARRAY, 0, 0, 0), N + 2, BLOB_INT, 1, T(NAME_A, TYPEDEF, 0, 0, N)),
	ROW_ERR("Loop detected", -EEXIST, T(0, UNION, 0, 2, 8), NAME_A, BLOB_INT, 0, NAME_B, N, 0),
	/* Through a pointer a struct may lead back to itself. */
	ROW(NULL, T(0, STRUCT, 0, 1, 8), NAME_A, N + 1, 0, T(0, PTR, 0, 0, N)),
	ROW(NULL, T(0, PTR, 0, 0, N + 1), T(0, STRUCT, 0, 1, 8), NAME_A, N, 0),
};

static int parse(const void *data, u32 bytes, struct btf_why *why, struct btf_types **types)
{
	/* A copy with nothing behind it, for ASan, at an odd address. */
	u8 *copy = modbpf_zalloc(bytes + 1);
	int err;

	memcpy(copy + 1, data, bytes);
	err = modbpf_btf_parse(copy + 1, bytes, why, types);
	CHECK(!err == !!*types);
	modbpf_btf_free(*types);
	modbpf_free(copy);
	return err;
}

static void check_row(const struct row *row, u32 at)
{
	struct btf_types *types;
	struct btf_blob blob;
	struct btf_why why;
	int want = row->err ? row->err : row->why ? -EINVAL : 0, got;

	btf_blob_make(&blob, row->words, row->cnt);
	got = parse(blob.bytes, blob.cnt, &why, &types);
	if (got != want || (row->why && !strstr(why.text, row->why)))
		check_failed(__FILE__, __LINE__, "row %u: %d \"%s\", not %d \"%s\"", at, got,
			     why.text, want, row->why ? row->why : "");
}

#define ROWS(name) \
static void check_##name(void) \
{ \
	u32 i; \
\
	for (i = 0; i < ARRAY_SIZE(name); i++) \
		check_row(&name[i], i); \
}

ROWS(frames)
ROWS(names)
ROWS(numbers)
ROWS(arrays)
ROWS(members)
ROWS(functions)
ROWS(sections)
ROWS(tags)
ROWS(references)

/* --- the header --------------------------------------------------------------------- */

enum header_field { MAGIC, VERSION, FLAGS, HDR_LEN, TYPE_OFF, TYPE_LEN, STR_OFF, STR_LEN };

static void set_field(struct btf_header *hdr, enum header_field field, u32 value)
{
	switch (field) {
	case MAGIC: hdr->magic = value; break;
	case VERSION: hdr->version = value; break;
	case FLAGS: hdr->flags = value; break;
	case HDR_LEN: hdr->hdr_len = value; break;
	case TYPE_OFF: hdr->type_off = value; break;
	case TYPE_LEN: hdr->type_len = value; break;
	case STR_OFF: hdr->str_off = value; break;
	case STR_LEN: hdr->str_len = value; break;
	}
}

static void check_header(void)
{
	static const struct {
		enum header_field field;
		u32 value;
		int err;
		const char *why;
	} rows[] = {
		{ MAGIC, 0x9feb, -EINVAL, "Invalid magic" },
		{ VERSION, 2, -MODBPF_ENOTSUPP, "Unsupported version" },
		{ FLAGS, 1, -MODBPF_ENOTSUPP, "Unsupported flags" },
		{ HDR_LEN, 7, -EINVAL, "btf_header not found" },
		{ HDR_LEN, BLOB_BYTES, -EINVAL, "btf_header not found" },
		{ HDR_LEN, 28, -E2BIG, "Unsupported btf_header" },
		{ TYPE_OFF, 2, -EINVAL, "Unaligned type_off" },
		{ TYPE_OFF, 4, -EINVAL, "Unsupported section found" },
		{ TYPE_OFF, -4u, -EINVAL, "Total section length" },
		{ TYPE_LEN, -4u, -EINVAL, "Total section length" },
		{ STR_OFF, -4u, -EINVAL, "Total section length" },
		{ STR_LEN, -4u, -EINVAL, "Total section length" },
		{ TYPE_LEN, 4, -EINVAL, "Unsupported section found" },
		{ STR_OFF, 8, -EINVAL, "Section overlap found" },
		{ STR_LEN, 8, -EINVAL, "not at the end" },
	};
	struct btf_types *types;
	struct btf_blob blob;
	struct btf_header hdr;
	struct btf_why why;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		btf_blob_make(&blob, NULL, 0);
		memcpy(&hdr, blob.bytes, sizeof(hdr));
		set_field(&hdr, rows[i].field, rows[i].value);
		memcpy(blob.bytes, &hdr, sizeof(hdr));
		CHECK_EQ(parse(blob.bytes, blob.cnt, &why, &types), rows[i].err);
		if (!strstr(why.text, rows[i].why))
			check_failed(__FILE__, __LINE__, "row %u: \"%s\"", i, why.text);
	}
}

/* A header of @hdr_len bytes, @strings behind it and no types. */
static int parse_strings(const char *strings, u32 bytes, u32 hdr_len, struct btf_why *why)
{
	const struct btf_header hdr = {
		.magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION, .hdr_len = hdr_len,
		.str_len = bytes,
	};
	u8 blob[64] = { 0 };
	struct btf_types *types;

	memcpy(blob, &hdr, hdr_len < sizeof(hdr) ? hdr_len : sizeof(hdr));
	memcpy(blob + hdr_len, strings, bytes);
	return parse(blob, hdr_len + bytes, why, &types);
}

static void check_short(void)
{
	struct btf_types *types;
	struct btf_blob blob;
	struct btf_why why;
	u32 bytes;

	CHECK_EQ(parse_strings("", 1, 24, &why), -EINVAL);
	CHECK_STR(why.text, "No type found");
	CHECK_EQ(parse_strings("", 0, 24, &why), -EINVAL);
	CHECK_STR(why.text, "No data");
	btf_blob_make(&blob, NULL, 0);
	for (bytes = 0; bytes < blob.cnt; bytes++)
		CHECK(parse(blob.bytes, bytes, &why, &types) < 0);
	CHECK_EQ(modbpf_btf_parse(blob.bytes, MODBPF_BTF_MAX_BYTES + 1, &why, &types), -E2BIG);
	/* The first string is empty, the last one ends. */
	blob.bytes[blob.cnt - NAME_END] = 'a';
	CHECK_EQ(parse(blob.bytes, blob.cnt, &why, &types), -EINVAL);
	CHECK_STR(why.text, "Invalid string section");
	btf_blob_make(&blob, NULL, 0);
	blob.bytes[blob.cnt - 1] = 'a';
	CHECK_EQ(parse(blob.bytes, blob.cnt, &why, &types), -EINVAL);
	CHECK_STR(why.text, "Invalid string section");
}

/* --- what is known of good ones -------------------------------------------------------- */

static void tells_types(void)
{
	static const u32 words[] = {
		T(0, CONST, 0, 0, BLOB_TYPEDEF), T(0, ARRAY, 0, 0, 0), N, BLOB_INT, 5,
	};
	struct btf_types *types;
	struct btf_blob blob;
	struct btf_view view;
	struct btf_why why;

	btf_blob_make(&blob, words, ARRAY_SIZE(words));
	CHECK_EQ(modbpf_btf_parse(blob.bytes, blob.cnt, &why, &types), 0);
	CHECK_EQ(types->cnt, N + 2);
	/* Per type where it is, what is behind it, and its size. */
	CHECK(modbpf_btf_table_bytes(types) >= sizeof(*types) + 12 * (N + 2));
	CHECK_EQ(types->bases[N], BLOB_INT);
	CHECK_EQ(types->sizes[N], 4);
	CHECK_EQ(types->sizes[N + 1], 20);
	CHECK_EQ(types->sizes[BLOB_PTR], 8);
	CHECK_EQ(types->sizes[BLOB_VAR], 4);
	CHECK_EQ(types->sizes[BLOB_FWD], MODBPF_BTF_NO_SIZE);
	CHECK_EQ(types->sizes[0], MODBPF_BTF_NO_SIZE);
	CHECK_EQ(btf_kind_of(types, 0), MODBPF_BTF_VOID);
	view = btf_view_of(types, BLOB_STRUCT);
	CHECK_STR(btf_string(types, view.name_off), "s");
	CHECK_EQ(view.vlen, 2);
	CHECK_EQ(btf_view_member(&view, 1).offset, 32);
	CHECK(!btf_string(types, NAME_END));
	modbpf_btf_free(types);
}

static void survives_failed_allocations(void)
{
	struct btf_types *types;
	struct btf_blob blob;
	struct btf_why why;
	u64 before = platform_bytes();
	u32 nth;
	int err;

	btf_blob_make(&blob, NULL, 0);
	for (nth = 1;; nth++) {
		platform_fail_nth(nth);
		err = modbpf_btf_parse(blob.bytes, blob.cnt, &why, &types);
		if (!platform_has_failed())
			break;
		CHECK_EQ(err, -ENOMEM);
		CHECK_EQ(platform_bytes(), before);
	}
	platform_fail_nth(0);
	CHECK_EQ(err, 0);
	CHECK(nth > 5);
	modbpf_btf_free(types);
}

/* As many types as may be, each a const of the next: no recursion, no quadratic time. */
static void long_chains_are_linear(void)
{
	const u32 cnt = MODBPF_BTF_MAX_TYPE, bytes = 24 + 12 * cnt + 1;
	struct btf_header hdr = {
		.magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION, .hdr_len = sizeof(hdr),
		.type_len = 12 * cnt, .str_off = 12 * cnt, .str_len = 1,
	};
	u8 *blob = modbpf_zalloc(bytes + 12);
	struct btf_types *types;
	struct btf_why why;
	u32 i;

	memcpy(blob, &hdr, sizeof(hdr));
	for (i = 1; i <= cnt; i++) {
		struct btf_record record = { 0, MODBPF_BTF_CONST << 24, i < cnt ? i + 1 : 0 };

		memcpy(blob + 12 + 12 * i, &record, sizeof(record));
	}
	CHECK_EQ(modbpf_btf_parse(blob, bytes, &why, &types), 0);
	CHECK_EQ(types ? types->bases[1] : 1, 0);
	modbpf_btf_free(types);
	platform_interrupt_at(3);	/* a killed caller does not wait for the end */
	CHECK_EQ(modbpf_btf_parse(blob, bytes, &why, &types), -EINTR);
	platform_interrupt_at(0);
	/* One more is too many. */
	hdr.type_len += 12;
	hdr.str_off += 12;
	memcpy(blob, &hdr, sizeof(hdr));
	i = MODBPF_BTF_CONST << 24;
	memcpy(blob + 24 + 12 * cnt + 4, &i, sizeof(i));
	CHECK_EQ(modbpf_btf_parse(blob, bytes + 12, &why, &types), -E2BIG);
	modbpf_free(blob);
}

static const struct check_case cases[] = {
	{ "what all records have in common is checked", check_frames },
	{ "names are of the kind's sort", check_names },
	{ "integers, enumerations and floats have a size and an encoding", check_numbers },
	{ "arrays have elements and an index", check_arrays },
	{ "members lie in order inside of their struct", check_members },
	{ "functions and variables have types", check_functions },
	{ "variables lie in order inside of their section", check_sections },
	{ "tags stand on what may have them, before qualifiers", check_tags },
	{ "references lead to what they may, and not round", check_references },
	{ "the header tells where things are", check_header },
	{ "whatever is cut off is missed", check_short },
	{ "what is good can be looked up", tells_types },
	{ "an allocation that fails loses nothing", survives_failed_allocations },
	{ "a million types take linear time and no stack", long_chains_are_linear },
};

int main(int argc, char **argv)
{
	return check_run("test_btf", cases, ARRAY_SIZE(cases), argc, argv);
}
