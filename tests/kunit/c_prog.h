/* SPDX-License-Identifier: GPL-2.0-only */
/* A program whose machine code is a C function: for tests of what runs programs. */
#ifndef MODBPF_TESTS_KUNIT_C_PROG_H
#define MODBPF_TESTS_KUNIT_C_PROG_H

#include <kunit/test.h>

#include "isa/abi.h"
#include "module/prog.h"

/* Never published; fails the test for lack of memory. c_prog_free() it. */
struct modbpf_prog *c_prog_new(struct kunit *test, u32 type, u64 (*body)(const void *ctx));
void c_prog_free(struct modbpf_prog *prog);

#endif
