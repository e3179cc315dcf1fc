// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which numbers does the safety of a path depend on? See exact.h. */
#include "verifier/exact.h"

void exact_begin(struct state *state, struct kept *kept)
{
	struct reg_walk walk = { .state = state };
	struct scalar unknown = scalar_unknown();
	struct reg *reg;
	u32 bit = 0;

	while ((reg = reg_walk_next(&walk))) {
		if (reg->kind != REG_SCALAR)
			continue;
		/* An unknown number contains every other as it is. */
		if (scalar_contains(reg->num, unknown)) {
			reg->deps = 0;
			continue;
		}
		kept->origin[bit] |= reg->deps;
		reg->deps = 1ULL << bit;
		if (bit < EXACT_BITS - 1)	/* the last bit is shared by what is left */
			bit++;
	}
}

static void mark(struct state *state, u64 deps, bool decisive)
{
	struct kept *kept = state->parent;
	u32 bit;

	while (kept && deps) {
		u64 fresh = deps & ~(decisive ? kept->exact & kept->decisive : kept->exact);

		kept->exact |= fresh;
		if (decisive)
			kept->decisive |= fresh;
		deps = 0;
		for (bit = 0; fresh; bit++, fresh >>= 1)
			if (fresh & 1)
				deps |= kept->origin[bit];
		kept = kept->state->parent;
	}
}

void mark_exact(struct state *state, u64 deps)
{
	mark(state, deps, true);
}

bool is_exactly_null(struct state *state, const struct reg *reg)
{
	if (reg->kind != REG_SCALAR || !scalar_is_const(reg->num) || scalar_value(reg->num))
		return false;
	mark_exact(state, reg->deps);
	return true;
}

void mark_all_exact(struct state *state)
{
	mark(state, ~0ULL, false);
}

/*
 * Nothing relies on what an unknown number is, but on that its copies are equal
 * to it; and that two numbers are equal may depend on what they are (a 32-bit
 * copy of one that fits).
 */
static bool is_relied_on(const struct reg *outer, u64 exact)
{
	return outer->deps & exact || (outer->kind == REG_SCALAR && !outer->deps && outer->id);
}

static void inherit_slot(struct state *state, const struct frame *inner,
			 const struct frame *outer, u32 slot, const struct kept *kept)
{
	u32 i;

	for (i = 0; i < 8; i++) {
		const struct spill *from = frame_spill(inner, slot, i), *to = frame_spill(outer, slot, i);
		/* A known zero outside of a spill has no bit: whoever reads it relies on it. */
		bool zero = frame_byte(outer, slot, i) == BYTE_ZERO;

		if (from && (zero || (to && is_relied_on(&to->reg, kept->exact))))
			mark(state, from->reg.deps, zero || is_relied_on(&to->reg, kept->decisive));
	}
}

static void inherit_frame(struct state *state, const struct frame *inner,
			  const struct frame *outer, u64 read, const struct kept *kept)
{
	u64 exact = kept->exact;
	u32 i;

	for (i = 0; i < MODBPF_REG_FP; i++)
		if (is_relied_on(&outer->regs[i], exact))
			mark(state, inner->regs[i].deps,
			     is_relied_on(&outer->regs[i], kept->decisive));
	for (i = 0; i < outer->slot_cnt && i < inner->slot_cnt; i++)
		if (read >> i & 1)
			inherit_slot(state, inner, outer, i, kept);
}

void exact_inherit(struct state *state, const struct kept *kept)
{
	u32 i;

	for (i = 0; i < state->frame_cnt; i++)
		inherit_frame(state, state->frames[i], kept->state->frames[i], kept->read[i],
			      kept);
}
