// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do helpers do with dynptrs of the world? They keep where their memory is in the 16
 * bytes of stack, and trust these: the watch sees whether anybody else has written there.
 */
#include <string.h>

#include "isa/abi.h"
#include "tests/support/world.h"

static u64 failed(s64 err)
{
	return (u64)err;
}

static struct world_dynptr *made(u64 addr, bool is_held)
{
	struct world_dynptr *dynptr = (struct world_dynptr *)addr;

	if (world_watcher)
		world_watcher->makes_dynptr(addr, is_held);
	*dynptr = (struct world_dynptr){ 0, 0 };
	return dynptr;
}

/* What a dynptr has at @off; 0: not so many bytes. */
static u64 place_in(u64 addr, u64 off, u64 bytes)
{
	const struct world_dynptr *dynptr = (struct world_dynptr *)addr;

	if (world_watcher)
		world_watcher->uses_dynptr(addr);
	if (!dynptr->data || bytes > dynptr->size || (u32)off > dynptr->size - bytes)
		return 0;
	return dynptr->data + (u32)off;
}

static u64 from_mem(u64 data, u64 bytes, u64 flags, u64 addr, u64 r5)
{
	struct world_dynptr *dynptr;

	if (world_watcher)
		world_watcher->keeps(data, bytes);
	dynptr = made(addr, false);
	if (flags || !rng_below(&world_results, 8))
		return failed(-22);
	*dynptr = (struct world_dynptr){ data, bytes };
	return 0;
}

static u64 reserve(u64 map, u64 bytes, u64 flags, u64 addr, u64 r5)
{
	struct world_dynptr *dynptr = made(addr, true);
	u32 i;

	for (i = 0; i < WORLD_RECORDS; i++)
		if (!world.records[i].is_held)
			break;
	if (flags || !bytes || bytes > sizeof(world.records[0].words) || i == WORLD_RECORDS ||
	    !rng_below(&world_results, 8))
		return failed(-22);
	world.records[i].is_held = true;
	world.records[i].bytes = bytes;
	*dynptr = (struct world_dynptr){ (u64)world.records[i].words, bytes };
	return 0;
}

static u64 release(u64 addr, u64 flags, u64 r3, u64 r4, u64 r5)
{
	struct world_dynptr *dynptr = (struct world_dynptr *)addr;
	u32 i;

	if (world_watcher)
		world_watcher->releases_dynptr(addr);
	for (i = 0; i < WORLD_RECORDS; i++)
		if (dynptr->data == (u64)world.records[i].words)
			world.records[i].is_held = false;
	*dynptr = (struct world_dynptr){ 0, 0 };
	return 0;
}

static u64 read_from(u64 to, u64 bytes, u64 addr, u64 off, u64 flags)
{
	u64 from = place_in(addr, off, bytes);

	if (bytes && world_watcher)
		world_watcher->writes(to, bytes);
	memset((void *)to, 0, bytes);
	if (!from || flags)
		return failed(-22);
	memcpy((void *)to, (void *)from, bytes);
	return 0;
}

static u64 write_to(u64 addr, u64 off, u64 from, u64 bytes, u64 flags)
{
	u64 to = place_in(addr, off, bytes);

	if (bytes && world_watcher)
		world_watcher->reads(from, bytes);
	if (!to || flags)
		return failed(-22);
	memmove((void *)to, (void *)from, bytes);
	return 0;
}

static u64 slice(u64 addr, u64 off, u64 bytes, u64 r4, u64 r5)
{
	u64 at = place_in(addr, off, bytes);

	if (at && world_watcher)
		world_watcher->gives_pointer();
	return at;
}

void world_add_dynptrs(void)
{
	world_helpers[MODBPF_FUNC_dynptr_from_mem] = (u64)from_mem;
	world_helpers[MODBPF_FUNC_ringbuf_reserve_dynptr] = (u64)reserve;
	world_helpers[MODBPF_FUNC_ringbuf_submit_dynptr] = (u64)release;
	world_helpers[MODBPF_FUNC_ringbuf_discard_dynptr] = (u64)release;
	world_helpers[MODBPF_FUNC_dynptr_read] = (u64)read_from;
	world_helpers[MODBPF_FUNC_dynptr_write] = (u64)write_to;
	world_helpers[MODBPF_FUNC_dynptr_data] = (u64)slice;
}
