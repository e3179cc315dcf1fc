// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which conversions of printf may a program's format have, and how wide are they? Expected is
 * what verifier/conversion.h lists, with printf's meaning; whatever else there is, is unknown.
 */
#include "tests/support/check.h"
#include "verifier/conversion.h"

static const struct {
	const char *spec;	/* behind the '%' */
	u8 kind, longs, width, chars;
	char flag;
	const char *letters;
	bool reads;
} rows[] = {
	{ "%", CONVERSION_PERCENT, 0, 0, 1, 0, "%", false },
	{ "c|", CONVERSION_CHAR, 0, 0, 1, 0, "c", false },
	{ "d", CONVERSION_NUMBER, 0, 0, 1, 0, "d", false },
	{ "ld!", CONVERSION_NUMBER, 1, 0, 2, 0, "d", false },
	{ "llu", CONVERSION_NUMBER, 2, 0, 3, 0, "u", false },
	{ "5x", CONVERSION_NUMBER, 0, 5, 2, 0, "x", false },
	{ "9x", CONVERSION_NUMBER, 0, 9, 2, 0, "x", false },
	{ "-5d", CONVERSION_NUMBER, 0, 5, 3, '-', "d", false },
	{ "05d", CONVERSION_NUMBER, 0, 5, 3, '0', "d", false },
	{ "+12i", CONVERSION_NUMBER, 0, 12, 4, '+', "i", false },
	{ " 63X", CONVERSION_NUMBER, 0, 63, 4, ' ', "X", false },
	{ "5llx", CONVERSION_NUMBER, 2, 5, 4, 0, "x", false },
	{ "-12s|", CONVERSION_STRING, 0, 12, 4, '-', "s", true },
	{ "pks", CONVERSION_KERNEL_STRING, 0, 0, 3, 0, "pks", true },
	{ "pus ", CONVERSION_USER_STRING, 0, 0, 3, 0, "pus", true },
	{ "pI4,", CONVERSION_IP4, 0, 0, 3, 0, "pI4", true },
	{ "pi6", CONVERSION_IP6, 0, 0, 3, 0, "pi6", true },
	{ "pS", CONVERSION_SYMBOL, 0, 0, 2, 0, "pS", false },
	{ "pK", CONVERSION_POINTER, 0, 0, 2, 0, "pK", false },
	{ "p", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
	{ "p p", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
	{ "p/", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
	{ "p:", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
	{ "p@", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
	{ "p[", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
	{ "p`", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
	{ "p{", CONVERSION_POINTER, 0, 0, 1, 0, "p", false },
};

static const char *const unknown[] = {
	"64d", "640d", "lllu", "ls", "lc", "5%", "-%", "px", "pSx", "pKx", "p4", "pI4x", "5p", "-p",
	"pa", "pz", "pA", "pZ", "p0", "p9", "n", "f", "", "*d", "--d", ".5d", "hd", "5",
};

static struct conversion parse(const char *text)
{
	char spec[CONVERSION_CHARS] = { 0 };

	memcpy(spec, text, strlen(text));
	return conversion_parse(spec);
}

static void try_row(u32 at)
{
	struct conversion got = parse(rows[at].spec);

	CHECK_EQ(got.kind, rows[at].kind);
	CHECK_EQ(conversion_reads_memory(&got), rows[at].reads);
	CHECK_EQ(got.longs, rows[at].longs);
	CHECK_EQ(got.width, rows[at].width);
	CHECK_EQ(got.chars, rows[at].chars);
	CHECK_EQ(got.flag, rows[at].flag);
	CHECK(!strncmp(got.letters, rows[at].letters, sizeof(got.letters)));
}

int main(int argc, char **argv)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		check_begin(rows[i].spec);
		try_row(i);
		check_end();
	}
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		check_begin(unknown[i]);
		CHECK_EQ(parse(unknown[i]).kind, CONVERSION_UNKNOWN);
		check_end();
	}
	return check_run("test_conversion", NULL, 0, argc, argv);
}
