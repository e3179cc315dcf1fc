/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A text assembler for test programs. It reads what isa/disasm.h prints, and:
 *
 *	# comment		// comment; both begin a word of their own
 *	label:			on a line of its own or before an instruction
 *	r1 = 5			mov; "r1 = 0x1234567890 ll" (or any constant that does
 *				not fit a signed 32-bit immediate) is ld_imm64
 *	w1 = 5			the 32-bit form; each ALU operation has both
 *	r1 += r2		+= -= *= /= %= |= &= ^= <<= >>= s>>= s/= s%=
 *	r1 = -r1		r1 = le16 r1		r1 = be32 r1	r1 = bswap64 r1
 *	r1 = (s8)r2		w1 = (s16)w2
 *	r1 = *(u32 *)(r2 +4)	u8 u16 u32 u64, s8 s16 s32
 *	*(u16 *)(r1 +0) = r2	*(u64 *)(r10 -8) = -1
 *	lock *(u64 *)(r1 +0) += r2			+= |= &= ^=
 *	r2 = atomic64_fetch_add((u64 *)(r1 +0), r2)	add or and xor, atomic_ for u32
 *	r2 = atomic_xchg((u32 *)(r1 +0), r2)
 *	r0 = atomic64_cmpxchg((u64 *)(r1 +0), r0, r2)
 *	r1 = load_acquire((u8 *)(r2 +0))	store_release((u64 *)(r1 +0), r2)
 *	r0 = *(u16 *)skb[12]	r0 = *(u8 *)skb[r6 + 14]
 *	r1 = map[NAME]		the map's index in @map_names, BPF_PSEUDO_MAP_FD
 *	r1 = map_value[NAME] + 8	BPF_PSEUDO_MAP_VALUE; also "map[NAME][0]+8"
 *	r1 = map[fd:3]		map[fd:3][0]+8, map[idx:3], map[idx:3][0]+8: raw numbers
 *	r1 = subprog[LABEL]	BPF_PSEUDO_FUNC; also subprog[+3]
 *	goto LABEL		goto pc+3, gotol LABEL (32-bit offset)
 *	if r1 s> 5 goto LABEL	== != > >= < <= & s> s>= s< s<=; if w1 ...
 *	call NAME		helper by its name, with or without "bpf_" and "#id";
 *				"call 14" or "call unknown#14" by id
 *	call LABEL		subprogram; also "call pc+3"; "call kfunc#9", "call kfunc#dynptr_size"
 *	may_goto LABEL
 *	exit
 *	.insn CODE DST SRC OFF IMM	any eight bytes
 *	.repeat N INSTRUCTION		N times the same
 *
 * Instructions end at a newline or at ";". Numbers are decimal or 0x.., with a sign; a 32-bit
 * immediate may be given as 0x80000000..0xffffffff.
 */
#ifndef MODBPF_TESTS_SUPPORT_ASM_H
#define MODBPF_TESTS_SUPPORT_ASM_H

#include "isa/insn.h"

struct asm_prog {
	struct modbpf_insn *insns;	/* free with asm_free() */
	u32 insn_cnt;
	u32 error_line;			/* 1..; 0: no error */
	char error[128];		/* what is wrong there */
};

/*
 * Assemble @text into *@out. @map_names are the names that map[NAME] may use, in
 * the order of their indices; may be NULL if @map_cnt is 0. Returns 0, or
 * -EINVAL with error and error_line set and no instructions.
 */
int asm_parse(const char *text, const char *const *map_names, u32 map_cnt,
	      struct asm_prog *out);
void asm_free(struct asm_prog *prog);

#endif
