/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What machine code of the JIT cannot do itself: loads that may fault, which need
 * rows in the module's exception table; and a return that the module loader has
 * patched, to be read by target.c.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>

/*
 * rax: address in, zero-extended value out; 0 when there is nothing to be read.
 * No other register changes.
 *
 * A fault at a user address, on the vsyscall page, or behind the end of the
 * address space is not looked up in the exception table but is an oops (SMAP):
 * such addresses are turned away first. The second comparison is unsigned and
 * stops 7 bytes short of the vsyscall page, for a load that would end on it;
 * above the page there is no memory.
 */
#define VSYSCALL_PAGE 0xffffffffff600000

.macro PROBE_LOAD name, load:vararg
	.balign 16, 0xcc
SYM_START(\name, SYM_L_GLOBAL, SYM_A_NONE)
	endbr64
	testq	%rax, %rax
	jns	2f
	cmpq	$(VSYSCALL_PAGE - 7), %rax
	jae	2f
1:	\load
	RET
2:	xorl	%eax, %eax
	RET
	_ASM_EXTABLE(1b, 2b)
SYM_END(\name, SYM_T_FUNC)
.endm

	.text
PROBE_LOAD modbpf_probe_load_1, movzbl (%rax), %eax
PROBE_LOAD modbpf_probe_load_2, movzwl (%rax), %eax
PROBE_LOAD modbpf_probe_load_4, movl (%rax), %eax
PROBE_LOAD modbpf_probe_load_8, movq (%rax), %rax

/*
 * The return lies in the lower half of a cache line: kernels that fend off
 * indirect target selection patch a thunk into those returns only.
 */
	.balign 64, 0xcc
SYM_START(modbpf_sample_return, SYM_L_GLOBAL, SYM_A_NONE)
	endbr64
	RET
SYM_END(modbpf_sample_return, SYM_T_FUNC)
	.balign 16, 0xcc

/*
 * The kernel's way to jump to where rax points; 0: it has none. Taken here, since
 * not every kernel's headers declare it for C.
 */
	.section .rodata
	.balign 8
SYM_DATA_START(modbpf_indirect_thunk)
#if defined(CONFIG_RETPOLINE) || defined(CONFIG_MITIGATION_RETPOLINE)
	.quad	__x86_indirect_thunk_rax
#else
	.quad	0
#endif
SYM_DATA_END(modbpf_indirect_thunk)
