// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does a random program find around it? Numbers that are small or at an
 * edge more often than not, a packet of any length, and helpers that do no more
 * than use their arguments as the real ones would.
 */
#include "tests/support/world.h"

#include <stdlib.h>
#include <string.h>

#include "isa/abi.h"
#include "tests/support/verify.h"
#include "verifier/map_btf.h"
#include "verifier/rule.h"

struct world world;
u64 world_helpers[MODBPF_FUNC_LIMIT];
struct map_bind world_binds[WORLD_MAPS];
const struct world_watcher *world_watcher;
u64 world_targets[WORLD_TARGETS];
struct rng world_results;

/* Maps of tests/support/verify.c that have values here. */
static const struct values {
	const char *map;
	u32 offset, bytes, cnt;
	bool no_read, no_write, direct;
} values[] = {
	{ "array", offsetof(struct world, array), RANDVERIFY_ARRAY_BYTES, WORLD_ENTRIES, .direct = true },
	{ "single", offsetof(struct world, single), RANDVERIFY_SINGLE_BYTES, 1, .direct = true },
	{ "percpu", offsetof(struct world, percpu), 8, WORLD_ENTRIES, .direct = false },
	{ "hash", offsetof(struct world, hash), RANDVERIFY_SINGLE_BYTES, WORLD_ENTRIES, .direct = false },
	{ "lpm", offsetof(struct world, trie), 8, WORLD_ENTRIES, .direct = false },
	{ "rodata", offsetof(struct world, rodata), 16, 1, .no_write = true, .direct = true },
	{ "text", offsetof(struct world, text), RANDVERIFY_TEXT_BYTES, 1, .no_write = true, .direct = true },
	{ "readonly", offsetof(struct world, readonly), 16, WORLD_ENTRIES, .no_write = true, .direct = true },
	{ "writeonly", offsetof(struct world, writeonly), 16, 1, .no_read = true, .direct = true },
	{ "locked", offsetof(struct world, locked), 24, WORLD_ENTRIES, .direct = false },
	{ "locked_array", offsetof(struct world, locked_array), 16, WORLD_ENTRIES, .direct = true },
	{ "locked_single", offsetof(struct world, locked_single), 16, 1, .direct = true },
	{ "timed", offsetof(struct world, timed), 32, WORLD_ENTRIES, .direct = false },
	{ "timed_array", offsetof(struct world, timed_array), 24, WORLD_ENTRIES, .direct = true },
	{ "timed_single", offsetof(struct world, timed_single), 24, 1, .direct = true },
};

/* What a look-up in a map of maps finds: as the map that the verifier takes it for. */
static const struct {
	const char *map, *finds;
} inner_maps[] = {
	{ "array_of_maps", "array" }, { "hash_of_maps", "hash" }, { "of_rings", "ring" },
	{ "of_locked", "locked_array" }, { "of_unknown", "array" }, { "of_maps_of_maps", "array_of_maps" },
	{ "of_timed", "timed_array" },
};

static const struct values *rows[WORLD_MAPS];	/* by map index, NULL: it has none */
static u32 inner[WORLD_MAPS];

/* Values with a field of the kernel's, and where in them it is. */
static struct {
	const struct values *row;
	enum map_field field;
	u32 off;
} fields[ARRAY_SIZE(values) * MAP_FIELD_COUNT];
static u32 field_cnt;

static_assert(sizeof(struct world) % 8 == 0, "filled in steps of 8 bytes");

static void find_rows(void)
{
	const struct map_desc *maps = verify_request_of(NULL, 0, 0).maps;
	u32 i, map, field;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		map = randverify_map(values[i].map);
		rows[map] = &values[i];
		for (field = 0; field < MAP_FIELD_COUNT; field++) {
			if (!maps[map].field_end[field])
				continue;
			fields[field_cnt].row = rows[map];
			fields[field_cnt].field = field;
			fields[field_cnt++].off = map_field_at(maps[map].field_end, field);
		}
		if (maps[map].value_size == values[i].bytes)
			continue;
		fprintf(stderr, "map %s has other values in the world\n", values[i].map);
		abort();
	}
	for (i = 0; i < ARRAY_SIZE(inner_maps); i++)
		inner[randverify_map(inner_maps[i].map)] = randverify_map(inner_maps[i].finds);
}

u32 world_inner(u32 map)
{
	return inner[map];
}

u32 world_index(u64 addr)
{
	u32 index;

	memcpy(&index, (const void *)addr, sizeof(index));
	return index;
}

