// SPDX-License-Identifier: GPL-2.0-only
/* How is the arena reached, and how do CPUs learn that its bytes have changed? x86-64. */
#include "module/arena.h"

#include <linux/compiler.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/sync_core.h>

#define TRAP 0xcc	/* int3 */

/* arena.S */
extern u8 modbpf_arena[];

u8 *arena_base(void)
{
	u8 *base = modbpf_arena;

	/* objtool must not see an address inside a function that nothing may jump to. */
	OPTIMIZER_HIDE_VAR(base);
	return base + ARENA_GRANULE;
}

void arena_fill_trap(u8 *dst, size_t bytes)
{
	memset(dst, TRAP, bytes);
}

bool arena_is_trap(const u8 *at, size_t bytes)
{
	return !memchr_inv(at, TRAP, bytes);
}

static void serialise_this_cpu(void *unused)
{
	sync_core();
}

void arena_serialise(void)
{
	on_each_cpu(serialise_this_cpu, NULL, 1);
}
