// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does a random program find around it? Numbers that are small or at an
 * edge more often than not, a packet of any length, and helpers that do no more
 * than use their arguments as the real ones would.
 */
#include "tests/support/world.h"

#include "isa/abi.h"

struct world world;
u64 world_helpers[MODBPF_FUNC_LIMIT];
struct map_bind world_binds[WORLD_MAPS];
const struct world_watcher *world_watcher;

static struct rng results;

static const struct {
	u32 offset, bytes, cnt;
} values[WORLD_MAPS] = {
	[RANDVERIFY_ARRAY] = { offsetof(struct world, array), RANDVERIFY_ARRAY_BYTES, WORLD_ENTRIES },
	[RANDVERIFY_SINGLE] = { offsetof(struct world, single), RANDVERIFY_SINGLE_BYTES, 1 },
	[RANDVERIFY_PERCPU] = { offsetof(struct world, percpu), 8, WORLD_ENTRIES },
	[RANDVERIFY_HASH] = { offsetof(struct world, hash), RANDVERIFY_SINGLE_BYTES, WORLD_ENTRIES },
};

static_assert(sizeof(struct world) % 8 == 0, "filled in steps of 8 bytes");

bool world_values(u32 map, u64 *first, u32 *bytes, u32 *cnt)
{
	if (map >= WORLD_MAPS || !values[map].bytes)
		return false;
	*first = (u64)((u8 *)&world + values[map].offset);
	*bytes = values[map].bytes;
	*cnt = values[map].cnt;
	return true;
}

static void complain(const char *what)
{
	if (world_watcher)
		world_watcher->complain(what);
}

static void notice_read(u64 addr, u64 bytes)
{
	if (world_watcher)
		world_watcher->reads(addr, bytes);
}

/* What a helper reads shows in the outcome, which both engines must agree on. */
static void read_memory(u64 addr, u64 bytes)
{
	u64 i;

	notice_read(addr, bytes);
	for (i = 0; i < bytes; i++)
		world.outcome = world.outcome * 31 + ((const u8 *)addr)[i];
}

static u64 lookup(u64 map, u64 key, u64 r3, u64 r4, u64 r5)
{
	u32 bytes, cnt, index;
	u64 first;

	if (!world_values(map - 1, &first, &bytes, &cnt)) {
		complain("looks up in what is no map");
		return 0;
	}
	/* In an array, machine code may do it itself; the address shows what the key was. */
	if (map - 1 == RANDVERIFY_ARRAY || map - 1 == RANDVERIFY_SINGLE)
		notice_read(key, 4);
	else
		read_memory(key, map - 1 == RANDVERIFY_HASH ? 8 : 4);
	index = *(u32 *)key;
	if (index >= cnt)
		return 0;
	if (world_watcher)
		world_watcher->gives_pointer();
	return first + (u64)index * bytes;
}

static u64 update(u64 map, u64 key, u64 value, u64 flags, u64 r5)
{
	u32 bytes, cnt;
	u64 first;

	if (!world_values(map - 1, &first, &bytes, &cnt)) {
		complain("updates what is no map");
		return 0;
	}
	read_memory(key, map - 1 == RANDVERIFY_HASH ? 8 : 4);
	read_memory(value, bytes);
	return rng_below(&results, 2) ? 0 : (u64)-2;
}

static u64 any_number(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return rng_value(&results);
}

static u64 print(u64 format, u64 bytes, u64 r3, u64 r4, u64 r5)
{
	if (!bytes || bytes > 512)
		complain("prints no bytes, or too many");
	else
		read_memory(format, bytes);
	world.outcome = world.outcome * 31 + r3 + r4 + r5;
	return bytes;
}

static u64 load_bytes(u64 ctx, u64 off, u64 to, u64 bytes, u64 r5)
{
	u64 i;

	if (ctx != (u64)&world.ctx || !bytes || bytes > 512) {
		complain("has no context, or no bytes, or too many");
		return 0;
	}
	if (world_watcher)
		world_watcher->writes(to, bytes);
	for (i = 0; i < bytes; i++)
		((u8 *)to)[i] = rng_value(&results);
	return rng_below(&results, 2) ? 0 : (u64)-14;
}

/* The number is the world's own; what counts is that the packet may be too short. */
static u64 packet_load(u64 ctx, u64 off, u64 bytes, u64 r4, u64 r5)
{
	if (ctx != (u64)&world.ctx || (bytes != 1 && bytes != 2 && bytes != 4))
		complain("loads from no packet, or no size of a load");
	if (!rng_below(&results, 4))
		return -14;
	return rng_value(&results) & ~0ULL >> (64 - 8 * bytes);
}

