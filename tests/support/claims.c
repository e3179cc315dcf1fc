// SPDX-License-Identifier: GPL-2.0-only
/* Does what the verifier claimed of an instruction hold when it runs? See claims.h. */
#include "tests/support/claims.h"

#include <stdlib.h>

#include "tests/support/watchdynptr.h"
#include "tests/support/watchstack.h"
#include "verifier/dynptr.h"

#define LINKS 64
#define IN_VALUE (1u << 31)	/* on a look-up's or a dynptr's id: where the value or the dynptr is */

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
		while (claims->pruned[i]) {
			struct pruned *next = claims->pruned[i]->next;

			state_free(claims->pruned[i]->inner);
			state_free(claims->pruned[i]->outer);
			free(claims->pruned[i]);
			claims->pruned[i] = next;
		}
	}
	claims->cnt = 0;
	claims->pruned_cnt = 0;
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

/* Registers of a frame that are read later: as verifier/prune.c has it. */
static u32 live_in(const struct program *prog, const struct state *state, u32 frame)
{
	u32 call;

	if (frame + 1 == state->frame_cnt)
		return prog->info[state->insn].live;
	call = state->frames[frame + 1]->call_insn;
	if (state->frames[frame + 1]->is_callback)
		return prog->info[call].live;
	return prog->info[call + 1].live & ~0x3fu;
}

static void forget_number(struct reg *reg, u64 exact)
{
	if (reg->kind == REG_SCALAR && reg->deps && !(reg->deps & exact))
		reg->num = scalar_unknown();
}

static void forget_slots(struct frame *frame, u64 read, u64 exact)
{
	u32 i;

	for (i = 0; i < frame->slot_cnt; i++)
		if (!(read >> i & 1))
			memset(&frame->slots[i], 0, sizeof(frame->slots[i]));
	for (i = 0; i < frame->spill_cnt; i++)
		forget_number(&frame->spills[i].reg, exact);
}

/* Leave of @state what counts: what paths from it read, and numbers that they relied on. */
static void forget_rest(const struct program *prog, struct state *state, const struct kept *kept)
{
	u64 exact = kept ? kept->exact : ~0ULL;
	u32 i, reg;

	for (i = 0; i < state->frame_cnt; i++) {
		struct frame *frame = state->frames[i];

		for (reg = 0; reg < MODBPF_REG_FP; reg++) {
			if (!(live_in(prog, state, i) >> reg & 1))
				frame->regs[reg] = reg_uninit();
			forget_number(&frame->regs[reg], exact);
		}
		forget_slots(frame, kept ? kept->read[i] : ~0ULL, exact);
	}
}

