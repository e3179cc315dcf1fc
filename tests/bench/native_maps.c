// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations of maps.bpf.c on the module's maps as they are, without a program around
 * them: what the processor and its caches make of the code of hash.c, lpm_trie.c, queue.c.
 */
#include "module/map/types.h"
#include "module/map/area.h"
#include "module/map/percpu_area.h"
#include "module/map/timer.h"

#include "tests/bench/maps.h"
#include "tests/bench/native_maps.h"

#include <x86intrin.h>

#define RUNS 41
#define ABSENT 0x80000000U

/* --- what the maps need of the rest of the module --------------------------------------- */

void *map_area_alloc(u64 bytes, int node)
{
	void *area = aligned_alloc(64, (bytes + 63) & ~63ULL);

	return area ? memset(area, 0, bytes) : NULL;
}

void map_area_free(void *area)
{
	free(area);
}

u32 map_sys_value_size(const struct modbpf_map *map)
{
	return map->value_size;
}

int quota_set(struct quota_charge *charge, enum quota_kind kind, u64 amount)
{
	return 0;
}

/* None has timers. */
bool map_timer_drop_slowly(struct modbpf_map *map, void *value, bool is_nested)
{
	return true;
}

/* One processor has one value. */
int percpu_area_alloc(struct percpu_area *area, u32 cnt, u32 value_size, u64 *memory)
{
	area->chunks = calloc(1, sizeof(*area->chunks));
	area->stride = value_size;
	area->chunk_shift = 31;
	area->chunk_cnt = 1;
	area->chunks[0] = map_area_alloc((u64)cnt * value_size, 0);
	return 0;
}

void percpu_area_free(struct percpu_area *area)
{
}

void percpu_value_get(void *all, void *values, u32 value_size)
{
	memcpy(all, values, value_size);
}

void percpu_value_set(void *values, const void *all, u32 value_size)
{
	memcpy(values, all, value_size);
}

void *percpu_value_of(void *values, u32 cpu)
{
	return values;
}

u32 percpu_sys_value_size(const struct modbpf_map *map)
{
	return map->value_size;
}

/* --- operations ---------------------------------------------------------------------------- */

enum op { NOTHING, HIT, MISS, UPDATE, INSERT, EVICT, LONGEST, PUSH };

struct native {
	const char *prog;
	const struct map_ops *ops;
	u32 key_size, entries, mask;	/* keys are below or equal to mask; entries: room */
	enum op op;
};

#define HASH(name, ops, key_size, entries) \
	{ name "_hit", ops, key_size, (entries) + 64, (entries) - 1, HIT }, \
	{ name "_miss", ops, key_size, (entries) + 64, (entries) - 1, MISS }, \
	{ name "_update", ops, key_size, (entries) + 64, (entries) - 1, UPDATE }, \
	{ name "_insert", ops, key_size, (entries) + 64, (entries) - 1, INSERT }

static const struct native rows[] = {
	HASH("hash4_1k", &map_hash_ops, 4, 1024),
	HASH("hash4_64k", &map_hash_ops, 4, 65536),
	HASH("hash16_1k", &map_hash_ops, 16, 1024),
	HASH("hash16_64k", &map_hash_ops, 16, 65536),
	HASH("percpu_hash", &map_percpu_hash_ops, 4, 1024),
	{ "lru_hit", &map_lru_hash_ops, 4, 2048, 1023, HIT },
	{ "lru_evict", &map_lru_hash_ops, 4, 1024, 0, EVICT },
	{ "lpm_lookup", &map_lpm_trie_ops, 8, PREFIXES + 1, 0, LONGEST },
	{ "queue_push_pop", &map_queue_ops, 0, 1024, 0, PUSH },
};

static struct modbpf_map *make(const struct native *row)
{
	struct map_attr attr = { .type = row->ops->type, .key_size = row->key_size, .value_size = 8,
				 .max_entries = row->entries, .flags = MODBPF_F_ZERO_SEED };
	struct modbpf_map *map = row->ops->create(&attr);

	map->ops = row->ops;
	map->type = attr.type;
	map->key_size = attr.key_size;
	map->value_size = attr.value_size;
	map->max_entries = attr.max_entries;
	return map;
}

static void make_key(u32 *key, u32 number)
{
	key[0] = number;
	key[1] = ~number;
	key[2] = 3;
	key[3] = number;
}

static void fill(struct modbpf_map *map, const struct native *row)
{
	u32 i, key[4];
	u64 one = 1;

	for (i = 0; row->op != EVICT && row->mask && i <= row->mask; i++) {
		make_key(key, i);
		map->ops->update(map, key, &one, 0);
	}
	for (i = 0; row->op == LONGEST && i < PREFIXES; i++) {
		key[0] = prefix_bits(i);
		key[1] = prefix_addr(i);
		map->ops->sys_update(NULL, map, key, &one, 0);
	}
}

/* How often it did what it should; @nr counts all operations ever. */
static __always_inline u32 operate(struct modbpf_map *map, const struct native *row, enum op op, u32 nr)
{
	u32 key[4], number = scatter(nr) & row->mask;
	u64 one = 1;

	make_key(key, op == MISS || op == INSERT ? scatter(nr) | ABSENT : op == EVICT ? nr : number);
	__asm__ volatile("" : : "r"(key), "r"(&one) : "memory");
	switch (op) {
	case NOTHING: return 1;
	case HIT: return map->ops->lookup(map, key) != NULL;
	case MISS: return map->ops->lookup(map, key) == NULL;
	case UPDATE:
	case EVICT: return map->ops->update(map, key, &one, 0) == 0;
	case INSERT: return !map->ops->update(map, key, &one, 0) && !map->ops->delete(map, key);
	case LONGEST:
		key[0] = 32;
		key[1] = prefix_addr(nr) ^ (nr & 3) << 30;
		return map->ops->lookup(map, key) != NULL;
	case PUSH: return !map->ops->push(map, &one, 0) && !map->ops->pop(map, &one);
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of many rounds; negative if something went wrong in one. */
static double cost(struct modbpf_map *map, const struct native *row, enum op op)
{
	double spent[RUNS];
	u32 run, i, nr = 0, done;

	for (run = 0; run < RUNS; run++) {
		u64 begin = __rdtsc();

		for (i = done = 0; i < OPS; i++)
			done += operate(map, row, op, nr++);
		spent[run] = __rdtsc() - begin;
		/* A prefix of no bits is not there, so not all are found. */
		if (done != OPS && op != LONGEST)
			return -1;
	}
	qsort(spent, RUNS, sizeof(spent[0]), compare);
	return spent[RUNS / 2];
}

double native_cost(const char *prog)
{
	struct modbpf_map *map;
	double with;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].prog, prog))
			continue;
		map = make(&rows[i]);
		fill(map, &rows[i]);
		if (rows[i].op == EVICT)
			cost(map, &rows[i], EVICT);
		with = cost(map, &rows[i], rows[i].op);
		return with < 0 ? with : with - cost(map, &rows[i], NOTHING);
	}
	return -1;
}
