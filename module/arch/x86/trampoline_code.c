// SPDX-License-Identifier: GPL-2.0-only
/* Which bytes does a traced function begin with? Those of trampoline.S, filled in. x86-64. */
#include "module/trampoline_code.h"

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "jit/jit.h"
#include "module/target.h"

#define OPCODE_RET 0xc3
#define OPCODE_JMP 0xe9
#define OPCODE_INT3 0xcc
#define REL32_BYTES 4

/* trampoline.S */
extern const u8 modbpf_trampoline_begin[];
extern const u8 modbpf_trampoline_active[];
extern const u8 modbpf_trampoline_body[];
extern const u8 modbpf_trampoline_self[];
extern const u8 modbpf_trampoline_exit[];
extern const u8 modbpf_trampoline_return[];
extern const u8 modbpf_trampoline_end[];

/* Code that is being written, and where it will run. */
struct copy {
	u8 *code;
	unsigned long at;
};

static u32 offset_of(const u8 *hole)
{
	return hole - modbpf_trampoline_begin;
}

static void fill_word(const struct copy *copy, const u8 *hole, u64 value)
{
	memcpy(copy->code + offset_of(hole), &value, sizeof(value));
}

/* The distance to @to of a call or jump whose displacement is @offset bytes behind the begin. */
static int fill_distance(const struct copy *copy, u32 offset, unsigned long to)
{
	s64 distance = (s64)(to - (copy->at + offset + REL32_BYTES));
	s32 narrow = distance;

	if (narrow != distance)
		return -ERANGE;
	memcpy(copy->code + offset, &narrow, sizeof(narrow));
	return 0;
}

/* As the kernel wants returns to be on this CPU. */
static int fill_return(const struct copy *copy)
{
	u64 thunk = modbpf_target()->return_thunk;
	u32 offset = offset_of(modbpf_trampoline_return);

	copy->code[offset] = thunk ? OPCODE_JMP : OPCODE_RET;
	if (thunk)
		return fill_distance(copy, offset + 1, thunk);
	memset(copy->code + offset + 1, OPCODE_INT3, REL32_BYTES);
	return 0;
}

u32 trampoline_code_bytes(void)
{
	return offset_of(modbpf_trampoline_end);
}

int trampoline_code_write(u8 *code, unsigned long at, const struct trampoline_calls *calls)
{
	const struct copy copy = { code, at };
	int err;

	BUILD_BUG_ON(sizeof(struct trampoline_frame) != 64);
	BUILD_BUG_ON(offsetof(struct trampoline_frame, result) != 48);
	memcpy(code, modbpf_trampoline_begin, trampoline_code_bytes());
	fill_word(&copy, modbpf_trampoline_active, (__force unsigned long)calls->active);
	fill_word(&copy, modbpf_trampoline_self, (unsigned long)calls->trampoline);
	err = fill_distance(&copy, offset_of(modbpf_trampoline_body), calls->body);
	if (!err)
		err = fill_distance(&copy, offset_of(modbpf_trampoline_exit),
				    (unsigned long)calls->exit);
	return err ?: fill_return(&copy);
}
