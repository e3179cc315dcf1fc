// SPDX-License-Identifier: GPL-2.0-only
/*
 * HASH against a model, under threads, and re-entered by a kprobe inside its
 * own locked section.
 */
#include <linux/kprobes.h>
#include <linux/prandom.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "module/map/hash_key.h"
#include "module/map/lock.h"
#include "tests/kunit/map_fixture.h"

static void hash_refuses_giants(struct kunit *test)
{
	struct map_attr params = MAP_PARAMS(HASH, 512, 1 << 20, 1U << 31, 0);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(map_fixture_try(&params)), -ENOMEM);
}

/* No byte of a key is left out, whatever its length: a changed one changes the hash. */
static void hash_reads_all_of_a_key(struct kunit *test)
{
	struct hash_secret secret;
	u32 bytes, at, hash;
	u8 key[41] = {};

	hash_secret_make(&secret, true);
	for (bytes = 1; bytes <= sizeof(key); bytes++) {
		hash = hash_bytes(&secret, key, bytes);
		for (at = 0; at < bytes; at++) {
			key[at] = 0x80;
			KUNIT_EXPECT_NE(test, hash_bytes(&secret, key, bytes), hash);
			key[at] = 0;
		}
	}
}

/* A part that is never told: the same key has another hash in the next map. */
static void hash_is_secret(struct kunit *test)
{
	struct hash_secret one, other;
	u64 key = 1;

	hash_secret_make(&one, false);
	hash_secret_make(&other, false);
	KUNIT_EXPECT_NE(test, one.first, other.first);
	KUNIT_EXPECT_NE(test, one.second, other.second);
	other.first = one.first;
	KUNIT_EXPECT_NE(test, hash_bytes(&one, &key, 8), hash_bytes(&other, &key, 8));
}

/* The model: a table of what is in the map. */
#define MODEL_KEYS 96
#define MODEL_ENTRIES 64

struct model {
	u32 key_size;
	u32 cnt;
	bool present[MODEL_KEYS];
	u64 value[MODEL_KEYS][2];
	u8 key[16];
};

static const void *model_key(struct model *model, u32 k)
{
	memset(model->key, 0xa5, sizeof(model->key));
	model->key[0] = k;
	model->key[model->key_size - 1] ^= k;
	return model->key;
}

static u32 model_key_of(const u8 *key)
{
	return key[0];
}

static long model_update(struct model *model, u32 k, const u64 value[2], u64 flags)
{
	if (flags > MODBPF_EXIST)
		return -EINVAL;
	if (model->present[k] && flags == MODBPF_NOEXIST)
		return -EEXIST;
	if (!model->present[k] && flags == MODBPF_EXIST)
		return -ENOENT;
	if (!model->present[k] && model->cnt == MODEL_ENTRIES)
		return -E2BIG;
	model->cnt += !model->present[k];
	model->present[k] = true;
	memcpy(model->value[k], value, 16);
	return 0;
}

static long model_delete(struct model *model, u32 k)
{
	if (!model->present[k])
		return -ENOENT;
	model->present[k] = false;
	model->cnt--;
	return 0;
}

/* Iteration visits what is there, each once, and ends. */
static void model_compare(struct kunit *test, struct model *model, struct modbpf_map *map)
{
	bool seen[MODEL_KEYS] = {};
	u8 key[16], next[16];
	u64 value[2];
	u32 k, cnt = 0;
	int err;

	for (err = map_fixture_next(map, NULL, next); !err; err = map_fixture_next(map, key, next)) {
		memcpy(key, next, sizeof(key));
		k = model_key_of(key);
		KUNIT_ASSERT_LT(test, k, (u32)MODEL_KEYS);
		KUNIT_ASSERT_FALSE(test, seen[k]);
		KUNIT_ASSERT_TRUE(test, model->present[k]);
		KUNIT_ASSERT_EQ(test, memcmp(key, model_key(model, k), model->key_size), 0);
		seen[k] = true;
		cnt++;
	}
	KUNIT_EXPECT_EQ(test, err, -ENOENT);
	KUNIT_EXPECT_EQ(test, cnt, model->cnt);
	for (k = 0; k < MODEL_KEYS; k++) {
		const u64 *found = map->ops->lookup(map, model_key(model, k));

		KUNIT_ASSERT_EQ(test, found != NULL, model->present[k]);
		err = map->ops->sys_lookup(map, model_key(model, k), value, 0);
		KUNIT_ASSERT_EQ(test, err, model->present[k] ? 0 : -ENOENT);
		if (!found)
			continue;
		KUNIT_ASSERT_EQ(test, memcmp(found, model->value[k], 16), 0);
		KUNIT_ASSERT_EQ(test, memcmp(value, model->value[k], 16), 0);
	}
}

