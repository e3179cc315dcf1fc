/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unit tests: a file is a table of named cases. A case fails when one of its
 * checks does; the others still run. The last line that a test program prints
 * is "NAME: N passed, N failed", and it exits 1 if any failed.
 *
 * An argument names the one case to run; "-v" prints each case's name first. With
 * MODBPF_FIRST_FAILURE in the environment the first failure is the end.
 */
#ifndef MODBPF_TESTS_SUPPORT_CHECK_H
#define MODBPF_TESTS_SUPPORT_CHECK_H

#include "isa/platform.h"

struct check_case {
	const char *name;	/* what it proves, as a sentence without its full stop */
	void (*run)(void);
};

int check_run(const char *suite, const struct check_case *cases, u32 cnt,
	      int argc, char **argv);

/* Count a case that is not in the table (one of a data file, say). */
void check_begin(const char *name);
void check_end(void);
/* Say why the running case fails. */
void check_failed(const char *file, int line, const char *fmt, ...) __printf(3, 4);

#define CHECK(cond) do { \
	if (!(cond)) \
		check_failed(__FILE__, __LINE__, "%s", #cond); \
} while (0)

/* Integers; both are printed. */
#define CHECK_EQ(got, want) do { \
	long long got_ = (long long)(got), want_ = (long long)(want); \
	if (got_ != want_) \
		check_failed(__FILE__, __LINE__, "%s is %lld (%#llx), not %lld (%#llx)", \
			     #got, got_, got_, want_, want_); \
} while (0)

#define CHECK_STR(got, want) do { \
	const char *got_ = (got), *want_ = (want); \
	if (strcmp(got_, want_)) \
		check_failed(__FILE__, __LINE__, "%s is\n\t\"%s\", not\n\t\"%s\"", #got, got_, want_); \
} while (0)

#endif
