/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The reasons for which a program is refused, each with a code that never
 * changes, an errno, what is needed and a hint. Whoever refuses says the code,
 * so that one root cause reaches the log, the CLI and the documentation alike.
 *
 * A new reason is a line in enum refusal_code, a row in refusal.c and a case in
 * tests/verifier/; docs/rejections.md is made from the rows.
 */
#ifndef MODBPF_VERIFIER_REFUSAL_H
#define MODBPF_VERIFIER_REFUSAL_H

#include "isa/platform.h"

/* In alphabetical order, as the rows and the cases are. */
enum refusal_code {
	REFUSE_NOTHING,
	REFUSE_ACCESS_KERNEL_STRUCT,
	REFUSE_ACCESS_MAY_BE_NULL,
	REFUSE_ACCESS_MISALIGNED,
	REFUSE_ACCESS_MIXED_POINTERS,
	REFUSE_ACCESS_NUMBER,
	REFUSE_ACCESS_WRONG_POINTER,
	REFUSE_ARG_MAP_TYPE,
	REFUSE_ARG_MAP_VARIES,
	REFUSE_ARG_TYPE,
	REFUSE_ARG_UNINIT,
	REFUSE_ATOMIC_TARGET,
	REFUSE_ATTACH_TARGET,
	REFUSE_ATTACH_TYPE,
	REFUSE_BRANCH_TOO_FAR,
	REFUSE_BUDGET_BRANCHES,
	REFUSE_BUDGET_INSNS,
	REFUSE_BUDGET_MEMORY,
	REFUSE_BUDGET_WORK,
	REFUSE_CALL_OUT_OF_RANGE,
	REFUSE_CALL_RECURSIVE,
	REFUSE_CALL_TOO_DEEP,
	REFUSE_CALLBACK_REFERENCES,
	REFUSE_CALLBACK_TAIL_CALL,
	REFUSE_CTX_FIELD,
	REFUSE_CTX_FIELD_ABSENT,
	REFUSE_CTX_MOVED,
	REFUSE_CTX_SIGN_LOAD,
	REFUSE_DYNPTR_ACCESS,
	REFUSE_DYNPTR_KIND,
	REFUSE_DYNPTR_MISSING,
	REFUSE_DYNPTR_OVERWRITE,
	REFUSE_DYNPTR_PLACE,
	REFUSE_ENCODING,
	REFUSE_FORMAT,
	REFUSE_FRAME_POINTER_WRITE,
	REFUSE_FUNC_INFO,
	REFUSE_GLOBAL_ARG,
	REFUSE_GLOBAL_SIGNATURE,
	REFUSE_HELPER_ABSENT,
	REFUSE_HELPER_GPL,
	REFUSE_HELPER_PROG_TYPE,
	REFUSE_HELPER_RIGHT,
	REFUSE_HELPER_UNKNOWN,
	REFUSE_INSN_UNSUPPORTED,
	REFUSE_JUMP_OUT_OF_RANGE,
	REFUSE_KERNEL_BTF,
	REFUSE_KEY_ESCAPES,
	REFUSE_KFUNC_UNSUPPORTED,
	REFUSE_LAST_INSN,
	REFUSE_LEAK_INTO_MEMORY,
	REFUSE_LEAK_INTO_STACK,
	REFUSE_LEAK_RETURN,
	REFUSE_LEAK_THROUGH_STACK,
	REFUSE_LINE_INFO,
	REFUSE_LOCK_ACCESS,
	REFUSE_LOCK_CALL,
	REFUSE_LOCK_EXIT,
	REFUSE_LOCK_HELD,
	REFUSE_LOCK_NOT_HELD,
	REFUSE_LOCK_PLACE,
	REFUSE_LOCK_PROG_TYPE,
	REFUSE_LOOP_INFINITE,
	REFUSE_MAP_INDEX,
	REFUSE_MAP_READ,
	REFUSE_MAP_TYPE_UNSUPPORTED,
	REFUSE_MAP_UNBOUND,
	REFUSE_MAP_VALUE_ADDRESS,
	REFUSE_MAP_VALUE_OFFSET,
	REFUSE_MAP_WRITE,
	REFUSE_OFFSET_NEGATIVE,
	REFUSE_OFFSET_UNBOUNDED,
	REFUSE_PACKET_BOUNDS,
	REFUSE_PACKET_LOAD_CTX,
	REFUSE_PACKET_LOAD_TYPE,
	REFUSE_PACKET_WRITE,
	REFUSE_POINTER_ALU32,
	REFUSE_POINTER_ARITHMETIC,
	REFUSE_POINTER_COMPARISON,
	REFUSE_POINTER_OFFSET,
	REFUSE_POINTER_OPERATOR,
	REFUSE_POINTER_PAIR,
	REFUSE_POINTER_PARTIAL_COPY,
	REFUSE_PROG_SIZE,
	REFUSE_PROG_TYPE_UNKNOWN,
	REFUSE_PROG_TYPE_UNSUPPORTED,
	REFUSE_RECORD_BOUNDS,
	REFUSE_REFERENCE_LEAK,
	REFUSE_REFERENCE_LIMIT,
	REFUSE_REFERENCE_TAIL_CALL,
	REFUSE_REG_UNINIT,
	REFUSE_RELEASE_OFFSET,
	REFUSE_RETURN_RANGE,
	REFUSE_RETURN_STACK_POINTER,
	REFUSE_SIZE_NEGATIVE,
	REFUSE_SIZE_NOT_CONSTANT,
	REFUSE_SIZE_UNBOUNDED,
	REFUSE_SIZE_ZERO,
	REFUSE_SLICE_WRITE,
	REFUSE_STACK_BOUNDS,
	REFUSE_STACK_DEPTH,
	REFUSE_STACK_OFFSET_UNBOUNDED,
	REFUSE_STACK_PARTIAL_FILL,
	REFUSE_STACK_PARTIAL_SPILL,
	REFUSE_STACK_POINTER_ESCAPES,
	REFUSE_STACK_UNINIT_READ,
	REFUSE_STRING_NOT_CONSTANT,
	REFUSE_SUBPROG_LIMIT,
	REFUSE_TAIL_CALL_STACK,
	REFUSE_TIMER_ACCESS,
	REFUSE_TIMER_MAP,
	REFUSE_TIMER_PLACE,
	REFUSE_TIMER_PROG_TYPE,
	REFUSE_TYPED_BOUNDS,
	REFUSE_TYPED_OFFSET,
	REFUSE_TYPED_RIGHT,
	REFUSE_TYPED_WRITE,
	REFUSE_USED_MAPS,
	REFUSE_VALUE_BOUNDS,
	REFUSE_CODE_COUNT
};

