// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Is a dynptr made, used and released as it must be? Its halves are written and forgotten
 * together, so that one which is found whole was made by a helper and has not been touched.
 */
#include "verifier/dynptr.h"

#include "verifier/exact.h"
#include "verifier/helper.h"
#include "verifier/mem.h"

#define HALF_BYTES 8

static const struct {
	const char *name;
	bool is_held;	/* until a helper releases it */
} kinds[DYNPTR_KIND_COUNT] = {
	[DYNPTR_LOCAL] = { "local", false },
	[DYNPTR_RING] = { "ringbuf", true },
	[DYNPTR_SKB] = { "skb", false },
};

/* What an argument is: made, or one of certain kinds that is there. */
static const struct {
	bool is_made;
	u8 made;	/* enum dynptr_kind */
	u32 kinds;	/* a bit each */
} rules[ARG_KIND_COUNT] = {
	[ARG_DYNPTR] = { .kinds = 1 << DYNPTR_LOCAL | 1 << DYNPTR_RING | 1 << DYNPTR_SKB },
	[ARG_RING_DYNPTR] = { .kinds = 1 << DYNPTR_RING },
	[ARG_FREE_DYNPTR] = { .kinds = 1 << DYNPTR_LOCAL | 1 << DYNPTR_SKB },
	[ARG_NEW_DYNPTR] = { .is_made = true, .made = DYNPTR_LOCAL },
	[ARG_NEW_RING_DYNPTR] = { .is_made = true, .made = DYNPTR_RING },
	[ARG_NEW_SKB_DYNPTR] = { .is_made = true, .made = DYNPTR_SKB },
	[ARG_NEW_SAME_DYNPTR] = { .is_made = true },
};

/* The half of a dynptr that begins at @off, @from_start bytes from the dynptr's start; NULL: there is none. */
static const struct reg *half_at(const struct frame *frame, s32 off, s32 from_start)
{
	const struct reg *half = stack_pointer(frame, off);

	return half && half->kind == REG_DYNPTR_HALF && half->off == from_start ? half : NULL;
}

/* Where on the stack a dynptr is, or will be. */
static int check_place(struct step *step, u32 regno, struct span *span)
{
	const struct reg *reg = &step_regs(step)[regno];

	if (reg->kind != REG_STACK) {
		return refuse(step, REFUSE_DYNPTR_PLACE, regno, "R%u type=%s expected=fp, dynptr_ptr",
			      regno, reg_kind_name(reg->kind));
	}
	if (!scalar_is_const(reg->num) || scalar_value(reg->num) % HALF_BYTES) {
		return refuse(step, REFUSE_DYNPTR_PLACE, regno,
			      "R%u: dynptr has to be at a constant offset that is a multiple of %u",
			      regno, HALF_BYTES);
	}
	return check_stack_span(step, regno, 0, DYNPTR_BYTES, span);
}

static int check_made(struct step *step, u32 regno, enum dynptr_kind kind)
{
	u32 frame = step_regs(step)[regno].frame, id = step_new_id(step);
	struct reg half = reg_pointer(REG_DYNPTR_HALF);
	struct span span;
	int err = check_place(step, regno, &span);

	if (!err && kinds[kind].is_held)
		err = step_hold_ref(step, id);
	half.size = kind;
	half.ref = id;
	/* The first half is not yet there when the second is stored: what was there ends once. */
	for (half.off = HALF_BYTES; !err && half.off >= 0; half.off -= HALF_BYTES)
		err = stack_store(step, frame, span.lo + half.off, HALF_BYTES, &half);
	return err;
}

static int refuse_missing(struct step *step, u32 regno)
{
	return refuse(step, REFUSE_DYNPTR_MISSING, regno,
		      "Expected an initialized dynptr as R%u", regno);
}

static int check_used(struct step *step, u8 arg, u32 regno, struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno], *dynptr = reg, *rest;
	const struct frame *frame;
	struct span span;
	int err;

	/* One that a callback is given ends with the callback: its copy must not outlive it. */
	if (reg->kind != REG_DYNPTR || arg == ARG_FREE_DYNPTR) {
		err = check_place(step, regno, &span);
		if (err)
			return err;
		frame = step->state->frames[reg->frame];
		dynptr = half_at(frame, span.lo, 0);
		rest = half_at(frame, span.lo + HALF_BYTES, HALF_BYTES);
		if (!dynptr || !rest || dynptr->ref != rest->ref)
			return refuse_missing(step, regno);
		stack_mark_span_read(step->state, reg->frame, span);
	}
	if (!(rules[arg].kinds >> dynptr->size & 1)) {
		return refuse(step, REFUSE_DYNPTR_KIND, regno,
			      "Expected a dynptr of another type as R%u: this one is %s", regno,
			      kinds[dynptr->size].name);
	}
	args->ref = dynptr->ref;
	args->dynptr = dynptr->size;
	return 0;
}

