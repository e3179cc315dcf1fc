// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where did a path come along, and which of its instructions set a register? The
 * answer is read off the text of the program between the turns: nothing is kept for it
 * while programs are verified.
 */
#include "verifier/trail.h"

#include "isa/opcode.h"
#include "verifier/global.h"
#include "verifier/helper.h"

#define FIRST_ROOM 64u

static int grow(struct trail *trail)
{
	u32 room = trail->room ? trail->room + trail->room / 2 : FIRST_ROOM;
	struct turn *turns = modbpf_zalloc(room * sizeof(*turns));

	if (!turns)
		return -ENOMEM;
	if (trail->cnt)
		memcpy(turns, trail->turns, trail->cnt * sizeof(*turns));
	modbpf_free(trail->turns);
	trail->turns = turns;
	trail->room = room;
	return 0;
}

int trail_add(struct trail *trail, struct turn turn)
{
	int err = trail->cnt == trail->room ? grow(trail) : 0;

	if (!err)
		trail->turns[trail->cnt++] = turn;
	return err;
}

void trail_go_back(struct trail *trail, u32 to, u32 frames)
{
	struct turn *turn;

	while (trail->cnt && !trail->turns[trail->cnt - 1].is_open)
		trail->cnt--;
	if (!trail->cnt)
		return;
	turn = &trail->turns[trail->cnt - 1];
	turn->to = to;
	turn->frames = frames;
	turn->is_open = false;
}

/* --- walking it ----------------------------------------------------------------------- */

/* Of each register in each frame, and the calls that made the frames. */
struct walk {
	struct origin regs[MODBPF_MAX_FRAMES][MODBPF_REG_FP + 1];
	u32 calls[MODBPF_MAX_FRAMES];
	u32 depth;	/* of the innermost frame, from 0 */
};

static struct origin made_at(u32 pc)
{
	return (struct origin){ pc, pc, TRAIL_NOWHERE, TRAIL_NOWHERE };
}

static void set_range(struct origin *regs, u32 first, u32 last, struct origin origin)
{
	while (first <= last)
		regs[first++] = origin;
}

static void set_by_move(struct origin *regs, const struct modbpf_insn *insn, u32 pc)
{
	struct origin from = regs[insn->src_reg];

	from.set = pc;
	regs[insn->dst_reg] = from;
}

static void set_by_atomic(struct origin *regs, const struct modbpf_insn *insn, u32 pc)
{
	const struct atomic_op *op = atomic_lookup(insn->imm);

	if (op->flags & ATOMIC_LOAD)
		regs[insn->dst_reg] = made_at(pc);
	if (op->flags & ATOMIC_WRITES_SRC)
		regs[insn->src_reg] = made_at(pc);
	if (op->flags & ATOMIC_USES_R0)
		regs[0] = made_at(pc);
}

/* What the instruction does to the registers of its frame; a call takes R0 to R5 from it. */
static void walk_insn(struct origin *regs, const struct modbpf_insn *insn, u32 pc)
{
	const struct opcode *opcode = opcode_lookup(insn->code);

	if (opcode->form == FORM_CALL || insn_is_packet_load(insn))
		set_range(regs, 0, 5, made_at(pc));
	else if (opcode->form == FORM_ATOMIC)
		set_by_atomic(regs, insn, pc);
	else if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) && !insn->off)
		set_by_move(regs, insn, pc);
	else if (opcode->flags & OPCODE_WRITES_DST)
		regs[insn->dst_reg] = made_at(pc);
}

/* Pointers to the packet, or to what is released, are gone behind @pc. */
static void walk_drop(struct walk *walk, bool is_release, u32 pc)
{
	u32 frame, i;

	for (frame = 0; frame <= walk->depth; frame++) {
		for (i = 0; i <= MODBPF_REG_FP; i++) {
			struct origin *reg = &walk->regs[frame][i];
			u32 *dropped = is_release ? &reg->released : &reg->moved;

			if (*dropped == TRAIL_NOWHERE)
				*dropped = pc;
		}
	}
}

static void walk_call(struct walk *walk, const struct program *prog, u32 pc)
{
	const struct modbpf_insn *insn = &prog->insns[pc];
	const struct helper *helper = helper_called(insn);
	u32 routine;

	if (helper && helper->flags & HELPER_RELEASES)
		walk_drop(walk, true, pc);
	if (helper && helper->flags & HELPER_MOVES_PACKET)
		walk_drop(walk, false, pc);
	if (!insn_is_subprog_call(insn))
		return;
	/* Others are walked through. */
	routine = prog->info[jump_target(insn, pc)].subprog;
	if (routine_is_global(prog, routine) && prog->routines[routine].moves_packet)
		walk_drop(walk, false, pc);
}

static void enter(struct walk *walk, const struct origin *args, const struct modbpf_insn *call,
		  u32 pc)
{
	struct origin *regs = walk->regs[++walk->depth];

	walk->calls[walk->depth] = pc;
	set_range(regs, 0, MODBPF_REG_FP, made_at(TRAIL_NOWHERE));
	/* A callback's are made by the helper. */
	if (insn_is_helper_call(call))
		set_range(regs, 1, 5, made_at(pc));
	else
		memcpy(&regs[1], args, 5 * sizeof(*args));
}

static void leave(struct walk *walk, const struct modbpf_insn *insn, const struct modbpf_insn *call,
		  u32 pc)
{
	struct origin result = walk->regs[walk->depth--][0];

	if (insn_is_helper_call(call))
		return;
	walk->regs[walk->depth][0] = insn->code == (BPF_JMP | BPF_EXIT) ? result : made_at(pc);
}

static void walk_turn(struct walk *walk, const struct program *prog, const struct turn *turn,
		      const struct origin *args)
{
	const struct modbpf_insn *insn = &prog->insns[turn->from];

	if (turn->frames > walk->depth + 1 && walk->depth + 1 < MODBPF_MAX_FRAMES)
		enter(walk, args, insn, turn->from);
	else if (turn->frames < walk->depth + 1 && walk->depth)
		leave(walk, insn, &prog->insns[walk->calls[walk->depth]], turn->from);
}

static void walk_begin(struct walk *walk)
{
	set_range(walk->regs[0], 0, MODBPF_REG_FP, made_at(TRAIL_NOWHERE));
	set_range(walk->regs[0], 1, 5, made_at(TRAIL_START));
	walk->depth = 0;
}

struct origin trail_origin(const struct trail *trail, const struct program *prog, u32 start,
			   u32 pc, u32 regno)
{
	struct origin args[5], found = made_at(TRAIL_NOWHERE);
	struct walk *walk = modbpf_zalloc(sizeof(*walk));
	u32 at = start, next = 0;

	if (!walk)
		return found;
	walk_begin(walk);
	/* A turn that comes next but belongs to a later visit of @at cannot be: a turn leads back there. */
	while (next < trail->cnt || at != pc) {
		const struct turn *turn = next < trail->cnt ? &trail->turns[next] : NULL;

		memcpy(args, &walk->regs[walk->depth][1], sizeof(args));
		walk_call(walk, prog, at);
		walk_insn(walk->regs[walk->depth], &prog->insns[at], at);
		if (turn && turn->from == at) {
			walk_turn(walk, prog, turn, args);
			at = turn->to;
			next++;
		} else {
			at += insn_slots(&prog->insns[at]);
		}
		if (at >= prog->insn_cnt)
			break;
	}
	if (at == pc)
		found = walk->regs[walk->depth][regno];
	modbpf_free(walk);
	return found;
}
