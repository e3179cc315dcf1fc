/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where does machine code live? In the body of this one function, which nobody
 * calls. Its prologue is that of every function the JIT makes, so that the one
 * unwinding rule which objtool derives for the body (the caller's frame is at
 * rbp + 16) is true for whatever image stands there: stack traces through
 * images are complete. No other filling than no-operations gives such a rule.
 *
 * SYM_FUNC_START would do, but some kernels begin it with an endbr64 of their own.
 *
 * The first and the last 64 bytes stay as they are; what is between them belongs
 * to module/image.c.
 */
#include <linux/linkage.h>
#include <asm/nospec-branch.h>

#define ARENA_BYTES (MODBPF_ARENA_KIB * 1024)
#define NOP8 0x0000000000841f0f		/* nopl 0(%rax, %rax) with a displacement of 32 bits */

	.section .jit_arena, "ax", @progbits
	.balign 4096, 0xcc
SYM_START(modbpf_arena, SYM_L_GLOBAL, SYM_A_NONE)
	endbr64
	pushq	%rbp
	movq	%rsp, %rbp
	.fill	(ARENA_BYTES - 64 - 8) / 8, 8, NOP8
	popq	%rbp
	RET
SYM_END(modbpf_arena, SYM_T_FUNC)
	.balign 4096, 0xcc
