// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does a helper do to the world of a random program? No more, and no less, than
 * its row in verifier/helper.h says: it reads and fills what it is given, and returns
 * any number that the row allows. Only what a row does not say has a function of its own.
 */
#include <string.h>

#include "isa/abi.h"
#include "tests/support/verify.h"
#include "tests/support/world.h"
#include "verifier/helper.h"
#include "verifier/rule.h"

#define MOST_BYTES 512
#define MOST_ROUNDS 4

u64 (*world_call_back)(u64 callback, const u64 args[5]);

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

static void show(u64 number)
{
	world.outcome = world.outcome * 31 + number;
}

/* What a helper reads shows in the outcome, which both engines must agree on. */
static void read_memory(u64 addr, u64 bytes)
{
	u64 i;

	if (bytes > MOST_BYTES) {
		complain("reads too much");
		return;
	}
	notice_read(addr, bytes);
	for (i = 0; i < bytes; i++)
		show(((const u8 *)addr)[i]);
}

static void fill_memory(u64 addr, u64 bytes)
{
	u64 i;

	if (bytes > MOST_BYTES) {
		complain("fills too much");
		return;
	}
	if (bytes && world_watcher)
		world_watcher->writes(addr, bytes);
	for (i = 0; i < bytes; i++)
		((u8 *)addr)[i] = rng_value(&world_results);
}

static const struct map_desc *map_of(const struct helper *row, u64 map)
{
	const struct map_desc *desc = &verify_request_of(NULL, 0, 0).maps[map - 1];

	if (!map || map > verify_map_cnt || !(map_rule_of(desc->type)->may & row->map_use)) {
		complain("is given no map, or one that it must not have");
		return NULL;
	}
	if (row->map_use & (MAP_MAY_UPDATE | MAP_MAY_DELETE) && desc->flags & MODBPF_F_RDONLY_PROG)
		complain("writes to a map that programs must not write to");
	return desc;
}

/* One of the map's, or none. */
static u64 any_value(u64 map)
{
	u32 bytes, cnt, index;
	u64 first;

	if (!world_values(map - 1, WORLD_ANY, &first, &bytes, &cnt))
		return 0;
	index = rng_below(&world_results, cnt + 1);
	if (index == cnt)
		return 0;
	if (world_watcher)
		world_watcher->gives_pointer();
	return first + (u64)index * bytes;
}

static u64 result_of(const struct helper *row, u64 map, u64 size)
{
	if (row->ret == RET_VOID)
		return 0;
	if (row->ret == RET_VALUE_OR_NULL)
		return any_value(map);
	if (row->ret != RET_LENGTH)
		return rng_value(&world_results);
	return rng_below(&world_results, 3) ? rng_below(&world_results, size + 1) :
	       (u64)-(s64)(1 + rng_below(&world_results, 4095));
}

static bool is_value_of(u64 map, u64 addr)
{
	u32 bytes, cnt;
	u64 first;

	return map && map <= verify_map_cnt && world_values(map - 1, WORLD_ANY, &first, &bytes, &cnt) &&
	       addr - first < (u64)bytes * cnt;
}

static u64 stand_in(u32 id, const u64 *args)
{
	const struct helper *row = helper_of(id);
	const struct map_desc *map = NULL;
	u64 size = 0, map_arg = 0, fill = 0, fill_bytes = 0;
	u32 i;

	for (i = 0; i < 5; i++) {
		switch (row->args[i]) {
		case ARG_NUMBER:
			show(args[i]);
			break;
		case ARG_MAP:
			map = map_of(row, args[i]);
			map_arg = args[i];
			break;
		case ARG_KEY:
			if (map)
				read_memory(args[i], map->key_size);
			break;
		case ARG_VALUE:
			if (map)
				read_memory(args[i], map->value_size);
			break;
		case ARG_VALUE_FILL:
			if (map && map->type == MODBPF_MAP_BLOOM_FILTER)
				read_memory(args[i], map->value_size);
			else if (map)
				fill = args[i], fill_bytes = map->value_size;
			break;
		case ARG_FILL_8:
			fill = args[i], fill_bytes = 8;
			break;
		case ARG_STRING:
		case ARG_CONST_FORMAT:
			read_memory(args[i], strlen((const char *)args[i]) + 1);
			break;
		case ARG_READ:
		case ARG_READ_OR_NULL:
		case ARG_FORMAT:
		case ARG_PRINTED:
			read_memory(args[i], args[i + 1]);
			break;
		case ARG_FILL:
		case ARG_FILL_OR_NULL:
			fill = args[i], fill_bytes = args[i + 1];
			break;
		case ARG_SIZE:
		case ARG_SIZE_OR_ZERO:
			size = args[i];
			if (!size && row->args[i] == ARG_SIZE)
				complain("has no bytes");
			break;
		case ARG_TIMER:
			if (!world_is_field(args[i], MAP_FIELD_TIMER))
				complain("is given what is no timer");
			break;
		case ARG_TIMER_MAP:
			if (!is_value_of(args[i], args[i - 1]))
				complain("is given another map than the timer's");
			break;
		case ARG_CTX:
			if (args[i] != (u64)world_context(world.prog_type))
				complain("has no context");
			break;
		}
	}
	/* Last: it may be memory that is read, too. */
	fill_memory(fill, fill_bytes);
	if (row->flags & HELPER_MOVES_PACKET)
		world.ctx.data_end = world.packet + rng_below(&world_results, WORLD_PACKET_BYTES + 1);
	return result_of(row, map_arg, size);
}

