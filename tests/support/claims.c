// SPDX-License-Identifier: GPL-2.0-only
/* Does what the verifier claimed of an instruction hold when it runs? See claims.h. */
#include "tests/support/claims.h"

#define LINKS 64

/* Numbers that a state says are equal, by id. */
struct links {
	u32 cnt;
	struct {
		u32 id;
		u64 value;
	} seen[LINKS];
};

void claims_clear(struct claims *claims)
{
	u32 i;

	for (i = 0; i < RANDVERIFY_MAX_INSNS; i++) {
		while (claims->first[i]) {
			struct state *next = claims->first[i]->next;

			state_free(claims->first[i]);
			claims->first[i] = next;
		}
	}
	claims->cnt = 0;
	claims->is_full = false;
}

void claims_note(struct claims *claims, const struct state *state)
{
	struct state *copy;

	if (claims->cnt == CLAIMS_MAX || state->insn >= RANDVERIFY_MAX_INSNS) {
		claims->is_full = true;
		return;
	}
	copy = state_copy(state);
	if (!copy) {
		claims->is_full = true;
		return;
	}
	copy->next = claims->first[state->insn];
	claims->first[state->insn] = copy;
	claims->cnt++;
}

static bool link_holds(struct links *links, u32 id, u64 value)
{
	u32 i;

	for (i = 0; i < links->cnt; i++)
		if (links->seen[i].id == id)
			return links->seen[i].value == value;
	if (id && links->cnt < LINKS) {
		links->seen[links->cnt].id = id;
		links->seen[links->cnt++].value = value;
	}
	return true;
}

static u64 stack_end(const struct watch *watch, u32 frame)
{
	return watch->frames[frame].regs[MODBPF_REG_FP];
}

static bool value_holds(const struct reg *reg, u64 value)
{
	u32 bytes, cnt, i;
	u64 first;

	if (!world_values(reg->map, &first, &bytes, &cnt))
		return false;
	for (i = 0; i < cnt; i++)
		if (scalar_contains_value(reg->num, value - first - (u64)i * bytes))
			return true;
	return false;
}

static bool record_holds(const struct reg *reg, u64 value)
{
	u32 i;

	for (i = 0; i < WORLD_RECORDS; i++)
		if (world.records[i].bytes && world.records[i].bytes == reg->size &&
		    scalar_contains_value(reg->num, value - (u64)world.records[i].words))
			return true;
	return false;
}

/* Packet pointers of one id have one base, and its checked bytes are there. */
static bool packet_holds(struct links *links, const struct reg *reg, u64 value)
{
	u64 base = value - (s64)reg->off;

	if (reg->range && base + reg->range > (u64)world.ctx.data_end)
		return false;
	return scalar_contains_value(reg->num, value - (u64)world.ctx.data) &&
	       link_holds(links, reg->id, base);
}

static bool reg_holds(struct links *links, const struct watch *watch, const struct reg *reg,
		      u64 value, u8 tag)
{
	if (reg->kind == REG_UNINIT)
		return true;
	if (reg->kind == REG_SCALAR)
		return tag == TAG_NUMBER && scalar_contains_value(reg->num, value) &&
		       link_holds(links, reg->id, value);
	if (reg_may_be_null(reg) && !value)
		return tag == TAG_NUMBER && link_holds(links, reg->id, true);
	if (tag != TAG_POINTER)
		return false;
	switch (reg->kind) {
	case REG_CTX:
		return scalar_contains_value(reg->num, value - (u64)world_context(watch->prog_type));
	case REG_STACK:
		return scalar_contains_value(reg->num, value - stack_end(watch, reg->frame));
	case REG_MAP:
		return value == reg->map + 1u;
	case REG_VALUE_OR_NULL:
		return link_holds(links, reg->id, false) && value_holds(reg, value);
	case REG_VALUE:
		return value_holds(reg, value);
	case REG_PACKET:
	case REG_PACKET_META:
		return packet_holds(links, reg, value);
	case REG_PACKET_END:
		return value == (u64)world.ctx.data_end;
	case REG_RECORD_OR_NULL:
		return link_holds(links, reg->id, false) && record_holds(reg, value);
	case REG_RECORD:
		return record_holds(reg, value);
	default:
		return false;
	}
}

static bool slot_holds(struct links *links, const struct watch *watch, const struct slot *slot,
		       u64 addr)
{
	u64 value = 0;
	u32 i;

	for (i = 0; i < 8; i++) {
		u8 tag = watch_stack_tag(watch, addr + i);

		if (slot->bytes[i] == BYTE_UNINIT)
			continue;
		if (tag == TAG_UNSET)
			return false;
		if (slot->bytes[i] != BYTE_SPILL && tag != TAG_NUMBER)
			return false;
		if (slot->bytes[i] == BYTE_ZERO && *(u8 *)(addr + i))
			return false;
	}
	if (!slot->cnt)
		return true;
	memcpy(&value, (u8 *)addr + slot->first, slot->cnt);
	return reg_holds(links, watch, &slot->spill, value, watch_stack_tag(watch, addr + slot->first));
}

static bool frame_holds(struct links *links, const struct watch *watch, const struct frame *frame,
			u32 depth)
{
	const struct watch_frame *now = &watch->frames[depth];
	u32 i;

	for (i = depth == watch->depth ? 0 : 6; i < MODBPF_REG_FP; i++)
		if (!reg_holds(links, watch, &frame->regs[i], now->regs[i], now->tags[i]))
			return false;
	for (i = 0; i < frame->slot_cnt; i++)
		if (!slot_holds(links, watch, &frame->slots[i], stack_end(watch, depth) - 8 * (i + 1)))
			return false;
	return true;
}

static bool state_holds(const struct watch *watch, const struct state *state)
{
	struct links links = { .cnt = 0 };
	u32 i, held = 0;

	if (state->frame_cnt != watch->depth + 1)
		return false;
	for (i = 0; i < watch->depth; i++)
		if (state->frames[i + 1]->call_insn != watch->prog->origin[watch->frames[i].call])
			return false;
	for (i = 0; i < WORLD_RECORDS; i++)
		held += world.records[i].bytes != 0;
	/* A reference that may be null is not held if it is. */
	if (held > state->ref_cnt)
		return false;
	for (i = 0; i < state->frame_cnt; i++)
		if (!frame_holds(&links, watch, state->frames[i], i))
			return false;
	return true;
}

void claims_check(struct claims *claims, struct watch *watch)
{
	const struct state *state;

	if (claims->is_full)
		return;
	for (state = claims->first[watch->prog->origin[watch->insn]]; state; state = state->next) {
		if (state_holds(watch, state)) {
			claims->checked++;
			return;
		}
	}
	watch_complain(watch, "registers and stack lie in no state that the verifier had here");
}
