// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What does arithmetic make of its operands? Numbers follow the number domain;
 * a pointer may only be copied, and moved by 64-bit addition and subtraction,
 * so that no number ever tells of an address.
 */
#include "isa/opcode.h"
#include "verifier/exact.h"
#include "verifier/step.h"
#include "verifier/typed.h"

#define POINTER_REACH (1LL << 29)	/* how far a pointer may be from its object */

static bool is_mov(const struct modbpf_insn *insn)
{
	return BPF_OP(insn->code) == BPF_MOV;
}

static int check_mov_reg(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	struct reg *dst = &step_regs(step)[insn->dst_reg];
	struct reg *src = &step_regs(step)[insn->src_reg];
	bool is64 = !opcode_is_32bit(insn->code);
	u32 bits = opcode_extends_from(insn);
	struct scalar num = src->num;

	if (src->kind != REG_SCALAR) {
		if (is64 && !bits) {
			*dst = *src;
			return 0;
		}
		if (!bits && reg_has_packet_low(src)) {
			*dst = reg_pointer(REG_PACKET_LOW);
			return 0;
		}
		if (!reg_is_number(step, src))
			return refuse(step, REFUSE_POINTER_PARTIAL_COPY, insn->src_reg,
				      "R%u partial copy of pointer", insn->src_reg);
		num = scalar_unknown();
	}
	if (bits)
		num = scalar_truncate(num, bits / 8, true);
	if (!is64)
		num = scalar_truncate(num, 4, false);
	/* A copy that changed nothing stays linked to what it was copied from. */
	if (src->kind == REG_SCALAR && !bits && (is64 || src->num.r64.umax <= 0xffffffff)) {
		mark_scalar_linked(step, src);
		*dst = *src;
		return 0;
	}
	*dst = reg_derived(num, src->deps);
	return 0;
}

static int check_mov_imm(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	bool is64 = !opcode_is_32bit(insn->code);
	u64 value = is64 ? (u64)(s64)insn->imm : (u32)insn->imm;

	step_regs(step)[insn->dst_reg] = reg_scalar(scalar_const(value));
	return 0;
}

static int check_swap(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	struct reg *dst = &step_regs(step)[insn->dst_reg];
	bool swaps = BPF_CLASS(insn->code) == BPF_ALU64 || BPF_SRC(insn->code) == BPF_TO_BE;

	if (dst->kind != REG_SCALAR) {
		return refuse(step, REFUSE_POINTER_ARITHMETIC, insn->dst_reg,
			      "R%u pointer arithmetic prohibited", insn->dst_reg);
	}
	/* Machines here are little-endian: to_le only truncates. */
	if (swaps)
		*dst = reg_derived(scalar_swap(dst->num, insn->imm), dst->deps);
	else
		*dst = reg_derived(scalar_truncate(dst->num, insn->imm / 8, false), dst->deps);
	return 0;
}

static int refuse_pointer(struct step *step, u32 regno, const char *why)
{
	const struct reg *reg = &step_regs(step)[regno];

	return refuse(step, REFUSE_POINTER_ARITHMETIC, regno,
		      "R%u pointer arithmetic on %s prohibited%s",
		      regno, reg_kind_name(reg->kind), why);
}

/* May this kind of pointer be moved at all? */
static int check_movable(struct step *step, u32 regno)
{
	const struct reg *reg = &step_regs(step)[regno];

	switch (reg->kind) {
	case REG_CTX:
	case REG_STACK:
	case REG_VALUE:
	case REG_KEY:
	case REG_PACKET:
	case REG_PACKET_META:
	case REG_RECORD:
	case REG_MEM:
	case REG_TYPED:
	case REG_NF_STATE:
	case REG_SKB:
		return 0;
	case REG_MAP_OR_NULL:
	case REG_VALUE_OR_NULL:
	case REG_RECORD_OR_NULL:
	case REG_MEM_OR_NULL:
		return refuse_pointer(step, regno, ", null-check it first");
	default:
		return refuse_pointer(step, regno, "");
	}
}

/* What a packet pointer's checked range is counted from, after moving it by @by. */
static void move_packet_base(struct step *step, struct reg *ptr, struct scalar by, bool minus)
{
	s64 off = ptr->off;

	if (scalar_is_const(by)) {
		off = minus ? off - (s64)scalar_value(by) : off + (s64)scalar_value(by);
		if (off > -POINTER_REACH && off < POINTER_REACH) {
			ptr->off = off;
			return;
		}
	}
	/* Nothing is known of bytes from a base at a new distance. */
	ptr->id = step_new_id(step);
	ptr->off = 0;
	ptr->range = 0;
}

