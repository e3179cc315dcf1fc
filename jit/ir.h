/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The JIT's own form of a program: per subprogram a run of basic blocks, per
 * block a run of operations, in the order in which code is emitted. It knows no
 * machine; passes rewrite it in place.
 *
 * Invariant: only the last operation of a block may leave it (ir_op_ends_block()),
 * and a block that can be left by falling through is followed by its fall-through
 * successor, or has a jump emitted for it. Values are named by u16 numbers: below
 * IR_FIRST_TEMP they are the BPF registers.
 */
#ifndef MODBPF_JIT_IR_H
#define MODBPF_JIT_IR_H

#include "isa/insn.h"

struct insn_fact;
struct jit_request;

#define IR_FIRST_TEMP MODBPF_REG_COUNT
#define IR_BLIND IR_FIRST_TEMP	/* what blind.c puts together, right before its use */
#define IR_VALUE_COUNT (IR_BLIND + 1)
#define IR_NO_BLOCK (~0U)

enum ir_kind {
	IR_NOP,
	IR_TRAP,	/* never reached */
	IR_CONST,	/* dst = imm */
	IR_FUNC,	/* dst = the address of subprogram imm, which C may call */
	IR_MOV,		/* dst = a; width 4 clears the upper half */
	IR_ZEXT,	/* dst = low @bytes of a */
	IR_SEXT,	/* dst = low @bytes of a, sign-extended to width */
	IR_SWAP,	/* dst = low @bytes of a in reverse order */
	IR_NEG,		/* dst = -a */
	/* dst = a op (b or imm); as built, a is dst. No pass makes a differ from dst = b, but of ADD */
	IR_ADD,
	IR_SUB,
	IR_MUL,
	IR_DIV,		/* unsigned; by zero: 0 */
	IR_MOD,		/* unsigned; by zero: a */
	IR_SDIV,
	IR_SMOD,
	IR_OR,
	IR_AND,
	IR_XOR,
	IR_SHL,
	IR_SHR,
	IR_SAR,
	IR_ROL,		/* dst = a rotated left by imm bits */
	IR_LEA,		/* dst = a + index * scale + disp; width 8 */
	IR_LOAD,	/* dst = @bytes at a + index * scale + disp */
	IR_STORE,	/* @bytes at a + index * scale + disp = b or imm */
	IR_ATOMIC,	/* @bytes at a + disp, operand b; with IR_FETCH dst = old value */
	IR_FENCE,	/* nothing behind it begins, on speculation either, before all ahead of it is done */
	IR_LOOKUP,	/* R0 = the (CPU's) value of array map imm at the u32 index at a, or 0; R1 to R5 are lost */
	IR_CALL,	/* R0 = helper imm (R1..R5) */
	IR_CALL_SUBPROG,	/* R0 = subprogram imm (R1..R5) */
	/* leave for entry R3 of program array imm, or R0 = IR_TAIL_FAILED; b: how many entries, if not R0 */
	IR_TAIL_CALL,
	IR_JUMP,	/* to succ[0] */
	IR_BRANCH,	/* to succ[0] if a cond (b or imm), else to succ[1] */
	IR_EXIT,	/* return R0 */
	IR_KIND_COUNT
};

enum ir_cond {
	IR_EQ, IR_NE, IR_SET, IR_CLEAR,	/* SET: a & b is not zero; CLEAR: it is */
	IR_ULT, IR_ULE, IR_UGT, IR_UGE,
	IR_SLT, IR_SLE, IR_SGT, IR_SGE,
};

/* What IR_ATOMIC does. XCHG and CMPXCHG always fetch; CMPXCHG compares with and fetches to R0. */
enum ir_atomic {
	IR_ATOMIC_ADD, IR_ATOMIC_OR, IR_ATOMIC_AND, IR_ATOMIC_XOR,
	IR_ATOMIC_XCHG, IR_ATOMIC_CMPXCHG, IR_ATOMIC_LOAD, IR_ATOMIC_STORE,
};

enum {
	IR_IMM = 1 << 0,	/* the second operand is imm, not b */
	IR_SIGNED = 1 << 1,	/* the load extends the sign to 8 bytes */
	IR_PROBE = 1 << 2,	/* the load may fault and then gives 0 */
	IR_NONZERO = 1 << 3,	/* the divisor is never zero */
	IR_FETCH = 1 << 4,
	IR_UPPER_ZERO = 1 << 5,	/* the upper half of the result is zero (width 8) */
	IR_MEM = 1 << 6,	/* operand b, or a beside IR_IMM, is @bytes at that + index * scale + disp */
	/* IR_LOOKUP: disp is the index, which is there; IR_TAIL_CALL: disp is R3; IR_CALL: imm is the address */
	IR_KNOWN = 1 << 7,
};

#define IR_TAIL_FAILED (-2)	/* R0 after a tail call that did not happen */

