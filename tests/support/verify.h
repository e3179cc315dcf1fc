/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verifies a program given as text, with a fixed set of maps and a fixed packet,
 * and runs what was accepted in the interpreter.
 */
#ifndef MODBPF_TESTS_SUPPORT_VERIFY_H
#define MODBPF_TESTS_SUPPORT_VERIFY_H

#include "verifier/verifier.h"

#define VERIFY_FUNCS 12

struct verify_input {
	const char *text;	/* for tests/support/asm.h */
	u32 prog_type, attach_type;
	u32 log_level;
	u64 max_work;
	bool is_restricted;
	u32 withheld;		/* VERIFY_RIGHT_* that the caller does not have */
	bool proprietary, fence;
	const char *target;	/* of a TRACING program, see kernel_btf.h; NULL, "none": there is no kernel BTF */
	const char *funcs[VERIFY_FUNCS];	/* "global int f(s*, int)", in order: see verify_btf.h */
	u32 func_cnt;
	const char *lines;	/* "0 3 7": the instructions at which a line begins; NULL: none */
};

struct verify_output {
	char syntax[160];	/* what is wrong with the text; empty: nothing */
	int err;		/* of modbpf_verify() */
	struct verified_prog *prog;
	struct verify_stats stats;
	u32 prog_type;
	char *log;
	char *final;		/* the final program, "; " between instructions */
};

/* Always fills @out, to be freed. */
void verify_text(const struct verify_input *input, struct verify_output *out);
void verify_output_free(struct verify_output *out);

/* Run the accepted program once; returns R0. */
u64 verify_run(const struct verify_output *out);

/* "KPROBE" to its number. */
bool verify_type_by_name(const char *name, u32 *type);

/* A request for @insns with the fixed maps and context. */
struct verify_request verify_request_of(const struct modbpf_insn *insns, u32 insn_cnt,
					u32 prog_type);
/* Names of the fixed maps, by index. */
extern const char *const verify_map_names[];
extern const u32 verify_map_cnt;

#endif
