// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How does a rejection come about, told to who wrote the program? */
#include "verifier/explain.h"

#include "isa/disasm.h"
#include "verifier/helper.h"
#include "verifier/print.h"
#include "verifier/words.h"

#define TURNS_SHOWN 16u

static bool is_wanted(const struct vlog *log)
{
	return vlog_wants(log, VLOG_PATH | VLOG_EVERY);
}

/* The rest of a line: the instruction's text, and where it comes from. */
static void end_with_insn(struct vlog *log, const struct program *prog, u32 pc)
{
	char text[MODBPF_DISASM_BYTES];

	modbpf_insn_print(&prog->insns[pc], NULL, text, sizeof(text));
	vlog_add(log, ": %s", text);
	print_source(log, prog, pc, false);
	vlog_end(log);
}

static void explain_insn(struct vlog *log, const struct program *prog, u32 pc)
{
	if (print_source(log, prog, pc, false))
		vlog_end(log);
	print_insn(log, prog, pc);
	vlog_end(log);
}

static void explain_known(struct vlog *log, const struct program *prog, const struct state *state)
{
	const struct refusal *why = &log->refusal;

	if (why->regno != REFUSAL_NO_REG) {
		vlog_add(log, "known: ");
		words_of_reg(log, prog, state, why->regno);
		vlog_end(log);
	} else if (why->set != REFUSAL_NO_INSN) {
		vlog_line(log, "known: what insn %u acquired is not released on this path", why->set);
	} else if (why->lo < why->hi) {
		vlog_add(log, "known: ");
		words_of_stack(log, prog, state, why->frame, why->lo, why->hi);
		vlog_end(log);
	}
}

/* --- where the value was set ------------------------------------------------------------- */

static void explain_set(struct vlog *log, const struct program *prog, u32 start, u32 pc)
{
	if (pc == TRAIL_START)
		vlog_line(log, "set at: the start of %s, insn %u",
			  start ? "the function" : "the program", start);
	if (pc >= prog->insn_cnt)
		return;
	vlog_add(log, "set at: insn %u", pc);
	end_with_insn(log, prog, pc);
}

static bool is_call(const struct modbpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) || insn_is_packet_load(insn);
}

/* What took R@regno its value; TRAIL_NOWHERE: it never had one, or that is not known. */
static u32 lost_at(const struct program *prog, struct origin origin, u32 regno)
{
	const struct modbpf_insn *insn = &prog->insns[origin.made];
	const struct helper *helper;
	bool by_call, acquires;

	if (origin.made >= prog->insn_cnt)
		return TRAIL_NOWHERE;
	by_call = is_call(insn) && origin.set == origin.made;
	helper = helper_called(insn);
	acquires = helper && helper->flags & HELPER_ACQUIRES;
	/* R1 to R5 end at a call, R0 where it gives no result. */
	if (by_call && (regno || !acquires))
		return origin.set;
	return acquires || origin.moved == TRAIL_NOWHERE ? origin.released : origin.moved;
}

static void explain_origin(struct vlog *log, const struct program *prog,
			   const struct refused_path *path)
{
	const struct refusal *why = &log->refusal;
	struct origin origin;
	u32 lost;

	if (why->set != REFUSAL_NO_INSN)
		explain_set(log, prog, path->start, why->set);
	if (why->regno == REFUSAL_NO_REG || why->regno == MODBPF_REG_FP)
		return;
	origin = trail_origin(path->trail, prog, path->start, why->insn, why->regno);
	if (state_top(path->state)->regs[why->regno].kind != REG_UNINIT) {
		explain_set(log, prog, path->start, origin.made);
		if (origin.set == origin.made || origin.set >= prog->insn_cnt)
			return;
		vlog_add(log, "copied at: insn %u", origin.set);
		end_with_insn(log, prog, origin.set);
		return;
	}
	lost = lost_at(prog, origin, why->regno);
	if (lost >= prog->insn_cnt)
		return;
	vlog_add(log, "lost at: insn %u", lost);
	end_with_insn(log, prog, lost);
}

