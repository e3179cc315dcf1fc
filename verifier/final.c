// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What runs in the end? One pass says how many instructions each original one
 * becomes (none, if no path came there), a second writes them with jumps
 * patched. Both ask the same function, so they agree.
 */
#include "verifier/final.h"

#include "isa/opcode.h"
#include "verifier/ctx.h"
#include "verifier/helper.h"
#include "verifier/packet_load.h"

#define MAX_EXPANSION PACKET_LOAD_MAX_INSNS
static_assert(MAX_EXPANSION >= CTX_MAX_INSNS && MAX_EXPANSION >= 1 + 5,
	      "or a call with its unset arguments, or the program");

static bool is_branch(const struct modbpf_insn *insn)
{
	return insn_jumps(insn) && !insn_is_goto(insn);
}

static struct modbpf_insn set_insn(u32 reg, s32 number)
{
	return (struct modbpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg, .imm = number };
}

static s32 how_packets_are_seen(const struct prog_rule *rule)
{
	return (rule->packet_write ? HELPER_TOLD_WRITABLE : 0) |
	       (rule->ctx == CTX_KIND_NF ? HELPER_TOLD_IS_SKB : 0);
}

static u32 expand_call(const struct program *prog, const struct helper *helper,
		       const struct modbpf_insn *insn, const struct insn_note *note,
		       struct modbpf_insn *out)
{
	u32 reg, cnt = 0;

	for (reg = 1; reg <= 5; reg++)
		if (note->unset_args >> reg & 1)
			out[cnt++] = set_insn(reg, 0);
	if (helper->told == TOLD_PACKET_IN_R4)
		out[cnt++] = set_insn(4, how_packets_are_seen(prog->rule));
	if (helper->told == TOLD_BUFFER_IN_R5)
		out[cnt++] = set_insn(5, !!(note->flags & NOTE_BUFFER_UNSET));
	if (helper->flags & HELPER_TAKES_PROG) {
		out[cnt++] = (struct modbpf_insn){
			.code = MODBPF_LD_IMM64, .dst_reg = helper_prog_reg(helper),
			.src_reg = MODBPF_PSEUDO_PROG };
		out[cnt++] = (struct modbpf_insn){ 0 };
	}
	out[cnt] = *insn;
	out[cnt++].src_reg = 0;	/* a kernel function is one of the runtime's now */
	return cnt;
}

/* Does the subprogram that the instruction at @pc names exist in the end? */
static bool names_living_subprog(const struct program *prog, const struct findings *found, u32 pc)
{
	return insn_names_subprog(&prog->insns[pc]) &&
	       found->notes[jump_target(&prog->insns[pc], pc)].flags & NOTE_SEEN;
}

/* What the instruction at @pc becomes, jumps not yet patched. Returns how many. */
static u32 expand(const struct program *prog, const struct findings *found, u32 pc,
		  struct modbpf_insn *out)
{
	const struct modbpf_insn *insn = &prog->insns[pc];
	const struct insn_note *note = &found->notes[pc];

	if (!(note->flags & NOTE_SEEN))
		return 0;
	if (is_branch(insn) && !(note->flags & NOTE_TAKEN))
		return 0;
	if (note->flags & NOTE_CTX)
		return ctx_rewrite(prog, insn, out);
	if (helper_called(insn))
		return expand_call(prog, helper_called(insn), insn, note, out);
	if (insn_is_packet_load(insn))
		return packet_load_expand(insn, out);
	out[0] = *insn;
	if (is_branch(insn) && !(note->flags & NOTE_FELL)) {
		memset(out, 0, sizeof(*out));
		out[0].code = BPF_JMP | BPF_JA;
	}
	if (insn_is_ld_imm64(insn))
		out[1] = insn[1];
	/* No path came into the callback: nobody uses the address, but that it is not null. */
	if (insn_is_func_address(insn) && !names_living_subprog(prog, found, pc)) {
		out[0].src_reg = 0;
		out[0].imm = 1;
	}
	return insn_slots(insn);
}

