/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches a verified program while the interpreter runs it in the world of
 * tests/support/world.h: each register and each byte of stack is known to be
 * uninitialised, a number or (part of) a pointer, and what a program must not do
 * with such is noticed before it is done; so is an access to what is not its own,
 * and a fact of the final program that is not true.
 */
#ifndef MODBPF_TESTS_SUPPORT_WATCH_H
#define MODBPF_TESTS_SUPPORT_WATCH_H

#include <setjmp.h>

#include "isa/verified.h"
#include "tests/support/world.h"

enum watch_tag {
	TAG_UNSET,
	TAG_NUMBER,
	TAG_POINTER,
};

struct watch_frame {
	u64 regs[MODBPF_REG_COUNT];	/* before the instruction; of callers R6 to R10 count */
	u8 tags[MODBPF_REG_COUNT];
	u32 call;		/* final instruction that called the next frame */
};

struct watch {
	const struct verified_prog *prog;
	u32 prog_type;
	struct watch_frame frames[MODBPF_MAX_FRAMES];
	u32 depth;		/* of the running frame */
	u64 stack_end;		/* R10 of the main program */
	u8 stack[MODBPF_STACK_SIZE];	/* tag by byte; the last is below stack_end */
	u8 result_tag;		/* of the helper that runs */
	bool in_call;		/* the last instruction called a helper */
	s32 upper_zero_reg;	/* must have no upper half now, -1: none */
	u64 executed;
	u32 insn;		/* final instruction that is about to run */
	char complaint[200];	/* empty: none */
	jmp_buf leave;
	/* Asked before each instruction that is the first of an original one; NULL: not. */
	void (*check)(struct watch *watch);
};

/*
 * Run @prog once in the world as it is. R0, or ~0 with watch->complaint set; false
 * if it did not end within @max_insns.
 */
bool watch_run(struct watch *watch, const struct verified_prog *prog, u32 prog_type,
	       u64 max_insns, u64 *r0);
/* Note what is wrong and stop the run. */
void watch_complain(struct watch *watch, const char *what) __attribute__((__noreturn__));
/* The tag of a byte of stack; unset if it is none of the frames'. */
u8 watch_stack_tag(const struct watch *watch, u64 addr);

#endif
