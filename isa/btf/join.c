// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How does a module's BTF go on top of the kernel's? Its first type has the number after
 * the kernel's last, its first string the offset after the kernel's last byte: records
 * behind records and strings behind strings are BTF as any other.
 */
#include "isa/btf/parse.h"

int modbpf_btf_join(const void *base, u32 base_bytes, const void *split, u32 split_bytes,
		    void *to, u32 *bytes, struct btf_why *why)
{
	struct btf_header header = {
		.magic = MODBPF_BTF_MAGIC, .version = MODBPF_BTF_VERSION,
		.hdr_len = sizeof(struct btf_header),
	};
	struct btf_types below = { 0 }, above = { 0 };
	u8 *end = to;
	int err;

	why->text[0] = 0;
	err = btf_find_sections(base, base_bytes, false, &below, why);
	if (!err)
		err = btf_find_sections(split, split_bytes, true, &above, why);
	if (err)
		return err;
	/* A header may be shorter than it is today. */
	if (base_bytes + split_bytes < sizeof(header) + below.record_bytes + above.record_bytes +
	    below.string_bytes + above.string_bytes)
		return btf_refuse(why, -EINVAL, "btf_header not found");
	header.type_len = below.record_bytes + above.record_bytes;
	header.str_off = header.type_len;
	header.str_len = below.string_bytes + above.string_bytes;
	memcpy(end, &header, sizeof(header));
	end += sizeof(header);
	memcpy(end, below.records, below.record_bytes);
	end += below.record_bytes;
	memcpy(end, above.records, above.record_bytes);
	end += above.record_bytes;
	memcpy(end, below.strings, below.string_bytes);
	end += below.string_bytes;
	memcpy(end, above.strings, above.string_bytes);
	*bytes = sizeof(header) + header.type_len + header.str_len;
	return 0;
}
