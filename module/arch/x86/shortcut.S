/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A function of the kernel's is made to begin with a call of this: it goes on in ours instead, which is called
 * as it was, by who called it. Nothing is on the stack but where that call would return to.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/unwind_hints.h>

	.text
	.balign 16, 0xcc
SYM_START(modbpf_shortcut, SYM_L_GLOBAL, SYM_A_NONE)
	endbr64
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	jmp	record_arrive
SYM_END(modbpf_shortcut, SYM_T_FUNC)
_ASM_NOKPROBE(modbpf_shortcut)
