/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the files that turn operations into x86-64 instructions share.
 *
 * Registers: R0 rax, R1 rdi, R2 rsi, R3 rdx, R4 rcx, R5 r8 are as the C ABI
 * passes them; R6 rbx, R7 r13, R8 r14, R9 r15 survive calls; R10 is rbp, the stack
 * lies right below it; AX is r10. r9 and r11 are free inside one operation, but that r11 is IR_BLIND. r12
 * counts the tail calls of the whole run, where a program makes any: see frame.c.
 */
#ifndef MODBPF_JIT_X86_SELECT_H
#define MODBPF_JIT_X86_SELECT_H

#include "jit/code.h"
#include "jit/ir.h"
#include "jit/x86/encode.h"

#define X86_SCRATCH X86_R11
#define X86_SCRATCH2 X86_R9
#define X86_TAIL_COUNT X86_R12

/* A place to jump to. */
struct x86_label {
	u32 at;		/* in the code with long jumps */
	u32 rank;	/* how many jumps lie before it */
};

/* A jump between blocks: long when it is emitted, perhaps short in the image. */
struct x86_jump {
	u32 at;		/* in the code with long jumps */
	u32 label;
	u32 removed;	/* bytes that shorter jumps before it save */
	u8 cond;	/* enum x86_cond or X86_ALWAYS */
	bool is_short;
};

struct x86_call {
	u32 at;		/* the rel32 */
	u32 subprog;
};

struct x86_frame {
	u16 saved;	/* bit n: BPF register n is pushed */
	u32 below;	/* bytes between rbp and the pushed registers */
};

/* The zero flag, at one place of the code, says whether @reg's low @width bytes are zero. */
struct x86_flags {
	bool is_known;
	u8 reg;
	u8 width;
	u32 at;
};

struct x86_select {
	struct x86_buf buf;
	const struct jit_request *req;
	const struct ir_prog *ir;
	const struct ir_subprog *sub;	/* being emitted */
	u32 block;			/* likewise */
	struct x86_frame frame;
	struct x86_flags flags;
	struct x86_label *labels;	/* of blocks; then, per subprogram, of its way out; last, its start */
	struct x86_jump *jumps;
	u32 jump_cnt;
	struct jit_fixup *fixups;
	u32 fixup_cnt;
	struct x86_call *calls;
	u32 call_cnt;
	u32 *insn;			/* see jit_layout */
	struct x86_label entry, tail_entry;
};

/* Upper bounds of jumps, fixups and calls, so that emitting needs no checks. */
struct x86_bounds {
	u32 jumps, fixups, calls;
};

extern const u8 x86_reg_of[IR_VALUE_COUNT];

static inline u32 x86_exit_label(const struct x86_select *s)
{
	return s->ir->block_cnt + (s->sub - s->ir->subprogs);
}

static inline u32 x86_start_label(const struct x86_select *s, u32 subprog)
{
	return s->ir->block_cnt + s->ir->subprog_cnt + subprog;
}

static inline void x86_refuse(struct x86_select *s, int err)
{
	if (!s->buf.err)
		s->buf.err = err;
}

static inline void x86_mov(struct x86_select *s, u32 width, u8 dst, u8 src)
{
	x86_rr(&s->buf, X86_MOV, width, src, dst);
}

/* select.c */
void x86_place_label(const struct x86_select *s, struct x86_label *label);
void x86_jump_to(struct x86_select *s, u8 cond, u32 label);

/* Where a load, a store or LEA points to. */
struct x86_mem x86_place(const struct ir_op *op);

/* divide.c */
void x86_emit_divide(struct x86_select *s, const struct ir_op *op);

/* memory.c */
void x86_emit_load(struct x86_select *s, const struct ir_op *op);
void x86_emit_store(struct x86_select *s, const struct ir_op *op);
void x86_emit_lookup(struct x86_select *s, const struct ir_op *op);
void x86_emit_atomic(struct x86_select *s, const struct ir_op *op);

/* frame.c */
void x86_emit_entry(struct x86_select *s);
void x86_enter_subprog(struct x86_select *s);
void x86_emit_exit(struct x86_select *s);
void x86_emit_helper_call(struct x86_select *s, const struct ir_op *op);
void x86_emit_subprog_call(struct x86_select *s, const struct ir_op *op);
void x86_emit_subprog_address(struct x86_select *s, const struct ir_op *op);
void x86_emit_tail_call(struct x86_select *s, const struct ir_op *op);
void x86_call_address(struct x86_select *s, u64 target);

/* relax.c: choose the sizes of jumps and put the final code together. */
int x86_link(struct x86_select *s, struct jit_code *code);

#endif
