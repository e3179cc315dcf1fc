// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What do the bytes of a stack frame hold? A slot is 8 bytes; it remembers one
 * spilled register of 1 to 8 bytes, and of each other byte whether it is
 * initialised. A byte that was part of a pointer and is no longer whole counts
 * as uninitialised, so no part of a pointer can be read as a number.
 */
#include "verifier/stack.h"

#include "verifier/dynptr.h"
#include "verifier/exact.h"
#include "verifier/typed.h"

static u32 slot_at(s32 off)
{
	return (u32)(-off - 1) / 8;
}

static u32 byte_at(s32 off)
{
	return (u32)(off + MODBPF_STACK_SIZE) % 8;
}

enum slot_byte stack_byte(const struct frame *frame, s32 off)
{
	u32 slot = slot_at(off);

	return slot < frame->slot_cnt ? frame->slots[slot].bytes[byte_at(off)] : BYTE_UNINIT;
}

static bool holds_pointer(const struct frame *frame, s32 off)
{
	return stack_byte(frame, off) == BYTE_SPILL &&
	       reg_is_pointer(&frame->slots[slot_at(off)].spill);
}

const struct reg *stack_pointer(const struct frame *frame, s32 off)
{
	return holds_pointer(frame, off) ? &frame->slots[slot_at(off)].spill : NULL;
}

static bool is_of_dynptr(const struct frame *frame, s32 off)
{
	return holds_pointer(frame, off) &&
	       frame->slots[slot_at(off)].spill.kind == REG_DYNPTR_HALF;
}

static int refuse_dynptr_read(struct step *step, u32 frame_no, s32 off)
{
	s32 lo = -8 * (s32)(slot_at(off) + 1);
	int err = refuse(step, REFUSE_DYNPTR_ACCESS, REFUSAL_NO_REG,
			 "invalid read from stack off %d: it is part of a dynptr", off);

	return refuse_stack(step, err, frame_no, lo, lo + 8);
}

/* Let the frame have slots 0..@slot. */
static int grow(struct frame *frame, u32 slot)
{
	struct slot *slots;
	u32 room = slot + 1;

	if (slot < frame->slot_cnt)
		return 0;
	if (room > frame->slot_room) {
		slots = modbpf_zalloc(room * sizeof(*slots));
		if (!slots)
			return -ENOMEM;
		if (frame->slot_cnt)
			memcpy(slots, frame->slots, frame->slot_cnt * sizeof(*slots));
		modbpf_free(frame->slots);
		frame->slots = slots;
		frame->slot_room = room;
	}
	memset(&frame->slots[frame->slot_cnt], 0,
	       (room - frame->slot_cnt) * sizeof(*frame->slots));
	frame->slot_cnt = room;
	return 0;
}

static void note_depth(struct step *step, u32 frame, s32 lo)
{
	u16 *depth = &step->found->stack_depth[step->state->frames[frame]->routine];
	u32 bytes = (u32)(-lo + 7) / 8 * 8;

	if (bytes > *depth)
		*depth = bytes;
}

int check_stack_span(struct step *step, u32 regno, s64 off, u32 bytes, struct span *span)
{
	const struct reg *reg = &step_regs(step)[regno];
	s64 lo = reg->num.r64.smin, hi = reg->num.r64.smax;

	if (lo < -(1LL << 30) || hi > 1LL << 30) {
		return refuse(step, REFUSE_STACK_OFFSET_UNBOUNDED, regno,
			      "R%u unbounded stack access, make sure to bounds check any such access",
			      regno);
	}
	lo += off;
	hi += off + bytes;
	if (lo < -MODBPF_STACK_SIZE || hi > 0) {
		return refuse(step, REFUSE_STACK_BOUNDS, regno,
			      "invalid access to stack R%u off=%lld size=%u", regno, lo, bytes);
	}
	span->lo = lo;
	span->hi = hi;
	if (bytes)
		note_depth(step, reg->frame, span->lo);
	return 0;
}

