/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The conversions of a format that helpers print by: which there are, for who checks a
 * format before the program runs and for who prints by it. Those of Linux, but none
 * that shows a pointer bare.
 *
 *	%% %c %s, %d %i %u %x %X with nothing, l or ll in front,
 *	%p %pK (hashed), %ps %pS %pB (symbols), %pks %pus (strings of the kernel, the user),
 *	%pi4 %pI4 %pi6 %pI6 (addresses in memory)
 *
 * One of "0+- " and a width below 64 may be in front, but for those that begin with p.
 */
#ifndef MODBPF_VERIFIER_CONVERSION_H
#define MODBPF_VERIFIER_CONVERSION_H

#include "isa/platform.h"

enum conversion_kind {
	CONVERSION_UNKNOWN,
	CONVERSION_PERCENT,	/* the only one that takes no argument */
	CONVERSION_CHAR,
	CONVERSION_NUMBER,
	CONVERSION_STRING,	/* at the address, anybody's */
	CONVERSION_KERNEL_STRING,
	CONVERSION_USER_STRING,
	CONVERSION_POINTER,
	CONVERSION_SYMBOL,
	CONVERSION_IP4,
	CONVERSION_IP6,
};

struct conversion {
	u8 kind;		/* enum conversion_kind */
	u8 chars;		/* behind the '%' */
	u8 longs;		/* l in front of a number */
	u8 width;
	char flag;		/* one of "0+- ", or 0 */
	char letters[4];	/* what names it, terminated: "d", "pI4" */
};

#define CONVERSION_CHARS 8	/* none needs more to be told from others */

/* What stands behind a '%': the next characters, zeros behind the format's end. */
struct conversion conversion_parse(const char spec[CONVERSION_CHARS]);
/* Is its argument an address at which it reads memory, and which it shows in no way? */
bool conversion_reads_memory(const struct conversion *conversion);

#endif
