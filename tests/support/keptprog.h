/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random programs in a file, so that they are tried again when their maker makes others. A line
 * each: type, attach type, target or "-", subprogram and how it is called, whether its memory may be
 * null, rights, GPL, fence; then the instructions, 16 hexadecimal digits each. Lines that begin with #
 * are comments.
 */
#ifndef MODBPF_TESTS_SUPPORT_KEPTPROG_H
#define MODBPF_TESTS_SUPPORT_KEPTPROG_H

#include <stdio.h>

#include "tests/support/randverify.h"
#include "verifier/verifier.h"

/* Maps in @prog are named as its maker names them. Of @req its rights, GPL and fence are kept. */
void keptprog_write(FILE *file, const struct randverify *prog, const struct verify_request *req);
/* The same back. False: there is none any more; a line that is none fails the test. */
bool keptprog_read(FILE *file, struct randverify *prog, struct verify_request *req);

#endif