struct ir_op {
	u8 kind;	/* enum ir_kind */
	u8 width;	/* of the operation, in bytes: 4 or 8 */
	u8 bytes;	/* that are accessed, extended or swapped: 1, 2, 4, 8 */
	u8 flags;	/* IR_IMM.. */
	u16 dst, a, b;	/* values */
	u8 cond;	/* enum ir_cond */
	u8 atomic;	/* enum ir_atomic */
	s32 disp;
	u32 insn;	/* the final instruction it comes from */
	u16 live;	/* bit n: BPF register n is read later (live.c) */
	u8 index;	/* a value, where scale is not 0 */
	u8 scale;	/* 0: no index; 1, 2, 4, 8 */
	s64 imm;
};

struct ir_block {
	u32 first, end;		/* operations */
	u32 succ[2];		/* blocks, or IR_NO_BLOCK */
	u16 live_in;		/* bit n: BPF register n may be read before it is written */
	bool is_skipped;	/* no code: nothing but a jump, which all take elsewhere */
};

struct ir_subprog {
	u32 first_block, end_block;
	u16 stack_depth;	/* bytes below the frame pointer */
	u16 used;		/* bit n: BPF register n occurs */
	bool has_call;		/* to a helper or a subprogram */
	bool is_callback;	/* its address is taken */
};

struct ir_prog {
	struct ir_op *ops;
	struct ir_block *blocks;
	struct ir_subprog *subprogs;
	u32 op_cnt, block_cnt, subprog_cnt;
	u32 insn_cnt;
	bool has_tail_call;	/* anywhere */
};

static inline bool ir_op_ends_block(const struct ir_op *op)
{
	return op->kind >= IR_JUMP || op->kind == IR_TRAP;
}

/* Does the operation write dst? */
bool ir_op_defines(const struct ir_op *op);

/* jit/build.c. Returns 0, -ENOMEM, -EINTR, -EOPNOTSUPP; -EFAULT: not what a verifier makes. */
int ir_build(const struct jit_request *req, struct ir_prog *ir);
void ir_release(struct ir_prog *ir);

/* jit/lower.c: the operation that instruction @insn stands for, but for where it jumps to. */
int ir_lower_insn(const struct jit_request *req, u32 insn, struct ir_op *op);
/* The instruction that jump @insn goes to when taken; may lie outside the program. */
s64 ir_jump_target(const struct modbpf_insn *insns, u32 insn);

/* jit/inline.c: make of helper call @op what needs no call, if there is such a thing. */
void ir_inline_helper(const struct jit_request *req, const struct insn_fact *fact, struct ir_op *op);

/* jit/zext.c: drop zero-extensions of what is already zero-extended. */
int ir_drop_zero_extensions(struct ir_prog *ir);

/* The BPF registers that the operation reads, and those that hold something else after it. */
u32 ir_op_reads(const struct ir_op *op);
u32 ir_op_writes(const struct ir_op *op);

/* Let @pass rewrite the operations of each block. 0 or -EINTR. */
int ir_each_block(struct ir_prog *ir, void (*pass)(struct ir_op *first, const struct ir_op *end));

/* Has @value room in an instruction, as a number that is extended with its sign? */
static inline bool ir_fits_imm(s64 value)
{
	return value == (s32)value;
}

/* jit/copy.c: read what a register was copied from, and constants, in their place. */
int ir_propagate_copies(struct ir_prog *ir);
/* jit/live.c: drop operations whose result nobody reads; notes who reads what. */
int ir_drop_dead(struct ir_prog *ir);
/* jit/address.c: let accesses and LEA add what an operation of its own added. */
int ir_fold_addresses(struct ir_prog *ir);
/* jit/rotate.c: two shifts and what puts them together become a rotation. */
int ir_find_rotations(struct ir_prog *ir);
/* jit/thread.c: test bits without keeping them; jump to where a jump leads. */
/* The definition of @reg that @op reads, if nothing has read it in between; else NULL. */
struct ir_op *ir_only_definition(struct ir_op *first, struct ir_op *op, u32 reg);
/* The last one to write @reg before @op, if it is not too far. */
struct ir_op *ir_last_definition(struct ir_op *first, struct ir_op *op, u32 reg);
/* Did the operations from behind @from up to before @to leave @regs alone? */
bool ir_is_untouched(const struct ir_op *from, const struct ir_op *to, u32 regs);
/* Drop @from, whose operands @regs are read at @to instead. */
void ir_sink(struct ir_op *from, struct ir_op *to, u32 regs);
/* jit/strength.c: shifts and masks in place of multiplication and division. */
int ir_reduce_strength(struct ir_prog *ir);
/* jit/operand.c: let arithmetic and comparisons load their operand. */
int ir_fuse_loads(struct ir_prog *ir);
int ir_fuse_tests(struct ir_prog *ir);
int ir_thread_jumps(struct ir_prog *ir);
/* jit/blind.c: put constants together from random halves. 0, -ENOMEM, -EINTR. */
int ir_blind(const struct jit_request *req, struct ir_prog *ir);

#endif
