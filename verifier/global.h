/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Functions that are verified on their own, once: those with global linkage.
 * What a caller passes is checked against the types that the function was
 * declared with, what it does is checked for all that such types allow. Between
 * the two nothing is known but the signature: the result is any number.
 */
#ifndef MODBPF_VERIFIER_GLOBAL_H
#define MODBPF_VERIFIER_GLOBAL_H

#include "verifier/step.h"

enum signature_arg {
	GLOBAL_NUMBER,
	GLOBAL_CTX,		/* the context, at its start */
	GLOBAL_MEM,		/* .sizes bytes that may be read and written */
	GLOBAL_MEM_OR_NULL,
	GLOBAL_UNSUPPORTED,
};

#define SIGNATURE_ARGS 5

struct signature {
	bool is_global;
	bool returns_number;	/* otherwise nothing */
	bool is_unsupported;	/* more arguments, or a result of another type */
	u8 arg_cnt;
	u8 args[SIGNATURE_ARGS];	/* enum signature_arg */
	u32 sizes[SIGNATURE_ARGS];
};

/* Reads the BTF of @prog's functions into prog->signatures. -ENOMEM, -EINTR. */
int read_signatures(struct program *prog);

static inline bool routine_is_global(const struct program *prog, u32 routine)
{
	return routine && prog->signatures && prog->signatures[routine].is_global;
}

/* A call of the global function at @target: the path goes on behind it. */
int check_global_call(struct step *step, u32 target);
/* The exit of the one that is being verified. */
int check_global_exit(struct step *step);
/* What R1 to R5 are where @routine begins. */
void enter_global(const struct program *prog, u32 routine, struct reg *regs, u32 *last_id);

#endif