/*
 * What is left of a byte of a spill: of a pointer nothing; of a number a number, and
 * zero stays zero if that depends on nothing.
 */
static enum slot_byte byte_left(const struct slot *slot, u32 byte)
{
	if (reg_is_pointer(&slot->spill))
		return BYTE_UNINIT;
	if (slot->spill.deps || !scalar_is_const(slot->spill.num))
		return BYTE_MISC;
	return scalar_value(slot->spill.num) >> (8 * (byte - slot->first)) & 0xff ? BYTE_MISC : BYTE_ZERO;
}

/* The spill is no longer whole. */
static void break_spill(struct slot *slot)
{
	u32 i;

	if (!slot->cnt)
		return;
	for (i = slot->first; i < slot->first + slot->cnt; i++)
		slot->bytes[i] = byte_left(slot, i);
	slot->cnt = 0;
	slot->spill = reg_uninit();
}

static bool overlaps_spill(const struct slot *slot, u32 first, u32 cnt)
{
	return slot->cnt && first < slot->first + slot->cnt && slot->first < first + cnt;
}

/* Does the number fit in @bytes bytes, so that storing and loading it keeps it? */
static bool fits(struct scalar num, u32 bytes)
{
	return bytes == 8 || num.r64.umax >> (8 * bytes) == 0;
}

static void slot_put_number(struct step *step, struct slot *slot, u32 first, u32 cnt,
			    struct reg *value)
{
	struct scalar num = scalar_truncate(value->num, cnt, false);
	bool whole = fits(value->num, cnt), zero;

	/* A byte cannot say what it depends on: only what depends on nothing is a known zero. */
	zero = !value->deps && scalar_is_const(num) && !scalar_value(num);
	if (zero || (!whole && scalar_contains(num, scalar_loaded(cnt, false)))) {
		if (overlaps_spill(slot, first, cnt))
			break_spill(slot);
		memset(&slot->bytes[first], zero ? BYTE_ZERO : BYTE_MISC, cnt);
		return;
	}
	break_spill(slot);
	memset(&slot->bytes[first], BYTE_SPILL, cnt);
	slot->first = first;
	slot->cnt = cnt;
	if (whole)
		mark_scalar_linked(step, value);
	slot->spill = reg_derived(num, value->deps);
	slot->spill.id = whole ? value->id : 0;
}

int stack_store(struct step *step, u32 frame_no, s32 off, u32 bytes, struct reg *value)
{
	struct frame *frame = step->state->frames[frame_no];
	struct slot *slot;
	int err = check_dynptrs_overwritten(step, frame_no, (struct span){ off, off + bytes });

	if (!err && value->kind == REG_UNINIT) {	/* a slice of what it overwrites */
		err = refuse(step, REFUSE_REG_UNINIT, step->insn->src_reg, "R%u !read_ok",
			     step->insn->src_reg);
	}
	if (!err)
		err = grow(frame, slot_at(off));
	if (err)
		return err;
	slot = &frame->slots[slot_at(off)];
	if (bytes == 8)
		step->state->written[frame_no] |= 1ULL << slot_at(off);
	if (value->kind == REG_SCALAR) {
		slot_put_number(step, slot, byte_at(off), bytes, value);
		return 0;
	}
	if (bytes != 8) {
		return refuse(step, REFUSE_STACK_PARTIAL_SPILL, step->insn->src_reg,
			      "invalid size of register spill: a pointer takes 8 bytes");
	}
	if (value->kind == REG_STACK && value->frame > frame_no) {
		return refuse(step, REFUSE_STACK_POINTER_ESCAPES, step->insn->src_reg,
			      "cannot spill pointers to stack into stack frame of the caller");
	}
	if (value->kind == REG_KEY && value->frame > frame_no) {
		return refuse(step, REFUSE_KEY_ESCAPES, step->insn->src_reg,
			      "cannot spill map key of a callback into stack frame of its caller");
	}
	memset(slot->bytes, BYTE_SPILL, 8);
	slot->first = 0;
	slot->cnt = 8;
	slot->spill = *value;
	return 0;
}