/* Lookup and delete in one step gives what the model has, and takes it out. */
static void model_take(struct kunit *test, struct model *model, struct modbpf_map *map, u32 k)
{
	bool present = model->present[k];
	u64 value[2] = { 0 };

	KUNIT_ASSERT_EQ(test, (long)map->ops->sys_take(map, model_key(model, k), value),
			model_delete(model, k));
	if (present)
		KUNIT_ASSERT_EQ(test, memcmp(value, model->value[k], 16), 0);
	else
		KUNIT_ASSERT_EQ(test, value[0] | value[1], 0ULL);
}

static void model_run(struct kunit *test, u32 key_size, u32 flags)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(HASH, key_size, 16, MODEL_ENTRIES, flags));
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	struct rnd_state random;
	u32 step, k, op;
	u64 value[2], how;

	KUNIT_ASSERT_NOT_NULL(test, model);
	model->key_size = key_size;
	prandom_seed_state(&random, 20 + key_size);
	for (step = 0; step < 6000; step++) {
		k = prandom_u32_state(&random) % MODEL_KEYS;
		op = prandom_u32_state(&random) % 8;
		value[0] = prandom_u32_state(&random);
		value[1] = ~value[0];
		how = op == 7 ? 3 : op % 3;
		if (op < 5 || op == 7)
			KUNIT_ASSERT_EQ(test, map_fixture_update(map, model_key(model, k), value, how),
					model_update(model, k, value, how));
		else if (op == 6)
			model_take(test, model, map, k);
		else
			KUNIT_ASSERT_EQ(test, map->ops->delete(map, model_key(model, k)),
					model_delete(model, k));
		if (step % 64 == 0)
			model_compare(test, model, map);
	}
	model_compare(test, model, map);
	map_fixture_free(map);
}

static void hash_does_what_the_model_does(struct kunit *test)
{
	model_run(test, 4, 0);
	model_run(test, 5, MODBPF_F_NO_PREALLOC);
	model_run(test, 16, MODBPF_F_ZERO_SEED);
}

/* A full map refuses a new key, takes updates, and takes one for each that goes. */
static void hash_knows_when_it_is_full(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(HASH, 4, 4, 10, 0));
	u32 k, round;

	for (k = 0; k < 10; k++)
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &k, &k, MODBPF_ANY), 0);
	for (round = 0; round < 100; round++) {
		k = 10 + round;
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &k, &k, MODBPF_ANY), -E2BIG);
		k = 9 + round;
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &k, &round, MODBPF_EXIST), 0);
		KUNIT_EXPECT_EQ(test, map->ops->delete(map, &k), 0);
		KUNIT_EXPECT_EQ(test, map->ops->delete(map, &k), -ENOENT);
		k = 10 + round;
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &k, &k, MODBPF_NOEXIST), 0);
	}
	map_fixture_free(map);
}

/* An update of a key that is there leaves its value where it is. */
static void hash_updates_in_place(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(HASH, 8, 8, 4, 0));
	u64 key = 7, value = 1;
	u64 *at;

	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, MODBPF_ANY), 0);
	at = map->ops->lookup(map, &key);
	KUNIT_ASSERT_NOT_NULL(test, at);
	value = 2;
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, MODBPF_ANY), 0);
	KUNIT_EXPECT_EQ(test, *at, 2ull);
	KUNIT_EXPECT_PTR_EQ(test, (u64 *)map->ops->lookup(map, &key), at);
	map_fixture_free(map);
}

/* Deleting each key as it is visited: all are visited. */
static void hash_iterates_over_deletions(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(HASH, 4, 4, 500, 0));
	u32 k, key, next, cnt = 0;

	for (k = 0; k < 500; k++)
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &k, &k, MODBPF_ANY), 0);
	KUNIT_ASSERT_EQ(test, map_fixture_next(map, NULL, &next), 0);
	do {
		key = next;
		KUNIT_ASSERT_EQ(test, map->ops->delete(map, &key), 0);
		cnt++;
	} while (!map_fixture_next(map, &key, &next));
	KUNIT_EXPECT_EQ(test, cnt, 500u);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, &next), -ENOENT);
	map_fixture_free(map);
}

