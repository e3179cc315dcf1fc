/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known of a number: which bits, and between which bounds, as unsigned
 * and as signed, for all 64 bits and for the low 32. All views are kept in
 * step: what one knows, the others have learnt as far as they can say it.
 *
 * A scalar stands for a set of 64-bit numbers, never empty. Operators take
 * structs by value and return a scalar that contains every result of the
 * operands' numbers (soundness); how few others it contains is precision.
 * Nothing here fails, allocates or knows of registers and programs.
 */
#ifndef MODBPF_VERIFIER_SCALAR_H
#define MODBPF_VERIFIER_SCALAR_H

#include "verifier/range.h"
#include "verifier/tnum.h"

struct scalar {
	struct tnum bits;	/* of all 64 bits; the low half is that of the low 32 */
	struct value_range r64;
	struct value_range r32;	/* of the low 32 bits: umax < 2^32, smin >= -2^31 */
};

struct scalar scalar_const(u64 value);
struct scalar scalar_unknown(void);
/* @umin..@umax, unsigned. */
struct scalar scalar_between(u64 umin, u64 umax);
/* What a load of 1, 2, 4 or 8 bytes gives when nothing is known of memory. */
struct scalar scalar_loaded(u32 bytes, bool sign_extend);

static inline bool scalar_is_const(struct scalar s)
{
	return s.bits.mask == 0;
}

static inline u64 scalar_value(struct scalar s)
{
	return s.bits.value;
}

bool scalar_contains_value(struct scalar s, u64 value);
/* Is every number of @inner one of @outer, as far as the views tell? For pruning. */
bool scalar_contains(struct scalar outer, struct scalar inner);

/* The low 1, 2, 4 or 8 bytes, zero- or sign-extended to 64 bits. */
struct scalar scalar_truncate(struct scalar s, u32 bytes, bool sign_extend);

/*
 * @op: BPF_ADD .. BPF_ARSH (not BPF_END) of isa/insn.h, BPF_NEG ignores @src.
 * @is64: of class BPF_ALU64; otherwise the low halves are the operands and the
 * result is zero-extended. @is_signed: signed division or modulo (off = 1).
 * Results at the edges are those of RFC 9669 section 4.1.
 */
struct scalar scalar_alu(u8 op, bool is64, bool is_signed,
			 struct scalar dst, struct scalar src);
/* Byte swap of the low @bits (16, 32, 64), zero-extended. */
struct scalar scalar_swap(struct scalar s, u32 bits);

/*
 * @op: BPF_JEQ .. BPF_JSLE, BPF_JSET. 1: the jump is always taken, 0: never,
 * -1: it depends.
 */
int scalar_branch(u8 op, bool is64, struct scalar dst, struct scalar src);
/*
 * Narrow both to the numbers for which the jump goes that way. Returns false,
 * with both left as they were, if there are none: that way is dead.
 */
bool scalar_assume(u8 op, bool is64, bool taken, struct scalar *dst, struct scalar *src);

#endif