static u64 output(u64 map, u64 from, u64 bytes, u64 flags, u64 r5)
{
	if (map - 1 != RANDVERIFY_RING || bytes > 512)
		complain("writes to no ring, or too much");
	else
		read_memory(from, bytes);
	return 0;
}

static u64 reserve(u64 map, u64 bytes, u64 flags, u64 r4, u64 r5)
{
	u32 i;

	if (map - 1 != RANDVERIFY_RING || bytes > sizeof(world.records[0].words))
		complain("takes from no ring, or too much");
	for (i = 0; i < WORLD_RECORDS; i++)
		if (!world.records[i].bytes)
			break;
	if (i == WORLD_RECORDS || !rng_below(&results, 4))
		return 0;
	world.records[i].bytes = bytes;
	if (world_watcher)
		world_watcher->gives_pointer();
	return (u64)world.records[i].words;
}

static u64 release(u64 record, u64 flags, u64 r3, u64 r4, u64 r5)
{
	u32 i;

	for (i = 0; i < WORLD_RECORDS; i++) {
		if (record == (u64)world.records[i].words && world.records[i].bytes) {
			world.records[i].bytes = 0;
			return 0;
		}
	}
	complain("releases what it does not hold");
	return 0;
}

static void fill_tables(void)
{
	u32 i;

	world_helpers[MODBPF_FUNC_map_lookup_elem] = (u64)lookup;
	world_helpers[MODBPF_FUNC_map_update_elem] = (u64)update;
	world_helpers[MODBPF_FUNC_get_prandom_u32] = (u64)any_number;
	world_helpers[MODBPF_FUNC_trace_printk] = (u64)print;
	world_helpers[MODBPF_FUNC_skb_load_bytes] = (u64)load_bytes;
	world_helpers[MODBPF_FUNC_packet_load] = (u64)packet_load;
	world_helpers[MODBPF_FUNC_ringbuf_output] = (u64)output;
	world_helpers[MODBPF_FUNC_ringbuf_reserve] = (u64)reserve;
	world_helpers[MODBPF_FUNC_ringbuf_submit] = (u64)release;
	world_helpers[MODBPF_FUNC_ringbuf_discard] = (u64)release;
	for (i = 0; i < WORLD_MAPS; i++)
		world_binds[i] = (struct map_bind){ .map = i + 1 };
	world_binds[RANDVERIFY_SINGLE] = (struct map_bind){ RANDVERIFY_SINGLE + 1, (u64)world.single,
							    RANDVERIFY_SINGLE_BYTES, 1 };
	world_binds[RANDVERIFY_ARRAY] = (struct map_bind){ RANDVERIFY_ARRAY + 1, (u64)world.array,
							   RANDVERIFY_ARRAY_BYTES, WORLD_ENTRIES };
}

/* Some worlds are made of small numbers, some of large ones; most have both. */
static u64 usual_number(struct rng *rng, u32 mood)
{
	u32 kind = mood < 4 ? mood : rng_below(rng, 4);

	if (mood < 4 && !rng_below(rng, 4))
		kind = rng_below(rng, 4);
	switch (kind) {
	case 0:
	case 1:
		return rng_below(rng, 4);
	case 2:
		return rng_below(rng, 64);
	default:
		return rng_value(rng);
	}
}

void world_fill(u64 seed)
{
	u8 *bytes = (u8 *)&world;
	struct rng rng;
	u32 i, mood, width;
	u64 value;

	if (!world_helpers[MODBPF_FUNC_map_lookup_elem])
		fill_tables();
	rng_seed(&rng, seed);
	rng_seed(&results, seed + 1);
	mood = rng_below(&rng, 8);
	width = 1 << rng_below(&rng, 4);
	for (i = 0; i < sizeof(world); i += width) {
		value = usual_number(&rng, mood);
		memcpy(bytes + i, &value, width);
	}
	for (i = 0; i < ARRAY_SIZE(world.regs); i++)
		world.regs[i] = usual_number(&rng, mood);
	for (i = 0; i < WORLD_RECORDS; i++)
		world.records[i].bytes = 0;
	world.ctx.data = world.packet;
	world.ctx.data_end = world.packet + rng_below(&rng, WORLD_PACKET_BYTES + 1);
	world.ctx.skb = world.skb;
}

void *world_context(u32 prog_type)
{
	return prog_type == MODBPF_PROG_KPROBE ? (void *)world.regs : (void *)&world.ctx;
}
