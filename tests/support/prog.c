// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would the verifier have made of this program? Subprograms are found by
 * their calls, frames are measured by the addresses below R10 that are named.
 */
#include "tests/support/prog.h"

#include "isa/opcode.h"
#include "tests/support/asm.h"

#include <stdlib.h>

static void *allocate(size_t bytes)
{
	void *mem = calloc(1, bytes ? bytes : 1);

	if (!mem)
		abort();
	return mem;
}

static u32 slots(const struct modbpf_insn *insn)
{
	return insn_is_ld_imm64(insn) ? 2 : 1;
}

/* The target of a call or of a function's address at @i, or -1: neither. */
static s64 callee_of(const struct verified_prog *prog, u32 i)
{
	const struct modbpf_insn *insn = &prog->insns[i];

	if (insn_is_subprog_call(insn) ||
	    (insn_is_ld_imm64(insn) && insn->src_reg == BPF_PSEUDO_FUNC))
		return (s64)i + 1 + insn->imm;
	return -1;
}

/* Fills the starts, in order; false if a call leaves the program. */
static bool find_subprogs(struct verified_prog *prog)
{
	u8 *is_start = allocate(prog->insn_cnt + 1);
	bool good = true;
	s64 target;
	u32 i;

	is_start[0] = 1;
	for (i = 0; i < prog->insn_cnt; i += slots(&prog->insns[i])) {
		target = callee_of(prog, i);
		if (target >= prog->insn_cnt || target < -1)
			good = false;
		else if (target >= 0)
			is_start[target] = 1;
	}
	for (i = 0; i < prog->insn_cnt; i++)
		prog->subprog_cnt += is_start[i];
	prog->subprogs = allocate(prog->subprog_cnt * sizeof(*prog->subprogs));
	prog->subprog_cnt = 0;
	for (i = 0; i < prog->insn_cnt; i++) {
		if (is_start[i])
			prog->subprogs[prog->subprog_cnt++].start = i;
	}
	for (i = 0; i < prog->subprog_cnt; i++)
		prog->subprogs[i].end = i + 1 < prog->subprog_cnt ?
					prog->subprogs[i + 1].start : prog->insn_cnt;
	free(is_start);
	return good;
}

static struct subprog *subprog_at(struct verified_prog *prog, s64 start)
{
	u32 i;

	for (i = 0; i < prog->subprog_cnt; i++) {
		if (prog->subprogs[i].start == start)
			return &prog->subprogs[i];
	}
	abort();
}

/*
 * How far below R10 the instruction reaches, if @copies holds R10's copies. A copy
 * that has become a number since then may add too much, but not more than a frame.
 */
static s32 reach(const struct modbpf_insn *insn, u32 copies)
{
	const struct opcode *row = opcode_lookup(insn->code);
	u32 reg;

	if (!row)
		return 0;
	if (insn->code == (BPF_ALU64 | BPF_ADD | BPF_K) && copies & 1 << insn->dst_reg)
		return insn->imm < 0 && insn->imm >= -MODBPF_STACK_SIZE ? -insn->imm : 0;
	reg = row->form == FORM_LOAD ||
	      (row->form == FORM_ATOMIC && insn->imm == MODBPF_LOAD_ACQ) ?
	      insn->src_reg : insn->dst_reg;
	if ((row->form == FORM_LOAD || row->form == FORM_STORE_IMM ||
	     row->form == FORM_STORE_REG || row->form == FORM_ATOMIC) && reg == MODBPF_REG_FP)
		return -insn->off;
	return 0;
}

static void measure_frame(struct verified_prog *prog, struct subprog *sub)
{
	u32 copies = 0, i;
	s32 depth = 0;

	for (i = sub->start; i < sub->end; i += slots(&prog->insns[i])) {
		const struct modbpf_insn *insn = &prog->insns[i];

		if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) &&
		    insn->src_reg == MODBPF_REG_FP)
			copies |= 1 << insn->dst_reg;
		if (reach(insn, copies) > depth)
			depth = reach(insn, copies);
		if (insn_is_helper_call(insn) && insn->imm == 12)
			sub->has_tail_call = true;
	}
	sub->stack_depth = (depth + 7) / 8 * 8;
	sub->reaches_tail_call = sub->has_tail_call;
}

/*
 * The deepest chain, and who reaches a tail call: callees first, until nothing
 * changes. Not for recursive programs, which no verifier accepts.
 */
static void measure_chains(struct verified_prog *prog)
{
	u32 *below = allocate(prog->subprog_cnt * sizeof(*below));
	u32 round, i, s;

	for (round = 0; round < MODBPF_MAX_FRAMES; round++) {
		for (s = 0; s < prog->subprog_cnt; s++) {
			struct subprog *sub = &prog->subprogs[s];

			for (i = sub->start; i < sub->end; i += slots(&prog->insns[i])) {
				struct subprog *callee;
				u32 depth;

				if (!insn_is_subprog_call(&prog->insns[i]))
					continue;
				callee = subprog_at(prog, callee_of(prog, i));
				depth = callee->stack_depth + below[callee - prog->subprogs];
				if (depth > below[s])
					below[s] = depth;
				sub->reaches_tail_call |= callee->reaches_tail_call;
			}
		}
	}
	prog->stats.stack_depth = prog->subprogs[0].stack_depth + below[0];
	free(below);
}

/* The map of a tail call is the one that R2 was loaded with last, in program order. */
static void mark_tail_calls(struct verified_prog *prog)
{
	s32 map = -1;
	u32 i;

	for (i = 0; i < prog->insn_cnt; i += slots(&prog->insns[i])) {
		const struct modbpf_insn *insn = &prog->insns[i];

		if (insn_is_ld_imm64(insn) && insn->src_reg == BPF_PSEUDO_MAP_FD &&
		    insn->dst_reg == 2)
			map = insn->imm;
		if (insn_is_helper_call(insn) && insn->imm == 12 && map >= 0) {
			prog->facts[i].flags |= FACT_CONST_MAP;
			prog->facts[i].map = map;
		}
	}
}

struct verified_prog *prog_build(const struct modbpf_insn *insns, u32 insn_cnt)
{
	struct verified_prog *prog = allocate(sizeof(*prog));
	u32 i;

	prog->insn_cnt = insn_cnt;
	prog->insns = allocate((insn_cnt + 1) * sizeof(*insns));
	memcpy(prog->insns, insns, insn_cnt * sizeof(*insns));
	prog->origin = allocate(insn_cnt * sizeof(*prog->origin));
	prog->facts = allocate(insn_cnt * sizeof(*prog->facts));
	for (i = 0; i < insn_cnt; i++)
		prog->origin[i] = i;
	if (!find_subprogs(prog)) {
		prog_free(prog);
		return NULL;
	}
	for (i = 0; i < prog->subprog_cnt; i++)
		measure_frame(prog, &prog->subprogs[i]);
	measure_chains(prog);
	mark_tail_calls(prog);
	return prog;
}

struct verified_prog *prog_from_text(const char *text, const char *const *map_names,
				     u32 map_cnt)
{
	struct verified_prog *prog;
	struct asm_prog parsed;

	if (asm_parse(text, map_names, map_cnt, &parsed)) {
		printf("line %u: %s\n", parsed.error_line, parsed.error);
		return NULL;
	}
	prog = prog_build(parsed.insns, parsed.insn_cnt);
	asm_free(&parsed);
	return prog;
}

void prog_free(struct verified_prog *prog)
{
	if (!prog)
		return;
	free(prog->insns);
	free(prog->origin);
	free(prog->facts);
	free(prog->subprogs);
	free(prog);
}