/* As bpf(2): a walk whose key has gone starts over. */
static void hash_starts_over_behind_a_missing_key(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  MAP_PARAMS(HASH, 4, 4, 500, 0));
	u32 k, first, next;

	k = 1000;
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, &k, &next), -ENOENT);
	for (k = 0; k < 500; k++)
		KUNIT_EXPECT_EQ(test, map_fixture_update(map, &k, &k, MODBPF_ANY), 0);
	KUNIT_ASSERT_EQ(test, map_fixture_next(map, NULL, &first), 0);
	for (k = 1000; k < 1500; k++) {
		KUNIT_ASSERT_EQ(test, map_fixture_next(map, &k, &next), 0);
		KUNIT_ASSERT_EQ(test, next, first);
	}
	map_fixture_free(map);
}

/* --- re-entered ---------------------------------------------------------------- */

static struct {
	struct modbpf_map *map, *other;
	u32 key;
	u32 hits;
	long update, delete, other_update;
	bool found;
} reentry;

/* Runs where a section ends, with its bucket still locked. */
static int reenter(struct kprobe *probe, struct pt_regs *regs)
{
	u32 value = 99;

	reentry.hits++;
	reentry.update = reentry.map->ops->update(reentry.map, &reentry.key, &value, MODBPF_ANY);
	reentry.delete = reentry.map->ops->delete(reentry.map, &reentry.key);
	reentry.other_update = reentry.other->ops->update(reentry.other, &reentry.key, &value,
							  MODBPF_ANY);
	reentry.found = reentry.map->ops->lookup(reentry.map, &reentry.key);
	return 0;
}

static void hash_is_busy_when_reentered(struct kunit *test)
{
	struct kprobe probe = { .addr = (kprobe_opcode_t *)map_section_ends, .pre_handler = reenter };
	u32 key = 5, value = 1;
	u32 *at;

	memset(&reentry, 0, sizeof(reentry));
	reentry.key = key;
	reentry.map = map_fixture_make(test, (struct map_attr)MAP_PARAMS(HASH, 4, 4, 8, 0));
	reentry.other = map_fixture_make(test, (struct map_attr)MAP_PARAMS(HASH, 4, 4, 8, 0));
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	KUNIT_EXPECT_EQ(test, map_fixture_update(reentry.map, &key, &value, MODBPF_ANY), 0);
	unregister_kprobe(&probe);
	KUNIT_EXPECT_EQ(test, reentry.hits, 1u);
	KUNIT_EXPECT_EQ(test, reentry.update, -EBUSY);
	KUNIT_EXPECT_EQ(test, reentry.delete, -EBUSY);
	/* Nobody holds the other map's lock, so there is no reason to refuse. */
	KUNIT_EXPECT_EQ(test, reentry.other_update, 0);
	KUNIT_EXPECT_TRUE(test, reentry.found);
	at = reentry.map->ops->lookup(reentry.map, &key);
	KUNIT_ASSERT_NOT_NULL(test, at);
	KUNIT_EXPECT_EQ(test, *at, 1u);
	/* And the section is closed: it works again. */
	KUNIT_EXPECT_EQ(test, map_fixture_update(reentry.map, &key, &value, MODBPF_EXIST), 0);
	KUNIT_EXPECT_EQ(test, reentry.map->ops->delete(reentry.map, &key), 0);
	map_fixture_free(reentry.map);
	map_fixture_free(reentry.other);
}

/* --- a look-up whose chain moves under it ------------------------------------------ */

/* Keys as long as these are compared by memcmp(), where a kprobe can be. */
struct long_key {
	u64 number, zeros[2];
};

/* Two numbers of keys with the same hash where the seed is zero; in a chain the first comes first. */
#define TWIN_FIRST 36695
#define TWIN_SECOND 109450

static struct {
	struct modbpf_map *map;
	struct long_key first, second, stranger;
	u32 hits;
	long err;
} stray;

/* The look-up of the second key stands on the first one's element, which goes to another chain. */
static int move_the_chain(struct kprobe *probe, struct pt_regs *regs)
{
	if (regs_get_kernel_argument(regs, 1) != (unsigned long)&stray.second || stray.hits++)
		return 0;
	stray.err = stray.map->ops->delete(stray.map, &stray.first);
	if (!stray.err)
		stray.err = stray.map->ops->update(stray.map, &stray.stranger, &stray.stranger,
						   MODBPF_NOEXIST);
	return 0;
}

