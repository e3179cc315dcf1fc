/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a random program (randprog.h) in the interpreter and as machine code and
 * compares what they leave: R0, the memory, and the registers that C relies on.
 */
#ifndef MODBPF_TESTS_SUPPORT_AGREEMENT_H
#define MODBPF_TESTS_SUPPORT_AGREEMENT_H

#include "isa/platform.h"

/* False: they differ; why, and the program, are printed and the running case fails. */
bool agreement_check(u64 seed);

#endif
