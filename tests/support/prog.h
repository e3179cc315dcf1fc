/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A verified_prog made without verifying, for tests of what runs programs: the
 * subprogram table comes from scanning calls, the facts are zero (but for the
 * map of a tail call), the origin of each instruction is itself. The program
 * must be one that the verifier could accept.
 */
#ifndef MODBPF_TESTS_SUPPORT_PROG_H
#define MODBPF_TESTS_SUPPORT_PROG_H

#include "isa/verified.h"

/* A copy of @insns is made. Returns NULL if a call leaves the program. */
struct verified_prog *prog_build(const struct modbpf_insn *insns, u32 insn_cnt);
/* The same from text (tests/support/asm.h); a syntax error is printed, and NULL. */
struct verified_prog *prog_from_text(const char *text, const char *const *map_names,
				     u32 map_cnt);
void prog_free(struct verified_prog *prog);

#endif