void claims_note_pruned(struct claims *claims, const struct prune *prune, const struct state *outer,
			const struct state *inner, const struct kept *kept)
{
	struct pruned *pruned;

	if (claims->pruned_cnt == PRUNED_MAX || inner->insn >= RANDVERIFY_MAX_INSNS)
		return;
	pruned = calloc(1, sizeof(*pruned));
	pruned->inner = state_copy(inner);
	pruned->outer = state_copy(outer);
	forget_rest(prune->prog, pruned->outer, kept);
	pruned->next = claims->pruned[inner->insn];
	claims->pruned[inner->insn] = pruned;
	claims->pruned_cnt++;
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

/* A typed pointer is one, for who may see addresses. */
static bool is_number(const struct watch *watch, u8 tag)
{
	return tag == TAG_NUMBER || (tag >= TAG_TYPED && watch->sees_addresses);
}

/* What was found in a map of maps has an index of its own: verifier/program.h. */
static bool map_holds(const struct reg *reg, u64 value)
{
	u32 map = reg->map < MODBPF_MAX_USED_MAPS ? reg->map : world_inner(reg->map - MODBPF_MAX_USED_MAPS);

	return value == map + 1;
}

static u64 stack_end(const struct watch *watch, u32 frame)
{
	return watch->frames[frame].regs[MODBPF_REG_FP];
}

/*
 * In some value of the map; a lock in it is that of the look-up which found the value,
 * so what comes from the same one lies in the same value.
 */
static bool value_holds(struct links *links, const struct reg *reg, u64 value)
{
	u32 bytes, cnt, i;
	u64 first;

	if (!world_values(reg->map, WORLD_ANY, &first, &bytes, &cnt))
		return false;
	for (i = 0; i < cnt; i++) {
		u64 start = first + (u64)i * bytes;

		if (!scalar_contains_value(reg->num, value - start))
			continue;
		return !reg->ref || !scalar_is_const(reg->num) || link_holds(links, reg->ref | IN_VALUE, start);
	}
	return false;
}

static bool lock_holds(struct links *links, const struct taken_lock *lock)
{
	struct reg reg = { .map = lock->map, .ref = lock->ref, .num = scalar_const(0) };
	u32 bytes, cnt;
	u64 first;

	if (!lock->is_held || !world.lock)
		return lock->is_held == !!world.lock;
	if (!world_values(lock->map, WORLD_ANY, &first, &bytes, &cnt) || world.lock < first)
		return false;
	return value_holds(links, &reg, world.lock - (world.lock - first) % bytes);
}

static bool typed_holds(const struct reg *reg, u64 value, u8 tag, u64 base)
{
	return tag >= TAG_TYPED && world_type_id(tag - TAG_TYPED) == reg->size &&
	       scalar_contains_value(reg->num, value - base);
}

static bool record_holds(const struct reg *reg, u64 value)
{
	u32 i;

	for (i = 0; i < WORLD_RECORDS; i++)
		if (world.records[i].is_held && world.records[i].bytes == reg->size &&
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

/* What lies between the metadata's start and the packet's. */
static bool meta_holds(struct links *links, const struct reg *reg, u64 value)
{
	u64 base = value - (s64)reg->off;

	if (reg->range && base + reg->range > (u64)world.ctx.data)
		return false;
	return scalar_contains_value(reg->num, value - world.skb[7]) && link_holds(links, reg->id, base);
}

/* It is the program's from some start on that the offset allows. */
static bool memory_holds(const struct watch *watch, const struct reg *reg, u64 value, u32 above)
{
	bool on_stack;

	if (!scalar_is_const(reg->num))
		return true;	/* its start cannot be told */
	/* Of the stack only what was lent. */
	on_stack = watch_is_on_stack((struct watch *)watch, value - scalar_value(reg->num), reg->size);
	if (on_stack && reg->mem & MEM_LENT)
		return value - scalar_value(reg->num) == stack_end(watch, reg->frame + above) + reg->off;
	if (on_stack && reg->ref)
		return false;
	return watch_owns((struct watch *)watch, value - scalar_value(reg->num), reg->size);
}

/* @above: frames that run below those of the state; @base: of a typed pointer. */
static bool reg_holds(struct links *links, const struct watch *watch, const struct reg *reg,
		      u64 value, u8 tag, u64 base, u32 above)
{
	if (reg->kind == REG_UNINIT)
		return true;
	if (reg->kind == REG_SCALAR)
		return is_number(watch, tag) && scalar_contains_value(reg->num, value) &&
		       link_holds(links, reg->id, value);
	if (reg->kind == REG_DYNPTR_HALF)	/* whatever the helper wrote there */
		return true;
	if (reg_may_be_null(reg) && !value)
		return tag == TAG_NUMBER && link_holds(links, reg->id, true);
	if (reg->kind == REG_FUNC && value == WORLD_DEAD_CALLBACK)
		return true;
	if (reg->kind == REG_TYPED)
		return typed_holds(reg, value, tag, base);
	if (reg->kind == REG_PACKET_LOW)
		return tag == TAG_LOW;
	if (tag != TAG_POINTER)
		return false;
	switch (reg->kind) {
	case REG_CTX:
		return scalar_contains_value(reg->num, value - (u64)world_context(watch->prog_type));
	case REG_STACK:
		return scalar_contains_value(reg->num, value - stack_end(watch, reg->frame + above));
	case REG_MAP_OR_NULL:
		return link_holds(links, reg->id, false) && map_holds(reg, value);
	case REG_MAP:
		return map_holds(reg, value);
	case REG_VALUE_OR_NULL:
		return link_holds(links, reg->id, false) && value_holds(links, reg, value);
	case REG_VALUE:
		return value_holds(links, reg, value);
	case REG_PACKET:
		return packet_holds(links, reg, value);
	case REG_PACKET_META:
		return meta_holds(links, reg, value);
	case REG_PACKET_END:
		return value == (u64)world.ctx.data_end;
	case REG_RECORD_OR_NULL:
		return link_holds(links, reg->id, false) && record_holds(reg, value);
	case REG_RECORD:
		return record_holds(reg, value);
	case REG_KEY:
		return scalar_contains_value(reg->num, value - (u64)&world.key);
	case REG_MEM_OR_NULL:
		return link_holds(links, reg->id, false) && memory_holds(watch, reg, value, above);
	case REG_MEM:
		return memory_holds(watch, reg, value, above);
	case REG_NF_STATE:
	case REG_SKB:
		return scalar_contains_value(reg->num, value - (u64)world.gap8);
	case REG_DYNPTR:
		return value == (u64)&world.sample && world.sample.data;
	case REG_FUNC:
		return true;
	default:
		return false;
	}
}

/* Half of a dynptr, which no other has the identity of. */
static bool dynptr_holds(struct links *links, const struct watch *watch, const struct reg *half, u64 addr)
{
	const struct watch_dynptr *dynptr = watch_dynptr_at((struct watch *)watch, addr);

	return dynptr && addr - dynptr->addr == (u64)half->off &&
	       dynptr->is_held == (half->size == DYNPTR_RING) &&
	       link_holds(links, half->ref | IN_VALUE, dynptr->addr);
}

static bool slot_holds(struct links *links, const struct watch *watch, const struct frame *frame,
		       u32 slot_no, u64 addr, u32 above)
{
	const struct slot *slot = &frame->slots[slot_no];
	const struct spill *spill;
	u64 value;
	u32 i;

	for (i = 0; i < 8; i++) {
		u8 tag = watch_stack_tag(watch, addr + i);

		if (slot->bytes[i] == BYTE_UNINIT)
			continue;
		if (tag == TAG_UNSET)
			return false;
		if (slot->bytes[i] < BYTE_SPILL && !is_number(watch, tag))
			return false;
		if (slot->bytes[i] == BYTE_ZERO && *(u8 *)(addr + i))
			return false;
	}
	for (i = 0; i < 8; i += spill ? spill->cnt : 1) {
		spill = frame_spill(frame, slot_no, i);
		if (!spill)
			continue;
		if (spill->slot != slot_no || spill->first != i)
			return false;
		if (spill->reg.kind == REG_DYNPTR_HALF) {
			if (!dynptr_holds(links, watch, &spill->reg, addr))
				return false;
			continue;
		}
		value = 0;
		memcpy(&value, (u8 *)addr + i, spill->cnt);
		if (!reg_holds(links, watch, &spill->reg, value, watch_stack_tag(watch, addr + i),
			       *watch_stack_base((struct watch *)watch, addr), above))
			return false;
	}
	return true;
}

static bool frame_holds(struct links *links, const struct watch *watch, const struct frame *frame,
			u32 depth, u32 above)
{
	const struct watch_frame *now = &watch->frames[depth];
	u32 i;

	for (i = depth == watch->depth ? 0 : 6; i < MODBPF_REG_FP; i++)
		if (!reg_holds(links, watch, &frame->regs[i], now->regs[i], now->tags[i], now->bases[i],
			       above))
			return false;
	for (i = 0; i < frame->slot_cnt; i++)
		if (!slot_holds(links, watch, frame, i, stack_end(watch, depth) - 8 * (i + 1), above))
			return false;
	return true;
}

static bool state_holds(const struct claims *claims, const struct watch *watch, const struct state *state)
{
	u32 i, held = 0, above = watch->depth + 1 - state->frame_cnt;
	struct links links = { .cnt = 0 };

	if (state->frame_cnt > watch->depth + 1 || (above && !claims->has_globals))
		return false;
	for (i = 0; i + 1 < state->frame_cnt; i++)
		if (state->frames[i + 1]->call_insn != watch->prog->origin[watch->frames[above + i].call])
			return false;
	for (i = 0; i < WORLD_RECORDS; i++)
		held += world.records[i].is_held;
	/* A reference that may be null is not held if it is. */
	if (!above && held > state->ref_cnt)
		return false;
	if (!lock_holds(&links, &state->lock))
		return false;
	for (i = 0; i < state->frame_cnt; i++)
		if (!frame_holds(&links, watch, state->frames[i], above + i, above))
			return false;
	return true;
}

void claims_check(struct claims *claims, struct watch *watch)
{
	u32 insn = watch->prog->origin[watch->insn];
	const struct pruned *pruned;
	const struct state *state;

	for (pruned = claims->pruned[insn]; pruned; pruned = pruned->next) {
		if (!state_holds(claims, watch, pruned->inner))
			continue;
		if (!state_holds(claims, watch, pruned->outer))
			watch_complain(watch, "a path was pruned here by a state that does not contain it");
		claims->contained++;
	}
	if (claims->is_full)
		return;
	for (state = claims->first[insn]; state; state = state->next) {
		if (state_holds(claims, watch, state)) {
			claims->checked++;
			return;
		}
	}
	watch_complain(watch, "registers and stack lie in no state that the verifier had here");
}
