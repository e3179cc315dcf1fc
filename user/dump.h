/* SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause */
/*
 * A loaded program as instructions: those that the verifier left (xlated), or
 * those of the machine (jited). @file: write the bytes there instead, NULL: to
 * stdout as text. 0, or -1 after out_error().
 */
#ifndef MODBPF_USER_DUMP_H
#define MODBPF_USER_DUMP_H

#include <stdbool.h>

int dump_xlated(int fd, const char *file, bool with_opcodes);
int dump_jited(int fd, const char *file, bool with_opcodes);

#endif