/* The value of a byte, if it is known. */
static bool known_byte(const struct slot *slot, u32 byte, u8 *value)
{
	if (slot->bytes[byte] == BYTE_ZERO) {
		*value = 0;
		return true;
	}
	if (slot->bytes[byte] != BYTE_SPILL || slot->spill.kind != REG_SCALAR ||
	    !scalar_is_const(slot->spill.num))
		return false;
	*value = scalar_value(slot->spill.num) >> (8 * (byte - slot->first));
	return true;
}

static bool known_bytes(const struct slot *slot, u32 first, u32 cnt, u64 *value)
{
	u32 i;
	u8 byte;

	*value = 0;
	for (i = 0; i < cnt; i++) {
		if (!known_byte(slot, first + i, &byte))
			return false;
		*value |= (u64)byte << (8 * i);
	}
	return true;
}

/* The number in initialised bytes of a slot, none of a pointer. */
static struct reg slot_number(const struct slot *slot, u32 first, u32 cnt, bool sign_extend)
{
	struct reg reg = reg_scalar(scalar_loaded(cnt, sign_extend));
	u64 value;

	if (known_bytes(slot, first, cnt, &value))
		return reg_derived(scalar_truncate(scalar_const(value), cnt, sign_extend),
				   slot->cnt ? slot->spill.deps : 0);
	if (!slot->cnt || slot->first != first || cnt > slot->cnt)
		return reg;
	reg.num = scalar_truncate(slot->spill.num, cnt, sign_extend);
	reg.deps = slot->spill.deps;
	if (cnt == slot->cnt && !(sign_extend && cnt < 8))
		reg.id = slot->spill.id;
	return reg;
}

int stack_load(struct step *step, u32 frame_no, s32 off, u32 bytes, bool sign_extend,
	       struct reg *value)
{
	const struct frame *frame = step->state->frames[frame_no];
	const struct slot *slot;
	int err;
	u32 i;

	for (i = 0; i < bytes; i++) {
		if (stack_byte(frame, off + i) == BYTE_UNINIT) {
			err = refuse(step, REFUSE_STACK_UNINIT_READ, REFUSAL_NO_REG,
				     "invalid read from stack off %d+%u size %u", off, i, bytes);
			return refuse_stack(step, err, frame_no, off, off + bytes);
		}
	}
	stack_mark_read(step->state, frame_no, slot_at(off));
	slot = &frame->slots[slot_at(off)];
	if (is_of_dynptr(frame, off))
		return refuse_dynptr_read(step, frame_no, off);
	if (!holds_pointer(frame, off)) {
		*value = slot_number(slot, byte_at(off), bytes, sign_extend);
		return 0;
	}
	if (bytes != 8) {
		err = refuse(step, REFUSE_STACK_PARTIAL_FILL, REFUSAL_NO_REG,
			     "invalid size of register fill: off %d holds a pointer, size %u",
			     off, bytes);
		return refuse_stack(step, err, frame_no, off, off + bytes);
	}
	*value = slot->spill;
	return 0;
}

int check_stack_readable(struct step *step, u32 frame_no, struct span span)
{
	const struct frame *frame = step->state->frames[frame_no];
	s32 off;
	int err;

	for (off = span.lo; off < span.hi; off++) {
		if (stack_byte(frame, off) == BYTE_UNINIT) {
			err = refuse(step, REFUSE_STACK_UNINIT_READ, REFUSAL_NO_REG,
				     "invalid read from stack off %d+%d size %d",
				     span.lo, off - span.lo, span.hi - span.lo);
			return refuse_stack(step, err, frame_no, span.lo, span.hi);
		}
		if (is_of_dynptr(frame, off))
			return refuse_dynptr_read(step, frame_no, off);
		if (holds_pointer(frame, off) &&
		    !reg_is_number(step, &frame->slots[slot_at(off)].spill)) {
			err = refuse(step, REFUSE_LEAK_THROUGH_STACK, REFUSAL_NO_REG,
				     "leaking pointer from stack off %d", off);
			off = -8 * (s32)(slot_at(off) + 1);
			return refuse_stack(step, err, frame_no, off, off + 8);
		}
		stack_mark_read(step->state, frame_no, slot_at(off));
	}
	return 0;
}

