// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does a format become text, when neither the format nor what its strings
 * point to can be trusted? Each conversion is looked at before anything is done
 * with its argument, and the kernel's printf is given only formats that stand
 * here.
 */
#include "module/helper/trace_format.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "module/helper/probe.h"

#define LONGEST_SPEC 3	/* characters behind the '%': "lld" */

struct trace_text {
	char *out;
	u32 bytes;	/* of out */
	u32 len;	/* below bytes */
};

static void put_char(struct trace_text *text, char c)
{
	if (text->len + 1 < text->bytes)
		text->out[text->len++] = c;
}

static void put_number(struct trace_text *text, char kind, bool is_long, u64 arg)
{
	const char *format = kind == 'x' ? "%llx" : kind == 'u' ? "%llu" : "%lld";

	if (!is_long)
		arg = kind == 'x' || kind == 'u' ? (u32)arg : (u64)(s64)(s32)arg;
	text->len += scnprintf(text->out + text->len, text->bytes - text->len, format, arg);
}

static void put_pointer(struct trace_text *text, u64 arg)
{
	/* Hashed, as printk() does. */
	text->len += scnprintf(text->out + text->len, text->bytes - text->len, "%p",
			       (void *)(unsigned long)arg);
}

static void put_string(struct trace_text *text, u64 arg)
{
	u32 room = text->bytes - text->len;
	long len = probe_read_string(PROBE_EITHER, text->out + text->len, room, arg);

	if (len > 0)
		text->len += len - 1;
}

/*
 * One conversion; @spec points behind the '%'. Returns the characters used,
 * or -EINVAL. *@used: it took the argument.
 */
static int put_conversion(struct trace_text *text, const char *spec, u64 arg, bool *used)
{
	int longs = 0;

	while (longs < 2 && spec[longs] == 'l')
		longs++;
	*used = true;
	switch (spec[longs]) {
	case 'd':
	case 'i':
	case 'u':
	case 'x':
		put_number(text, spec[longs], longs, arg);
		return longs + 1;
	}
	if (longs)
		return -EINVAL;
	switch (spec[0]) {
	case '%':
		*used = false;
		put_char(text, '%');
		return 1;
	case 'c':
		put_char(text, arg);
		return 1;
	case 's':
		put_string(text, arg);
		return 1;
	case 'p':
		/* What follows would choose another form of pointer: %px shows it bare. */
		if (isalnum(spec[1]))
			return -EINVAL;
		put_pointer(text, arg);
		return 1;
	}
	return -EINVAL;
}

int trace_format(char *out, u32 out_bytes, const char *format, u32 format_bytes,
		 const u64 args[TRACE_FORMAT_ARGS])
{
	struct trace_text text = { .out = out, .bytes = out_bytes };
	/* The format may change while it is read: its end is found once, and looked at once. */
	u32 at, arg = 0, len = strnlen(format, format_bytes);
	char spec[LONGEST_SPEC + 1];
	int used_chars;
	bool used;
	char c;

	if (len == format_bytes)
		return -EINVAL;
	for (at = 0; at < len; at++) {
		c = READ_ONCE(format[at]);
		if (!isascii(c) || (!isprint(c) && !isspace(c)))
			return -EINVAL;
		if (c != '%') {
			put_char(&text, c);
			continue;
		}
		memset(spec, 0, sizeof(spec));
		memcpy(spec, format + at + 1, min_t(u32, LONGEST_SPEC, len - at - 1));
		used_chars = put_conversion(&text, spec,
					    arg < TRACE_FORMAT_ARGS ? args[arg] : 0, &used);
		if (used_chars < 0 || (used && arg == TRACE_FORMAT_ARGS))
			return -EINVAL;
		arg += used;
		at += used_chars;
	}
	out[text.len] = '\0';
	return text.len;
}
