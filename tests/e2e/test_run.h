/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps and programs of the object that numbers.h loaded, by name; programs run on a packet of zeroes. */
#ifndef MODBPF_TESTS_E2E_TEST_RUN_H
#define MODBPF_TESTS_E2E_TEST_RUN_H

#include "tests/e2e/numbers.h"

static inline int map_fd(const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

/* What the program returned the last time, or -errno. */
static inline int run(const char *name, int repeat)
{
	static const char packet[64];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = repeat);
	int err = bpf_prog_test_run_opts(
		bpf_program__fd(bpf_object__find_program_by_name(object, name)), &opts);

	return err ? err : (int)opts.retval;
}

#endif
