/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The context that R1 points to at the start: which bytes of it a program type
 * may read and write, and what the access becomes in the final program.
 */
#ifndef MODBPF_VERIFIER_CTX_H
#define MODBPF_VERIFIER_CTX_H

#include "verifier/step.h"

/* R@regno is the context: refuse, unless it points to its start. */
int check_ctx_unmoved(struct step *step, u32 regno);
int check_ctx_load(struct step *step, u32 regno, u32 bytes, bool sign_extend,
		   struct reg *value);
int check_ctx_store(struct step *step, u32 regno, u32 bytes);

#define CTX_MAX_INSNS 6	/* that one access may become */

/*
 * What the access @insn (noted NOTE_CTX) becomes; at most CTX_MAX_INSNS are
 * written to @out. Returns how many.
 */
u32 ctx_rewrite(const struct program *prog, const struct modbpf_insn *insn,
		struct modbpf_insn *out);

#endif