static void hash_finds_its_way_back(struct kunit *test)
{
	struct kprobe probe = { .symbol_name = "memcmp", .pre_handler = move_the_chain };
	struct hash_secret secret;
	u64 *found;
	u32 hash;

	memset(&stray, 0, sizeof(stray));
	stray.first.number = TWIN_FIRST;
	stray.second.number = TWIN_SECOND;
	hash_secret_make(&secret, true);
	hash = hash_bytes(&secret, &stray.first, sizeof(stray.first));
	KUNIT_ASSERT_EQ(test, hash_bytes(&secret, &stray.second, sizeof(stray.second)), hash);
	while (((hash_bytes(&secret, &stray.stranger, sizeof(stray.stranger)) ^ hash) & 7) == 0)
		stray.stranger.number++;
	stray.map = map_fixture_make(test, (struct map_attr)
				     MAP_PARAMS(HASH, sizeof(struct long_key), 8, 8, MODBPF_F_ZERO_SEED));
	KUNIT_ASSERT_EQ(test, map_fixture_update(stray.map, &stray.first, &stray.first, 0), 0);
	KUNIT_ASSERT_EQ(test, map_fixture_update(stray.map, &stray.second, &stray.second, 0), 0);
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	found = stray.map->ops->lookup(stray.map, &stray.second);
	unregister_kprobe(&probe);
	KUNIT_EXPECT_GT(test, stray.hits, 1u);
	KUNIT_EXPECT_EQ(test, stray.err, 0l);
	KUNIT_EXPECT_NOT_NULL(test, found);
	if (found)
		KUNIT_EXPECT_EQ(test, *found, stray.second.number);
	map_fixture_free(stray.map);
}

/* --- all at once ------------------------------------------------------------------ */

#define STORM_THREADS 4
#define STORM_KEYS 64
#define STORM_ROUNDS 20000
#define STORM_CPUS 8

/* Each CPU has it; or has nothing yet, where each has its own. */
static bool storm_value_is(struct modbpf_map *map, const u64 *got, u64 value)
{
	bool is_percpu = map->type == MODBPF_MAP_PERCPU_HASH;
	u32 cpu;

	for (cpu = 0; cpu < map_sys_value_size(map) / 8; cpu++)
		if (got[cpu] != value && !(is_percpu && !got[cpu]))
			return false;
	return true;
}

/* Keys below STORM_THREADS stay; the others come and go, and share few buckets. */
static void storm_thread(struct map_storm *storm, u32 number)
{
	struct modbpf_map *map = storm->map;
	struct rnd_state random;
	u64 value, got[STORM_CPUS], *at;
	u32 i, key;
	long err;

	prandom_seed_state(&random, 77 + number);
	for (i = 0; i < STORM_ROUNDS; i++) {
		key = STORM_THREADS + prandom_u32_state(&random) % STORM_KEYS;
		value = (u64)key << 32 | key;
		rcu_read_lock();
		/* As in a program: it does not migrate. */
		preempt_disable();
		if (i & 1)
			err = map->ops->update(map, &key, &value, MODBPF_ANY);
		else
			err = map->ops->delete(map, &key);
		preempt_enable();
		if (err && err != -ENOENT && err != -E2BIG)
			atomic_inc(&storm->wrong);
		/* The value is copied under the lock: never another key's. */
		if (!map->ops->sys_lookup(map, &key, got, 0) && !storm_value_is(map, got, value))
			atomic_inc(&storm->wrong);
		/* A key that nobody deletes is never missed, whatever moves around it. */
		key = i % STORM_THREADS;
		at = map->ops->lookup(map, &key);
		if (!at || READ_ONCE(*at) != key)
			atomic_inc(&storm->wrong);
		rcu_read_unlock();
		if (i % 256 == 0)
			cond_resched();
	}
}

