// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * May a path end here because what it would do has been seen? Only if nothing
 * that the earlier paths looked at can be outside of what it was then: live
 * registers, stack slots that were read, references, and which ids are equal.
 */
#include "verifier/prune.h"

#include "verifier/stack.h"

#define SPARE_IDS 0x80000000u

/*
 * Two things with the same id in the outer state have the same id in the inner
 * one. Things with different ids may be one and the same: that is a special
 * case of what is known of the outer state.
 */
static bool id_fits(struct id_map *ids, u32 from, u32 to)
{
	u32 i;

	if (!from)
		return true;
	if (!to)
		to = SPARE_IDS + ids->spare++;
	for (i = 0; i < ids->cnt; i++)
		if (ids->pairs[i].from == from)
			return ids->pairs[i].to == to;
	if (ids->cnt == ID_PAIRS)
		return false;
	ids->pairs[ids->cnt].from = from;
	ids->pairs[ids->cnt].to = to;
	ids->cnt++;
	return true;
}

/* References are distinct things in both states. */
static bool ref_fits(struct id_map *ids, u32 from, u32 to)
{
	u32 i;

	if (!from || !to)
		return from == to;
	for (i = 0; i < ids->cnt; i++)
		if (ids->pairs[i].to == to && ids->pairs[i].from != from)
			return false;
	return id_fits(ids, from, to);
}

static bool number_matters(const struct reg *number, u64 exact)
{
	return !number->deps || number->deps & exact;
}

/* @exact: which numbers matter. Links between numbers always do. */
static bool reg_contains(struct id_map *ids, const struct reg *outer, const struct reg *inner,
			 u64 exact)
{
	/* No path read it, but as an argument that may be left out: then it must be in both. */
	if (outer->kind == REG_UNINIT)
		return inner->kind == REG_UNINIT;
	if (outer->kind != inner->kind)
		return false;
	if (outer->kind == REG_SCALAR && !number_matters(outer, exact))
		return id_fits(ids, outer->id, inner->id);
	if (!scalar_contains(outer->num, inner->num))
		return false;
	if (outer->frame != inner->frame || outer->map != inner->map || outer->mem != inner->mem ||
	    outer->size != inner->size || outer->off != inner->off)
		return false;
	if (outer->range > inner->range)
		return false;
	if (reg_is_packet(outer)) {
		/* Without an id the base is the packet's start itself. */
		if (!outer->id != !inner->id)
			return false;
	}
	return ref_fits(ids, outer->ref, inner->ref) && id_fits(ids, outer->id, inner->id);
}

/* A byte that holds a number, whichever. */
static bool is_number(const struct frame *frame, u32 slot, u32 byte)
{
	const struct spill *spill = frame_spill(frame, slot, byte);

	return spill ? spill->reg.kind == REG_SCALAR : frame_byte(frame, slot, byte) != BYTE_UNINIT;
}

static bool is_zero(const struct frame *frame, u32 slot, u32 byte)
{
	u8 value;

	return frame_known_byte(frame, slot, byte, &value) && !value;
}

static bool byte_contains(u8 outer, const struct frame *inner, u32 slot, u32 byte)
{
	if (outer == BYTE_UNINIT)
		return true;
	return outer == BYTE_MISC ? is_number(inner, slot, byte) : is_zero(inner, slot, byte);
}

/*
 * The number in @cnt bytes, as far as it is told soon: this is asked for many states. What
 * lies in several pieces is zero or any number.
 */
static struct scalar number_in(const struct frame *frame, u32 slot, u32 first, u32 cnt)
{
	const u8 *bytes = &frame->slots[slot].bytes[first];
	bool zero = true, one = bytes[0] >= BYTE_SPILL;
	u32 i;

	for (i = 0; i < cnt; i++) {
		one = one && bytes[i] == bytes[0];
		zero = zero && is_zero(frame, slot, first + i);
	}
	if (one)
		return stack_number(frame, slot, first, cnt).num;
	return zero ? scalar_const(0) : scalar_loaded(cnt, false);
}

static bool spill_contains(const struct prune *prune, const struct spill *outer,
			   const struct frame *inner, u64 exact)
{
	const struct spill *same = frame_spill(inner, outer->slot, outer->first);
	struct reg number;
	u32 i;

	*prune->work += 3;	/* it is far off in memory, and large */
	if (same && same->first == outer->first && same->cnt == outer->cnt)
		return reg_contains(prune->ids, &outer->reg, &same->reg, exact);
	if (outer->reg.kind != REG_SCALAR)
		return false;
	for (i = outer->first; i < outer->first + outer->cnt; i++)
		if (!is_number(inner, outer->slot, i))
			return false;
	if (!number_matters(&outer->reg, exact))
		return id_fits(prune->ids, outer->reg.id, 0);
	*prune->work += 4;
	number = reg_scalar(number_in(inner, outer->slot, outer->first, outer->cnt));
	return reg_contains(prune->ids, &outer->reg, &number, exact);
}

