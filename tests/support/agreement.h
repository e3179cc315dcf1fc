/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a random program (randprog.h) in the interpreter and as machine code and
 * compares what they leave: R0, the memory, and the registers that C relies on.
 */
#ifndef MODBPF_TESTS_SUPPORT_AGREEMENT_H
#define MODBPF_TESTS_SUPPORT_AGREEMENT_H

#include "isa/platform.h"

#define AGREEMENT_RUNS 8	/* of one program, each with other memory */

/*
 * False: they differ; why, and the program, are printed and the running case fails.
 * *@executed grows by the instructions that the interpreter ran.
 */
bool agreement_check(u64 seed, u64 *executed);

#endif
