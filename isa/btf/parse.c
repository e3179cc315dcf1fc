// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is this BTF? The header and its two sections; the types are then looked at
 * record by record, together, and by what they refer to.
 */
#include "isa/btf/parse.h"

/* Up to hdr_len. */
#define HEADER_LEAST_BYTES 8u

int btf_refuse(struct btf_why *why, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return err;
}

int btf_refuse_type(const struct btf_parse *parse, const struct btf_view *view, int err,
		    const char *fmt, ...)
{
	const struct btf_types *types = parse->types;
	const char *name = "(anon)";
	char said[BTF_WHY_BYTES / 2];
	va_list args;

	if (view->name_off && view->name_off < types->string_bytes)
		name = btf_name_is_identifier(types, view->name_off) ?
		       types->strings + view->name_off : "(name)";
	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	return btf_refuse(parse->why, err, "[%u] %s %.64s: %s", view->id, btf_kind_name(view->kind),
			  name, said);
}

static bool is_zero(const u8 *data, u32 bytes)
{
	while (bytes)
		if (data[--bytes])
			return false;
	return true;
}

static int read_header(const u8 *data, u32 bytes, struct btf_header *hdr, struct btf_why *why)
{
	u32 known;

	memset(hdr, 0, sizeof(*hdr));
	if (bytes < HEADER_LEAST_BYTES)
		return btf_refuse(why, -EINVAL, "hdr_len not found");
	memcpy(hdr, data, HEADER_LEAST_BYTES);
	if (hdr->hdr_len < HEADER_LEAST_BYTES || hdr->hdr_len > bytes)
		return btf_refuse(why, -EINVAL, "btf_header not found");
	known = hdr->hdr_len < sizeof(*hdr) ? hdr->hdr_len : sizeof(*hdr);
	memcpy(hdr, data, known);
	if (!is_zero(data + known, hdr->hdr_len - known))
		return btf_refuse(why, -E2BIG, "Unsupported btf_header");
	if (hdr->magic != MODBPF_BTF_MAGIC)
		return btf_refuse(why, -EINVAL, "Invalid magic");
	if (hdr->version != MODBPF_BTF_VERSION)
		return btf_refuse(why, -MODBPF_ENOTSUPP, "Unsupported version");
	if (hdr->flags)
		return btf_refuse(why, -MODBPF_ENOTSUPP, "Unsupported flags");
	if (hdr->hdr_len == bytes)
		return btf_refuse(why, -EINVAL, "No data");
	return 0;
}

/* Types, then strings, fill the @room behind the header. */
static int check_sections(const struct btf_header *hdr, u32 room, struct btf_why *why)
{
	if (hdr->type_off > room || hdr->type_len > room - hdr->type_off ||
	    hdr->str_off > room || hdr->str_len > room - hdr->str_off)
		return btf_refuse(why, -EINVAL, "Total section length too long");
	if (hdr->type_off & 3)
		return btf_refuse(why, -EINVAL, "Unaligned type_off");
	if (hdr->type_off)
		return btf_refuse(why, -EINVAL, "Unsupported section found");
	if (hdr->str_off < hdr->type_len)
		return btf_refuse(why, -EINVAL, "Section overlap found");
	if (hdr->str_off > hdr->type_len)
		return btf_refuse(why, -EINVAL, "Unsupported section found");
	if (hdr->str_len != room - hdr->str_off)
		return btf_refuse(why, -EINVAL, "String section is not at the end");
	if (!hdr->type_len)
		return btf_refuse(why, -EINVAL, "No type found");
	return 0;
}

/* What goes on top of other BTF has no empty string of its own, and may have none at all. */
static bool are_strings(const char *strings, u32 bytes, bool is_split)
{
	if (!bytes)
		return is_split;
	return bytes - 1 <= MODBPF_BTF_MAX_NAME_OFFSET && (is_split || !strings[0]) &&
	       !strings[bytes - 1];
}

int btf_find_sections(const u8 *data, u32 bytes, bool is_split, struct btf_types *types,
		      struct btf_why *why)
{
	struct btf_header hdr;
	int err = read_header(data, bytes, &hdr, why);

	if (!err)
		err = check_sections(&hdr, bytes - hdr.hdr_len, why);
	if (err)
		return err;
	types->records = data + hdr.hdr_len + hdr.type_off;
	types->record_bytes = hdr.type_len;
	types->strings = (const char *)data + hdr.hdr_len + hdr.str_off;
	types->string_bytes = hdr.str_len;
	if (!are_strings(types->strings, hdr.str_len, is_split))
		return btf_refuse(why, -EINVAL, "Invalid string section");
	return 0;
}

int modbpf_btf_parse(const void *data, u32 bytes, struct btf_why *why, struct btf_types **out)
{
	struct btf_parse parse = { .why = why };
	int err;

	*out = NULL;
	why->text[0] = 0;
	if (bytes > MODBPF_BTF_MAX_BYTES)
		return btf_refuse(why, -E2BIG, "BTF of more than %u bytes", MODBPF_BTF_MAX_BYTES);
	parse.types = modbpf_zalloc(sizeof(*parse.types));
	if (!parse.types)
		return -ENOMEM;
	err = btf_find_sections(data, bytes, false, parse.types, why);
	if (!err)
		err = btf_check_records(&parse);
	if (!err)
		err = btf_resolve(&parse);
	if (!err)
		err = btf_check_references(&parse);
	if (err) {
		modbpf_btf_free(parse.types);
		return err;
	}
	*out = parse.types;
	return 0;
}

void modbpf_btf_free(struct btf_types *types)
{
	if (!types)
		return;
	modbpf_free(types->offsets);
	modbpf_free(types->bases);
	modbpf_free(types->sizes);
	modbpf_free(types);
}
