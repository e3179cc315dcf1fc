/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An assembler for the x86-64 instructions that the JIT uses. Sizes are in bytes;
 * a width is 4 or 8, and an operation of width 4 clears its register's upper half.
 *
 * Errors stick: after -ENOMEM, -E2BIG or -EFAULT (an operand that the instruction
 * does not have) in buf.err nothing more is written; the caller looks once, at the end.
 */
#ifndef MODBPF_JIT_X86_ENCODE_H
#define MODBPF_JIT_X86_ENCODE_H

#include "isa/platform.h"

enum x86_gpr {
	X86_RAX, X86_RCX, X86_RDX, X86_RBX, X86_RSP, X86_RBP, X86_RSI, X86_RDI,
	X86_R8, X86_R9, X86_R10, X86_R11, X86_R12, X86_R13, X86_R14, X86_R15,
	X86_NO_REG = 0xff,
};

/* Condition codes, as the machine numbers them. */
enum x86_cond {
	X86_B = 2, X86_AE = 3, X86_E = 4, X86_NE = 5, X86_BE = 6, X86_A = 7,
	X86_S = 8, X86_NS = 9, X86_L = 12, X86_GE = 13, X86_LE = 14, X86_G = 15,
};

enum x86_form {
	/* r/m is the first operand, reg the second */
	X86_ADD, X86_OR, X86_ADC, X86_SBB, X86_AND, X86_SUB, X86_XOR, X86_CMP,
	X86_TEST, X86_MOV, X86_MOV8, X86_MOV16, X86_XCHG, X86_XADD, X86_CMPXCHG,
	/* reg is the first operand, r/m the second */
	X86_LOAD, X86_ADD_RM, X86_OR_RM, X86_AND_RM, X86_SUB_RM, X86_XOR_RM, X86_CMP_RM,
	X86_IMUL, X86_LEA, X86_MOVZX8, X86_MOVZX16, X86_MOVSX8, X86_MOVSX16, X86_MOVSXD,
	/* r/m only */
	X86_NOT, X86_NEG, X86_DIV, X86_IDIV, X86_SHL_CL, X86_SHR_CL, X86_SAR_CL,
	X86_JMP_REG,
	/* r/m and an imm8 */
	X86_SHL, X86_SHR, X86_SAR, X86_ROL, X86_ROR16,
	/* no operand */
	X86_RET, X86_LEAVE, X86_INT3, X86_CDQ, X86_CQO, X86_ENDBR64, X86_LFENCE,
	X86_FORM_COUNT
};

struct x86_mem {
	u8 base;	/* a register, never X86_NO_REG */
	u8 index;	/* not X86_RSP; or X86_NO_REG */
	u8 scale;	/* 1, 2, 4, 8 */
	s32 disp;
};

struct x86_buf {
	u8 *bytes;
	u32 len;
	u32 cap;
	u32 limit;	/* more than so many bytes are -E2BIG */
	int err;
};

static inline struct x86_mem x86_at(u8 base, s32 disp)
{
	return (struct x86_mem){ .base = base, .index = X86_NO_REG, .scale = 1, .disp = disp };
}

void x86_release(struct x86_buf *buf);

/* One for each shape of operands. */
void x86_plain(struct x86_buf *buf, enum x86_form form);
void x86_r(struct x86_buf *buf, enum x86_form form, u32 width, u8 rm);
void x86_rr(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, u8 rm);
void x86_rm(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, struct x86_mem mem);
/* @reg += the 8 bytes at gs:@disp. */
void x86_add_cpu(struct x86_buf *buf, u8 reg, s32 disp);
void x86_lock_rm(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, struct x86_mem mem);
void x86_ri8(struct x86_buf *buf, enum x86_form form, u32 width, u8 rm, u8 imm);

/* ADD to CMP, and TEST, with a sign-extended immediate. */
void x86_ri(struct x86_buf *buf, enum x86_form form, u32 width, u8 rm, s32 imm);
/* Compare @bytes (1, 4, 8) of memory with the low byte of @imm, or with all of it, sign-extended. */
void x86_cmp_mi(struct x86_buf *buf, u32 bytes, struct x86_mem mem, s32 imm);
void x86_imul_rri(struct x86_buf *buf, u32 width, u8 reg, u8 rm, s32 imm);
/* The shortest instruction that gives @reg the value; may change the flags. */
void x86_mov_const(struct x86_buf *buf, u8 reg, u64 value);
/* Store the low @bytes (1, 2, 4, 8) of the sign-extended @imm. */
void x86_store_imm(struct x86_buf *buf, u32 bytes, struct x86_mem mem, s32 imm);
/* BMI2, which leaves the flags alone: @reg = @rm shifted by @count, or rotated right by @imm. */
void x86_shift_rrr(struct x86_buf *buf, enum x86_form form, u32 width, u8 reg, u8 rm, u8 count);
void x86_rorx(struct x86_buf *buf, u32 width, u8 reg, u8 rm, u8 imm);
void x86_bswap(struct x86_buf *buf, u32 width, u8 reg);
void x86_push(struct x86_buf *buf, u8 reg);
void x86_pop(struct x86_buf *buf, u8 reg);

/*
 * Jumps inside one operation's code, at most 127 bytes far. Forward: the result
 * is given to x86_land() where the jump goes. Back: @to is buf->len as it was there.
 */
u32 x86_jcc_ahead(struct x86_buf *buf, enum x86_cond cond);
u32 x86_jmp_ahead(struct x86_buf *buf);
void x86_land(struct x86_buf *buf, u32 jump);
void x86_jcc_back(struct x86_buf *buf, enum x86_cond cond, u32 to);

/* Jumps and calls with a rel32 still to be filled in; the result is where it is. */
u32 x86_jmp_far(struct x86_buf *buf);
u32 x86_call_far(struct x86_buf *buf);
/* reg = an address in the image: its distance from the end of the instruction is to be put at the offset returned. */
u32 x86_lea_far(struct x86_buf *buf, u8 reg);
/* The distance of a rel32 counts from the end of its four bytes. */
void x86_put_rel32(u8 *at, s32 distance);

/* Jumps between blocks, whose size is decided by who lays the blocks out. */
#define X86_ALWAYS 0xff	/* for a cond: an unconditional jump */
u32 x86_jump_size(u8 cond, bool is_short);
/* Write one to @at; the distance counts from the jump's end. */
void x86_put_jump(u8 *at, u8 cond, bool is_short, s32 distance);
/* Leave room for the longest; returns where it begins. */
u32 x86_reserve_jump(struct x86_buf *buf, u8 cond);

#endif
