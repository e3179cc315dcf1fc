/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pattern of the code that a traced function begins with: bytes to be copied, never run
 * where they lie. It is called by the function's first instruction behind a landing pad, calls
 * what follows that, calls us, and returns to where the function would have returned.
 *
 * Its frame is what the unwinding rule of the arena that it is copied into supposes. Between its
 * caller and itself is the call in the function, where nothing is on the stack yet: so the
 * stack can be walked through it.
 *
 * No register is kept for the function but those of its arguments: at a function's entry all
 * others that it need not preserve are free.
 */
#include <linux/linkage.h>

/* struct trampoline_frame */
#define FRAME_ARG(n) ((n) * 8)(%rsp)
#define FRAME_RESULT 48(%rsp)
#define FRAME_RESULT_HIGH 56(%rsp)
#define FRAME_BYTES 64

#define CALL_REL32 0xe8

/* A place that trampoline.c fills in. */
.macro HOLE name, bytes
SYM_START(\name, SYM_L_GLOBAL, SYM_A_NONE)
	.zero	\bytes
SYM_END(\name, SYM_T_OBJECT)
.endm

	.section .rodata
	.balign 8
SYM_DATA_START(modbpf_trampoline_begin)
	endbr64
	pushq	%rbp
	movq	%rsp, %rbp
	subq	$FRAME_BYTES, %rsp
	movq	%rdi, FRAME_ARG(0)
	movq	%rsi, FRAME_ARG(1)
	movq	%rdx, FRAME_ARG(2)
	movq	%rcx, FRAME_ARG(3)
	movq	%r8, FRAME_ARG(4)
	movq	%r9, FRAME_ARG(5)
	.byte	0x48, 0xb8	/* movabsq $active, %rax */
	HOLE	modbpf_trampoline_active, 8
#ifdef CONFIG_SMP
	incq	%gs:(%rax)
#else
	incq	(%rax)
#endif
	.byte	CALL_REL32
	HOLE	modbpf_trampoline_body, 4
	movq	%rax, FRAME_RESULT
	movq	%rdx, FRAME_RESULT_HIGH
	.byte	0x48, 0xbf	/* movabsq $trampoline, %rdi */
	HOLE	modbpf_trampoline_self, 8
	movq	%rsp, %rsi
	.byte	CALL_REL32
	HOLE	modbpf_trampoline_exit, 4
	movq	FRAME_RESULT, %rax
	movq	FRAME_RESULT_HIGH, %rdx
	leave
	addq	$8, %rsp	/* not into the function: it has returned */
	HOLE	modbpf_trampoline_return, 5
SYM_DATA_END_LABEL(modbpf_trampoline_begin, SYM_L_GLOBAL, modbpf_trampoline_end)
