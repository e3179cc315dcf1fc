// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How is an abstract state made, copied and freed? */
#include "verifier/state.h"

#define FIRST_SPILLS 4u

static const char *const kind_names[REG_KIND_COUNT] = {
	[REG_UNINIT] = "?",
	[REG_SCALAR] = "scalar",
	[REG_CTX] = "ctx",
	[REG_STACK] = "fp",
	[REG_MAP] = "map_ptr",
	[REG_MAP_OR_NULL] = "map_ptr_or_null",
	[REG_VALUE] = "map_value",
	[REG_VALUE_OR_NULL] = "map_value_or_null",
	[REG_KEY] = "map_key",
	[REG_FUNC] = "func",
	[REG_PACKET] = "pkt",
	[REG_PACKET_META] = "pkt_meta",
	[REG_PACKET_END] = "pkt_end",
	[REG_PACKET_LOW] = "pkt_low",
	[REG_RECORD] = "ringbuf_mem",
	[REG_RECORD_OR_NULL] = "ringbuf_mem_or_null",
	[REG_MEM] = "mem",
	[REG_MEM_OR_NULL] = "mem_or_null",
	[REG_TYPED] = "kernel_ptr",
	[REG_NF_STATE] = "nf_hook_state",
	[REG_SKB] = "sk_buff",
	[REG_DYNPTR] = "dynptr_ptr",
	[REG_DYNPTR_HALF] = "dynptr",
};

const char *reg_kind_name(enum reg_kind kind)
{
	return kind_names[kind];
}

struct reg reg_uninit(void)
{
	return (struct reg){ .kind = REG_UNINIT };
}

struct reg reg_scalar(struct scalar num)
{
	return (struct reg){ .kind = REG_SCALAR, .num = num };
}

struct reg reg_derived(struct scalar num, u64 deps)
{
	return (struct reg){ .kind = REG_SCALAR, .deps = deps, .num = num };
}

struct reg reg_pointer(enum reg_kind kind)
{
	return (struct reg){ .kind = kind, .num = scalar_const(0) };
}

bool reg_is_pointer(const struct reg *reg)
{
	return reg->kind != REG_UNINIT && reg->kind != REG_SCALAR;
}

bool reg_may_be_null(const struct reg *reg)
{
	return reg_kind_not_null(reg->kind) != reg->kind;
}

enum reg_kind reg_kind_not_null(enum reg_kind kind)
{
	switch (kind) {
	case REG_MAP_OR_NULL:
		return REG_MAP;
	case REG_VALUE_OR_NULL:
		return REG_VALUE;
	case REG_RECORD_OR_NULL:
		return REG_RECORD;
	case REG_MEM_OR_NULL:
		return REG_MEM;
	default:
		return kind;
	}
}

struct state *state_new(void)
{
	return modbpf_zalloc(sizeof(struct state));
}

static void frame_free(struct frame *frame)
{
	if (!frame)
		return;
	modbpf_free(frame->spills);
	modbpf_free(frame->slots);
	modbpf_free(frame);
}

void state_free(struct state *state)
{
	u32 i;

	if (!state)
		return;
	for (i = 0; i < state->frame_cnt; i++)
		frame_free(state->frames[i]);
	modbpf_free(state);
}

/* @to is NULL, and stays so for no bytes. */
static int copy_array(void **to, const void *from, u32 bytes)
{
	if (!bytes)
		return 0;
	*to = modbpf_zalloc(bytes);
	if (!*to)
		return -ENOMEM;
	memcpy(*to, from, bytes);
	return 0;
}

static struct frame *frame_copy(const struct frame *from)
{
	struct frame *frame = modbpf_zalloc(sizeof(*frame));

	if (!frame)
		return NULL;
	*frame = *from;
	frame->slots = NULL;
	frame->spills = NULL;
	frame->slot_room = from->slot_cnt;
	frame->spill_room = from->spill_cnt;
	if (copy_array((void **)&frame->slots, from->slots, from->slot_cnt * sizeof(*frame->slots)) ||
	    copy_array((void **)&frame->spills, from->spills, from->spill_cnt * sizeof(*frame->spills))) {
		frame_free(frame);
		return NULL;
	}
	return frame;
}

struct state *state_copy(const struct state *from)
{
	struct state *state = state_new();
	u32 i;

	if (!state)
		return NULL;
	*state = *from;
	state->next = NULL;
	for (i = 0; i < from->frame_cnt; i++) {
		state->frames[i] = frame_copy(from->frames[i]);
		if (!state->frames[i]) {
			state->frame_cnt = i;
			state_free(state);
			return NULL;
		}
	}
	return state;
}

u64 state_bytes(const struct state *state)
{
	u64 bytes = sizeof(*state);
	u32 i;

	for (i = 0; i < state->frame_cnt; i++)
		bytes += sizeof(struct frame) +
			 state->frames[i]->slot_cnt * sizeof(struct slot) +
			 state->frames[i]->spill_cnt * sizeof(struct spill);
	return bytes;
}

