// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which registers may still matter before each instruction? Backward data flow
 * over the text, subprogram by subprogram, callees first. A register that is
 * not live is overwritten before it is read on every path, so states may
 * differ in it. R10 never changes and is left out.
 *
 * Too many registers is always right, so the search gives up after PASSES
 * rounds and calls everything live: the cost stays linear.
 */
#include "isa/opcode.h"
#include "verifier/helper.h"
#include "verifier/program.h"

#define PASSES 32
#define ALL_REGS 0x3ff
#define CALLER_SAVED 0x3f	/* R0 to R5 */
#define BIT_OF(reg) ((1u << (reg)) & ALL_REGS)

struct effect {
	u32 reads, writes;
};

static struct effect effect_of_call(const struct program *prog, u32 pc)
{
	const struct modbpf_insn *insn = &prog->insns[pc];
	struct effect effect = { .reads = CALLER_SAVED & ~1u, .writes = CALLER_SAVED };
	const struct helper *helper;

	if (insn_is_subprog_call(insn)) {
		u32 callee = prog->info[jump_target(insn, pc)].subprog;

		effect.reads &= prog->routines[callee].live_in;
		return effect;
	}
	helper = helper_called(insn);
	if (helper)
		effect.reads = helper_arg_regs(helper);
	return effect;
}

static struct effect effect_of_atomic(const struct modbpf_insn *insn)
{
	const struct atomic_op *op = atomic_lookup(insn->imm);
	struct effect effect = { .reads = BIT_OF(insn->dst_reg) | BIT_OF(insn->src_reg) };

	if (!op)
		return effect;
	if (op->flags & ATOMIC_LOAD) {
		effect.reads = BIT_OF(insn->src_reg);
		effect.writes = BIT_OF(insn->dst_reg);
	}
	if (op->flags & ATOMIC_WRITES_SRC)
		effect.writes = BIT_OF(insn->src_reg);
	if (op->flags & ATOMIC_USES_R0) {
		effect.reads |= BIT_OF(0);
		effect.writes = BIT_OF(0);
	}
	return effect;
}

static struct effect effect_of(const struct program *prog, u32 pc)
{
	const struct modbpf_insn *insn = &prog->insns[pc];
	const struct opcode *row = opcode_lookup(insn->code);
	struct effect effect = { 0, 0 };

	switch (row->form) {
	case FORM_CALL:
		return effect_of_call(prog, pc);
	case FORM_EXIT:
		effect.reads = BIT_OF(0);
		return effect;
	case FORM_ATOMIC:
		return effect_of_atomic(insn);
	case FORM_LD_ABS:
	case FORM_LD_IND:
		effect.reads = BIT_OF(MODBPF_REG_PACKET_CTX);
		effect.writes = CALLER_SAVED;
		break;
	default:
		break;
	}
	if (row->flags & OPCODE_READS_DST)
		effect.reads |= BIT_OF(insn->dst_reg);
	if (row->flags & OPCODE_READS_SRC)
		effect.reads |= BIT_OF(insn->src_reg);
	if (row->flags & OPCODE_WRITES_DST)
		effect.writes |= BIT_OF(insn->dst_reg);
	return effect;
}

static u16 live_before(const struct program *prog, u32 pc)
{
	const struct modbpf_insn *insn = &prog->insns[pc];
	struct effect effect = effect_of(prog, pc);
	u32 next = pc + insn_slots(insn), live = 0;

	if (insn_jumps(insn))
		live = prog->info[jump_target(insn, pc)].live;
	if (!insn_is_goto(insn) && insn->code != (BPF_JMP | BPF_EXIT) && next < prog->insn_cnt)
		live |= prog->info[next].live;
	return (live & ~effect.writes) | effect.reads;
}

/* One pass over a routine, last instruction first; did anything change? */
static bool pass_over(struct program *prog, const struct routine *routine)
{
	bool changed = false;
	u32 pc;

	for (pc = routine->end; pc-- > routine->start;) {
		u16 live;

		if (prog->info[pc].flags & INSN_SECOND_SLOT)
			continue;
		live = live_before(prog, pc);
		changed |= live != prog->info[pc].live;
		prog->info[pc].live = live;
	}
	return changed;
}

void mark_live_registers(struct program *prog)
{
	u32 i, pass, pc;

	for (i = 0; i < prog->routine_cnt; i++) {
		struct routine *routine = &prog->routines[prog->callees_first[i]];

		for (pass = 0; pass < PASSES; pass++)
			if (!pass_over(prog, routine))
				break;
		for (pc = routine->start; pass == PASSES && pc < routine->end; pc++)
			prog->info[pc].live = ALL_REGS;
		routine->live_in = prog->info[routine->start].live;
	}
}
