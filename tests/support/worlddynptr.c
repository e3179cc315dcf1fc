// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do helpers do with dynptrs of the world? They keep where their memory is in the 16
 * bytes of stack, and trust these: the watch sees whether anybody else has written there.
 */
#include <string.h>

#include "isa/abi.h"
#include "tests/support/world.h"
#include "verifier/helper.h"
#include "verifier/rule.h"

static u64 failed(s64 err)
{
	return (u64)err;
}

static void complain(const char *what)
{
	if (world_watcher)
		world_watcher->complain(what);
}

static struct world_dynptr *made(u64 addr, bool is_held)
{
	struct world_dynptr *dynptr = (struct world_dynptr *)addr;

	if (world_watcher)
		world_watcher->makes_dynptr(addr, is_held);
	*dynptr = (struct world_dynptr){ 0, 0 };
	return dynptr;
}

/* In the upper half of .size. */
#define OF_PACKET (1ULL << 32)
#define READ_ONLY (1ULL << 33)

/* What a dynptr has at @off; 0: not so many bytes. */
static u64 place_in(u64 addr, u64 off, u64 bytes)
{
	const struct world_dynptr *dynptr = (struct world_dynptr *)addr;
	u64 size = (u32)dynptr->size, left = (u64)world.ctx.data_end - dynptr->data;

	if (world_watcher)
		world_watcher->uses_dynptr(addr);
	/* The packet may have become shorter. */
	if (dynptr->size & OF_PACKET && (u64)world.ctx.data_end < dynptr->data)
		size = 0;
	else if (dynptr->size & OF_PACKET && size > left)
		size = left;
	if (!dynptr->data || bytes > size || (u32)off > size - bytes)
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
	if (!to || flags || ((struct world_dynptr *)addr)->size & READ_ONLY)
		return failed(-22);
	memmove((void *)to, (void *)from, bytes);
	if (((struct world_dynptr *)addr)->size & OF_PACKET)
		world.ctx.data_end = world.packet + rng_below(&world_results, WORLD_PACKET_BYTES + 1);
	return 0;
}

static u64 slice(u64 addr, u64 off, u64 bytes, u64 r4, u64 r5)
{
	u64 at = place_in(addr, off, bytes);

	if (((struct world_dynptr *)addr)->size & OF_PACKET)
		return 0;
	if (at && world_watcher)
		world_watcher->gives_pointer();
	return at;
}

static u64 from_skb(u64 skb, u64 flags, u64 addr, u64 told, u64 r5)
{
	bool is_skb = world.prog_type == MODBPF_PROG_NETFILTER;
	bool may_write = prog_rule_of(world.prog_type)->packet_write;
	struct world_dynptr *dynptr;

	if (skb != (is_skb ? (u64)world.gap8 : (u64)&world.ctx) ||
	    told != (u64)(may_write * HELPER_TOLD_WRITABLE + is_skb * HELPER_TOLD_IS_SKB))
		complain("is given no packet, or told what is not so");
	dynptr = made(addr, false);
	if (flags || !rng_below(&world_results, 8))
		return failed(-22);
	*dynptr = (struct world_dynptr){ (u64)world.ctx.data, (world.ctx.data_end - world.ctx.data) | OF_PACKET };
	if (!may_write)
		dynptr->size |= READ_ONLY;
	return 0;
}

/* Of a packet, any bytes may be in another piece than the first. */
static u64 slice_with(u64 addr, u64 off, u64 buffer, u64 bytes, u64 fill)
{
	bool is_packet = ((struct world_dynptr *)addr)->size & OF_PACKET;
	u64 at = place_in(addr, off, bytes);

	/* Not filled it may be as it was, and is not to be seen then if it was nothing. */
	if (buffer && !fill && world_watcher)
		world_watcher->reads(buffer, bytes);
	if (buffer && world_watcher)
		world_watcher->writes(buffer, bytes);
	if (buffer && fill)
		memset((void *)buffer, 0, bytes);
	if (at && is_packet && !rng_below(&world_results, 2)) {
		if (buffer)
			memcpy((void *)buffer, (void *)at, bytes);
		at = buffer;
	}
	if (at && world_watcher)
		world_watcher->gives_pointer();
	return at;
}

static u64 slice_to_write(u64 addr, u64 off, u64 buffer, u64 bytes, u64 fill)
{
	if (((struct world_dynptr *)addr)->size & READ_ONLY)
		complain("is to write to what is not to be written");
	return slice_with(addr, off, buffer, bytes, fill);
}

static u64 size_of(u64 addr, u64 r2, u64 r3, u64 r4, u64 r5)
{
	place_in(addr, 0, 0);
	return (u32)((struct world_dynptr *)addr)->size;
}

static u64 is_null(u64 addr, u64 r2, u64 r3, u64 r4, u64 r5)
{
	place_in(addr, 0, 0);
	return !((struct world_dynptr *)addr)->data;
}

static u64 adjust(u64 addr, u64 start, u64 end, u64 r4, u64 r5)
{
	struct world_dynptr *dynptr = (struct world_dynptr *)addr;

	place_in(addr, 0, 0);
	if (!dynptr->data || (u32)start > (u32)end || (u32)end > (u32)dynptr->size)
		return failed(-22);
	dynptr->data += (u32)start;
	dynptr->size = (dynptr->size & ~0xffffffffULL) | ((u32)end - (u32)start);
	return 0;
}

static u64 clone(u64 from, u64 addr, u64 r3, u64 r4, u64 r5)
{
	const struct world_dynptr old = *(struct world_dynptr *)from;

	place_in(from, 0, 0);
	*made(addr, false) = old;
	return old.data ? 0 : failed(-22);
}

void world_add_dynptrs(void)
{
	world_helpers[MODBPF_FUNC_dynptr_from_skb] = (u64)from_skb;
	world_helpers[MODBPF_FUNC_dynptr_slice] = (u64)slice_with;
	world_helpers[MODBPF_FUNC_dynptr_slice_rdwr] = (u64)slice_to_write;
	world_helpers[MODBPF_FUNC_dynptr_size] = (u64)size_of;
	world_helpers[MODBPF_FUNC_dynptr_is_null] = (u64)is_null;
	world_helpers[MODBPF_FUNC_dynptr_is_rdonly] = (u64)is_null;
	world_helpers[MODBPF_FUNC_dynptr_adjust] = (u64)adjust;
	world_helpers[MODBPF_FUNC_dynptr_clone] = (u64)clone;
	world_helpers[MODBPF_FUNC_dynptr_from_mem] = (u64)from_mem;
	world_helpers[MODBPF_FUNC_ringbuf_reserve_dynptr] = (u64)reserve;
	world_helpers[MODBPF_FUNC_ringbuf_submit_dynptr] = (u64)release;
	world_helpers[MODBPF_FUNC_ringbuf_discard_dynptr] = (u64)release;
	world_helpers[MODBPF_FUNC_dynptr_read] = (u64)read_from;
	world_helpers[MODBPF_FUNC_dynptr_write] = (u64)write_to;
	world_helpers[MODBPF_FUNC_dynptr_data] = (u64)slice;
}
