/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What module/hook/trampoline.c asks of the machine: code that a function is made to begin
 * with, which calls the rest of it, then us. module/arch/ answers.
 */
#ifndef MODBPF_MODULE_TRAMPOLINE_CODE_H
#define MODBPF_MODULE_TRAMPOLINE_CODE_H

#include <linux/percpu.h>
#include <linux/types.h>

#define FUNCTION_CALL_BYTES 5	/* of the instruction that a function is made to begin with */
#define TRAMPOLINE_ARGS 6	/* the function's arguments, each in a register */

/* On the stack of the call. */
struct trampoline_frame {
	u64 args[TRAMPOLINE_ARGS];	/* registers that no argument is in have anything */
	u64 result[2];			/* what the function left in the registers of a result */
};

struct trampoline;

/*
 * Called when the function has returned. It must not be traced, and lets go of @trampoline with
 * trampoline_leave(), last.
 */
typedef void (*trampoline_exit_fn)(struct trampoline *trampoline, struct trampoline_frame *frame);

struct trampoline_calls {
	unsigned long body;		/* of the function, behind where it calls the trampoline */
	trampoline_exit_fn exit;
	struct trampoline *trampoline;
	long __percpu *active;		/* goes up before the body is called */
};

u32 trampoline_code_bytes(void);
/* Write the code, which will run at @at. 0; -ERANGE: it cannot call that far. */
int trampoline_code_write(u8 *code, unsigned long at, const struct trampoline_calls *calls);

#endif
