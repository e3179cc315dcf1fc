// SPDX-License-Identifier: GPL-2.0-only
/* What does each byte of the stack of a running program hold, and what may be done with it? */
#include "tests/support/watchstack.h"

#include "tests/support/watchdynptr.h"
#include "tests/support/watchmem.h"

struct watch_frame *watch_top(struct watch *watch)
{
	return &watch->frames[watch->depth];
}

static const struct subprog *subprog_of(const struct verified_prog *prog, u32 insn)
{
	u32 i;

	for (i = 0; i + 1 < prog->subprog_cnt; i++)
		if (insn < prog->subprogs[i].end)
			break;
	return &prog->subprogs[i];
}

struct watch_stack *watch_running_stack(struct watch *watch)
{
	return &watch->stacks[watch->stack_cnt - 1];
}

u64 watch_stack_start(struct watch *watch)
{
	return watch_top(watch)->regs[MODBPF_REG_FP] - subprog_of(watch->prog, watch->insn)->stack_depth;
}

/* The tag of a byte; NULL: it lies on no stack. */
static u8 *tag_at(struct watch *watch, u64 addr)
{
	u32 i;

	for (i = 0; i < watch->stack_cnt; i++) {
		struct watch_stack *stack = &watch->stacks[i];
		u64 distance = stack->end - addr;

		if (distance && distance <= MODBPF_STACK_SIZE)
			return &stack->tags[MODBPF_STACK_SIZE - distance];
	}
	return NULL;
}

u8 watch_stack_tag(const struct watch *watch, u64 addr)
{
	const u8 *tag = tag_at((struct watch *)watch, addr);

	return tag ? *tag : TAG_UNSET;
}

bool watch_is_on_stack(struct watch *watch, u64 addr, u64 bytes)
{
	u32 i;

	watch_running_stack(watch)->low = watch_stack_start(watch);
	for (i = 0; i < watch->stack_cnt; i++) {
		const struct watch_stack *stack = &watch->stacks[i];

		if (watch_is_within(addr, bytes, (void *)stack->low, stack->end - stack->low))
			return true;
	}
	return false;
}

u64 *watch_stack_base(struct watch *watch, u64 addr)
{
	u32 i;

	for (i = 0; i < watch->stack_cnt; i++) {
		u64 distance = watch->stacks[i].end - addr;

		if (distance && distance <= MODBPF_STACK_SIZE)
			return &watch->stacks[i].bases[(MODBPF_STACK_SIZE - distance) / 8];
	}
	return NULL;
}

/* Who may see addresses may take a typed pointer for a number. */
u8 watch_as_number(const struct watch *watch, u8 tag)
{
	return tag >= TAG_TYPED && watch->sees_addresses ? TAG_NUMBER : tag;
}

static u8 broken_tag(const struct watch *watch, u8 tag)
{
	return watch_as_number(watch, tag) == TAG_NUMBER ? TAG_NUMBER : TAG_UNSET;
}

void watch_set_stack(struct watch *watch, u64 addr, u64 bytes, u8 tag)
{
	memset(tag_at(watch, addr), tag, bytes);
}

/* What is read is all numbers, or one whole pointer of 8 bytes. */
u8 watch_read_stack(struct watch *watch, u64 addr, u64 bytes)
{
	u8 last = watch_stack_tag(watch, addr + bytes - 1);
	bool is_number = true;
	u32 i;

	for (i = 0; i < bytes; i++) {
		u8 tag = watch_stack_tag(watch, addr + i);

		if (tag == TAG_UNSET)
			watch_complain(watch, "reads stack that was never written");
		if (tag == TAG_DYNPTR)
			watch_complain(watch, "reads a dynptr");
		is_number &= watch_as_number(watch, tag) == TAG_NUMBER;
	}
	if (bytes == 8 && addr % 8 == 0 && watch_stack_tag(watch, addr) == last)
		return last;
	if (!is_number)
		watch_complain(watch, "reads a part of a pointer");
	return TAG_NUMBER;
}

/*
 * Bytes that were part of a pointer which is no longer whole are worth nothing: of what may be
 * taken for a number, they stay some.
 */
void watch_write_stack(struct watch *watch, u64 addr, u64 bytes, u8 tag)
{
	u64 first = addr & ~7ULL, end = (addr + bytes + 7) & ~7ULL, at;

	if (bytes != 8 || addr % 8)
		tag = watch_as_number(watch, tag);
	if (tag > TAG_NUMBER && (bytes != 8 || addr % 8))
		watch_complain(watch, "writes a part of a pointer");
	watch_end_dynptr(watch, first);
	for (at = first; at < end; at++)
		if (watch_stack_tag(watch, at) > TAG_NUMBER)
			watch_set_stack(watch, at, 1, broken_tag(watch, watch_stack_tag(watch, at)));
	watch_set_stack(watch, addr, bytes, tag);
}
