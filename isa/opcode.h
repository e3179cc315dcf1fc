/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What each opcode is: one row per opcode of RFC 9669 and of Linux's additions
 * up to ISA v4. Whoever decodes instructions asks here which fields an opcode
 * uses and what they may hold; the encodings are known nowhere else.
 *
 * Opcodes whose meaning depends on a further field have one row and a further
 * question: opcode_is_signed() and opcode_extends_from() for off, atomic_lookup()
 * for imm, the src_reg of a call and of ld_imm64 (isa/insn.h).
 */
#ifndef MODBPF_ISA_OPCODE_H
#define MODBPF_ISA_OPCODE_H

#include "isa/insn.h"

/* How the operands are arranged; one form is one way to print and to run. */
enum opcode_form {
	FORM_ALU_IMM,		/* dst op= imm; mov: dst = imm */
	FORM_ALU_REG,		/* dst op= src; mov: dst = src or its sign-extended low part */
	FORM_NEG,		/* dst = -dst */
	FORM_SWAP,		/* dst = le, be or bswap of imm bits of dst */
	FORM_LOAD,		/* dst = *(src + off), zero- or sign-extended */
	FORM_STORE_IMM,		/* *(dst + off) = imm */
	FORM_STORE_REG,		/* *(dst + off) = src */
	FORM_ATOMIC,		/* read, modify, write of *(dst + off); op in imm */
	FORM_LD_IMM64,		/* dst = 64 bits of two slots, or what src_reg makes of them */
	FORM_LD_ABS,		/* R0 = packet[imm] */
	FORM_LD_IND,		/* R0 = packet[src + imm] */
	FORM_JUMP,		/* goto off (JMP) or imm (JMP32: gotol) */
	FORM_BRANCH_IMM,	/* if dst op imm goto off */
	FORM_BRANCH_REG,	/* if dst op src goto off */
	FORM_CALL,		/* R0 = call imm, kind in src_reg */
	FORM_EXIT,
	FORM_MAY_GOTO,
};

/* Flags: what is read and written beside memory. A call is not described here. */
enum {
	OPCODE_READS_DST = 1 << 0,
	OPCODE_READS_SRC = 1 << 1,	/* not of an atomic load: see atomic_op */
	OPCODE_WRITES_DST = 1 << 2,	/* not of an atomic operation: see atomic_op */
	OPCODE_SIGN_EXTENDS = 1 << 3,	/* FORM_LOAD: BPF_MEMSX */
	OPCODE_TWO_SLOTS = 1 << 4,
	OPCODE_REFUSED = 1 << 5,	/* known, and not supported: opcode_check() names it */
};

/* What a field may hold. */
enum opcode_field {
	FIELD_ZERO,		/* reserved */
	FIELD_ANY,
	FIELD_REG,		/* R0 to R10 */
	FIELD_KIND,		/* src_reg of a call or of ld_imm64: a BPF_PSEUDO_ value */
	FIELD_SIGNED,		/* off: 0, or 1 for signed division or modulo */
	FIELD_EXTEND,		/* off: 0, or 8, 16 and (ALU64) 32: bits to extend from */
	FIELD_SWAP_BITS,	/* imm: 16, 32, 64 */
	FIELD_SHIFT,		/* imm: 0 to the operation's bits - 1 */
	FIELD_DIVISOR,		/* imm: not 0 */
	FIELD_ATOMIC,		/* imm: see atomic_lookup() */
	FIELD_CALL,		/* imm: id or offset; off: zero but for a kfunc */
};

struct opcode {
	const char *name;	/* operation, lower case as in RFC 9669: "add", "jsgt", "ldx" */
	const char *symbol;	/* as printed between the operands: "+=", "s>", or NULL */
	u8 form;		/* enum opcode_form */
	u8 flags;		/* OPCODE_* */
	u8 bytes;		/* operand width: 4 or 8; memory: bytes moved, 1 to 8; else 0 */
	u8 dst, src, off, imm;	/* enum opcode_field */
	u8 group;		/* which family's name a complaint uses */
	const char *section;	/* of RFC 9669, or "Linux" */
};

/* The row of an opcode, NULL if there is none. */
const struct opcode *opcode_lookup(u8 code);

/*
 * What is wrong with the encoding of @insn, in words without a newline; NULL:
 * nothing. @left is the count of slots from @insn to the end of the program,
 * itself included (at least 1). What is checked: the opcode is known and
 * supported, reserved fields are zero, registers exist, constants of shift,
 * division, swap and atomic operations are allowed. What is not: that a jump
 * lands inside the program, that R10 is not written, and all that depends on
 * values.
 */
const char *opcode_check(const struct modbpf_insn *insn, u32 left);

/* FORM_ALU_*: signed division or modulo. */
static inline bool opcode_is_signed(const struct modbpf_insn *insn)
{
	return insn->off == 1;
}

/* A mov of a register: bits that are sign-extended, 0: all of them, as they are. */
static inline u32 opcode_extends_from(const struct modbpf_insn *insn)
{
	return insn->off;
}

/* ALU and jumps: the operation is on the low 32 bits, and an ALU result zero-extended. */
static inline bool opcode_is_32bit(u8 code)
{
	return BPF_CLASS(code) == BPF_ALU || BPF_CLASS(code) == BPF_JMP32;
}

enum {
	ATOMIC_READS_SRC = 1 << 0,
	ATOMIC_WRITES_SRC = 1 << 1,	/* fetch and xchg: the old value, zero-extended */
	ATOMIC_USES_R0 = 1 << 2,	/* cmpxchg: compared, then the old value, zero-extended */
	ATOMIC_LOAD = 1 << 3,		/* load_acquire: dst = *(src + off) */
	ATOMIC_STORE = 1 << 4,		/* store_release: *(dst + off) = src */
	ATOMIC_ANY_SIZE = 1 << 5,	/* 1 and 2 bytes as well as 4 and 8 */
};

struct atomic_op {
	s32 imm;
	const char *name;	/* "add", "fetch_add", "xchg", "load_acquire" */
	const char *symbol;	/* "+=" for those without a result, else NULL */
	u8 flags;		/* ATOMIC_* */
};

/* The atomic operation that @imm stands for, NULL if there is none. */
const struct atomic_op *atomic_lookup(s32 imm);

/* The name behind "bpf_" of a helper, NULL if there is none here. */
const char *helper_name(s32 id);
/* The same of a kernel function; NULL: the id is none of one. */
const char *kfunc_name(s32 id);

#endif
