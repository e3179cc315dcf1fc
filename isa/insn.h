/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How one eBPF instruction is encoded (RFC 9669 sections 3 to 5, and Linux's
 * additions up to ISA v4).
 *
 * The names and values are those of the RFC and of Linux's <linux/bpf.h>; a
 * macro here has the same replacement as there, so that both headers may be
 * included in one file.
 */
#ifndef MODBPF_ISA_INSN_H
#define MODBPF_ISA_INSN_H

#include "isa/platform.h"

struct modbpf_insn {
	u8 code;	/* opcode */
	u8 dst_reg : 4;
	u8 src_reg : 4;
	s16 off;	/* signed offset */
	s32 imm;	/* signed immediate */
};
static_assert(sizeof(struct modbpf_insn) == 8, "RFC 9669 section 3.1");

#define MODBPF_MAX_INSNS 1000000	/* Linux's limit for CAP_BPF */
#define MODBPF_MAX_SUBPROGS 256		/* Linux's BPF_MAX_SUBPROGS */
#define MODBPF_MAX_FRAMES 8		/* call depth, the main program included */
#define MODBPF_STACK_SIZE 512		/* bytes of stack of one frame */
#define MODBPF_MAX_TAIL_CALLS 33
#define MODBPF_MAX_PACKET_OFF 0xffff

/* Registers. REG_AX exists only after verification: no program can name it. */
#define MODBPF_REG_CTX 1	/* a program finds the context there */
#define MODBPF_REG_PACKET_CTX 6	/* BPF_LD_[ABS|IND] find the context there */
#define MODBPF_REG_FP 10
#define MODBPF_REG_AX 11
#define MODBPF_REG_COUNT 12

/* Class: the low three bits of the opcode. */
#define BPF_CLASS(code) ((code) & 0x07)
#define	BPF_LD		0x00
#define	BPF_LDX		0x01
#define	BPF_ST		0x02
#define	BPF_STX		0x03
#define	BPF_ALU		0x04
#define	BPF_JMP		0x05
#define BPF_JMP32	0x06
#define BPF_ALU64	0x07

/* Loads and stores: size and mode. */
#define BPF_SIZE(code)  ((code) & 0x18)
#define	BPF_W		0x00 /* 32-bit */
#define	BPF_H		0x08 /* 16-bit */
#define	BPF_B		0x10 /*  8-bit */
#define BPF_DW		0x18	/* double word (64-bit) */
#define BPF_MODE(code)  ((code) & 0xe0)
#define	BPF_IMM		0x00
#define	BPF_ABS		0x20
#define	BPF_IND		0x40
#define	BPF_MEM		0x60
#define BPF_MEMSX	0x80	/* load with sign extension */
#define BPF_ATOMIC	0xc0	/* atomic memory ops - op type in immediate */

/* ALU and jumps: operation and source. */
#define BPF_OP(code)    ((code) & 0xf0)
#define	BPF_ADD		0x00
#define	BPF_SUB		0x10
#define	BPF_MUL		0x20
#define	BPF_DIV		0x30
#define	BPF_OR		0x40
#define	BPF_AND		0x50
#define	BPF_LSH		0x60
#define	BPF_RSH		0x70
#define	BPF_NEG		0x80
#define	BPF_MOD		0x90
#define	BPF_XOR		0xa0
#define BPF_MOV		0xb0	/* mov reg to reg */
#define BPF_ARSH	0xc0	/* sign extending arithmetic shift right */
#define BPF_END		0xd0	/* flags for endianness conversion: */
#define BPF_TO_LE	0x00	/* convert to little-endian */
#define BPF_TO_BE	0x08	/* convert to big-endian */

#define	BPF_JA		0x00
#define	BPF_JEQ		0x10
#define	BPF_JGT		0x20
#define	BPF_JGE		0x30
#define	BPF_JSET        0x40
#define BPF_JNE		0x50	/* jump != */
#define BPF_JSGT	0x60	/* SGT is signed '>', GT in x86 */
#define BPF_JSGE	0x70	/* SGE is signed '>=', GE in x86 */
#define BPF_CALL	0x80	/* function call */
#define BPF_EXIT	0x90	/* function return */
#define BPF_JLT		0xa0	/* LT is unsigned, '<' */
#define BPF_JLE		0xb0	/* LE is unsigned, '<=' */
#define BPF_JSLT	0xc0	/* SLT is signed, '<' */
#define BPF_JSLE	0xd0	/* SLE is signed, '<=' */
#define MODBPF_JCOND	0xe0	/* may_goto; refused by name */

#define BPF_SRC(code)   ((code) & 0x08)
#define	BPF_K		0x00
#define	BPF_X		0x08

/* Atomic operations, in imm. */
#define BPF_FETCH	0x01	/* not an opcode on its own, used to build others */
#define BPF_XCHG	(0xe0 | BPF_FETCH)	/* atomic exchange */
#define BPF_CMPXCHG	(0xf0 | BPF_FETCH)	/* atomic compare-and-write */
#define MODBPF_LOAD_ACQ	0x100
#define MODBPF_STORE_REL 0x110

/* src_reg of ld_imm64 (RFC 9669 section 5.4). */
#define BPF_PSEUDO_MAP_FD	1
#define BPF_PSEUDO_MAP_VALUE	2
#define BPF_PSEUDO_BTF_ID	3
#define BPF_PSEUDO_FUNC		4
#define BPF_PSEUDO_MAP_IDX	5
#define BPF_PSEUDO_MAP_IDX_VALUE	6
#define MODBPF_PSEUDO_PROG	7	/* the program itself; the verifier alone writes it */

/* src_reg of a call. */
#define BPF_PSEUDO_CALL		1
#define BPF_PSEUDO_KFUNC_CALL	2

#define MODBPF_LD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

static inline bool insn_is_ld_imm64(const struct modbpf_insn *insn)
{
	return insn->code == MODBPF_LD_IMM64;
}

/* The address of a subprogram: imm is its distance from the next instruction, as in a call. */
static inline bool insn_is_func_address(const struct modbpf_insn *insn)
{
	return insn_is_ld_imm64(insn) && insn->src_reg == BPF_PSEUDO_FUNC;
}

/* BPF_LD_[ABS|IND]: R0 is what the packet has at an offset. */
static inline bool insn_is_packet_load(const struct modbpf_insn *insn)
{
	u8 mode = BPF_MODE(insn->code);

	return BPF_CLASS(insn->code) == BPF_LD && (mode == BPF_ABS || mode == BPF_IND);
}

static inline bool insn_is_helper_call(const struct modbpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == 0;
}

/* By a BTF id; where modbpf_insns_bind_kfuncs() has been, by the number of one of isa/abi.h. */
static inline bool insn_is_kfunc_call(const struct modbpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL;
}

static inline bool insn_is_subprog_call(const struct modbpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) &&
	       insn->src_reg == BPF_PSEUDO_CALL;
}

/* The 64-bit constant of a two-slot ld_imm64. @insn: its first slot. */
static inline u64 insn_imm64(const struct modbpf_insn *insn)
{
	return (u32)insn[0].imm | (u64)(u32)insn[1].imm << 32;
}

/* Bytes that a load or store of this opcode moves: 1, 2, 4 or 8. */
static inline u32 insn_access_bytes(u8 code)
{
	switch (BPF_SIZE(code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	case BPF_W:
		return 4;
	default:
		return 8;
	}
}

#endif
