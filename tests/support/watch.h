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
	TAG_LOW,	/* the lower half of a pointer, for distances */
	TAG_POINTER,
	TAG_DYNPTR,	/* one of its 16 bytes, in the stack only */
	TAG_TYPED,	/* to an enum world_type, which is added */
};

struct watch_frame {
	u64 regs[MODBPF_REG_COUNT];	/* before the instruction; of callers R6 to R10 count */
	u8 tags[MODBPF_REG_COUNT];
	u64 bases[MODBPF_REG_COUNT];	/* typed pointer: where its structure begins */
	u32 call;		/* final instruction that called the next frame */
};

/* The stack of the main program, or of a callback, and of what it calls. */
struct watch_stack {
	u32 bottom;		/* depth of its first frame */
	u64 low, end;		/* of the bytes in use; end is R10 of the first frame, 0: not known yet */
	u8 tags[MODBPF_STACK_SIZE];	/* by byte; the last is below end */
	u64 bases[MODBPF_STACK_SIZE / 8];	/* typed pointer: where its structure begins */
};

#define WATCH_DYNPTRS 16

struct watch_dynptr {
	u64 addr;	/* 0: there is none */
	bool is_held;	/* it must be released */
};

struct watch {
	const struct verified_prog *prog;
	u32 prog_type, attach_type;
	bool sees_addresses;	/* it may take typed pointers for numbers */
	struct watch_frame frames[MODBPF_MAX_FRAMES];
	u32 depth;		/* of the running frame */
	struct watch_stack stacks[MODBPF_MAX_FRAMES];
	u32 stack_cnt;		/* that of the running frame is the last */
	struct watch_dynptr dynptrs[WATCH_DYNPTRS];
	bool elsewhere;		/* a tail call has gone to another program */
	u8 result_tag;		/* of the helper that runs */
	bool in_call;		/* the last instruction called a helper */
	s32 upper_zero_reg;	/* must have no upper half now, -1: none */
	s32 typed_reg;		/* a typed pointer was loaded there, -1: none */
	u64 executed;
	u32 insn;		/* final instruction that is about to run */
	char complaint[200];	/* empty: none */
	jmp_buf leave;
	/* Asked before each instruction that is the first of an original one; NULL: not. */
	void (*check)(struct watch *watch);
	void (*count)(struct watch *watch);	/* each instruction; NULL: not */
};

/*
 * Run @prog, of watch->prog_type, once in the world as it is. R0, or ~0 with watch->complaint set; false
 * if it did not end within @max_insns.
 */
bool watch_run(struct watch *watch, const struct verified_prog *prog, u64 max_insns, u64 *r0);
/* Note what is wrong and stop the run. */
void watch_complain(struct watch *watch, const char *what) __attribute__((__noreturn__));
/* May the program read and write there? */
bool watch_owns(struct watch *watch, u64 addr, u64 bytes);
/* The tag of a byte of stack; unset if it is none of the frames'. */
u8 watch_stack_tag(const struct watch *watch, u64 addr);
/* Set the tag of bytes that are on a stack. */
void watch_set_stack(struct watch *watch, u64 addr, u64 bytes, u8 tag);
/* Of a typed pointer there: where its structure begins. */
u64 *watch_stack_base(struct watch *watch, u64 addr);

#endif
