// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which number does a text begin with, and which of two texts comes first? Text
 * that other CPUs may change meanwhile: each character is read once.
 */
#include "module/helper/functions.h"

#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define DIGITS_MOST 63		/* Linux looks at so many characters behind the sign */

struct text {
	const char *at;
	u32 bytes, done;
};

/* The character @ahead of where the text has been read to; NUL behind its end. */
static char text_peek(const struct text *text, u32 ahead)
{
	if (ahead >= text->bytes - text->done)
		return 0;
	return READ_ONCE(text->at[text->done + ahead]);
}

static bool is_base(u64 flags)
{
	return !flags || flags == 8 || flags == 10 || flags == 16;
}

/* 0 means: by the prefix. A prefix that goes with the base is skipped. */
static u32 text_base(struct text *text, u32 base)
{
	bool is_hex = text_peek(text, 0) == '0' && tolower(text_peek(text, 1)) == 'x';

	if (!base)
		base = is_hex && isxdigit(text_peek(text, 2)) ? 16 :
		       text_peek(text, 0) == '0' ? 8 : 10;
	if (base == 16 && is_hex)
		text->done += 2;
	return base;
}

/* -EINVAL: no digit; -ERANGE: more than 64 bits. */
static int text_digits(struct text *text, u32 base, u64 *number)
{
	const u32 begin = text->done;
	bool too_large = false;
	u32 digit;
	char c;

	*number = 0;
	for (; text->done < text->bytes; text->done++) {
		c = text_peek(text, 0);
		if (!isxdigit(c))
			break;
		digit = isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
		if (digit >= base)
			break;
		if (*number > (U64_MAX - digit) / base)
			too_large = true;
		*number = *number * base + digit;
	}
	if (text->done == begin)
		return -EINVAL;
	return too_large ? -ERANGE : 0;
}

/* White space, '-', and the digits that follow. Characters read, -EINVAL, -ERANGE. */
static long text_number(const char *at, u32 bytes, u64 flags, u64 *number, bool *is_negative)
{
	struct text text = { .at = at, .bytes = bytes };
	int err;

	if (!is_base(flags))
		return -EINVAL;
	while (text.done < text.bytes && isspace(text_peek(&text, 0)))
		text.done++;
	*is_negative = text_peek(&text, 0) == '-';
	text.done += *is_negative;
	text.bytes = min(text.bytes, text.done + DIGITS_MOST);
	err = text_digits(&text, text_base(&text, flags), number);
	return err ? err : (long)text.done;
}

static notrace long to_number(u64 at, u64 bytes, u64 flags, u64 *number, bool *is_negative)
{
	*number = 0;
	return text_number((const char *)(unsigned long)at, bytes, flags, number, is_negative);
}

/* text, bytes, flags, where to: characters read, or -EINVAL, -ERANGE, and 0 there */
notrace u64 helper_strtol(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	bool is_negative;
	u64 number;
	long ret = to_number(r1, r2, r3, &number, &is_negative);

	if (ret > 0 && number > (u64)S64_MAX + is_negative)
		ret = -ERANGE;
	if (ret < 0)
		number = 0;
	else if (is_negative)
		number = -number;
	memcpy((void *)(unsigned long)r4, &number, sizeof(number));
	return ret;
}

notrace u64 helper_strtoul(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	bool is_negative;
	u64 number;
	long ret = to_number(r1, r2, r3, &number, &is_negative);

	if (ret > 0 && is_negative)
		ret = -EINVAL;
	if (ret < 0)
		number = 0;
	memcpy((void *)(unsigned long)r4, &number, sizeof(number));
	return ret;
}

/* text, bytes, a constant text: below 0, 0 or above, as strncmp(3) */
notrace u64 helper_strncmp(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return strncmp((const char *)(unsigned long)r1, (const char *)(unsigned long)r3, (u32)r2);
}
