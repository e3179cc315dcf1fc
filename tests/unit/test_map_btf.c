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

static const struct check_case cases[] = {
	{ "types fit their maps", types_fit },
};

int main(int argc, char **argv)
{
	return check_run("test_map_btf", cases, ARRAY_SIZE(cases), argc, argv);
}