int check_dynptr_arg(struct step *step, u8 arg, u32 regno, struct call_args *args)
{
	if (rules[arg].is_made)
		return check_made(step, regno, arg == ARG_NEW_SAME_DYNPTR ? args->dynptr : rules[arg].made);
	return check_used(step, arg, regno, args);
}

/* --- packets -------------------------------------------------------------------------- */

bool dynptr_moves_packet(const struct helper *helper, const struct call_args *args)
{
	return helper->flags & HELPER_MOVES_DYNPTR && args->dynptr == DYNPTR_SKB;
}

int check_dynptr_write(struct step *step, const struct helper *helper,
		       const struct call_args *args)
{
	if (args->dynptr != DYNPTR_SKB)
		return 0;
	if (step->prog->rule->packet_write)
		step->found->packet_write = true;
	else if (!(helper->flags & HELPER_MOVES_DYNPTR))
		return refuse(step, REFUSE_PACKET_WRITE, REFUSAL_NO_REG,
			      "the prog does not allow writes to packet data");
	if (dynptr_moves_packet(helper, args))
		state_drop_packet(step->state);
	return 0;
}

/* May a byte hold what must not be seen if the helper leaves it as it is? */
static bool has_hidden_byte(struct step *step, u32 frame_no, struct span span)
{
	const struct frame *frame = step->state->frames[frame_no];
	s32 off;

	for (off = span.lo; off < span.hi; off++)
		if (stack_byte(frame, off) == BYTE_UNINIT || stack_pointer(frame, off))
			return true;
	return false;
}

int check_buffer_arg(struct step *step, u32 regno, u32 bytes, struct call_args *args)
{
	const struct reg *reg = &step_regs(step)[regno];
	struct span span;
	int err;

	if (is_exactly_null(step->state, reg))
		return 0;
	if (reg->kind == REG_VALUE)
		return check_region(step, regno, 0, bytes, ACCESS_READ | ACCESS_WRITE);
	if (reg->kind != REG_STACK || !scalar_is_const(reg->num)) {
		return refuse(step, REFUSE_ARG_TYPE, regno,
			      "R%u type=%s expected=fp at a constant offset, map_value, 0", regno,
			      reg_kind_name(reg->kind));
	}
	err = check_stack_span(step, regno, 0, bytes, &span);
	if (err)
		return err;
	stack_mark_span_read(step->state, reg->frame, span);
	if (has_hidden_byte(step, reg->frame, span))
		step->note->flags |= NOTE_BUFFER_UNSET;
	args->is_lent = true;
	args->lent_frame = reg->frame;
	args->lent_off = span.lo;
	return stack_fill(step, reg->frame, span);
}

struct reg dynptr_slice(struct step *step, const struct helper *helper,
			const struct call_args *args)
{
	struct reg reg = reg_pointer(REG_MEM_OR_NULL);

	reg.size = args->const_size;
	reg.id = step_new_id(step);
	reg.ref = args->ref;
	if (helper->ret == RET_CONST_SLICE_OR_NULL)
		reg.mem |= MEM_READ_ONLY;
	if (args->dynptr == DYNPTR_SKB)
		reg.mem |= MEM_PACKET;
	if (!args->is_lent)
		return reg;
	reg.mem |= MEM_LENT;
	reg.frame = args->lent_frame;
	reg.off = args->lent_off;
	step->state->has_lent = true;
	return reg;
}

/* --- their end ------------------------------------------------------------------------ */

int check_dynptrs_overwritten(struct step *step, u32 frame_no, struct span span)
{
	const struct frame *frame = step->state->frames[frame_no];
	const struct reg *half;
	const struct ref *held;
	s32 off;
	int err;

	for (off = span.lo & -HALF_BYTES; off < span.hi; off += HALF_BYTES) {
		half = stack_pointer(frame, off);
		if (!half || half->kind != REG_DYNPTR_HALF)
			continue;
		held = state_find_ref(step->state, half->ref);
		if (held) {
			err = refuse(step, REFUSE_DYNPTR_OVERWRITE, REFUSAL_NO_REG,
				     "cannot overwrite referenced dynptr at stack off %d", off);
			return refuse_since(step, err, held->insn);
		}
		state_drop_ref(step->state, half->ref);
	}
	state_drop_lent(step->state, frame_no, span.lo, span.hi);
	return 0;
}

struct reg dynptr_given(struct step *step)
{
	struct reg reg = reg_pointer(REG_DYNPTR);

	reg.size = DYNPTR_LOCAL;
	reg.ref = step_new_id(step);
	return reg;
}