/* dst = the pointer in R@ptr_no plus or minus @by. */
static int check_move_pointer(struct step *step, u32 ptr_no, struct scalar by, bool minus)
{
	struct reg ptr = step_regs(step)[ptr_no];
	u32 number_no = ptr_no == step->insn->dst_reg ? step->insn->src_reg : step->insn->dst_reg;
	s64 lo = by.r64.smin, hi = by.r64.smax;
	int err = check_movable(step, ptr_no);

	if (err)
		return err;
	if (scalar_is_const(by) && (lo <= -POINTER_REACH || lo >= POINTER_REACH)) {
		return refuse(step, REFUSE_POINTER_OFFSET, ptr_no,
			      "math between %s pointer and %lld is not allowed",
			      reg_kind_name(ptr.kind), lo);
	}
	if (lo <= -POINTER_REACH || (minus && hi >= POINTER_REACH)) {
		return refuse(step, REFUSE_POINTER_OFFSET, number_no,
			      "math between %s pointer and register with unbounded min value is not allowed",
			      reg_kind_name(ptr.kind));
	}
	if (ptr.kind == REG_CTX && !scalar_is_const(by)) {
		return refuse(step, REFUSE_CTX_MOVED, number_no,
			      "variable ctx access: R%u is not a constant", number_no);
	}
	ptr.num = scalar_alu(minus ? BPF_SUB : BPF_ADD, true, false, ptr.num, by);
	lo = ptr.num.r64.smin;
	if (lo <= -POINTER_REACH || (scalar_is_const(ptr.num) && lo >= POINTER_REACH)) {
		return refuse(step, REFUSE_POINTER_OFFSET, ptr_no,
			      "value %lld makes %s pointer be out of bounds",
			      lo, reg_kind_name(ptr.kind));
	}
	if (reg_is_packet(&ptr))
		move_packet_base(step, &ptr, by, minus);
	step_regs(step)[step->insn->dst_reg] = ptr;
	return 0;
}

/* The distance of two places in the packet is a number, and tells nothing of where it is. */
static struct scalar packet_distance(const struct reg *dst, const struct reg *src)
{
	if (dst->kind != src->kind || !reg_is_packet(dst))
		return scalar_unknown();
	/* Those of one id have one base, those of one kind are counted from one place. */
	if (dst->id == src->id)
		return scalar_const((u64)((s64)dst->off - src->off));
	return scalar_alu(BPF_SUB, true, false, dst->num, src->num);
}

/*
 * Places in the packet, and their lower halves, for what they are apart. A lower half may be
 * moved by any number, and is none before another one is subtracted. False: it is nothing like that.
 */
static bool mark_distance(struct reg *dst, const struct reg *src, u8 op, bool is64)
{
	struct scalar distance;

	if (op == BPF_SUB && (is64 ? reg_is_packet_place(dst) && reg_is_packet_place(src) :
				     reg_has_packet_low(dst) && reg_has_packet_low(src))) {
		distance = packet_distance(dst, src);
		*dst = reg_scalar(is64 ? distance : scalar_truncate(distance, 4, false));
		return true;
	}
	if (is64)
		return false;
	if (!(reg_has_packet_low(dst) && src->kind == REG_SCALAR && (op == BPF_SUB || op == BPF_ADD)) &&
	    !(reg_has_packet_low(src) && dst->kind == REG_SCALAR && op == BPF_ADD))
		return false;
	*dst = reg_pointer(REG_PACKET_LOW);
	return true;
}

/*
 * R10 lies on 8 bytes, and compilers know it: where the pointer's low three bits
 * are zero and the number has no others, OR is addition.
 */
static bool is_stack_or(const struct reg *dst, const struct reg *src, u8 op)
{
	const struct reg *ptr = reg_is_pointer(dst) ? dst : src;
	const struct reg *number = ptr == dst ? src : dst;

	return op == BPF_OR && ptr->kind == REG_STACK && number->kind == REG_SCALAR &&
	       !((ptr->num.bits.value | ptr->num.bits.mask) & 7) && number->num.r64.umax <= 7;
}

