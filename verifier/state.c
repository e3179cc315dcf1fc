// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How is an abstract state made, copied and freed? */
#include "verifier/state.h"

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
	[REG_RECORD] = "ringbuf_mem",
	[REG_RECORD_OR_NULL] = "ringbuf_mem_or_null",
	[REG_MEM] = "mem",
	[REG_MEM_OR_NULL] = "mem_or_null",
	[REG_TYPED] = "kernel_ptr",
	[REG_NF_STATE] = "nf_hook_state",
	[REG_NF_SKB] = "sk_buff",
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

static struct frame *frame_copy(const struct frame *from)
{
	struct frame *frame = modbpf_zalloc(sizeof(*frame));

	if (!frame)
		return NULL;
	*frame = *from;
	frame->slot_room = from->slot_cnt;
	if (!from->slot_cnt)
		return frame;
	frame->slots = modbpf_zalloc(from->slot_cnt * sizeof(*frame->slots));
	if (!frame->slots) {
		modbpf_free(frame);
		return NULL;
	}
	memcpy(frame->slots, from->slots, from->slot_cnt * sizeof(*frame->slots));
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
			 state->frames[i]->slot_cnt * sizeof(struct slot);
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

void state_pop_frame(struct state *state)
{
	frame_free(state->frames[--state->frame_cnt]);
}

struct reg *reg_walk_next(struct reg_walk *walk)
{
	while (walk->frame < walk->state->frame_cnt) {
		struct frame *frame = walk->state->frames[walk->frame];
		u32 at = walk->at++;

		if (at < ARRAY_SIZE(frame->regs))
			return &frame->regs[at];
		at -= ARRAY_SIZE(frame->regs);
		if (at < frame->slot_cnt) {
			if (frame->slots[at].cnt)
				return &frame->slots[at].spill;
			continue;
		}
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

static void drop_ref_from_slots(struct frame *frame, u32 id)
{
	u32 i;

	for (i = 0; i < frame->slot_cnt; i++) {
		struct slot *slot = &frame->slots[i];

		if (slot->cnt && slot->spill.ref == id)
			memset(slot, 0, sizeof(*slot));
	}
}

void state_drop_ref(struct state *state, u32 id)
{
	struct ref *ref = state_find_ref(state, id);
	u32 i, reg;

	if (ref)
		*ref = state->refs[--state->ref_cnt];
	for (i = 0; i < state->frame_cnt; i++) {
		for (reg = 0; reg < MODBPF_REG_FP; reg++)
			if (state->frames[i]->regs[reg].ref == id)
				state->frames[i]->regs[reg] = reg_uninit();
		drop_ref_from_slots(state->frames[i], id);
	}
}

static bool is_of_packet(const struct reg *reg)
{
	return reg->kind == REG_PACKET || reg->kind == REG_PACKET_META ||
	       reg->kind == REG_PACKET_END;
}

void state_drop_packet(struct state *state)
{
	u32 i, at;

	for (i = 0; i < state->frame_cnt; i++) {
		struct frame *frame = state->frames[i];

		for (at = 0; at < MODBPF_REG_FP; at++)
			if (is_of_packet(&frame->regs[at]))
				frame->regs[at] = reg_uninit();
		for (at = 0; at < frame->slot_cnt; at++)
			if (frame->slots[at].cnt && is_of_packet(&frame->slots[at].spill))
				memset(&frame->slots[at], 0, sizeof(frame->slots[at]));
	}
}