static void storm_over(struct kunit *test, u32 type)
{
	struct map_attr params = MAP_PARAMS(HASH, 4, 8, 48, 0);
	struct map_storm storm = { .thread = storm_thread };
	u32 key, cnt = 0, next, cpu;
	u64 value[STORM_CPUS];

	params.type = type;
	storm.map = map_fixture_make(test, params);
	KUNIT_ASSERT_LE(test, map_sys_value_size(storm.map), (u32)sizeof(value));
	for (key = 0; key < STORM_THREADS; key++) {
		for (cpu = 0; cpu < STORM_CPUS; cpu++)
			value[cpu] = key;
		KUNIT_EXPECT_EQ(test, map_fixture_update(storm.map, &key, value, MODBPF_ANY), 0);
	}
	map_storm_over(test, &storm, STORM_THREADS);
	/* All that can be seen can be deleted, and then all room is there again. */
	while (!map_fixture_next(storm.map, NULL, &next))
		KUNIT_ASSERT_EQ(test, storm.map->ops->delete(storm.map, &next), 0);
	for (key = 0; !map_fixture_update(storm.map, &key, value, MODBPF_NOEXIST); key++)
		cnt++;
	KUNIT_EXPECT_EQ(test, cnt, 48u);
	map_fixture_free(storm.map);
}

static void hash_survives_a_storm(struct kunit *test)
{
	storm_over(test, MODBPF_MAP_HASH);
	storm_over(test, MODBPF_MAP_PERCPU_HASH);
}

/* Threads put in tickets and take out whose they are not: each is taken once. */
#define TAKE_THREADS 3
#define TAKE_ROUNDS 10000

struct take_race {
	struct map_storm storm;
	atomic64_t put, taken;	/* sums of tickets */
};

static void take_thread(struct map_storm *storm, u32 number)
{
	struct take_race *race = container_of(storm, struct take_race, storm);
	struct modbpf_map *map = storm->map;
	u64 ticket = (u64)(number + 1) << 32, got;
	u32 i, key;
	long err;

	for (i = 0; i < TAKE_ROUNDS; i++) {
		key = i % 4;
		ticket++;
		rcu_read_lock();
		err = map->ops->update(map, &key, &ticket, MODBPF_NOEXIST);
		if (!err)
			atomic64_add(ticket, &race->put);
		else if (err != -EEXIST)
			atomic_inc(&storm->wrong);
		key = (i + 1) % 4;
		err = map->ops->sys_take(map, &key, &got);
		if (!err)
			atomic64_add(got, &race->taken);
		else if (err != -ENOENT)
			atomic_inc(&storm->wrong);
		rcu_read_unlock();
		if (i % 64 == 0)
			cond_resched();
	}
}

static void hash_gives_each_value_to_one_taker(struct kunit *test)
{
	struct take_race race = { .storm.thread = take_thread };
	struct modbpf_map *map;
	u32 key;
	u64 got;

	map = map_fixture_make(test, (struct map_attr)MAP_PARAMS(HASH, 4, 8, 4, 0));
	race.storm.map = map;
	map_storm_over(test, &race.storm, TAKE_THREADS);
	for (key = 0; key < 4; key++)
		if (!map->ops->sys_take(map, &key, &got))
			atomic64_add(got, &race.taken);
	KUNIT_EXPECT_GT(test, (long long)atomic64_read(&race.put), 0ll);
	KUNIT_EXPECT_EQ(test, (long long)atomic64_read(&race.put),
			(long long)atomic64_read(&race.taken));
	map_fixture_free(map);
}

/* Others run on the way, which is long: what is asked for is found all the same. */
static void hash_goes_through_empty_buckets(struct kunit *test)
{
	struct map_attr params = MAP_PARAMS(HASH, 4, 8, 1 << 18, MODBPF_F_NO_PREALLOC);
	struct modbpf_map *map = map_fixture_make(test, params);
	u32 key = 7, next = 0;
	u64 value = 1;

	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, &next), -ENOENT);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, &value, 0), 0l);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, &next), 0);
	KUNIT_EXPECT_EQ(test, next, key);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, &key, &next), -ENOENT);
	map_fixture_free(map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hash_refuses_giants),
	KUNIT_CASE(hash_reads_all_of_a_key),
	KUNIT_CASE(hash_is_secret),
	KUNIT_CASE(hash_does_what_the_model_does),
	KUNIT_CASE(hash_knows_when_it_is_full),
	KUNIT_CASE(hash_updates_in_place),
	KUNIT_CASE(hash_iterates_over_deletions),
	KUNIT_CASE(hash_starts_over_behind_a_missing_key),
	KUNIT_CASE(hash_is_busy_when_reentered),
	KUNIT_CASE(hash_finds_its_way_back),
	KUNIT_CASE(hash_survives_a_storm),
	KUNIT_CASE(hash_gives_each_value_to_one_taker),
	KUNIT_CASE(hash_goes_through_empty_buckets),
	{}
};

struct kunit_suite kunit_map_hash_suite = {
	.name = "map_hash",
	.test_cases = cases,
};
