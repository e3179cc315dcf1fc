// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which conversion stands behind a '%'? */
#include "verifier/conversion.h"

#define WIDTH_LIMIT 64

/* Those that begin alike: the longer one first. */
static const struct {
	char letters[4];
	u8 kind;
} rows[] = {
	{ "%", CONVERSION_PERCENT },
	{ "c", CONVERSION_CHAR },
	{ "d", CONVERSION_NUMBER },
	{ "i", CONVERSION_NUMBER },
	{ "u", CONVERSION_NUMBER },
	{ "x", CONVERSION_NUMBER },
	{ "X", CONVERSION_NUMBER },
	{ "s", CONVERSION_STRING },
	{ "pks", CONVERSION_KERNEL_STRING },
	{ "pus", CONVERSION_USER_STRING },
	{ "pi4", CONVERSION_IP4 },
	{ "pI4", CONVERSION_IP4 },
	{ "pi6", CONVERSION_IP6 },
	{ "pI6", CONVERSION_IP6 },
	{ "pB", CONVERSION_SYMBOL },
	{ "pS", CONVERSION_SYMBOL },
	{ "ps", CONVERSION_SYMBOL },
	{ "pK", CONVERSION_POINTER },
	{ "p", CONVERSION_POINTER },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Flag and width; how many characters they have. */
static u32 parse_padding(const char *spec, struct conversion *conversion)
{
	u32 at = 0;

	if (spec[0] == '0' || spec[0] == '+' || spec[0] == '-' || spec[0] == ' ')
		conversion->flag = spec[at++];
	while (at < 3 && is_digit(spec[at]))
		conversion->width = conversion->width * 10 + spec[at++] - '0';
	return at;
}

static u32 letters_match(const char *spec, const char *letters)
{
	u32 i;

	for (i = 0; letters[i]; i++)
		if (spec[i] != letters[i])
			return 0;
	return i;
}

/* @spec holds at least 3 characters more. */
static u8 parse_letters(const char *spec, struct conversion *conversion, u32 *chars)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		*chars = letters_match(spec, rows[i].letters);
		if (!*chars)
			continue;
		memcpy(conversion->letters, rows[i].letters, sizeof(rows[i].letters));
		return rows[i].kind;
	}
	return CONVERSION_UNKNOWN;
}

struct conversion conversion_parse(const char spec[CONVERSION_CHARS])
{
	struct conversion conversion = { 0 };
	u32 at = parse_padding(spec, &conversion), padding = at, chars = 0;
	char padded[CONVERSION_CHARS + 4] = { 0 };
	u8 kind;

	memcpy(padded, spec, CONVERSION_CHARS);
	while (conversion.longs < 2 && padded[at] == 'l') {
		conversion.longs++;
		at++;
	}
	kind = parse_letters(padded + at, &conversion, &chars);
	if (conversion.longs && kind != CONVERSION_NUMBER)
		return conversion;
	/* What follows would choose another form of pointer: %px shows it bare. */
	if (padded[at] == 'p' && (padding || is_alnum(padded[at + chars])))
		return conversion;
	if (conversion.width >= WIDTH_LIMIT || (kind == CONVERSION_PERCENT && padding))
		return conversion;
	conversion.kind = kind;
	conversion.chars = at + chars;
	return conversion;
}

bool conversion_reads_memory(const struct conversion *conversion)
{
	switch (conversion->kind) {
	case CONVERSION_STRING:
	case CONVERSION_KERNEL_STRING:
	case CONVERSION_USER_STRING:
	case CONVERSION_IP4:
	case CONVERSION_IP6:
		return true;
	default:
		return false;
	}
}
