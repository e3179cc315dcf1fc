/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Abstract states as text for the log. */
#ifndef MODBPF_VERIFIER_PRINT_H
#define MODBPF_VERIFIER_PRINT_H

#include "verifier/log.h"
#include "verifier/program.h"
#include "verifier/state.h"

/* Add the instruction, "3: (b7) r0 = 0", to the line. */
void print_insn(struct vlog *log, const struct program *prog, u32 pc);
/*
 * Add "; text @ file:line": where the instruction comes from. False: that is not known, and
 * nothing is added. @only_first: nothing if the instruction is not the line's first.
 */
bool print_source(struct vlog *log, const struct program *prog, u32 pc, bool only_first);
/* Add @text, which is whatever the object says: what cannot be printed as "?". */
void print_text(struct vlog *log, const char *text);
/* Add " R1=ctx R10=fp0": the registers of the innermost frame in bit set @regs. */
void print_regs(struct vlog *log, const struct state *state, u32 regs);
/* Add " fp-8=scalar": the stack slots of the innermost frame. */
void print_slots(struct vlog *log, const struct state *state);

#endif