/* At least one operand is a pointer. */
static int check_pointer_alu(struct step *step, const struct reg *src)
{
	const struct modbpf_insn *insn = step->insn;
	struct reg *dst = &step_regs(step)[insn->dst_reg];
	u8 op = BPF_OP(insn->code);
	u32 blame = dst->kind == REG_SCALAR ? insn->src_reg : insn->dst_reg;
	bool is64 = !opcode_is_32bit(insn->code);

	if (mark_distance(dst, src, op, is64))
		return 0;
	if (!is64) {
		return refuse(step, REFUSE_POINTER_ALU32, blame,
			      "R%u 32-bit pointer arithmetic prohibited", blame);
	}
	if (is_stack_or(dst, src, op))
		op = BPF_ADD;
	if (op != BPF_ADD && op != BPF_SUB) {
		return refuse(step, REFUSE_POINTER_OPERATOR, blame,
			      "R%u pointer arithmetic with %s operator prohibited",
			      blame, opcode_lookup(insn->code)->symbol ? : "this");
	}
	if (reg_is_pointer(dst) && reg_is_pointer(src)) {
		return refuse(step, REFUSE_POINTER_PAIR, insn->dst_reg,
			      "R%u pointer %s pointer prohibited",
			      insn->dst_reg, op == BPF_ADD ? "+=" : "-=");
	}
	mark_exact(step->state, reg_is_pointer(dst) ? src->deps : dst->deps);
	if (reg_is_pointer(dst))
		return check_move_pointer(step, insn->dst_reg, src->num, op == BPF_SUB);
	if (op == BPF_SUB) {
		return refuse(step, REFUSE_POINTER_PAIR, insn->dst_reg,
			      "R%u tried to subtract pointer from scalar", insn->dst_reg);
	}
	return check_move_pointer(step, insn->src_reg, dst->num, false);
}

#define MAX_EXACT_DIVISIONS 1024

/* What the JIT may rely on, unless another path takes it back. */
static void note_result(struct step *step, const struct reg *src)
{
	const struct modbpf_insn *insn = step->insn;
	u8 op = BPF_OP(insn->code);
	const struct reg *dst = &step_regs(step)[insn->dst_reg];
	struct scalar divisor = src->num;

	/* A number that may be another on a pruned path proves nothing. */
	if (dst->kind != REG_SCALAR || dst->deps || dst->num.r64.umax > 0xffffffff)
		step->note->flags |= NOTE_UPPER_SET;
	if (op != BPF_DIV && op != BPF_MOD)
		return;
	if (opcode_is_32bit(insn->code))
		divisor = scalar_truncate(divisor, 4, false);
	if (src->kind != REG_SCALAR || scalar_contains_value(divisor, 0))
		step->note->flags |= NOTE_DIVISOR_ZERO;
	/* A shorter division is not worth that many paths are followed for it. */
	if (src->deps && ++step->note->arrivals > MAX_EXACT_DIVISIONS)
		step->note->flags |= NOTE_DIVISOR_ZERO;
	if (!(step->note->flags & NOTE_DIVISOR_ZERO))
		mark_exact(step->state, src->deps);
}

/* Is it a copy, or does it move a pointer by a constant? */
static bool keeps_pointer(const struct modbpf_insn *insn, const struct reg *dst,
			  const struct reg *src)
{
	u8 op = BPF_OP(insn->code);

	if (opcode_is_32bit(insn->code) || opcode_lookup(insn->code)->form == FORM_SWAP ||
	    opcode_lookup(insn->code)->form == FORM_NEG)
		return false;
	if (op == BPF_MOV)
		return true;
	if (op == BPF_SUB)
		return reg_is_pointer(dst) && scalar_is_const(src->num) && !reg_is_pointer(src);
	return op == BPF_ADD && reg_is_pointer(dst) != reg_is_pointer(src) &&
	       scalar_is_const(dst->num) && scalar_is_const(src->num);
}

int check_alu(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	const struct opcode *row = opcode_lookup(insn->code);
	struct reg *dst = &step_regs(step)[insn->dst_reg];
	bool is64 = !opcode_is_32bit(insn->code);
	struct reg src = reg_scalar(scalar_const((s64)insn->imm));
	int err = check_reg_write(step, insn->dst_reg);

	if (!err && row->form == FORM_ALU_REG)
		err = check_reg_read(step, insn->src_reg);
	if (!err && !(is_mov(insn) && row->form != FORM_NEG && row->form != FORM_SWAP))
		err = check_reg_read(step, insn->dst_reg);
	if (err)
		return err;
	if (row->form == FORM_ALU_REG)
		src = step_regs(step)[insn->src_reg];
	if (!keeps_pointer(insn, dst, &src)) {
		mark_number(step, dst);
		mark_number(step, &src);
	}
	if (row->form == FORM_SWAP)
		err = check_swap(step);
	else if (is_mov(insn) && row->form == FORM_ALU_REG)
		err = check_mov_reg(step);
	else if (is_mov(insn))
		err = check_mov_imm(step);
	else if (reg_is_pointer(dst) || reg_is_pointer(&src))
		err = check_pointer_alu(step, &src);
	else
		*dst = reg_derived(scalar_alu(BPF_OP(insn->code), is64,
					      opcode_is_signed(insn), dst->num, src.num),
				   dst->deps | src.deps);
	if (!err)
		note_result(step, &src);
	return err;
}
