// SPDX-License-Identifier: GPL-2.0-only
/* What in the world may a program touch, its stack apart, and what does it find there? */
#include "tests/support/watchmem.h"

#include "isa/abi.h"
#include "tests/support/watchdynptr.h"
#include "verifier/rule.h"

bool watch_is_within(u64 addr, u64 bytes, const void *start, u64 size)
{
	return addr >= (u64)start && bytes <= size && addr - (u64)start <= size - bytes;
}

bool watch_is_in_values(u64 addr, u64 bytes, bool write)
{
	u32 map, size, cnt;
	u64 first;

	for (map = 0; map < WORLD_MAPS; map++)
		if (world_values(map, write ? WORLD_WRITE : WORLD_READ, &first, &size, &cnt) &&
		    watch_is_within(addr, bytes, (void *)first, (u64)size * cnt) &&
		    (addr - first) % size + bytes <= size)
			return !world_touches_fields(addr, bytes);
	return false;
}

bool watch_holds(const struct watch *watch)
{
	u32 i;

	for (i = 0; i < WORLD_RECORDS; i++)
		if (world.records[i].is_held)
			return true;
	return watch_holds_dynptrs(watch);
}

static bool is_in_records(u64 addr, u64 bytes)
{
	u32 i;

	for (i = 0; i < WORLD_RECORDS; i++)
		if (world.records[i].is_held &&
		    watch_is_within(addr, bytes, world.records[i].words, world.records[i].bytes))
			return true;
	return false;
}

bool watch_is_in_context(const struct watch *watch, u64 addr, u64 bytes, bool write)
{
	const u8 *scratch = (u8 *)&world.ctx.ifindex;
	bool may_write = (TYPE_BIT(CGROUP_SOCK) | TYPE_BIT(CGROUP_SOCK_ADDR)) >> watch->prog_type & 1;

	if (watch->prog_type == MODBPF_PROG_TRACING)
		return !write && watch_is_within(addr, bytes, world.direct, sizeof(world.direct)) &&
		       world_argument(watch->attach_type, addr - (u64)world.direct, bytes) != WORLD_OUTSIDE;
	if (world_context(watch->prog_type) == world.direct)
		return (!write || may_write) && watch_is_within(addr, bytes, world.direct, sizeof(world.direct));
	if (write && watch_is_within(addr, bytes, &world.ctx, scratch - (u8 *)&world.ctx))
		return false;
	return watch_is_within(addr, bytes, &world.ctx, sizeof(world.ctx)) ||
	       watch_is_within(addr, bytes, world.skb, sizeof(world.skb) - (write ? 8 : 0));
}

u8 watch_context_tag(const struct watch *watch, u64 addr, u64 bytes)
{
	bool is_pointer = false;
	s32 type;

	if (watch->prog_type == MODBPF_PROG_TRACING) {
		type = world_argument(watch->attach_type, addr - (u64)world.direct, bytes);
		return type < 0 ? TAG_NUMBER : TAG_TYPED + type;
	}
	if (watch->prog_type == MODBPF_PROG_NETFILTER)
		is_pointer = watch_is_within(addr, bytes, world.direct, 16);
	else if (world_context(watch->prog_type) == &world.ctx)
		is_pointer = watch_is_within(addr, bytes, &world.ctx, offsetof(struct skb_ctx, ifindex)) ||
			     watch_is_within(addr, bytes, &world.skb[7], 8);
	return is_pointer ? TAG_POINTER : TAG_NUMBER;
}

bool watch_is_in_world(u64 addr, u64 bytes, bool write)
{
	const u8 *packet = (const u8 *)world.skb[7];

	return watch_is_in_values(addr, bytes, write) || is_in_records(addr, bytes) ||
	       (!write && watch_is_within(addr, bytes, &world.key, sizeof(world.key))) ||
	       (world.sample.data && watch_is_within(addr, bytes, world.sample_words, world.sample.size)) ||
	       watch_is_within(addr, bytes, packet, world.ctx.data_end - packet);
}
