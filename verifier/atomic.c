// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which atomic operations are safe? Those on aligned numbers in the stack, map
 * values and records. What memory held is unknown afterwards, and so is what
 * was fetched.
 */
#include "isa/opcode.h"
#include "verifier/mem.h"
#include "verifier/stack.h"
#include "verifier/typed.h"

static int check_place(struct step *step, u32 regno, u32 bytes)
{
	const struct reg *reg = &step_regs(step)[regno];

	switch (reg->kind) {
	case REG_STACK:
	case REG_VALUE:
	case REG_RECORD:
		break;
	case REG_CTX:
	case REG_PACKET:
	case REG_PACKET_META:
	case REG_MEM:	/* how it is aligned, only its owner knows */
		return refuse(step, REFUSE_ATOMIC_TARGET, regno,
			      "BPF_ATOMIC stores into R%u %s is not allowed", regno,
			      reg_kind_name(reg->kind));
	default:
		return refuse_access(step, regno);
	}
	if (is_aligned(reg, step->insn->off, bytes))
		return 0;
	return refuse(step, REFUSE_ACCESS_MISALIGNED, regno,
		      "misaligned atomic access R%u off %lld+%d size %u", regno,
		      reg->num.r64.smin, step->insn->off, bytes);
}

/* Memory that is read, changed and written. */
static int check_memory(struct step *step, u32 bytes)
{
	const struct reg *dst = &step_regs(step)[step->insn->dst_reg];
	struct span span;
	int err;

	if (dst->kind != REG_STACK)
		return check_region(step, step->insn->dst_reg, step->insn->off, bytes,
				    ACCESS_READ | ACCESS_WRITE);
	step->note->flags |= NOTE_STACK;
	err = check_stack_span(step, step->insn->dst_reg, step->insn->off, bytes, &span);
	if (!err)
		err = check_stack_readable(step, dst->frame, span);
	return err ? : stack_smear(step, dst->frame, span);
}

static int check_operand(struct step *step, u32 regno)
{
	int err = check_reg_read(step, regno);

	if (err || reg_is_number(step, &step_regs(step)[regno]))
		return err;
	return refuse(step, REFUSE_LEAK_INTO_MEMORY, regno, "R%u leaks addr into mem", regno);
}

static void set_fetched(struct step *step, u32 regno, u32 bytes)
{
	step_regs(step)[regno] = reg_scalar(scalar_loaded(bytes, false));
}

int check_atomic(struct step *step)
{
	const struct modbpf_insn *insn = step->insn;
	const struct atomic_op *op = atomic_lookup(insn->imm);
	u32 bytes = insn_access_bytes(insn->code);
	u32 base = op->flags & ATOMIC_LOAD ? insn->src_reg : insn->dst_reg;
	int err = check_reg_read(step, base);

	if (!err)
		err = check_place(step, base, bytes);
	if (err)
		return err;
	if (op->flags & ATOMIC_LOAD)
		return check_load(step);
	if (op->flags & ATOMIC_STORE) {
		err = check_operand(step, insn->src_reg);
		return err ? : check_store(step);
	}
	err = check_operand(step, insn->src_reg);
	if (!err && op->flags & ATOMIC_USES_R0)
		err = check_operand(step, 0);
	if (!err)
		err = check_same_access(step, NOTE_DIRECT);
	if (!err)
		err = check_memory(step, bytes);
	if (!err && op->flags & ATOMIC_WRITES_SRC)
		err = check_reg_write(step, insn->src_reg);
	if (err)
		return err;
	if (op->flags & ATOMIC_WRITES_SRC)
		set_fetched(step, insn->src_reg, bytes);
	if (op->flags & ATOMIC_USES_R0)
		set_fetched(step, 0, bytes);
	return 0;
}