static bool slot_contains(const struct prune *prune, const struct frame *outer,
			  const struct frame *inner, u32 slot, u64 exact)
{
	const u8 *bytes = outer->slots[slot].bytes;
	u32 i;

	for (i = 0; i < 8; i++) {
		if (bytes[i] < BYTE_SPILL) {
			if (bytes[i] != frame_byte(inner, slot, i) && !byte_contains(bytes[i], inner, slot, i))
				return false;
			continue;
		}
		/* Once for each spill. */
		if ((!i || bytes[i] != bytes[i - 1]) &&
		    !spill_contains(prune, frame_spill(outer, slot, i), inner, exact))
			return false;
	}
	return true;
}

static bool slots_contain(const struct prune *prune, const struct frame *outer,
			  const struct frame *inner, u64 read, u64 exact)
{
	u32 i, misfit = prune->ids->misfit;

	/* States at one place often differ in the same slot. */
	if (misfit < outer->slot_cnt && read >> misfit & 1) {
		*prune->work += 1;
		if (!slot_contains(prune, outer, inner, misfit, exact))
			return false;
	}
	for (i = 0; i < outer->slot_cnt; i++) {
		if (!(read >> i & 1) || i == misfit)
			continue;
		*prune->work += 1;
		if (!slot_contains(prune, outer, inner, i, exact)) {
			prune->ids->misfit = i;
			return false;
		}
	}
	return true;
}

static bool frame_contains(const struct prune *prune, const struct frame *outer,
			   const struct frame *inner, u32 live, u64 read, u64 exact)
{
	u32 i;

	/* Fewer rounds behind it: more may follow. */
	if (outer->rounds > inner->rounds)
		return false;
	if (!ref_fits(prune->ids, outer->dynptr, inner->dynptr))
		return false;
	for (i = 0; i < MODBPF_REG_FP; i++) {
		if (!(live >> i & 1))
			continue;
		*prune->work += 1;
		if (!reg_contains(prune->ids, &outer->regs[i], &inner->regs[i], exact))
			return false;
	}
	return slots_contain(prune, outer, inner, read, exact);
}

bool state_same_place(const struct state *a, const struct state *b)
{
	u32 i;

	if (a->insn != b->insn || a->frame_cnt != b->frame_cnt)
		return false;
	/* The first frame is a timer's callback, or it is not. */
	if (a->frames[0]->is_callback != b->frames[0]->is_callback)
		return false;
	for (i = 1; i < a->frame_cnt; i++)
		if (a->frames[i]->call_insn != b->frames[i]->call_insn)
			return false;
	return true;
}

/* Registers of a frame that paths from @state may read. */
static u32 live_in_frame(const struct program *prog, const struct state *state, u32 frame)
{
	if (frame + 1 == state->frame_cnt)
		return prog->info[state->insn].live;
	/* A callback goes back to the call, which may be made once more. */
	if (state->frames[frame + 1]->is_callback)
		return prog->info[state->frames[frame + 1]->call_insn].live;
	/* After the call; what the callee leaves in R0 is not in this frame yet. */
	return prog->info[state->frames[frame + 1]->call_insn + 1].live & ~0x3fu;
}

bool state_contains(const struct prune *prune, const struct state *outer,
		    const struct state *inner, const struct kept *kept)
{
	u32 i;

	prune->ids->cnt = 0;
	prune->ids->spare = 0;
	*prune->work += 1 + outer->frame_cnt;
	if (outer->ref_cnt != inner->ref_cnt)
		return false;
	for (i = 0; i < outer->frame_cnt; i++)
		if (!frame_contains(prune, outer->frames[i], inner->frames[i],
				    live_in_frame(prune->prog, outer, i),
				    kept ? kept->read[i] : ~0ULL,
				    kept ? kept->exact : ~0ULL))
			return false;
	if (outer->lock.is_held != inner->lock.is_held || outer->lock.map != inner->lock.map ||
	    !ref_fits(prune->ids, outer->lock.ref, inner->lock.ref))
		return false;
	for (i = 0; i < outer->ref_cnt; i++)
		if (!ref_fits(prune->ids, outer->refs[i].id, inner->refs[i].id))
			return false;
	return true;
}
