// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Division (RFC 9669 section 4.1): by zero the quotient is 0 and the remainder is
 * the dividend; the smallest number by -1 wraps. The machine's instructions trap on
 * both, so both are kept away from them. They take rdx:rax and leave the quotient in
 * rax and the remainder in rdx; whichever of the two is not the destination is put
 * back.
 */
#include "jit/x86/select.h"

struct division {
	u32 width;
	bool is_signed, is_mod;
	bool may_be_zero, may_be_minus_one;
	u8 dst, divisor;
};

/* The dividend to rdx:rax, divide, and the result to rax. */
static void emit_core(struct x86_select *s, const struct division *d)
{
	struct x86_buf *buf = &s->buf;

	if (d->is_signed)
		x86_plain(buf, d->width == 8 ? X86_CQO : X86_CDQ);
	else
		x86_mov_const(buf, X86_RDX, 0);
	x86_r(buf, d->is_signed ? X86_IDIV : X86_DIV, d->width, d->divisor);
}

/* With the destination elsewhere, it holds rdx while the division runs. */
static void emit_division(struct x86_select *s, const struct division *d)
{
	u8 result = d->is_mod ? X86_RDX : X86_RAX;

	if (d->dst == X86_RAX) {
		x86_mov(s, 8, X86_SCRATCH2, X86_RDX);
		emit_core(s, d);
		if (d->is_mod)
			x86_mov(s, d->width, X86_RAX, X86_RDX);
		x86_mov(s, 8, X86_RDX, X86_SCRATCH2);
		return;
	}
	x86_mov(s, 8, X86_SCRATCH2, X86_RAX);
	x86_mov(s, d->width, X86_RAX, d->dst);
	if (d->dst == X86_RDX) {
		emit_core(s, d);
		if (!d->is_mod)
			x86_mov(s, d->width, X86_RDX, X86_RAX);
	} else {
		x86_mov(s, 8, d->dst, X86_RDX);
		emit_core(s, d);
		if (d->is_mod)
			x86_mov(s, d->width, X86_RAX, result);
		x86_mov(s, 8, X86_RDX, d->dst);
		x86_mov(s, d->width, d->dst, X86_RAX);
	}
	x86_mov(s, 8, X86_RAX, X86_SCRATCH2);
}

static void emit_by_zero(struct x86_select *s, const struct division *d)
{
	if (!d->is_mod)
		x86_mov_const(&s->buf, d->dst, 0);
	else if (d->width == 4)
		x86_mov(s, 4, d->dst, d->dst);
}

static void emit_by_minus_one(struct x86_select *s, const struct division *d)
{
	if (d->is_mod)
		x86_mov_const(&s->buf, d->dst, 0);
	else
		x86_r(&s->buf, X86_NEG, d->width, d->dst);
}

static void emit_by_register(struct x86_select *s, const struct division *d)
{
	struct x86_buf *buf = &s->buf;
	u32 zero = 0, minus_one = 0, done, done_too;

	if (d->may_be_zero) {
		x86_rr(buf, X86_TEST, d->width, d->divisor, d->divisor);
		zero = x86_jcc_ahead(buf, X86_E);
	}
	if (d->may_be_minus_one) {
		x86_ri(buf, X86_CMP, d->width, d->divisor, -1);
		minus_one = x86_jcc_ahead(buf, X86_E);
	}
	emit_division(s, d);
	if (d->may_be_minus_one) {
		done = x86_jmp_ahead(buf);
		x86_land(buf, minus_one);
		emit_by_minus_one(s, d);
		x86_land(buf, done);
	}
	if (d->may_be_zero) {
		done_too = x86_jmp_ahead(buf);
		x86_land(buf, zero);
		emit_by_zero(s, d);
		x86_land(buf, done_too);
	}
}

/*
 * For n below 2^32 and n / d: the m and shift with n * m >> 32 + shift. With
 * e = m * d - 2^(32 + shift), the result is exact if e is at most 2^shift (Granlund and
 * Montgomery, "Division by invariant integers using multiplication", theorem 4.2).
 * False if m would have 33 bits.
 */
static bool find_reciprocal(u32 divisor, u64 *m, u32 *shift)
{
	for (*shift = 0; *shift < 32; (*shift)++) {
		u64 power = 1ULL << (32 + *shift);

		*m = power / divisor + 1;
		if (*m >> 32)
			return false;
		if (*m * divisor - power <= 1ULL << *shift)
			return true;
	}
	return false;
}

/* The quotient goes to a scratch register; unsigned, 32 bits. */
static bool emit_by_reciprocal(struct x86_select *s, const struct division *d, u32 divisor)
{
	struct x86_buf *buf = &s->buf;
	u8 quotient = d->is_mod ? X86_SCRATCH : d->dst;
	u32 shift;
	u64 m;

	if (d->width != 4 || d->is_signed || s->req->opt < 2 || !find_reciprocal(divisor, &m, &shift))
		return false;
	x86_mov(s, 4, quotient, d->dst);
	x86_mov_const(buf, X86_SCRATCH2, m);
	x86_rr(buf, X86_IMUL, 8, quotient, X86_SCRATCH2);
	x86_ri8(buf, X86_SHR, 8, quotient, 32 + shift);
	if (!d->is_mod)
		return true;
	x86_imul_rri(buf, 4, quotient, quotient, (s32)divisor);
	x86_rr(buf, X86_SUB, 4, quotient, d->dst);
	return true;
}

static void emit_by_constant(struct x86_select *s, const struct division *d, s64 value)
{
	if (d->width == 4)
		value = d->is_signed ? (s64)(s32)value : (s64)(u32)value;
	if (value == 0) {
		emit_by_zero(s, d);
	} else if (value == -1 && d->is_signed) {
		emit_by_minus_one(s, d);
	} else if (!emit_by_reciprocal(s, d, (u32)value)) {
		x86_mov_const(&s->buf, d->divisor, value);
		emit_division(s, d);
	}
}

void x86_emit_divide(struct x86_select *s, const struct ir_op *op)
{
	struct division d = {
		.width = op->width,
		.is_signed = op->kind == IR_SDIV || op->kind == IR_SMOD,
		.is_mod = op->kind == IR_MOD || op->kind == IR_SMOD,
		.may_be_zero = !(op->flags & IR_NONZERO),
		.dst = x86_reg_of[op->dst],
		.divisor = X86_SCRATCH,
	};
	u8 src = x86_reg_of[op->b];

	if (op->a != op->dst)
		x86_mov(s, op->width, d.dst, x86_reg_of[op->a]);
	if (op->flags & IR_IMM) {
		emit_by_constant(s, &d, op->imm);
		return;
	}
	d.may_be_minus_one = d.is_signed;
	if (src == X86_RAX || src == X86_RDX || src == d.dst)
		x86_mov(s, 8, X86_SCRATCH, src);
	else
		d.divisor = src;
	emit_by_register(s, &d);
}