int stack_fill(struct step *step, u32 frame_no, struct span span)
{
	struct frame *frame = step->state->frames[frame_no];
	s32 off;
	int err;

	if (span.lo == span.hi)
		return 0;
	err = check_dynptrs_overwritten(step, frame_no, span);
	if (!err)
		err = grow(frame, slot_at(span.lo));
	if (err)
		return err;
	for (off = span.lo; off < span.hi; off++) {
		struct slot *slot = &frame->slots[slot_at(off)];

		if (overlaps_spill(slot, byte_at(off), 1))
			break_spill(slot);
		slot->bytes[byte_at(off)] = BYTE_MISC;
		if (byte_at(off) == 0 && off + 8 <= span.hi)
			step->state->written[frame_no] |= 1ULL << slot_at(off);
	}
	return 0;
}

int stack_smear(struct step *step, u32 frame_no, struct span span)
{
	struct frame *frame = step->state->frames[frame_no];
	int err = check_dynptrs_overwritten(step, frame_no, span);
	s32 off;

	for (off = span.lo; off < span.hi && !err; off++) {
		struct slot *slot;

		if (stack_byte(frame, off) == BYTE_UNINIT)
			continue;
		slot = &frame->slots[slot_at(off)];
		if (overlaps_spill(slot, byte_at(off), 1))
			break_spill(slot);
		if (slot->bytes[byte_at(off)] != BYTE_UNINIT)
			slot->bytes[byte_at(off)] = BYTE_MISC;
	}
	return err;
}

bool stack_const_u32(struct state *state, u32 frame_no, s32 off, u32 *value)
{
	const struct frame *frame = state->frames[frame_no];
	const struct slot *slot;
	u64 known;

	if (off % 4 || off > -4 || slot_at(off) >= frame->slot_cnt)
		return false;
	slot = &frame->slots[slot_at(off)];
	if (!known_bytes(slot, byte_at(off), 4, &known))
		return false;
	if (slot->cnt)
		mark_exact(state, slot->spill.deps);
	*value = known;
	return true;
}

bool stack_holds_pointer(struct step *step, u32 frame_no, s32 off)
{
	const struct frame *frame = step->state->frames[frame_no];

	if (off % 8 || off < -MODBPF_STACK_SIZE || off >= 0 || slot_at(off) >= frame->slot_cnt ||
	    !holds_pointer(frame, off) || is_of_dynptr(frame, off))
		return false;
	stack_mark_read(step->state, frame_no, slot_at(off));
	return true;
}

bool stack_const_byte(struct state *state, u32 frame_no, s64 off, u8 *value)
{
	const struct frame *frame = state->frames[frame_no];
	const struct slot *slot;

	if (off < -MODBPF_STACK_SIZE || off >= 0 || slot_at(off) >= frame->slot_cnt)
		return false;
	slot = &frame->slots[slot_at(off)];
	if (!known_byte(slot, byte_at(off), value))
		return false;
	if (slot->cnt)
		mark_exact(state, slot->spill.deps);
	return true;
}

/*
 * A slot that is read before it was overwritten matters to every state kept on
 * the way, back to the one after which it was written. Where the mark is
 * already, an earlier read has gone the rest of the way.
 */
void stack_mark_read(struct state *state, u32 frame, u32 slot)
{
	u64 bit = 1ULL << slot;
	struct kept *kept = state->parent;

	if (state->written[frame] & bit)
		return;
	while (kept && !(kept->read[frame] & bit)) {
		kept->read[frame] |= bit;
		if (kept->state->written[frame] & bit)
			return;
		kept = kept->state->parent;
	}
}

void stack_mark_span_read(struct state *state, u32 frame, struct span span)
{
	s32 off;

	for (off = span.lo; off < span.hi; off += 8)
		stack_mark_read(state, frame, slot_at(off));
}