int state_push_frame(struct state *state, u32 call_insn, u32 routine)
{
	struct frame *frame = modbpf_zalloc(sizeof(*frame));

	if (!frame)
		return -ENOMEM;
	frame->call_insn = call_insn;
	frame->routine = routine;
	frame->regs[MODBPF_REG_FP] = reg_pointer(REG_STACK);
	frame->regs[MODBPF_REG_FP].frame = state->frame_cnt;
	/* What a frame of this depth held before is out of reach: nothing older is read. */
	state->written[state->frame_cnt] = ~0ULL;
	state->frames[state->frame_cnt++] = frame;
	return 0;
}

/* --- spills --------------------------------------------------------------- */

static void set_bytes(struct frame *frame, const struct spill *spill, u8 held)
{
	memset(&frame->slots[spill->slot].bytes[spill->first], held, spill->cnt);
}

int frame_add_spill(struct frame *frame, const struct spill *spill)
{
	u32 room = frame->spill_room ? 2 * frame->spill_room : FIRST_SPILLS;
	struct spill *spills;

	if (frame->spill_cnt == frame->spill_room) {
		spills = modbpf_zalloc(room * sizeof(*spills));
		if (!spills)
			return -ENOMEM;
		if (frame->spill_cnt)
			memcpy(spills, frame->spills, frame->spill_cnt * sizeof(*spills));
		modbpf_free(frame->spills);
		frame->spills = spills;
		frame->spill_room = room;
	}
	set_bytes(frame, spill, BYTE_SPILL + frame->spill_cnt);
	frame->spills[frame->spill_cnt++] = *spill;
	return 0;
}

void frame_drop_spill(struct frame *frame, struct spill *spill)
{
	const struct spill *last = &frame->spills[--frame->spill_cnt];

	set_bytes(frame, spill, BYTE_UNINIT);
	if (spill == last)
		return;
	*spill = *last;
	set_bytes(frame, spill, BYTE_SPILL + (spill - frame->spills));
}

struct reg *reg_walk_next(struct reg_walk *walk)
{
	while (walk->frame < walk->state->frame_cnt) {
		struct frame *frame = walk->state->frames[walk->frame];
		u32 at = walk->at++;

		if (at < ARRAY_SIZE(frame->regs))
			return &frame->regs[at];
		at -= ARRAY_SIZE(frame->regs);
		if (at < frame->spill_cnt)
			return &frame->spills[at].reg;
		walk->frame++;
		walk->at = 0;
	}
	return NULL;
}

struct ref *state_find_ref(struct state *state, u32 id)
{
	u32 i;

	for (i = 0; i < state->ref_cnt; i++)
		if (state->refs[i].id == id)
			return &state->refs[i];
	return NULL;
}

/* What ends: what has a reference, what leads into the packet, or memory that is lent. */
struct ended {
	u32 ref;
	bool packet;
	u32 frame;
	s32 lo, hi;
};

static bool is_gone(const struct reg *reg, const struct ended *ended)
{
	if (ended->ref)
		return reg->ref == ended->ref;
	if (ended->packet)
		return reg_has_packet_low(reg) || reg_is_in_packet(reg);
	return reg_is_lent_by(reg, ended->frame) && reg->off < ended->hi &&
	       reg->off + (s32)reg->size > ended->lo;
}

static void drop_pointers(struct state *state, const struct ended *ended)
{
	u32 i, at;

	for (i = 0; i < state->frame_cnt; i++) {
		struct frame *frame = state->frames[i];

		for (at = 0; at < MODBPF_REG_FP; at++)
			if (is_gone(&frame->regs[at], ended))
				frame->regs[at] = reg_uninit();
		/* From the last on: that is what moves to a place that gets free. */
		for (at = frame->spill_cnt; at-- > 0;)
			if (is_gone(&frame->spills[at].reg, ended))
				frame_drop_spill(frame, &frame->spills[at]);
	}
}

void state_drop_ref(struct state *state, u32 id)
{
	struct ref *ref = state_find_ref(state, id);

	if (ref)
		*ref = state->refs[--state->ref_cnt];
	drop_pointers(state, &(struct ended){ .ref = id });
}

void state_drop_lent(struct state *state, u32 frame, s32 lo, s32 hi)
{
	if (state->has_lent)
		drop_pointers(state, &(struct ended){ .frame = frame, .lo = lo, .hi = hi });
}

void state_pop_frame(struct state *state)
{
	state_drop_lent(state, state->frame_cnt - 1, -MODBPF_STACK_SIZE, 0);
	frame_free(state->frames[--state->frame_cnt]);
}

void state_drop_packet(struct state *state)
{
	drop_pointers(state, &(struct ended){ .packet = true });
}
