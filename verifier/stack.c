// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What do the bytes of a stack frame hold? A slot is 8 bytes; it remembers one
 * spilled register of 8 bytes, or one of 1 to 4 in each half, and of each other byte
 * whether it is initialised. A byte that was part of a pointer and is no longer whole counts
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
	u8 held = frame_byte(frame, slot_at(off), byte_at(off));

	return held < BYTE_SPILL ? held : BYTE_SPILL;
}

const struct reg *stack_pointer(const struct frame *frame, s32 off)
{
	const struct spill *spill = frame_spill(frame, slot_at(off), byte_at(off));

	return spill && reg_is_pointer(&spill->reg) ? &spill->reg : NULL;
}

static bool is_of_dynptr(const struct frame *frame, s32 off)
{
	const struct reg *pointer = stack_pointer(frame, off);

	return pointer && pointer->kind == REG_DYNPTR_HALF;
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

/* --- numbers in bytes ----------------------------------------------------- */

/* What bytes @first.. + @cnt of a slot hold, all of the same spill or of none. */
static struct scalar number_of_run(const struct frame *frame, u32 slot, u32 first, u32 cnt)
{
	const struct spill *spill = frame_spill(frame, slot, first);
	struct scalar num, mask = scalar_const(cnt == 8 ? ~0ULL : (1ULL << 8 * cnt) - 1);

	if (!spill && frame_byte(frame, slot, first) == BYTE_ZERO)
		return scalar_const(0);
	if (!spill || spill->reg.kind != REG_SCALAR)
		return scalar_between(0, scalar_value(mask));
	num = spill->reg.num;
	if (first > spill->first)
		num = scalar_alu(BPF_RSH, true, false, num, scalar_const(8 * (first - spill->first)));
	if (first + cnt == spill->first + spill->cnt)
		return num;
	return cnt == 4 ? scalar_truncate(num, 4, false) : scalar_alu(BPF_AND, true, false, num, mask);
}

/* The value of @cnt bytes, if each is known. */
static bool known_value(const struct frame *frame, u32 slot, u32 first, u32 cnt, u64 *value)
{
	u32 i;
	u8 byte;

	*value = 0;
	for (i = 0; i < cnt; i++) {
		if (!frame_known_byte(frame, slot, first + i, &byte))
			return false;
		*value |= (u64)byte << (8 * i);
	}
	return true;
}

struct reg stack_number(const struct frame *frame, u32 slot, u32 first, u32 cnt)
{
	struct reg reg = reg_scalar(scalar_loaded(cnt, false));
	const u8 *bytes = frame->slots[slot].bytes;
	const struct spill *spill;
	u32 i, runs = 0, last = first;
	u64 value;

	for (i = first; i < first + cnt; i++) {
		if (i > first && bytes[i] == bytes[i - 1])
			continue;
		runs++;
		last = i;
		spill = frame_spill(frame, slot, i);
		if (spill)
			reg.deps |= spill->reg.deps;
	}
	if (runs == 1)
		reg.num = number_of_run(frame, slot, first, cnt);
	else if (known_value(frame, slot, first, cnt, &value))
		reg.num = scalar_const(value);
	else if (runs == 2)	/* more are not worth their arithmetic */
		reg.num = scalar_alu(BPF_OR, true, false, number_of_run(frame, slot, first, last - first),
				     scalar_alu(BPF_LSH, true, false,
						number_of_run(frame, slot, last, first + cnt - last),
						scalar_const(8 * (last - first))));
	return reg;
}

/* --- stores --------------------------------------------------------------- */

/*
 * What is left of a byte of a spill: of a pointer nothing; of a number a number, and
 * zero stays zero if that depends on nothing.
 */
static enum slot_byte byte_left(const struct spill *spill, u32 byte)
{
	if (reg_is_pointer(&spill->reg))
		return BYTE_UNINIT;
	if (spill->reg.deps || !scalar_is_const(spill->reg.num))
		return BYTE_MISC;
	return spill_byte(spill, byte) ? BYTE_MISC : BYTE_ZERO;
}

/* A number of 8 bytes loses the half in which @byte is. False: nothing is known of the other. */
static bool halve_spill(struct frame *frame, struct spill *spill, u32 byte)
{
	u32 lost = byte & SPILL_HALF, kept = SPILL_HALF - lost, i;
	struct scalar num = number_of_run(frame, spill->slot, kept, SPILL_HALF);

	if (scalar_contains(num, scalar_loaded(SPILL_HALF, false)))
		return false;
	for (i = lost; i < lost + SPILL_HALF; i++)
		frame->slots[spill->slot].bytes[i] = byte_left(spill, i);
	spill->reg = reg_derived(num, spill->reg.deps);
	spill->first = kept;
	spill->cnt = SPILL_HALF;
	return true;
}

/* The spill is no longer whole: bytes from @first to below @end go. */
static void break_spill(struct frame *frame, struct spill *spill, u32 first, u32 end)
{
	struct spill broken = *spill;
	u32 i;

	if (spill->reg.kind == REG_SCALAR && spill->cnt == 8 && (first ^ (end - 1)) < SPILL_HALF &&
	    halve_spill(frame, spill, first))
		return;
	frame_drop_spill(frame, spill);
	for (i = broken.first; i < broken.first + broken.cnt; i++)
		frame->slots[broken.slot].bytes[i] = byte_left(&broken, i);
}

/* No spill has bytes of @first to below @end. */
static void break_spills(struct frame *frame, u32 slot, u32 first, u32 end)
{
	struct spill *spill;
	u32 i;

	for (i = first; i < end; i++) {
		spill = frame_spill(frame, slot, i);
		if (spill)
			break_spill(frame, spill, first, end);
	}
}

/* Does the number fit in @bytes bytes, so that storing and loading it keeps it? */
static bool fits(struct scalar num, u32 bytes)
{
	return bytes == 8 || num.r64.umax >> (8 * bytes) == 0;
}

static int put_number(struct step *step, struct frame *frame, struct spill *spill, struct reg *value)
{
	u32 first = spill->first, cnt = spill->cnt;
	struct scalar num = scalar_truncate(value->num, cnt, false);
	bool whole = fits(value->num, cnt), zero;

	/* A byte cannot say what it depends on: only what depends on nothing is a known zero. */
	zero = !value->deps && scalar_is_const(num) && !scalar_value(num);
	if (zero || (!whole && scalar_contains(num, scalar_loaded(cnt, false)))) {
		break_spills(frame, spill->slot, first, first + cnt);
		memset(&frame->slots[spill->slot].bytes[first], zero ? BYTE_ZERO : BYTE_MISC, cnt);
		return 0;
	}
	break_spills(frame, spill->slot, first & SPILL_HALF, cnt == 8 ? 8 : (first & SPILL_HALF) + SPILL_HALF);
	if (whole)
		mark_scalar_linked(step, value);
	spill->reg = reg_derived(num, value->deps);
	spill->reg.id = whole ? value->id : 0;
	return frame_add_spill(frame, spill);
}

int stack_store(struct step *step, u32 frame_no, s32 off, u32 bytes, struct reg *value)
{
	struct frame *frame = step->state->frames[frame_no];
	struct spill spill = { .slot = slot_at(off), .first = byte_at(off), .cnt = bytes };
	int err = check_dynptrs_overwritten(step, frame_no, (struct span){ off, off + bytes });

	if (!err && value->kind == REG_UNINIT) {	/* a slice of what it overwrites */
		err = refuse(step, REFUSE_REG_UNINIT, step->insn->src_reg, "R%u !read_ok",
			     step->insn->src_reg);
	}
	if (!err)
		err = grow(frame, slot_at(off));
	if (err)
		return err;
	if (bytes == 8)
		step->state->written[frame_no] |= 1ULL << slot_at(off);
	if (value->kind == REG_SCALAR)
		return put_number(step, frame, &spill, value);
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
	break_spills(frame, spill.slot, 0, 8);
	spill.reg = *value;
	return frame_add_spill(frame, &spill);
}

/* --- loads ---------------------------------------------------------------- */

/* The number in initialised bytes, none of a pointer. */
static struct reg loaded_number(const struct frame *frame, s32 off, u32 bytes, bool sign_extend)
{
	const struct spill *spill = frame_spill(frame, slot_at(off), byte_at(off));
	struct reg reg = stack_number(frame, slot_at(off), byte_at(off), bytes);

	if (sign_extend && bytes < 8)
		reg.num = scalar_truncate(reg.num, bytes, true);
	else if (spill && spill->first == byte_at(off) && spill->cnt == bytes)
		reg.id = spill->reg.id;
	return reg;
}

int stack_load(struct step *step, u32 frame_no, s32 off, u32 bytes, bool sign_extend,
	       struct reg *value)
{
	const struct frame *frame = step->state->frames[frame_no];
	const struct reg *pointer;
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
	if (is_of_dynptr(frame, off))
		return refuse_dynptr_read(step, frame_no, off);
	pointer = stack_pointer(frame, off);
	if (!pointer) {
		*value = loaded_number(frame, off, bytes, sign_extend);
		return 0;
	}
	if (bytes != 8) {
		err = refuse(step, REFUSE_STACK_PARTIAL_FILL, REFUSAL_NO_REG,
			     "invalid size of register fill: off %d holds a pointer, size %u",
			     off, bytes);
		return refuse_stack(step, err, frame_no, off, off + bytes);
	}
	*value = *pointer;
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
		if (stack_pointer(frame, off) && !reg_is_number(step, stack_pointer(frame, off))) {
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

		break_spills(frame, slot_at(off), byte_at(off), byte_at(off) + 1);
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
		if (stack_byte(frame, off) == BYTE_UNINIT)
			continue;
		break_spills(frame, slot_at(off), byte_at(off), byte_at(off) + 1);
		if (stack_byte(frame, off) != BYTE_UNINIT)
			frame->slots[slot_at(off)].bytes[byte_at(off)] = BYTE_MISC;
	}
	return err;
}

/* The number of @cnt bytes, if it is known; it is then relied upon. */
static bool known_number(struct state *state, u32 frame_no, s32 off, u32 cnt, u64 *value)
{
	const struct frame *frame = state->frames[frame_no];
	struct reg reg;

	if (off < -MODBPF_STACK_SIZE || off >= 0 || slot_at(off) >= frame->slot_cnt)
		return false;
	reg = stack_number(frame, slot_at(off), byte_at(off), cnt);
	if (!scalar_is_const(reg.num))
		return false;
	mark_exact(state, reg.deps);
	*value = scalar_value(reg.num);
	return true;
}

bool stack_const_u32(struct state *state, u32 frame, s32 off, u32 *value)
{
	u64 known;

	if (off % 4 || !known_number(state, frame, off, 4, &known))
		return false;
	*value = known;
	return true;
}

bool stack_holds_pointer(struct step *step, u32 frame_no, s32 off)
{
	const struct frame *frame = step->state->frames[frame_no];

	if (off % 8 || off < -MODBPF_STACK_SIZE || off >= 0 || !stack_pointer(frame, off) ||
	    is_of_dynptr(frame, off))
		return false;
	stack_mark_read(step->state, frame_no, slot_at(off));
	return true;
}

bool stack_const_byte(struct state *state, u32 frame, s64 off, u8 *value)
{
	u64 known;

	if (off != (s32)off || !known_number(state, frame, off, 1, &known))
		return false;
	*value = known;
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

	for (off = span.lo & -8; off < span.hi; off += 8)
		stack_mark_read(state, frame, slot_at(off));
}
