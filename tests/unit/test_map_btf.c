// SPDX-License-Identifier: GPL-2.0-only
/* Do maps keep the types that fit them, and no others? Each row breaks one rule, or keeps all. */
#include "isa/abi.h"
#include "isa/btf/btf.h"
#include "tests/support/btfblob.h"
#include "tests/support/check.h"
#include "verifier/map_btf.h"

#define N BLOB_NEXT
#define NO_ID 1000

/* N: a section with the variable; N + 1: a struct of 4 bytes. */
static const u32 words[] = {
	BLOB_TYPE(NAME_DOTTED, MODBPF_BTF_DATASEC, 0, 1, 4), BLOB_VAR, 0, 4,
	BLOB_TYPE(0, MODBPF_BTF_STRUCT, 0, 1, 4), NAME_A, BLOB_INT, 0,
};

static const struct {
	u32 type, key_size, value_size, max_entries;
	u32 key, value;
	int err;
} rows[] = {
	{ MODBPF_MAP_HASH, 4, 8, 9, BLOB_INT, BLOB_STRUCT, 0 },
	{ MODBPF_MAP_HASH, 8, 8, 9, BLOB_STRUCT, BLOB_PTR, 0 },
	{ MODBPF_MAP_HASH, 5, 8, 9, BLOB_INT, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_HASH, 4, 9, 9, BLOB_INT, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_HASH, 4, 8, 9, NO_ID, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_HASH, 4, 8, 9, BLOB_INT, NO_ID, -EINVAL },
	{ MODBPF_MAP_HASH, 4, 8, 9, BLOB_INT, 0, -EINVAL },
	{ MODBPF_MAP_HASH, 4, 8, 9, 0, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_HASH, 4, 4, 9, BLOB_VAR, BLOB_INT, -EINVAL },
	{ MODBPF_MAP_HASH, 4, 4, 9, BLOB_INT, BLOB_VAR, -EINVAL },
	{ MODBPF_MAP_HASH, 4, -1u, 9, BLOB_INT, BLOB_FWD, -EINVAL },
	{ MODBPF_MAP_ARRAY, 4, 8, 9, BLOB_INT, BLOB_STRUCT, 0 },
	{ MODBPF_MAP_ARRAY, 4, 8, 9, BLOB_TYPEDEF, BLOB_STRUCT, 0 },
	{ MODBPF_MAP_ARRAY, 4, 8, 9, BLOB_ENUM, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_ARRAY, 4, 8, 9, BLOB_ODD_INT, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_PERCPU_ARRAY, 4, 8, 9, N + 1, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_ARRAY, 4, 4, 1, 0, N, 0 },
	{ MODBPF_MAP_ARRAY, 4, 4, 2, 0, N, -EINVAL },
	{ MODBPF_MAP_ARRAY, 4, 4, 1, 0, BLOB_INT, -EINVAL },
	{ MODBPF_MAP_PERCPU_ARRAY, 4, 4, 1, 0, N, -EINVAL },
	{ MODBPF_MAP_LPM_TRIE, 8, 8, 9, BLOB_STRUCT, BLOB_STRUCT, 0 },
	{ MODBPF_MAP_LPM_TRIE, 8, 8, 9, BLOB_PTR, BLOB_STRUCT, -EINVAL },
	{ MODBPF_MAP_QUEUE, 0, 8, 9, 0, BLOB_STRUCT, 0 },
	{ MODBPF_MAP_PROG_ARRAY, 4, 4, 9, BLOB_INT, BLOB_INT, -MODBPF_ENOTSUPP },
};

static void types_fit(void)
{
	struct btf_types *types;
	struct btf_blob blob;
	struct btf_why why;
	u32 i;
	int err;

	btf_blob_make(&blob, words, ARRAY_SIZE(words));
	CHECK_EQ(modbpf_btf_parse(blob.bytes, blob.cnt, &why, &types), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct map_attr attr = {
			.type = rows[i].type, .key_size = rows[i].key_size,
			.value_size = rows[i].value_size, .max_entries = rows[i].max_entries,
		};

		err = map_btf_check(&attr, types, rows[i].key, rows[i].value);
		if (err != rows[i].err)
			check_failed(__FILE__, __LINE__, "row %u: %d, not %d", i, err, rows[i].err);
	}
	modbpf_btf_free(types);
}

/* From L on: the lock; a typedef of it; one of 8 bytes; values of 16 bytes; from L + 10 on: timers. */
#define L BLOB_NEXT
#define INTS(at) NAME_A, BLOB_INT, 8 * (at)
#define LOCK(at) NAME_B, L, 8 * (at)
#define TIMER(at) NAME_A, L + 10, 8 * (at)

static const u32 lock_words[] = {
	BLOB_TYPE(NAME_LOCK, MODBPF_BTF_STRUCT, 0, 1, 4), NAME_A, BLOB_INT, 0,
	BLOB_TYPE(NAME_B, MODBPF_BTF_TYPEDEF, 0, 0, L),
	BLOB_TYPE(NAME_LOCK, MODBPF_BTF_STRUCT, 0, 1, 8), NAME_A, BLOB_INT, 0,
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 16), LOCK(0), INTS(4),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 16), INTS(0), NAME_B, L + 1, 8 * 12,
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 16), LOCK(0), LOCK(8),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 16), INTS(0), LOCK(6),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 1, 16), NAME_B, L + 2, 8 * 8,
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 1, 16), INTS(0),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 1, 16), NAME_B, L + 3, 0,
	BLOB_TYPE(NAME_TIMER, MODBPF_BTF_STRUCT, 0, 1, 16), NAME_A, BLOB_INT, 0,
	BLOB_TYPE(NAME_TIMER, MODBPF_BTF_STRUCT, 0, 1, 8), NAME_A, BLOB_INT, 0,
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), INTS(0), TIMER(8),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), TIMER(0), LOCK(16),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 32), TIMER(0), TIMER(16),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), INTS(0), TIMER(4),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), INTS(0), NAME_B, L + 11, 8 * 8,
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), TIMER(0), LOCK(0),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), LOCK(0), TIMER(0),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), TIMER(0), LOCK(12),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 24), LOCK(0), TIMER(8),
	BLOB_TYPE(NAME_S, MODBPF_BTF_UNION, 0, 2, 24), LOCK(0), TIMER(0),
};