/* Where each instruction comes to lie; one entry more for the end. */
static int place_insns(const struct program *prog, const struct findings *found, u32 *places)
{
	struct modbpf_insn out[MAX_EXPANSION];
	u32 pc, at = 0;

	for (pc = 0; pc < prog->insn_cnt; pc++) {
		const struct modbpf_insn *insn = &prog->insns[pc];
		u16 flags = found->notes[pc].flags;
		u32 next = pc + insn_slots(insn);

		places[pc] = at;
		if (prog->info[pc].flags & INSN_SECOND_SLOT)
			continue;
		at += expand(prog, found, pc, out);
		if (!(flags & NOTE_SEEN) || insn->code == (BPF_JMP | BPF_EXIT))
			continue;
		if (insn_jumps(insn) && !(flags & NOTE_FELL))
			continue;
		/* The path goes on at the next instruction: it must be there. */
		if (next >= prog->insn_cnt || !(found->notes[next].flags & NOTE_SEEN))
			return -EFAULT;
	}
	places[prog->insn_cnt] = at;
	return at ? 0 : -EFAULT;
}

static int patch_jump(const struct program *prog, u32 pc, const u32 *places,
		      struct modbpf_insn *insn, struct vlog *log)
{
	s64 off = (s64)places[jump_target(&prog->insns[pc], pc)] - places[pc] - 1;

	if (insn->code == (BPF_JMP32 | BPF_JA) || insn_names_subprog(insn)) {
		insn->imm = off;
		return 0;
	}
	if (off == (s16)off) {
		insn->off = off;
		return 0;
	}
	if (insn->code == (BPF_JMP | BPF_JA)) {
		insn->code = BPF_JMP32 | BPF_JA;
		insn->off = 0;
		insn->imm = off;
		return 0;
	}
	return refuse_program(log, REFUSE_BRANCH_TOO_FAR, pc,
			      "not supported yet: branch of insn %u is too far after rewriting", pc);
}

static struct insn_fact fact_of(const struct program *prog, const struct findings *found, u32 pc)
{
	const struct insn_note *note = &found->notes[pc];
	const struct opcode *row = opcode_lookup(prog->insns[pc].code);
	u8 op = BPF_OP(prog->insns[pc].code);
	struct insn_fact fact = { 0 };
	bool alu = row->form == FORM_ALU_IMM || row->form == FORM_ALU_REG;

	if (note->flags & NOTE_CTX)
		return fact;
	if (note->flags & NOTE_PROBE)
		fact.flags |= FACT_PROBE_LOAD;
	if (alu && (op == BPF_DIV || op == BPF_MOD) && !(note->flags & NOTE_DIVISOR_ZERO))
		fact.flags |= FACT_DIVISOR_NONZERO;
	if ((alu || row->form == FORM_LOAD || row->form == FORM_NEG || row->form == FORM_SWAP) &&
	    !(note->flags & NOTE_UPPER_SET))
		fact.flags |= FACT_UPPER_ZERO;
	if (note->flags & NOTE_MAP && !(note->flags & NOTE_MAP_VARIES)) {
		fact.flags |= FACT_CONST_MAP;
		fact.map = note->map;
	}
	if (note->flags & NOTE_KEY && !(note->flags & NOTE_KEY_VARIES)) {
		fact.flags |= FACT_CONST_KEY;
		fact.key = note->key;
	}
	return fact;
}

static int write_insns(const struct program *prog, const struct findings *found,
		       const u32 *places, struct vlog *log, struct verified_prog *out)
{
	struct modbpf_insn insns[MAX_EXPANSION];
	u32 pc, i, cnt;
	int err;

	for (pc = 0; pc < prog->insn_cnt; pc += insn_slots(&prog->insns[pc])) {
		cnt = expand(prog, found, pc, insns);
		if (!cnt)
			continue;
		if (insn_jumps(&prog->insns[pc]) || names_living_subprog(prog, found, pc)) {
			err = patch_jump(prog, pc, places, insns, log);
			if (err)
				return err;
		}
		for (i = 0; i < cnt; i++) {
			out->insns[places[pc] + i] = insns[i];
			out->origin[places[pc] + i] = pc;
		}
		if (insn_is_ld_imm64(&prog->insns[pc])) {
			out->origin[places[pc] + 1] = pc + 1;
			continue;
		}
		out->facts[places[pc] + cnt - 1] = fact_of(prog, found, pc);
	}
	return 0;
}

static bool is_leaving_call(const struct modbpf_insn *insn)
{
	const struct helper *helper = helper_called(insn);

	return helper && helper->flags & HELPER_LEAVES;
}

/* Fills @subprog from @routine; callees have been done. @subprog_of: by routine. */
static void describe_subprog(const struct program *prog, const struct findings *found,
			     u32 routine_no, const u32 *places, struct subprog *subprog,
			     struct subprog *const *subprog_of)
{
	const struct routine *routine = &prog->routines[routine_no];
	u32 pc;

