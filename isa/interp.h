/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs a verified program one instruction at a time. It is the oracle of the
 * JIT, and what jit=0 runs. Results are those of RFC 9669 section 4: division
 * by zero gives 0, modulo by zero the dividend, shift counts are masked.
 */
#ifndef MODBPF_ISA_INTERP_H
#define MODBPF_ISA_INTERP_H

#include "isa/bind.h"
#include "isa/verified.h"

/*
 * R0 after a tail call that goes nowhere: no such entry, an empty one, or the
 * limit of MODBPF_MAX_TAIL_CALLS. A tail call needs FACT_CONST_MAP, and one from
 * within a subprogram falls through, too, if the callers' frames leave too
 * little of the 512 bytes or 8 frames for the program it goes to.
 */
#define INTERP_TAIL_CALL_FAILED ((u64)-2)

/* What a register holds that has the address of a subprogram. */
struct interp_callback {
	const struct interp_env *env;
};

struct interp_env {
	const struct verified_prog *prog;
	/* Per subprogram, each pointing here; NULL: the program has no callbacks. */
	const struct interp_callback *callbacks;
	const struct map_bind *binds;	/* per map index */
	u64 self;			/* what helpers take the program for */
	const u64 *helpers;		/* address by helper id, MODBPF_FUNC_LIMIT entries */
	/* The value at @addr, 0 if it cannot be read; needed for FACT_PROBE_LOAD only. */
	u64 (*probe_load)(u64 addr, u32 bytes);
	/*
	 * Called before each instruction with the index of the final
	 * instruction, registers R0..R10 and the depth (0: main); NULL: not.
	 */
	void (*trace)(void *cookie, const struct verified_prog *prog, u32 insn,
		      const u64 *regs, u32 depth);
	void *cookie;
	u64 max_insns;			/* stop after so many, 0: never; for fuzzers */
};

/*
 * Returns R0 at exit. Any context: no sleep, no allocation, about 1 KiB of
 * stack. Of the program that a tail call goes to, prog, binds and helpers count;
 * the rest stays that of @env. With max_insns: ~0ULL and *@stopped set when it was reached (@stopped
 * may be NULL).
 */
u64 modbpf_interp_run(const struct interp_env *env, const void *ctx, bool *stopped);

/*
 * What a helper does with a callback that it was given: run its subprogram, with a
 * stack of its own of about 1 KiB. Returns R0. Context as above.
 */
u64 modbpf_interp_callback(const struct interp_callback *callback, const u64 args[5]);

#endif
