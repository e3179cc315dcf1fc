// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What may a name be? Letters, digits, '_' and '.'; a section's: whatever can be printed. */
#include "isa/btf/parse.h"

#define NAME_BYTES 512	/* with the NUL */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

bool btf_name_is_identifier(const struct btf_types *types, u32 offset)
{
	const char *name = types->strings + offset;
	u32 i;

	if (!is_letter(name[0]))
		return false;
	for (i = 1; i < NAME_BYTES && name[i]; i++)
		if (!is_letter(name[i]) && !is_digit(name[i]))
			return false;
	return i < NAME_BYTES;
}

bool btf_name_is_section(const struct btf_types *types, u32 offset)
{
	const char *name = types->strings + offset;
	u32 i;

	for (i = 0; i < NAME_BYTES && name[i]; i++)
		if (!is_printable(name[i]))
			return false;
	return i && i < NAME_BYTES;
}
