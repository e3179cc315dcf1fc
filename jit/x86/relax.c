// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which jumps can be short, and what does the code look like then?
 *
 * All jumps begin long. A jump that would reach its label with one byte becomes
 * short; that only brings others nearer to theirs, so a decision once taken stays
 * right, and the rounds may stop at any time.
 */
#include "jit/x86/select.h"

#define RELAX_ROUNDS 4

static u32 removed_before(const struct x86_select *s, u32 rank, u32 total)
{
	return rank < s->jump_cnt ? s->jumps[rank].removed : total;
}

/* Returns what is saved in all. */
static u32 sum_up(struct x86_select *s)
{
	u32 i, removed = 0;

	for (i = 0; i < s->jump_cnt; i++) {
		struct x86_jump *jump = &s->jumps[i];

		jump->removed = removed;
		if (jump->is_short)
			removed += x86_jump_size(jump->cond, false) - x86_jump_size(jump->cond, true);
	}
	return removed;
}

static u32 place_of(const struct x86_select *s, const struct x86_label *label, u32 total)
{
	return label->at - removed_before(s, label->rank, total);
}

/* From the end of @jump to its label. */
static s32 distance(const struct x86_select *s, const struct x86_jump *jump, u32 total)
{
	u32 to = place_of(s, &s->labels[jump->label], total);
	u32 end = jump->at - jump->removed + x86_jump_size(jump->cond, jump->is_short);

	return (s32)(to - end);
}

/* Would it reach if it were short? Its own length lies between it and a label behind it only. */
static bool fits_short(const struct x86_select *s, const struct x86_jump *jump, u32 total)
{
	s32 far = distance(s, jump, total);

	if (far < 0 && !jump->is_short)
		far += x86_jump_size(jump->cond, false) - x86_jump_size(jump->cond, true);
	return far >= -128 && far <= 127;
}

static int shorten(struct x86_select *s, u32 *total)
{
	u32 round, i, changed = 1;

	for (round = 0; round < RELAX_ROUNDS && changed; round++) {
		changed = 0;
		for (i = 0; i < s->jump_cnt; i++) {
			if ((i & 0xfff) == 0 && modbpf_yield())
				return -EINTR;
			if (s->jumps[i].is_short || !fits_short(s, &s->jumps[i], *total))
				continue;
			s->jumps[i].is_short = true;
			changed++;
		}
		*total = sum_up(s);
	}
	return 0;
}

/* Where byte @at of the long code is now. Called with ascending @at; @rank starts at 0. */
static u32 moved(const struct x86_select *s, u32 at, u32 *rank, u32 total)
{
	while (*rank < s->jump_cnt && s->jumps[*rank].at < at)
		(*rank)++;
	return at - removed_before(s, *rank, total);
}

static void move_references(struct x86_select *s, struct jit_code *code, u32 total)
{
	u32 i, rank;

	for (i = 0, rank = 0; i < s->fixup_cnt; i++)
		s->fixups[i].at = moved(s, s->fixups[i].at, &rank, total);
	for (i = 0, rank = 0; i < s->call_cnt; i++)
		s->calls[i].at = moved(s, s->calls[i].at, &rank, total);
	for (i = 0, rank = 0; i < s->ir->insn_cnt; i++)
		s->insn[i] = moved(s, s->insn[i], &rank, total);
	for (i = 0; i < s->ir->subprog_cnt; i++)
		code->subprog[i] = place_of(s, &s->labels[x86_start_label(s, i)], total);
	code->layout.entry = place_of(s, &s->entry, total);
	code->layout.tail_entry = place_of(s, &s->tail_entry, total);
}

static void write_code(const struct x86_select *s, struct jit_code *code, u32 total)
{
	u32 i, from = 0, to = 0;

	for (i = 0; i < s->jump_cnt; i++) {
		const struct x86_jump *jump = &s->jumps[i];

		memcpy(code->bytes + to, s->buf.bytes + from, jump->at - from);
		to += jump->at - from;
		x86_put_jump(code->bytes + to, jump->cond, jump->is_short,
			     distance(s, jump, total));
		to += x86_jump_size(jump->cond, jump->is_short);
		from = jump->at + x86_jump_size(jump->cond, false);
	}
	memcpy(code->bytes + to, s->buf.bytes + from, s->buf.len - from);
	for (i = 0; i < s->call_cnt; i++)
		x86_put_rel32(code->bytes + s->calls[i].at,
			      (s32)(code->subprog[s->calls[i].subprog] - (s->calls[i].at + 4)));
}

int x86_link(struct x86_select *s, struct jit_code *code)
{
	u32 total = 0;
	int err = shorten(s, &total);

	if (err)
		return err;
	code->layout.bytes = s->buf.len - total;
	code->bytes = modbpf_zalloc(code->layout.bytes);
	if (!code->bytes)
		return -ENOMEM;
	move_references(s, code, total);
	write_code(s, code, total);
	return 0;
}

int machine_fix(const struct jit_fixup *fixup, u64 addr, u8 *buf)
{
	s64 distance = (s64)(fixup->target - (addr + fixup->at + 4));

	if (distance != (s32)distance)
		return -ERANGE;
	x86_put_rel32(buf + fixup->at, distance);
	return 0;
}