/* A map in one of maps. */
static u64 find_map(const struct map_desc *desc, u64 map, u64 key)
{
	read_memory(key, desc->key_size);
	if (world_index(key) >= WORLD_ENTRIES)
		return 0;
	if (world_watcher)
		world_watcher->gives_pointer();
	return world_inner(map - 1) + 1;
}

static u64 lookup(u64 map, u64 key, u64 r3, u64 r4, u64 r5)
{
	const struct map_desc *desc = map_of(helper_of(MODBPF_FUNC_map_lookup_elem), map);
	u32 bytes, cnt, index;
	u64 first;

	if (desc && map_rule_of(desc->type)->holds_maps)
		return find_map(desc, map, key);
	if (!desc || !world_values(map - 1, WORLD_ANY, &first, &bytes, &cnt))
		return 0;
	/* In an array, machine code may do it itself; the address shows what the key was. */
	if (desc->type == MODBPF_MAP_ARRAY)
		notice_read(key, 4);
	else
		read_memory(key, desc->key_size);
	index = world_index(key);
	if (index >= cnt)
		return 0;
	if (world_watcher)
		world_watcher->gives_pointer();
	return first + (u64)index * bytes;
}

/* "%s" reads a string, with care if any number says where; any other number is printed. */
static u64 print(u64 format, u64 bytes, u64 r3, u64 r4, u64 r5)
{
	bool is_string;

	if (!bytes)
		complain("prints no bytes");
	read_memory(format, bytes);
	/* One without an end is none: what is behind these bytes may say "%s". */
	if (bytes > MOST_BYTES || strnlen((const char *)format, bytes) == bytes)
		return -EINVAL;
	is_string = !strncmp((const char *)format, "%s", 2);
	if (is_string && world_watcher && world_watcher->is_given_pointer(3))
		notice_read(r3, 1);
	show((is_string ? 0 : r3) + r4 + r5);
	return bytes;
}

/* The number is the world's own; what counts is that the packet may be too short. */
static u64 packet_load(u64 ctx, u64 off, u64 bytes, u64 r4, u64 r5)
{
	if (ctx != (u64)&world.ctx || (bytes != 1 && bytes != 2 && bytes != 4))
		complain("loads from no packet, or no size of a load");
	if (!rng_below(&world_results, 4))
		return -14;
	return rng_value(&world_results) & ~0ULL >> (64 - 8 * bytes);
}

/* The packet's own structure: where a netfilter program's context points. */
static u64 cast(u64 ctx, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (ctx != (u64)&world.ctx)
		complain("has no context");
	if (world_watcher)
		world_watcher->gives_pointer();
	return (u64)world.gap8;
}

static u64 reserve(u64 map, u64 bytes, u64 flags, u64 r4, u64 r5)
{
	u32 i;

	map_of(helper_of(MODBPF_FUNC_ringbuf_reserve), map);
	for (i = 0; i < WORLD_RECORDS; i++)
		if (!world.records[i].is_held)
			break;
	if (i == WORLD_RECORDS || bytes > sizeof(world.records[0].words) || !rng_below(&world_results, 4))
		return 0;
	world.records[i].is_held = true;
	world.records[i].bytes = bytes;
	if (world_watcher)
		world_watcher->gives_pointer();
	return (u64)world.records[i].words;
}

static u64 release(u64 record, u64 flags, u64 r3, u64 r4, u64 r5)
{
	u32 i;

	for (i = 0; i < WORLD_RECORDS; i++) {
		if (record == (u64)world.records[i].words && world.records[i].is_held) {
			world.records[i].is_held = false;
			return 0;
		}
	}
	complain("releases what it does not hold");
	return 0;
}

