/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side of helper functions. What a helper may be given is a row in
 * verifier/helper_row/; its code is one function in module/helper/ and one row in
 * module/helper/table.c. Arguments have been proved by the verifier: a map
 * argument is a struct modbpf_map *, a context argument is what R1 was, memory
 * arguments are readable or writable for their size.
 *
 * Context: whatever the program runs in, NMI included; never sleep, never
 * allocate from the slab.
 */
#ifndef MODBPF_MODULE_HELPER_H
#define MODBPF_MODULE_HELPER_H

#include "isa/abi.h"

typedef u64 (*helper_fn)(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);

/* Function by id; NULL: absent. MODBPF_FUNC_LIMIT entries. */
extern const helper_fn modbpf_helpers[MODBPF_FUNC_LIMIT];

/* Once, before any program runs: seeds the random numbers, switches the trace event on. Sleeps. */
void helpers_init(void);
/* No program runs any more. Sleeps. */
void helpers_exit(void);

#endif