static const struct {
	u32 type, value, flags, end;
	int err;
	u32 timer;
} lock_rows[] = {
	{ MODBPF_MAP_HASH, L + 3, 0, 4, 0, 0 },
	{ MODBPF_MAP_ARRAY, L + 3, 0, 4, 0, 0 },
	{ MODBPF_MAP_ARRAY, L + 4, 0, 16, 0, 0 },
	{ MODBPF_MAP_HASH, L + 5, 0, 0, -E2BIG, 0 },
	{ MODBPF_MAP_HASH, L + 6, 0, 0, -EINVAL, 0 },
	{ MODBPF_MAP_HASH, L + 7, 0, 0, -EINVAL, 0 },
	{ MODBPF_MAP_HASH, L + 8, 0, 0, 0, 0 },
	/* A lock further inside is none: its bytes are data. */
	{ MODBPF_MAP_HASH, L + 9, 0, 0, 0, 0 },
	{ MODBPF_MAP_HASH, BLOB_ARRAY, 0, 0, 0, 0 },
	/* The members of a union may be written as each other. */
	{ MODBPF_MAP_HASH, L + 21, 0, 0, 0, 0 },
	{ MODBPF_MAP_PERCPU_ARRAY, L + 3, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_LPM_TRIE, L + 3, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_QUEUE, L + 3, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_QUEUE, L + 8, 0, 0, 0, 0 },
	{ MODBPF_MAP_ARRAY, L + 3, MODBPF_F_RDONLY_PROG, 0, -EACCES, 0 },
	{ MODBPF_MAP_HASH, L + 3, MODBPF_F_WRONLY_PROG, 0, -EACCES, 0 },
	{ MODBPF_MAP_HASH, L + 12, 0, 0, 0, 24 },
	{ MODBPF_MAP_ARRAY, L + 12, 0, 0, 0, 24 },
	{ MODBPF_MAP_LRU_HASH, L + 12, 0, 0, 0, 24 },
	{ MODBPF_MAP_ARRAY, L + 13, 0, 20, 0, 16 },
	{ MODBPF_MAP_LRU_HASH, L + 13, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_HASH, L + 14, 0, 0, -E2BIG, 0 },
	{ MODBPF_MAP_HASH, L + 15, 0, 0, -EINVAL, 0 },
	{ MODBPF_MAP_HASH, L + 16, 0, 0, -EINVAL, 0 },
	/* One within another; and one behind another. */
	{ MODBPF_MAP_HASH, L + 17, 0, 0, -EEXIST, 0 },
	{ MODBPF_MAP_ARRAY, L + 18, 0, 0, -EEXIST, 0 },
	{ MODBPF_MAP_ARRAY, L + 19, 0, 0, -EEXIST, 0 },
	{ MODBPF_MAP_ARRAY, L + 20, 0, 4, 0, 24 },
	{ MODBPF_MAP_PERCPU_HASH, L + 12, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_LRU_PERCPU_HASH, L + 12, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_PERCPU_ARRAY, L + 12, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_LPM_TRIE, L + 12, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_STACK, L + 12, 0, 0, -EOPNOTSUPP, 0 },
	{ MODBPF_MAP_ARRAY, L + 12, MODBPF_F_RDONLY_PROG, 0, -EACCES, 0 },
	{ MODBPF_MAP_ARRAY, L + 12, MODBPF_F_WRONLY_PROG, 0, -EACCES, 0 },
};

static void locks_are_found(void)
{
	struct btf_types *types;
	struct btf_blob blob;
	struct btf_why why;
	u32 i, end[MAP_FIELD_COUNT];
	int err;

	btf_blob_make(&blob, lock_words, ARRAY_SIZE(lock_words));
	CHECK_EQ(modbpf_btf_parse(blob.bytes, blob.cnt, &why, &types), 0);
	for (i = 0; i < ARRAY_SIZE(lock_rows); i++) {
		const struct map_attr attr = {
			.type = lock_rows[i].type, .key_size = 4, .value_size = 16,
			.max_entries = 4, .flags = lock_rows[i].flags,
		};

		err = map_btf_find_fields(&attr, types, lock_rows[i].value, end);
		if (err != lock_rows[i].err || (!err && (end[MAP_FIELD_LOCK] != lock_rows[i].end ||
							 end[MAP_FIELD_TIMER] != lock_rows[i].timer)))
			check_failed(__FILE__, __LINE__, "row %u: %d, %u, %u", i, err,
				     end[MAP_FIELD_LOCK], end[MAP_FIELD_TIMER]);
	}
	modbpf_btf_free(types);
}

static const struct check_case cases[] = {
	{ "types fit their maps", types_fit },
	{ "locks are found", locks_are_found },
};

int main(int argc, char **argv)
{
	return check_run("test_map_btf", cases, ARRAY_SIZE(cases), argc, argv);
}
