/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to and fro between programs on dynptrs and the test that runs them. */
#ifndef MODBPF_TESTS_E2E_DYNPTR_H
#define MODBPF_TESTS_E2E_DYNPTR_H

#define DYNPTR_BYTES 256

struct dynptr_io {
	unsigned long long number, to, from, size, flags;
	long long made, other, written, was_read;
	unsigned long long read, sliced;
	char buffer[DYNPTR_BYTES];
};

#endif
