// SPDX-License-Identifier: GPL-2.0-only
/* BTF made by hand: see btfblob.h. */
#include "tests/support/btfblob.h"

static const u32 common[] = {
	BLOB_TYPE(NAME_INT, MODBPF_BTF_INT, 0, 0, 4), MODBPF_BTF_INT_SIGNED << 24 | 32,
	BLOB_TYPE(0, MODBPF_BTF_PTR, 0, 0, BLOB_INT),
	BLOB_TYPE(NAME_S, MODBPF_BTF_STRUCT, 0, 2, 8),
		NAME_A, BLOB_INT, 0, NAME_B, BLOB_INT, 32,
	BLOB_TYPE(0, MODBPF_BTF_FUNC_PROTO, 0, 1, BLOB_INT), NAME_A, BLOB_INT,
	BLOB_TYPE(NAME_A, MODBPF_BTF_FWD, 0, 0, 0),
	BLOB_TYPE(NAME_B, MODBPF_BTF_VAR, 0, 0, BLOB_INT), MODBPF_BTF_GLOBAL,
	BLOB_TYPE(0, MODBPF_BTF_ARRAY, 0, 0, 0), BLOB_INT, BLOB_INT, 4,
	BLOB_TYPE(NAME_S, MODBPF_BTF_FUNC, 0, MODBPF_BTF_GLOBAL, BLOB_PROTO),
	BLOB_TYPE(0, MODBPF_BTF_ENUM, 0, 1, 4), NAME_A, 1,
	BLOB_TYPE(NAME_A, MODBPF_BTF_FLOAT, 0, 0, 8),
	BLOB_TYPE(NAME_A, MODBPF_BTF_TYPEDEF, 0, 0, BLOB_INT),
	BLOB_TYPE(NAME_B, MODBPF_BTF_INT, 0, 0, 4), 3,
};

static void put(struct btf_blob *blob, const void *bytes, u32 cnt)
{
	memcpy(blob->bytes + blob->cnt, bytes, cnt);
	blob->cnt += cnt;
}

static void put_strings(struct btf_blob *blob)
{
	static const char some[NAME_LONGEST + 1] =
		"\0a\0b\0int\0s\0.data\0001a\0a b\0a\n\0a\xe9";
	static const char more[NAME_END - NAME_SKB] = "__sk_buff\0arg:nonnull\0arg:ctx\0arg:other\0"
						      "bpf_user_pt_regs_t\0bpf_spin_lock\0bpf_dynptr\0bpf_timer";
	u8 *names = blob->bytes + blob->cnt;

	memset(names, 'a', NAME_END);
	memcpy(names, some, NAME_LONGEST);
	names[NAME_TOO_LONG - 1] = 0;
	names[NAME_SKB - 1] = 0;
	memcpy(names + NAME_SKB, more, sizeof(more));
	blob->cnt += NAME_END;
}

void btf_blob_make(struct btf_blob *blob, const u32 *words, u32 cnt)
{
	const u32 type_len = sizeof(common) + cnt * sizeof(*words);
	const struct btf_header hdr = {
		.magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION, .hdr_len = sizeof(hdr),
		.type_len = type_len, .str_off = type_len, .str_len = NAME_END,
	};

	memset(blob, 0, sizeof(*blob));
	put(blob, &hdr, sizeof(hdr));
	put(blob, common, sizeof(common));
	if (cnt)
		put(blob, words, cnt * sizeof(*words));
	put_strings(blob);
}
