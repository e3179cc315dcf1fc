// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does a random program find around it? Numbers that are small or at an
 * edge more often than not, a packet of any length, and helpers that do no more
 * than use their arguments as the real ones would.
 */
#include "tests/support/world.h"

#include <stdlib.h>

#include "isa/abi.h"
#include "tests/support/verify.h"
#include "verifier/rule.h"

struct world world;
u64 world_helpers[MODBPF_FUNC_LIMIT];
struct map_bind world_binds[WORLD_MAPS];
const struct world_watcher *world_watcher;
u64 world_targets[WORLD_TARGETS];
struct rng world_results;

#define TEXT (WORLD_MAPS - 1)	/* row of that map, wherever it is */

static const struct {
	u32 offset, bytes, cnt;
	bool no_read, no_write, direct;
} values[WORLD_MAPS] = {
	[RANDVERIFY_ARRAY] = { offsetof(struct world, array), RANDVERIFY_ARRAY_BYTES, WORLD_ENTRIES,
			       .direct = true },
	[RANDVERIFY_SINGLE] = { offsetof(struct world, single), RANDVERIFY_SINGLE_BYTES, 1, .direct = true },
	[RANDVERIFY_PERCPU] = { offsetof(struct world, percpu), 8, WORLD_ENTRIES },
	[RANDVERIFY_HASH] = { offsetof(struct world, hash), RANDVERIFY_SINGLE_BYTES, WORLD_ENTRIES },
	[RANDVERIFY_TRIE] = { offsetof(struct world, trie), 8, WORLD_ENTRIES },
	[RANDVERIFY_RODATA] = { offsetof(struct world, rodata), 16, 1, .no_write = true, .direct = true },
	[TEXT] = { offsetof(struct world, text), RANDVERIFY_TEXT_BYTES, 1,
			      .no_write = true, .direct = true },
	[RANDVERIFY_READONLY] = { offsetof(struct world, readonly), 16, WORLD_ENTRIES,
				  .no_write = true, .direct = true },
	[RANDVERIFY_WRITEONLY] = { offsetof(struct world, writeonly), 16, 1, .no_read = true, .direct = true },
};

static_assert(sizeof(struct world) % 8 == 0, "filled in steps of 8 bytes");

bool world_values(u32 map, enum world_access access, u64 *first, u32 *bytes, u32 *cnt)
{
	if (map == randverify_text_map())
		map = TEXT;
	if (map >= WORLD_MAPS || !values[map].bytes || (access == WORLD_READ && values[map].no_read) ||
	    (access == WORLD_WRITE && values[map].no_write))
		return false;
	*first = (u64)((u8 *)&world + values[map].offset);
	*bytes = values[map].bytes;
	*cnt = values[map].cnt;
	return true;
}

bool world_has(u32 map)
{
	u32 bytes, cnt, type;
	u64 first;

	if (map >= verify_map_cnt || map >= WORLD_MAPS)
		return false;
	type = verify_request_of(NULL, 0, 0).maps[map].type;
	return (type != MODBPF_MAP_ARRAY && type != MODBPF_MAP_ARRAY_OF_MAPS) ||
	       world_values(map, WORLD_ANY, &first, &bytes, &cnt);
}

/* The maps of tests/support/verify.c must be those that randverify.h numbers. */
static void check_numbers(void)
{
	const struct map_desc *maps = verify_request_of(NULL, 0, 0).maps;
	u32 i;

	for (i = 0; i < verify_map_cnt; i++) {
		u32 row = i == randverify_text_map() ? TEXT : i;

		if (values[row].bytes && maps[i].value_size != values[row].bytes) {
			fprintf(stderr, "map %s has other values in the world\n", verify_map_names[i]);
			abort();
		}
	}
}

static void fill_tables(void)
{
	u32 i, row;

	check_numbers();
	world_add_helpers();
	for (i = 0; i < WORLD_MAPS; i++) {
		world_binds[i] = (struct map_bind){ .map = i + 1 };
		row = i == randverify_text_map() ? TEXT : i;
		if (values[row].direct)
			world_binds[i] = (struct map_bind){ i + 1, (u64)((u8 *)&world + values[row].offset),
							    values[row].bytes, values[row].cnt };
	}
	for (i = RANDVERIFY_PROGS; i <= RANDVERIFY_PROGS2; i++)
		world_binds[i] = (struct map_bind){ i + 1, (u64)world_targets, 8, WORLD_TARGETS };
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
	for (i = 0; i < sizeof(world); i += width) {
		value = usual_number(&rng, mood);
		memcpy(bytes + i, &value, width);
	}
	for (i = 0; i < WORLD_CTX_WORDS; i++)
		world.direct[i] = usual_number(&rng, mood);
	for (i = 0; i < WORLD_RECORDS; i++)
		world.records[i].bytes = 0;
	memcpy(world.text, maps[randverify_text_map()].frozen, sizeof(world.text));
	memcpy(world.rodata, maps[RANDVERIFY_RODATA].frozen, sizeof(world.rodata));
	world.ctx.data = world.packet;
	world.ctx.data_end = world.packet + rng_below(&rng, WORLD_PACKET_BYTES + 1);
	world.ctx.skb = world.skb;
	world.skb[7] = (u64)(world.packet - rng_below(&rng, WORLD_META + 1));
	world.prog_type = prog_type;
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