bool world_values(u32 map, enum world_access access, u64 *first, u32 *bytes, u32 *cnt)
{
	const struct values *row;

	/* What was found in a map has an index of its own: verifier/program.h. */
	if (map >= MODBPF_MAX_USED_MAPS)
		map = world_inner(map - MODBPF_MAX_USED_MAPS);
	row = rows[map];
	if (!row || (access == WORLD_READ && row->no_read) || (access == WORLD_WRITE && row->no_write))
		return false;
	*first = (u64)((u8 *)&world + row->offset);
	*bytes = row->bytes;
	*cnt = row->cnt;
	return true;
}

bool world_has(u32 map)
{
	if (map >= verify_map_cnt || map >= WORLD_MAPS)
		return false;
	return verify_request_of(NULL, 0, 0).maps[map].type != MODBPF_MAP_ARRAY || rows[map];
}

/* Where the field of fields[@i] is in the value that @addr lies in, 0: it lies in none of these. */
static u64 field_near(u32 i, u64 addr)
{
	const struct values *row = fields[i].row;
	u64 at = addr - (u64)&world - row->offset;

	return at < (u64)row->bytes * row->cnt ? addr - at % row->bytes + fields[i].off : 0;
}

bool world_is_field(u64 addr, enum map_field field)
{
	u32 i;

	for (i = 0; i < field_cnt; i++)
		if (fields[i].field == field && addr && field_near(i, addr) == addr)
			return true;
	return false;
}

bool world_touches_fields(u64 addr, u64 bytes)
{
	u32 i;

	for (i = 0; i < field_cnt; i++) {
		u64 at = field_near(i, addr);

		if (at && addr < at + map_field_bytes[fields[i].field] && at < addr + bytes)
			return true;
	}
	return false;
}

static void fill_tables(void)
{
	u32 i;

	find_rows();
	world_add_helpers();
	for (i = 0; i < WORLD_MAPS; i++) {
		world_binds[i] = (struct map_bind){ .map = i + 1 };
		if (rows[i] && rows[i]->direct)
			world_binds[i] = (struct map_bind){
				.map = i + 1, .values = (u64)((u8 *)&world + rows[i]->offset),
				.stride = rows[i]->bytes, .max_entries = rows[i]->cnt,
			};
	}
	for (i = RANDVERIFY_PROGS; i <= RANDVERIFY_PROGS2; i++)
		world_binds[i] = (struct map_bind){ .map = i + 1, .values = (u64)world_targets, .stride = 8,
						    .max_entries = WORLD_TARGETS };
}

const struct ctx_slot *world_slots(const struct ctx_slot *slots)
{
	static struct ctx_slot own[CTX_SOURCE_COUNT];

	memcpy(own, slots, sizeof(own));
	own[CTX_SKB_DATA_META] = (struct ctx_slot){ offsetof(struct skb_ctx, skb), 56, 8, 0, 0 };
	return own;
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

void world_fill(u64 seed, u32 prog_type)
{
	const struct map_desc *maps = verify_request_of(NULL, 0, 0).maps;
	u8 *bytes = (u8 *)&world;
	struct rng rng;
	u32 i, mood, width;
	u64 value;

	if (!world_binds[0].map)
		fill_tables();
	rng_seed(&rng, seed);
	rng_seed(&world_results, seed + 1);
	mood = rng_below(&rng, 8);
	width = 1 << rng_below(&rng, 4);
	for (i = 0; i < WORLD_BYTES; i += width) {
		value = usual_number(&rng, mood);
		memcpy(bytes + i, &value, width);
	}
	for (i = 0; i < WORLD_CTX_WORDS; i++)
		world.direct[i] = usual_number(&rng, mood);
	for (i = 0; i < WORLD_RECORDS; i++)
		world.records[i].is_held = false;
	memcpy(world.text, maps[randverify_map("text")].frozen, sizeof(world.text));
	memcpy(world.rodata, maps[RANDVERIFY_RODATA].frozen, sizeof(world.rodata));
	world.ctx.data = world.packet;
	world.ctx.data_end = world.packet + rng_below(&rng, WORLD_PACKET_BYTES + 1);
	world.ctx.skb = world.skb;
	world.skb[7] = (u64)(world.packet - rng_below(&rng, WORLD_META + 1));
	world.prog_type = prog_type;
	world.lock = 0;
	world.sample = (struct world_dynptr){ 0, 0 };
	world_fill_types(&rng);
	if (prog_type == MODBPF_PROG_NETFILTER)
		world.direct[0] = world.direct[1] = (u64)world.gap8;
}

void *world_context(u32 prog_type)
{
	return TYPES_PACKET >> prog_type & 1 ? (void *)&world.ctx : (void *)world.direct;
}

u32 world_context_bytes(u32 prog_type)
{
	return TYPES_PACKET >> prog_type & 1 ? sizeof(world.ctx) : sizeof(world.direct);
}
