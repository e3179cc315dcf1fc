// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is the next word of the assembler's text? A scan_take_ says whether it was there,
 * a scan_need_ complains if it was not.
 */
#include "tests/support/asm_scan.h"

#include <ctype.h>
#include <stdlib.h>

bool scan_fail(struct assembler *as, const char *fmt, ...)
{
	va_list args;

	if (as->out->error_line)
		return false;
	va_start(args, fmt);
	vsnprintf(as->out->error, sizeof(as->out->error), fmt, args);
	va_end(args);
	as->out->error_line = as->line;
	return false;
}

void scan_skip_blanks(struct assembler *as)
{
	while (*as->pos == ' ' || *as->pos == '\t' || *as->pos == '\r')
		as->pos++;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

/* If @text comes next, step over it. A word must end where @text ends. */
bool scan_take(struct assembler *as, const char *text)
{
	size_t len = strlen(text);

	scan_skip_blanks(as);
	if (strncmp(as->pos, text, len))
		return false;
	if (isalpha((unsigned char)text[0]) && isalnum((unsigned char)text[len - 1]) &&
	    (isalnum((unsigned char)as->pos[len]) || as->pos[len] == '_'))
		return false;
	as->pos += len;
	return true;
}

bool scan_need(struct assembler *as, const char *text)
{
	return scan_take(as, text) || scan_fail(as, "'%s' expected at '%.20s'", text, as->pos);
}

bool scan_take_name(struct assembler *as, char name[ASM_NAME_BYTES])
{
	u32 len = 0;

	scan_skip_blanks(as);
	while (is_name_char(as->pos[len]) && len < ASM_NAME_BYTES - 1)
		len++;
	memcpy(name, as->pos, len);
	name[len] = 0;
	as->pos += len;
	return len > 0;
}

bool scan_take_number(struct assembler *as, u64 *value)
{
	const char *start;
	bool negative = false;
	char *end;

	scan_skip_blanks(as);
	start = as->pos;
	while (*start == '+' || *start == '-') {
		negative ^= *start == '-';
		start++;
		while (*start == ' ')
			start++;
	}
	if (!isdigit((unsigned char)*start))
		return false;
	*value = strtoull(start, &end, 0);
	if (negative)
		*value = -*value;
	as->pos = end;
	return true;
}

bool scan_fits_s32(u64 value)
{
	return (s64)value >= INT32_MIN && (s64)value <= INT32_MAX;
}

/* A 32-bit immediate, also as an unsigned number. */
bool scan_need_imm(struct assembler *as, s32 *imm)
{
	u64 value;

	if (!scan_take_number(as, &value))
		return scan_fail(as, "number expected at '%.20s'", as->pos);
	if (!scan_fits_s32(value) && value > UINT32_MAX)
		return scan_fail(as, "%lld does not fit 32 bits", (long long)value);
	*imm = (s32)(u32)value;
	return true;
}

bool scan_need_off(struct assembler *as, s16 *off)
{
	u64 value;

	if (!scan_take_number(as, &value))
		return scan_fail(as, "offset expected at '%.20s'", as->pos);
	if ((s64)value < INT16_MIN || (s64)value > INT16_MAX)
		return scan_fail(as, "offset %lld does not fit 16 bits", (long long)value);
	*off = (s16)value;
	return true;
}

/* "r3" or "w3"; *@wide says which. */
bool scan_take_reg(struct assembler *as, u8 *reg, bool *wide)
{
	const char *p;
	u32 number = 0, digits = 0;

	scan_skip_blanks(as);
	p = as->pos;
	if (*p != 'r' && *p != 'w')
		return false;
	while (digits < 2 && isdigit((unsigned char)p[1 + digits]))
		number = number * 10 + (p[1 + digits++] - '0');
	if (!digits || isalnum((unsigned char)p[1 + digits]) || p[1 + digits] == '_' ||
	    number > 15)
		return false;
	*wide = *p == 'r';
	*reg = number;
	as->pos += 1 + digits;
	return true;
}

/* A register of the given width. */
bool scan_need_reg(struct assembler *as, u8 *reg, bool wide)
{
	bool is_wide;

	if (!scan_take_reg(as, reg, &is_wide))
		return scan_fail(as, "register expected at '%.20s'", as->pos);
	if (is_wide != wide)
		return scan_fail(as, "%c%u must be %c%u here", is_wide ? 'r' : 'w', *reg,
			    wide ? 'r' : 'w', *reg);
	return true;
}

bool scan_is_number(struct assembler *as)
{
	scan_skip_blanks(as);
	return isdigit((unsigned char)*as->pos) || *as->pos == '+' ||
	       (*as->pos == '-' && (isdigit((unsigned char)as->pos[1]) || as->pos[1] == ' '));
}