	subprog->start = places[routine->start];
	subprog->end = places[routine->end];
	subprog->stack_depth = found->stack_depth[routine_no];
	subprog->type = routine->type;
	for (pc = routine->start; pc < routine->end; pc += insn_slots(&prog->insns[pc])) {
		const struct modbpf_insn *insn = &prog->insns[pc];
		const struct subprog *callee;

		if (!(found->notes[pc].flags & NOTE_SEEN))
			continue;
		if (is_leaving_call(insn))
			subprog->has_tail_call = true;
		if (!names_living_subprog(prog, found, pc))
			continue;
		callee = subprog_of[prog->info[jump_target(insn, pc)].subprog];
		subprog->reaches_tail_call |= callee->reaches_tail_call;
	}
	subprog->reaches_tail_call |= subprog->has_tail_call;
}

static int write_subprogs(const struct program *prog, const struct findings *found,
			  const u32 *places, struct verified_prog *out)
{
	struct subprog **subprog_of = modbpf_zalloc(prog->routine_cnt * sizeof(*subprog_of));
	u32 i;

	if (!subprog_of)
		return -ENOMEM;
	for (i = 0; i < prog->routine_cnt; i++)
		if (found->notes[prog->routines[i].start].flags & NOTE_SEEN)
			subprog_of[i] = &out->subprogs[out->subprog_cnt++];
	for (i = 0; i < prog->routine_cnt; i++) {
		u32 routine = prog->callees_first[i];

		if (subprog_of[routine])
			describe_subprog(prog, found, routine, places, subprog_of[routine],
					 subprog_of);
	}
	modbpf_free(subprog_of);
	return 0;
}

/* A line of which nothing is left has no record. */
static int write_lines(const struct program *prog, const u32 *places, struct verified_prog *out)
{
	const struct line_info *lines = prog->req->lines;
	u32 i, cnt = prog->req->line_cnt;

	if (!cnt)
		return 0;
	out->lines = modbpf_zalloc(cnt * sizeof(*out->lines));
	if (!out->lines)
		return -ENOMEM;
	for (i = 0; i < cnt; i++) {
		u32 place = places[lines[i].insn];

		if (place == places[i + 1 < cnt ? lines[i + 1].insn : prog->insn_cnt])
			continue;
		out->lines[out->line_cnt] = lines[i];
		out->lines[out->line_cnt++].insn = place;
	}
	return 0;
}

static struct verified_prog *alloc_prog(u32 insn_cnt, u32 subprog_cnt)
{
	struct verified_prog *out = modbpf_zalloc(sizeof(*out));

	if (!out)
		return NULL;
	out->insn_cnt = insn_cnt;
	out->insns = modbpf_zalloc(insn_cnt * sizeof(*out->insns));
	out->origin = modbpf_zalloc(insn_cnt * sizeof(*out->origin));
	out->facts = modbpf_zalloc(insn_cnt * sizeof(*out->facts));
	out->subprogs = modbpf_zalloc(subprog_cnt * sizeof(*out->subprogs));
	if (out->insns && out->origin && out->facts && out->subprogs)
		return out;
	modbpf_verified_free(out);
	return NULL;
}

int final_build(const struct program *prog, const struct findings *found, struct vlog *log,
		struct verified_prog **result)
{
	u32 *places = modbpf_zalloc((prog->insn_cnt + 1) * sizeof(*places));
	struct verified_prog *out = NULL;
	int err;

	if (!places)
		return -ENOMEM;
	err = place_insns(prog, found, places);
	if (!err) {
		out = alloc_prog(places[prog->insn_cnt], prog->routine_cnt);
		err = out ? write_insns(prog, found, places, log, out) : -ENOMEM;
	}
	if (!err)
		err = write_subprogs(prog, found, places, out);
	if (!err)
		err = write_lines(prog, places, out);
	modbpf_free(places);
	if (err) {
		modbpf_verified_free(out);
		return err;
	}
	out->uses_packet_write = found->packet_write;
	out->uses_user_write = found->user_write;
	out->uses_override = found->override;
	out->may_lose = found->may_lose;
	out->uses_ctx = prog->routines[0].live_in & 1u << MODBPF_REG_CTX;
	out->ctx_end = found->ctx_end;
	*result = out;
	return 0;
}

void modbpf_verified_free(struct verified_prog *prog)
{
	if (!prog)
		return;
	modbpf_free(prog->insns);
	modbpf_free(prog->origin);
	modbpf_free(prog->facts);
	modbpf_free(prog->subprogs);
	modbpf_free(prog->lines);
	modbpf_free(prog);
}
