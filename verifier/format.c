// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What does a format make of an argument? A pointer may be printed only where the
 * format reads what is at it, so that the address itself is never shown.
 *
 * A conversion that is not known ends the format: the helper prints nothing at all.
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

/* The conversion behind the '%' before @off, as far as its characters are constants. */
static struct conversion format_conversion(struct step *step, u32 regno, s32 off)
{
	char spec[CONVERSION_CHARS] = { 0 };
	u32 i;
	u8 byte;

	for (i = 0; i < CONVERSION_CHARS && format_byte(step, regno, off + i, &byte) && byte; i++)
		spec[i] = byte;
	return conversion_parse(spec);
}

bool format_next(struct step *step, u32 regno, s32 *off, struct conversion *conversion)
{
	u8 byte;

	for (; *off < FORMAT_BYTES; ++*off) {
		if (!format_byte(step, regno, *off, &byte))
			break;
		conversion->kind = CONVERSION_PERCENT;
		if (!byte)
			return false;
		if (byte != '%')
			continue;
		*conversion = format_conversion(step, regno, *off + 1);
		*off += conversion->chars + 1;
		return conversion->kind != CONVERSION_UNKNOWN;
	}
	conversion->kind = CONVERSION_UNKNOWN;
	return false;
}

bool format_reads_at(struct step *step, u32 regno, u32 arg)
{
	struct conversion conversion;
	bool found = false;
	u32 seen = 0;
	s32 off = 0;

	while (format_next(step, regno, &off, &conversion))
		if (conversion.kind != CONVERSION_PERCENT && seen++ == arg)
			found = conversion_reads_memory(&conversion);
	return found && conversion.kind != CONVERSION_UNKNOWN;
}