/* --- the path ---------------------------------------------------------------------------- */

/* What the path did there; NULL: it had no choice. */
static const char *turn_text(const struct program *prog, const struct turn *turn)
{
	const struct modbpf_insn *insn = &prog->insns[turn->from];

	/* A function that is verified on its own is not followed. */
	if (insn_is_goto(insn) || (insn_is_subprog_call(insn) && turn->to == turn->from + 1))
		return NULL;
	if (insn_jumps(insn))
		return turn->to == jump_target(insn, turn->from) ? "taken" : "not taken";
	if (insn->code == (BPF_JMP | BPF_EXIT))
		return "returned";
	if (insn_is_subprog_call(insn))
		return "called";
	if (turn->to == turn->from + 1)
		return "went on";
	/* A helper that calls back; a tail call, or a packet that is too short, that ends the function. */
	return prog->info[turn->to].flags & INSN_SUBPROG_START ? "called back" : "ended the function";
}

static bool is_same_turn(const struct turn *a, const struct turn *b)
{
	return a->from == b->from && a->to == b->to && a->frames == b->frames;
}

/* How often the turn at @at comes in a row, up to it. */
static u32 times_of(const struct trail *trail, u32 at)
{
	u32 times = 1;

	while (times <= at && is_same_turn(&trail->turns[at - times], &trail->turns[at]))
		times++;
	return times;
}

/* The turn at which the part that is shown begins; *@left: how many in front are not. */
static u32 first_shown(const struct trail *trail, const struct program *prog, u32 *left)
{
	u32 at = trail->cnt, shown = 0, first = at;

	while (at && shown < TURNS_SHOWN) {
		u32 times = times_of(trail, at - 1);

		at -= times;
		if (!turn_text(prog, &trail->turns[at]))
			continue;
		shown++;
		first = at;
	}
	for (*left = 0; at--;)
		*left += turn_text(prog, &trail->turns[at]) != NULL;
	return first;
}

static void explain_turns(struct vlog *log, const struct program *prog, const struct trail *trail)
{
	u32 left, at = first_shown(trail, prog, &left), times;

	if (left)
		vlog_line(log, "path: %u branches, then", left);
	for (; at < trail->cnt; at += times) {
		const struct turn *turn = &trail->turns[at];

		for (times = 1; at + times < trail->cnt; times++)
			if (!is_same_turn(turn, &trail->turns[at + times]))
				break;
		if (!turn_text(prog, turn))
			continue;
		vlog_add(log, "path: insn %u to %u, %s", turn->from, turn->to, turn_text(prog, turn));
		if (times > 1)
			vlog_add(log, " %u times", times);
		end_with_insn(log, prog, turn->from);
	}
}

void explain_path(struct vlog *log, const struct program *prog, const struct refused_path *path)
{
	/* A budget is of all paths: what is known on this one is of no matter. */
	bool is_budget = refusal_row(log->refusal.code)->err == -E2BIG;

	if (!is_wanted(log))
		return;
	log->refusal.has_path = true;
	explain_insn(log, prog, log->refusal.insn);
	if (!is_budget) {
		explain_known(log, prog, path->state);
		explain_origin(log, prog, path);
	}
	explain_turns(log, prog, path->trail);
	if (is_budget)
		return;
	vlog_add(log, "state:");
	print_regs(log, path->state, ~0u);
	print_slots(log, path->state);
	vlog_end(log);
}

void explain_refusal(struct vlog *log, const struct program *prog)
{
	const struct refusal_row *row;

	if (log->refusal.code == REFUSE_NOTHING || !is_wanted(log))
		return;
	row = refusal_row(log->refusal.code);
	/* It was refused before it was followed. */
	if (!log->refusal.has_path && log->refusal.insn < prog->insn_cnt) {
		print_insn(log, prog, log->refusal.insn);
		vlog_end(log);
	}
	vlog_line(log, "needed: %s", row->needs);
	vlog_line(log, "hint: %s", row->hint);
	vlog_line(log, "code: %s", row->name);
}