struct refusal_row {
	const char *name;	/* kebab-case; never changed, never used again for another reason */
	s32 err;		/* below 0 */
	const char *needs;	/* what must hold */
	const char *hint;	/* what to change */
};

/* Of a code other than REFUSE_NOTHING. */
const struct refusal_row *refusal_row(enum refusal_code code);

#define REFUSAL_NO_REG (~0u)
#define REFUSAL_NO_INSN (~0u)

/* The refusal that was logged last. */
struct refusal {
	enum refusal_code code;
	u32 insn;	/* REFUSAL_NO_INSN: the program as a whole */
	u32 regno;	/* whose value is at fault; REFUSAL_NO_REG: none */
	u32 set;	/* instruction that made what is at fault; REFUSAL_NO_INSN: to be found */
	u32 frame;	/* whose stack is at fault */
	bool has_path;	/* explain_path() has said where */
	s32 lo, hi;	/* its bytes from R10, hi not included; the same: none */
};

struct step;
struct vlog;

/*
 * Refuse the instruction of @step because of R@regno (REFUSAL_NO_REG: of
 * something else). The line is the first that the log has of it: phrased like
 * Linux's where that has one. Returns the errno of the code's row.
 */
int refuse(struct step *step, enum refusal_code code, u32 regno, const char *fmt, ...)
	__printf(4, 5);
/* What was just refused with @err, it was for bytes @lo..@hi-1 of a stack. Returns @err. */
int refuse_stack(struct step *step, int err, u32 frame, s32 lo, s32 hi);
/* ... for what instruction @set made. Returns @err. */
int refuse_since(struct step *step, int err, u32 set);
/* The same where no path is followed. @insn may be REFUSAL_NO_INSN. */
int refuse_program(struct vlog *log, enum refusal_code code, u32 insn, const char *fmt, ...)
	__printf(4, 5);
/* A budget is used up, at @insn, after @processed instructions: what exploded. */
int refuse_budget(struct vlog *log, enum refusal_code code, u32 insn, u32 processed,
		  const char *what);

#endif
