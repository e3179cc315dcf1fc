/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bytes of stack frames: what was written is what is read. Offsets count
 * from the frame's end: -512..-1.
 */
#ifndef MODBPF_VERIFIER_STACK_H
#define MODBPF_VERIFIER_STACK_H

#include "verifier/step.h"

/* Bytes @lo..@hi-1 of a frame. */
struct span {
	s32 lo, hi;
};

/*
 * Which bytes do @bytes bytes at R@regno + @off span, at all its offsets? Outside
 * of the frame: -EACCES. Notes how deep the stack is.
 */
int check_stack_span(struct step *step, u32 regno, s64 off, u32 bytes, struct span *span);

/* Aligned, @bytes 1, 2, 4 or 8, at a known offset. @value may get an id. */
int stack_store(struct step *step, u32 frame, s32 off, u32 bytes, struct reg *value);
int stack_load(struct step *step, u32 frame, s32 off, u32 bytes, bool sign_extend,
	       struct reg *value);

/*
 * The number that bytes @first.. + @cnt of a slot that exists hold, zero-extended, and what it
 * depends on. They are initialised; of those of a pointer nothing is known.
 */
struct reg stack_number(const struct frame *frame, u32 slot, u32 first, u32 cnt);
/* What is at @off of @frame: BYTE_SPILL for any spill. */
enum slot_byte stack_byte(const struct frame *frame, s32 off);
/* The pointer that the byte at @off is part of; NULL: none. */
const struct reg *stack_pointer(const struct frame *frame, s32 off);
/* Are all bytes initialised, and no pointer among them? Counts as a read. */
int check_stack_readable(struct step *step, u32 frame, struct span span);
/* Every byte is overwritten with unknown numbers. -ENOMEM; refused as stack_smear() is. */
int stack_fill(struct step *step, u32 frame, struct span span);
/* Any of the bytes may be overwritten with a number. What may be refused is the loss of a dynptr. */
int stack_smear(struct step *step, u32 frame, struct span span);

/*
 * Do the 8 bytes at @off hold a whole pointer? Counts as a read of it if so. The bytes may
 * lie outside of the frame: then they do not.
 */
bool stack_holds_pointer(struct step *step, u32 frame, s32 off);

/* The number that 4 bytes at @off hold, if it is known; it is then relied upon. */
bool stack_const_u32(struct state *state, u32 frame, s32 off, u32 *value);
/*
 * The same of the byte at @off, which may lie outside of the frame: then nothing is known.
 * Whoever asks has checked the memory as readable, which counts as the read.
 */
bool stack_const_byte(struct state *state, u32 frame, s64 off, u8 *value);

/* Note for pruning that slot @slot of @frame is read on the path of @state. */
void stack_mark_read(struct state *state, u32 frame, u32 slot);
/* The same of all slots of @span. */
void stack_mark_span_read(struct state *state, u32 frame, struct span span);

#endif
