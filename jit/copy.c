// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which registers hold the same, and which a constant? Within a block, an operation
 * reads what its operand was copied from, or has the constant in itself, as a tail call
 * its index; the copy is then often dead (live.c). Memory is never looked at: every load and store stays.
 *
 * Invariant: an entry says what is true before the operation that is looked at.
 */
#include "jit/ir.h"

struct known {
	u8 copy_width;	/* the register's low so many bytes are those of copy_of, the rest 0; 0: no copy */
	u8 copy_of;
	bool is_const;
	u8 stores;	/* that have had the constant in themselves */
	u64 value;
};

struct copies {
	struct known regs[MODBPF_REG_COUNT];
};

static void forget(struct copies *c, u32 regs)
{
	u32 i;

	for (i = 0; i < MODBPF_REG_COUNT; i++) {
		struct known *known = &c->regs[i];

		if (regs >> i & 1)
			*known = (struct known){};
		else if (known->copy_width && regs >> known->copy_of & 1)
			known->copy_width = 0;
	}
}

static u16 original(const struct copies *c, u16 reg, u32 bytes)
{
	const struct known *known = &c->regs[reg];

	return known->copy_width >= bytes ? known->copy_of : reg;
}

static bool is_commutative(u8 kind)
{
	return kind == IR_ADD || kind == IR_MUL || kind == IR_OR || kind == IR_AND || kind == IR_XOR;
}

static bool is_binary(u8 kind)
{
	return kind >= IR_ADD && kind <= IR_SAR;
}

/* How much of operand a is looked at. */
static u32 bytes_read(const struct ir_op *op)
{
	switch (op->kind) {
	case IR_ZEXT:
	case IR_SEXT:
	case IR_SWAP:
		return op->bytes <= 4 ? 4 : 8;
	case IR_MOV:
	case IR_NEG:
	case IR_BRANCH:
		return op->width;
	default:
		return is_binary(op->kind) ? op->width : 8;
	}
}

#define MAX_STORES 2	/* a store of a constant is longer: of many, one register is shorter */

/* Put operand b into the operation, if it is a constant that has room there. */
static void take_constant(struct copies *c, struct ir_op *op, u32 bytes)
{
	struct known *known = &c->regs[op->b];
	u64 value = known->value;

	if (!known->is_const)
		return;
	if (bytes <= 4)
		value = (u64)(s64)(s32)value;
	if (!ir_fits_imm((s64)value) || (op->kind == IR_STORE && known->stores++ >= MAX_STORES))
		return;
	op->flags |= IR_IMM;
	op->imm = (s64)value;
}

static void replace_second(struct copies *c, struct ir_op *op)
{
	u32 bytes = op->kind == IR_STORE ? op->bytes : op->width;

	if (op->flags & IR_IMM || (!is_binary(op->kind) && op->kind != IR_BRANCH && op->kind != IR_STORE))
		return;
	take_constant(c, op, bytes);
	if (!(op->flags & IR_IMM))
		op->b = original(c, op->b, bytes);
}

static void replace_first(const struct copies *c, struct ir_op *op)
{
	u16 a;

	if (op->kind == IR_CONST || op->kind == IR_FUNC || op->kind == IR_NOP ||
	    op->kind == IR_LEA || op->kind == IR_ROL ||
	    (op->kind > IR_ATOMIC && op->kind != IR_BRANCH))
		return;
	a = original(c, op->a, bytes_read(op));
	if (a == op->a)
		return;
	if (is_binary(op->kind) && !(op->flags & IR_IMM) && op->b == op->dst && !is_commutative(op->kind))
		return;
	op->a = a;
	/* dst = a op dst is what the machine calls dst op= a. */
	if (is_binary(op->kind) && !(op->flags & IR_IMM) && op->b == op->dst) {
		op->b = a;
		op->a = op->dst;
	}
}

static bool fold(u8 kind, u64 a, u64 b, u32 width, u64 *value)
{
	u32 count = b & (width * 8 - 1);

	switch (kind) {
	case IR_ADD: *value = a + b; return true;
	case IR_SUB: *value = a - b; return true;
	case IR_MUL: *value = a * b; return true;
	case IR_OR: *value = a | b; return true;
	case IR_AND: *value = a & b; return true;
	case IR_XOR: *value = a ^ b; return true;
	case IR_SHL: *value = a << count; return true;
	case IR_SHR: *value = (width == 4 ? (u32)a : a) >> count; return true;
	default: return false;
	}
}

/* An operation on constants is a constant. */
static void fold_constant(const struct copies *c, struct ir_op *op)
{
	const struct known *a = &c->regs[op->a];
	u64 value;

	if (!is_binary(op->kind) || !(op->flags & IR_IMM) || !a->is_const ||
	    !fold(op->kind, a->value, (u64)op->imm, op->width, &value))
		return;
	if (op->width == 4)
		value = (u32)value;
	if (value >> 32 && !ir_fits_imm((s64)value))
		return;	/* ten bytes: no gain */
	op->kind = IR_CONST;
	op->imm = (s64)value;
}

static void fold_move(const struct copies *c, struct ir_op *op)
{
	const struct known *a = &c->regs[op->a];
	u64 value = op->width == 4 ? (u32)a->value : a->value;

	if (op->kind != IR_MOV || !a->is_const || (value >> 32 && !ir_fits_imm((s64)value)))
		return;
	op->kind = IR_CONST;
	op->imm = (s64)value;
}

static void know_index(const struct copies *c, struct ir_op *op)
{
	if (op->kind != IR_TAIL_CALL || !c->regs[3].is_const)
		return;
	op->flags |= IR_KNOWN;
	op->disp = (s32)c->regs[3].value;
}

static void learn(struct copies *c, const struct ir_op *op)
{
	struct known known = {};

	if (op->kind == IR_CONST)
		known = (struct known){ .is_const = true, .value = (u64)op->imm };
	else if (op->kind == IR_MOV && op->dst != op->a)
		known = (struct known){ .copy_width = op->width, .copy_of = op->a };
	forget(c, ir_op_writes(op));
	if (op->kind == IR_CONST || op->kind == IR_MOV)
		c->regs[op->dst] = known;
}

static void propagate(struct ir_op *op, const struct ir_op *end)
{
	struct copies c = {};

	for (; op < end; op++) {
		replace_second(&c, op);
		replace_first(&c, op);
		fold_constant(&c, op);
		fold_move(&c, op);
		know_index(&c, op);
		if (op->kind == IR_MOV && op->width == 8 && op->dst == op->a)
			op->kind = IR_NOP;
		learn(&c, op);
	}
}

int ir_propagate_copies(struct ir_prog *ir)
{
	return ir_each_block(ir, propagate);
}
