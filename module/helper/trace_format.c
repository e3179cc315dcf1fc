// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does a format become text, when neither the format nor what its strings
 * point to can be trusted? Each conversion is looked at before anything is done
 * with its argument, and the kernel's printf is given only formats that stand, or are put
 * together, here.
 */
#include "module/helper/trace_format.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "module/helper/probe.h"
#include "verifier/conversion.h"

/* Strings are read in pieces, and cut where many have been read. */
#define STRING_PIECE 64
#define STRING_MOST 512
#define NUMBER_CHARS 80	/* of any number, padded */

struct trace_text {
	char *out;
	u32 bytes;	/* of out */
	u32 len;	/* of the text; what does not fit is counted too */
};

static void put_char(struct trace_text *text, char c)
{
	if (text->len + 1 < text->bytes)
		text->out[text->len] = c;
	text->len++;
}

static void put_chars(struct trace_text *text, const char *from, u32 cnt)
{
	u32 i;

	for (i = 0; i < cnt; i++)
		put_char(text, from[i]);
}

static void put_padding(struct trace_text *text, const struct conversion *conversion, u32 len,
			bool left)
{
	if ((conversion->flag == '-') != left)
		return;
	for (; len < conversion->width; len++)
		put_char(text, ' ');
}

static void put_number(struct trace_text *text, const struct conversion *conversion, u64 arg)
{
	char number[NUMBER_CHARS], format[16] = "%", letter = conversion->letters[0];
	u32 len = 1;

	if (!conversion->longs)
		arg = letter == 'd' || letter == 'i' ? (u64)(s64)(s32)arg : (u32)arg;
	if (conversion->flag)
		format[len++] = conversion->flag;
	if (conversion->width)
		len += scnprintf(format + len, sizeof(format) - len, "%u", conversion->width);
	scnprintf(format + len, sizeof(format) - len, "ll%c", letter);
	put_chars(text, number, scnprintf(number, sizeof(number), format, arg));
}

/* Hashed, as printk() does, or by the symbol that it lies in. */
static void put_pointer(struct trace_text *text, const struct conversion *conversion, u64 arg)
{
	char name[KSYM_SYMBOL_LEN];
	const void *at = (const void *)(unsigned long)arg;
	const char *format = "%p";

	if (conversion->kind == CONVERSION_SYMBOL && IS_ENABLED(CONFIG_KALLSYMS))
		format = conversion->letters[1] == 's' ? "%ps" :
			 conversion->letters[1] == 'S' ? "%pS" : "%pB";
	put_chars(text, name, scnprintf(name, sizeof(name), format, at));
}

static void put_string(struct trace_text *text, const struct conversion *conversion, u64 arg)
{
	enum probe_space space = conversion->kind == CONVERSION_KERNEL_STRING ? PROBE_KERNEL :
				 conversion->kind == CONVERSION_USER_STRING ? PROBE_USER :
				 PROBE_EITHER;
	char piece[STRING_PIECE];
	u32 done = 0;
	long len;

	/* No width is above a piece: what has more needs no padding. */
	do {
		len = probe_read_string(space, piece, sizeof(piece), arg + done);
		len = len > 0 ? strnlen(piece, sizeof(piece)) : 0;
		if (!done)
			put_padding(text, conversion, len, false);
		put_chars(text, piece, len);
		done += len;
	} while (len == STRING_PIECE - 1 && done < STRING_MOST);
	put_padding(text, conversion, done, true);
}

static void put_address(struct trace_text *text, const struct conversion *conversion, u64 arg)
{
	bool is_ip4 = conversion->kind == CONVERSION_IP4, dense = conversion->letters[1] == 'i';
	const char *format = is_ip4 ? (dense ? "%pi4" : "%pI4") : (dense ? "%pi6" : "%pI6");
	u8 address[16];
	char shown[48];

	probe_read_any(address, is_ip4 ? 4 : 16, arg);
	put_chars(text, shown, scnprintf(shown, sizeof(shown), format, address));
}

static void put_conversion(struct trace_text *text, const struct conversion *conversion, u64 arg)
{
	switch (conversion->kind) {
	case CONVERSION_PERCENT:
		put_char(text, '%');
		break;
	case CONVERSION_CHAR:
		put_padding(text, conversion, 1, false);
		put_char(text, arg);
		put_padding(text, conversion, 1, true);
		break;
	case CONVERSION_NUMBER:
		put_number(text, conversion, arg);
		break;
	case CONVERSION_POINTER:
	case CONVERSION_SYMBOL:
		put_pointer(text, conversion, arg);
		break;
	case CONVERSION_IP4:
	case CONVERSION_IP6:
		put_address(text, conversion, arg);
		break;
	default:
		put_string(text, conversion, arg);
	}
}

/* The conversion behind the '%' at @at; CONVERSION_UNKNOWN if it lacks an argument. */
static struct conversion next_conversion(const char *format, u32 len, u32 at, bool has_arg)
{
	char spec[CONVERSION_CHARS] = {};
	struct conversion conversion;

	memcpy(spec, format + at + 1, min_t(u32, CONVERSION_CHARS, len - at - 1));
	conversion = conversion_parse(spec);
	if (!has_arg && conversion.kind != CONVERSION_PERCENT)
		conversion.kind = CONVERSION_UNKNOWN;
	return conversion;
}

int trace_format(char *out, u32 out_bytes, const char *format, u32 format_bytes,
		 const u64 *args, u32 arg_cnt)
{
	struct trace_text text = { .out = out, .bytes = out_bytes };
	/* The format may change while it is read: its end is found once, and looked at once. */
	u32 at, arg = 0, len = strnlen(format, format_bytes);
	struct conversion conversion;
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
		conversion = next_conversion(format, len, at, arg < arg_cnt);
		if (conversion.kind == CONVERSION_UNKNOWN)
			return -EINVAL;
		put_conversion(&text, &conversion, arg < arg_cnt ? READ_ONCE(args[arg]) : 0);
		arg += conversion.kind != CONVERSION_PERCENT;
		at += conversion.chars;
	}
	if (out_bytes)
		out[min(text.len, out_bytes - 1)] = '\0';
	return text.len;
}
