// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What does a format make of an argument? A pointer may be printed only where the
 * format reads a string at it, so that the address itself is never shown.
 *
 * The conversions are those of module/helper/trace_format.c. One that is not known
 * there ends the format here: the helper then prints nothing at all.
 */
#include "verifier/format.h"

#include "verifier/mem.h"
#include "verifier/stack.h"

#define FORMAT_BYTES 512	/* longer ones are not looked at */

/* The byte at R@regno + @off, if it is a constant. */
static bool format_byte(struct step *step, u32 regno, s32 off, u8 *byte)
{
	const struct reg *reg = &step_regs(step)[regno];
	u64 value;

	if (!scalar_is_const(reg->num))
		return false;
	if (reg->kind == REG_STACK)
		return stack_const_byte(step->state, reg->frame,
					(s64)scalar_value(reg->num) + off, byte);
	if (reg->kind != REG_VALUE || !value_is_frozen(step, reg, off, 1, &value))
		return false;
	*byte = value;
	return true;
}

/*
 * The conversion behind the '%' before @off: its letter, or 0 if it is none or not
 * constant. *@chars: how many characters it has.
 */
static u8 format_conversion(struct step *step, u32 regno, s32 off, u32 *chars)
{
	static const char plain[] = "%csp", numbers[] = "diux";
	u32 longs = 0, i;
	u8 byte;

	while (format_byte(step, regno, off + longs, &byte) && byte == 'l' && longs < 2)
		longs++;
	if (!format_byte(step, regno, off + longs, &byte))
		return 0;
	*chars = longs + 1;
	for (i = 0; i < 4; i++)
		if (numbers[i] == byte)
			return byte;
	for (i = 0; i < 4 && !longs; i++)
		if (plain[i] == byte)
			return byte;
	return 0;
}

bool format_prints_string(struct step *step, u32 regno, u32 arg)
{
	u32 seen = 0, chars;
	bool found = false;
	s32 off;
	u8 byte;

	for (off = 0; off < FORMAT_BYTES; off++) {
		if (!format_byte(step, regno, off, &byte))
			return false;
		if (!byte)
			return found;
		if (byte != '%')
			continue;
		byte = format_conversion(step, regno, off + 1, &chars);
		if (!byte)
			return false;
		off += chars;
		if (byte == '%')
			continue;
		if (seen++ == arg)
			found = byte == 's';
	}
	return false;
}
