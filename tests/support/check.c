// SPDX-License-Identifier: GPL-2.0-only
/* Runs the cases of a unit test and counts them. */
#include "tests/support/check.h"

#include <stdlib.h>

static const char *current_name;
static bool current_failed;
static u32 passed, failed, complaints;

void check_begin(const char *name)
{
	current_name = name;
	current_failed = false;
	complaints = 0;
}

void check_end(void)
{
	if (current_failed)
		failed++;
	else
		passed++;
}

void check_failed(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	current_failed = true;
	if (++complaints > 10)	/* a loop over all values would drown the rest */
		return;
	fprintf(stderr, "FAIL %s\n%s:%d: ", current_name, file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	if (getenv("MODBPF_FIRST_FAILURE"))
		_Exit(1);
}

int check_run(const char *suite, const struct check_case *cases, u32 cnt,
	      int argc, char **argv)
{
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");
	const char *only = argc > 1 && !verbose ? argv[1] : NULL;
	u32 i;

	for (i = 0; i < cnt; i++) {
		if (only && strcmp(only, cases[i].name))
			continue;
		if (verbose)
			printf("%s\n", cases[i].name);
		check_begin(cases[i].name);
		cases[i].run();
		check_end();
	}
	if (only && !passed && !failed) {
		fprintf(stderr, "%s: no case is named '%s'\n", suite, only);
		failed = 1;
	}
	printf("%s: %u passed, %u failed\n", suite, passed, failed);
	return failed || !passed;
}