/* Nobody else runs here: it need not wait. */
static u64 take_lock(u64 lock, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (!world_is_field(lock, MAP_FIELD_LOCK))
		complain("takes what is no lock");
	if (world.lock)
		complain("takes a second lock");
	if ((TYPES_TRACING | TYPE_BIT(SOCKET_FILTER)) >> world.prog_type & 1)
		complain("takes a lock that whom it interrupts may hold");
	world.lock = lock;
	return 0;
}

static u64 release_lock(u64 lock, u64 r2, u64 r3, u64 r4, u64 r5)
{
	if (!lock || world.lock != lock)
		complain("releases a lock that it does not hold");
	world.lock = 0;
	return 0;
}

/* With the first @cnt of the arguments; of @pointers, a bit each, some are. */
static u64 call_back(u64 callback, u32 cnt, u32 pointers, u64 r1, u64 r2, u64 r3, u64 r4)
{
	const u64 args[5] = { r1, r2, r3, r4 };
	u64 result;

	if (callback == WORLD_DEAD_CALLBACK) {
		complain("calls back what is never called");
		return 1;
	}
	if (world_watcher)
		world_watcher->calls_back(cnt, pointers);
	result = world_call_back(callback, args);
	if (world_watcher)
		world_watcher->came_back(result);
	return result;
}

static u64 loop(u64 cnt, u64 callback, u64 context, u64 flags, u64 r5)
{
	u64 i;

	show(flags);
	for (i = 0; i < cnt && i < MOST_ROUNDS; i++)
		if (call_back(callback, 2, context ? 1 << 2 : 0, i, context, 0, 0))
			return i + 1;
	return i;
}

static u64 for_each(u64 map, u64 callback, u64 context, u64 flags, u64 r5)
{
	u32 bytes, cnt, i;
	u64 first;

	show(flags);
	if (!map_of(helper_of(MODBPF_FUNC_for_each_map_elem), map) ||
	    !world_values(map - 1, WORLD_ANY, &first, &bytes, &cnt))
		return 0;
	for (i = 0; i < cnt; i++) {
		world.key = i;
		if (call_back(callback, 4, context ? 0x1e : 0xe, map, (u64)&world.key,
			      first + (u64)i * bytes, context))
			return i + 1;
	}
	return i;
}

static u64 drain(u64 map, u64 callback, u64 context, u64 flags, u64 r5)
{
	u64 cnt = rng_below(&world_results, 4), result = 0, i;

	show(flags);
	if (!map_of(helper_of(MODBPF_FUNC_user_ringbuf_drain), map))
		return 0;
	for (i = 0; i < cnt && !result; i++) {
		world.sample = (struct world_dynptr){ (u64)world.sample_words,
						      rng_below(&world_results, sizeof(world.sample_words) + 1) };
		result = call_back(callback, 2, context ? 0x6 : 0x2, (u64)&world.sample, context, 0, 0);
		world.sample = (struct world_dynptr){ 0, 0 };
	}
	return i;
}

#define STAND_IN(name, id) \
	static u64 stand_in_##name(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5) \
	{ \
		return stand_in(id, (u64[5]){ r1, r2, r3, r4, r5 }); \
	}
#define ADD(name, id) world_helpers[id] = (u64)stand_in_##name;

MODBPF_HELPERS(STAND_IN)

void world_add_helpers(void)
{
	MODBPF_HELPERS(ADD)
	world_helpers[MODBPF_FUNC_map_lookup_elem] = (u64)lookup;
	world_helpers[MODBPF_FUNC_trace_printk] = (u64)print;
	world_helpers[MODBPF_FUNC_packet_load] = (u64)packet_load;
	world_helpers[MODBPF_FUNC_cast_to_kern_ctx] = (u64)cast;
	world_helpers[MODBPF_FUNC_ringbuf_reserve] = (u64)reserve;
	world_helpers[MODBPF_FUNC_ringbuf_submit] = (u64)release;
	world_helpers[MODBPF_FUNC_ringbuf_discard] = (u64)release;
	world_add_dynptrs();
	world_helpers[MODBPF_FUNC_spin_lock] = (u64)take_lock;
	world_helpers[MODBPF_FUNC_spin_unlock] = (u64)release_lock;
	world_helpers[MODBPF_FUNC_loop] = (u64)loop;
	world_helpers[MODBPF_FUNC_user_ringbuf_drain] = (u64)drain;
	world_helpers[MODBPF_FUNC_for_each_map_elem] = (u64)for_each;
}
