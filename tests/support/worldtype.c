// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do typed pointers lead to? The layout is that of tests/support/kernel_btf.h,
 * written down here a second time, so that what the verifier reads in the BTF is
 * compared with something else.
 */
#include "isa/abi.h"
#include "tests/support/kernel_btf.h"
#include "tests/support/world.h"

#define TASK_BYTES 232
#define FOR_EVER 1000000	/* elements of an array without a length */

static const struct {
	const char *name;
	u32 bytes;
} types[WORLD_TYPES] = {
	[WORLD_TASK] = { "task", TASK_BYTES },
	[WORLD_FILE] = { "file", 16 },
	[WORLD_LIST] = { "list", 16 },
};

/* Members that are pointers to structures of the kernel's own. */
static const struct {
	u8 in, first, step;
	u32 cnt;
	u8 to;
} pointers[] = {
	{ WORLD_TASK, 24, 8, 1, WORLD_TASK },		/* parent */
	{ WORLD_TASK, 40, 8, 1, WORLD_TASK },		/* inner */
	{ WORLD_TASK, 48, 8, 1, WORLD_FILE },		/* file, the first of two in the union */
	{ WORLD_TASK, 64, 8, 2, WORLD_LIST },		/* node */
	{ WORLD_TASK, 80, 8, 4, WORLD_TASK },		/* array */
	{ WORLD_TASK, 112, 8, 1, WORLD_TASK },		/* cv */
	{ WORLD_TASK, 160, 8, 1, WORLD_TASK },		/* rcu */
	{ WORLD_TASK, 176, 16, 4, WORLD_TASK },		/* owners in rows */
	{ WORLD_TASK, 240, 16, FOR_EVER, WORLD_TASK },	/* owners in more */
	{ WORLD_FILE, 8, 8, 1, WORLD_TASK },
	{ WORLD_LIST, 0, 8, 2, WORLD_LIST },
};

u32 world_type_id(enum world_type type)
{
	static u32 ids[WORLD_TYPES];

	if (!ids[type])
		ids[type] = kernel_btf_id(types[type].name);
	return ids[type];
}

s32 world_member(enum world_type type, s64 off, u32 bytes)
{
	u32 i;

	if (off < 0 || (off + bytes > types[type].bytes && !(type == WORLD_TASK && off >= TASK_BYTES)))
		return WORLD_OUTSIDE;
	for (i = 0; i < ARRAY_SIZE(pointers) && bytes == 8; i++)
		if (pointers[i].in == type && off >= pointers[i].first &&
		    (off - pointers[i].first) % pointers[i].step == 0 &&
		    (off - pointers[i].first) / pointers[i].step < pointers[i].cnt)
			return pointers[i].to;
	return WORLD_NUMBER;
}

/* f_task(struct task *, int, const struct task *, void *, bool), which returns one; event(struct task *, int). */
s32 world_argument(u32 attach_type, s64 off, u32 bytes)
{
	u32 args = attach_type == MODBPF_ATTACH_TRACE_RAW_TP ? 2 : attach_type == MODBPF_ATTACH_TRACE_FEXIT ? 6 : 5;

	if (off < 0 || off + bytes > 8 * args)
		return WORLD_OUTSIDE;
	return bytes == 8 && (off == 0 || off == 16 || off == 40) ? WORLD_TASK : WORLD_NUMBER;
}

/* An object of the type mostly, else nothing, or what may lie anywhere. */
static u64 any_pointer(struct rng *rng, enum world_type type)
{
	u32 which = rng_below(rng, WORLD_OBJECTS + 1);

	if (which == WORLD_OBJECTS)
		return rng_below(rng, 2) ? 0 : rng_value(rng);
	return type == WORLD_TASK ? (u64)world.tasks[which] :
	       type == WORLD_FILE ? (u64)world.files[which] : (u64)world.lists[which];
}

void world_fill_types(struct rng *rng)
{
	u32 i, off;
	s32 to;

	for (i = 0; i < WORLD_OBJECTS; i++) {
		for (off = 0; off < WORLD_TASK_BYTES; off += 8) {
			to = world_member(WORLD_TASK, off, 8);
			if (to >= 0)
				world.tasks[i][off / 8] = any_pointer(rng, to);
		}
		world.files[i][1] = any_pointer(rng, WORLD_TASK);
		world.lists[i][0] = any_pointer(rng, WORLD_LIST);
		world.lists[i][1] = any_pointer(rng, WORLD_LIST);
	}
	if (world.prog_type != MODBPF_PROG_TRACING)
		return;
	for (off = 0; off <= 40; off += 8)
		if (world_argument(MODBPF_ATTACH_TRACE_FEXIT, off, 8) == WORLD_TASK)
			world.direct[off / 8] = any_pointer(rng, WORLD_TASK);
}
