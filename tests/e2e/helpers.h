/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to and fro between a helper's program and the test that runs it. */
#ifndef MODBPF_TESTS_E2E_HELPERS_H
#define MODBPF_TESTS_E2E_HELPERS_H

#define IO_TEXT 64
#define IO_BUFFER 256

/* For snprintf of the program and for snprintf(3). */
#define NUMBERS_FORMAT "%d %lu %x|%5d|%-5d|%05d|%c%%"
#define STRINGS_FORMAT "%s %s|%12s|"

struct helper_io {
	unsigned long long in[4];
	char text[IO_TEXT];
	unsigned long long runs;
	long long ret;
	unsigned long long out[4];
	char buffer[IO_BUFFER];
};

#endif
