// SPDX-License-Identifier: GPL-2.0-only
/* LPM_TRIE against a list that is searched from end to end. */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "module/caller.h"
#include "tests/kunit/map_fixture.h"

#define LPM(key, value, entries, more) \
	MAP_PARAMS(LPM_TRIE, key, value, entries, MODBPF_F_NO_PREALLOC | (more))

struct prefix {
	u32 len;
	u8 data[19];	/* the first list.bytes of them count */
} __packed;

#define LIST_MAX 200

struct list {
	u32 bytes;	/* of a key's data */
	u32 cnt;
	struct prefix prefix[LIST_MAX];
	u64 value[LIST_MAX];
};

static bool bit_of(const u8 *data, u32 at)
{
	return data[at / 8] & (0x80 >> at % 8);
}

static bool begins_with(const struct prefix *key, const struct prefix *prefix)
{
	u32 i;

	if (prefix->len > key->len)
		return false;
	for (i = 0; i < prefix->len; i++)
		if (bit_of(key->data, i) != bit_of(prefix->data, i))
			return false;
	return true;
}

static int list_find(const struct list *list, const struct prefix *key)
{
	u32 i;

	for (i = 0; i < list->cnt; i++)
		if (list->prefix[i].len == key->len && begins_with(key, &list->prefix[i]))
			return i;
	return -1;
}

static int list_longest(const struct list *list, const struct prefix *key)
{
	int best = -1;
	u32 i;

	for (i = 0; i < list->cnt; i++)
		if (begins_with(key, &list->prefix[i]) &&
		    (best < 0 || list->prefix[i].len > list->prefix[best].len))
			best = i;
	return best;
}

static long list_update(struct list *list, u32 max, const struct prefix *key, u64 value, u64 flags)
{
	int at = list_find(list, key);

	if (flags > MODBPF_EXIST || key->len > list->bytes * 8)
		return -EINVAL;
	if (at >= 0 && flags == MODBPF_NOEXIST)
		return -EEXIST;
	if (at < 0 && flags == MODBPF_EXIST)
		return -ENOENT;
	if (at < 0 && list->cnt == max)
		return -ENOSPC;
	if (at < 0)
		at = list->cnt++;
	list->prefix[at] = *key;
	list->value[at] = value;
	return 0;
}

static long list_delete(struct list *list, const struct prefix *key)
{
	int at = list_find(list, key);

	if (key->len > list->bytes * 8)
		return -EINVAL;
	if (at < 0)
		return -ENOENT;
	list->cnt--;
	list->prefix[at] = list->prefix[list->cnt];
	list->value[at] = list->value[list->cnt];
	return 0;
}

/* Few bits are set in few places, so that prefixes meet, nest and fork. */
static void draw(struct rnd_state *random, u32 bytes, struct prefix *key)
{
	u32 bits = prandom_u32_state(random);

	key->len = bits % (bytes * 8 + 3);
	memset(key->data, 0, sizeof(key->data));
	key->data[bits >> 8 & 3] = prandom_u32_state(random) & 0xc1;
	key->data[0] |= bits >> 16 & 0x80;
	key->data[bytes - 1] |= bits >> 24 & 3;
	/* In most of them, around the ends of the words of 8 bytes. */
	if (bytes > 16 && bits >> 26 & 3)
		key->data[7 + 8 * (bits >> 28 & 1) + (bits >> 29 & 1)] |= prandom_u32_state(random) & 0x81;
}

/* Each entry once, longer ones before what they begin with, and in the order of their bits. */
static void compare_iteration(struct kunit *test, struct list *list, struct modbpf_map *map)
{
	struct prefix key, next;
	u32 cnt = 0, i;
	int err;

	for (err = map_fixture_next(map, NULL, &next); !err; err = map_fixture_next(map, &key, &next)) {
		KUNIT_ASSERT_GE(test, list_find(list, &next), 0);
		KUNIT_ASSERT_LT(test, cnt, list->cnt);
		if (cnt) {
			KUNIT_ASSERT_FALSE(test, begins_with(&next, &key));
			for (i = 0; i < min(key.len, next.len); i++)
				if (bit_of(key.data, i) != bit_of(next.data, i))
					break;
			if (i < min(key.len, next.len))
				KUNIT_ASSERT_TRUE(test, bit_of(next.data, i));
		}
		key = next;
		cnt++;
	}
	KUNIT_EXPECT_EQ(test, err, -ENOENT);
	KUNIT_EXPECT_EQ(test, cnt, list->cnt);
}

static void compare_lookups(struct kunit *test, struct list *list, struct modbpf_map *map,
			    struct rnd_state *random)
{
	struct prefix key;
	u64 *found, value;
	u32 i;
	int at;

	for (i = 0; i < 100; i++) {
		draw(random, list->bytes, &key);
		at = key.len > list->bytes * 8 ? -1 : list_longest(list, &key);
		found = map->ops->lookup(map, &key);
		KUNIT_ASSERT_EQ(test, found != NULL, at >= 0);
		KUNIT_ASSERT_EQ(test, map->ops->sys_lookup(map, &key, &value, 0), at < 0 ? -ENOENT : 0);
		if (found) {
			KUNIT_ASSERT_EQ(test, *found, list->value[at]);
			KUNIT_ASSERT_EQ(test, value, list->value[at]);
		}
	}
}

static void compare_with_list(struct kunit *test, u32 bytes)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)LPM(4 + bytes, 8, 120, 0));
	struct list *list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);
	struct rnd_state random;
	struct prefix key;
	u64 value, flags;
	u32 step, op;

	KUNIT_ASSERT_NOT_NULL(test, list);
	list->bytes = bytes;
	prandom_seed_state(&random, 4);
	for (step = 0; step < 2400; step++) {
		draw(&random, bytes, &key);
		op = prandom_u32_state(&random) % 16;
		value = (u64)step << 32 | op;
		flags = op == 11 ? 3 : op % 3;
		/* In turns the map fills up and drains. */
		if (op > (step / 400 % 2 ? 4 : 11))
			KUNIT_ASSERT_EQ(test, map->ops->delete(map, &key), list_delete(list, &key));
		else
			KUNIT_ASSERT_EQ(test, map_fixture_update(map, &key, &value, flags),
					list_update(list, 120, &key, value, flags));
		if (step % 50 == 0) {
			compare_iteration(test, list, map);
			compare_lookups(test, list, map, &random);
		}
	}
	compare_iteration(test, list, map);
	map_fixture_free(map);
}

/* In one word of 8 bytes, and in three. */
static void lpm_finds_the_longest(struct kunit *test)
{
	compare_with_list(test, 5);
	compare_with_list(test, 19);
}

/* All lengths, in steps of @step, of a key of all ones. */
static void check_lengths(struct kunit *test, u32 bits, u32 step)
{
	u32 key_size = 4 + bits / 8, len, *found, over = bits + 1;
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)LPM(key_size, 4, 300, 0));
	u32 *key = kunit_kzalloc(test, key_size, GFP_KERNEL);
	u32 *next = kunit_kzalloc(test, key_size, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, key && next);
	memset(key + 1, 0xff, bits / 8);
	for (len = 0; len <= bits; len += step) {
		key[0] = len;
		KUNIT_ASSERT_EQ(test, map_fixture_update(map, key, &len, MODBPF_NOEXIST), 0);
	}
	key[0] = over;
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, key, &len, MODBPF_ANY), -EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, key), -EINVAL);
	KUNIT_EXPECT_NULL(test, map->ops->lookup(map, key));
	for (len = 0; len <= bits; len++) {
		key[0] = len;
		found = map->ops->lookup(map, key);
		KUNIT_ASSERT_NOT_NULL(test, found);
		KUNIT_ASSERT_EQ(test, *found, len - len % step);
	}
	/* The longest first. */
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, next), 0);
	KUNIT_EXPECT_EQ(test, next[0], bits);
	key[0] = 0;
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, key, next), -ENOENT);
	map_fixture_free(map);
}

static void lpm_takes_every_length(struct kunit *test)
{
	check_lengths(test, 8, 1);
	check_lengths(test, 136, 1);
	check_lengths(test, 2048, 64);
}

/* Deleting what is visited; the key that was deleted says where to go on. */
static void lpm_iterates_over_deletions(struct kunit *test)
{
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)LPM(8, 4, 256, 0));
	struct { u32 len; u32 data; } key = {}, next;
	u32 i, cnt = 0;

	for (i = 0; i < 256; i++) {
		key.len = 16 + i % 17;
		key.data = (__force u32)cpu_to_be32(i << 24);
		KUNIT_ASSERT_EQ(test, map_fixture_update(map, &key, &i, MODBPF_NOEXIST), 0);
	}
	KUNIT_ASSERT_EQ(test, map_fixture_next(map, NULL, &next), 0);
	do {
		key = next;
		KUNIT_ASSERT_EQ(test, map->ops->delete(map, &key), 0);
		cnt++;
	} while (!map_fixture_next(map, &key, &next));
	KUNIT_EXPECT_EQ(test, cnt, 256u);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, &next), -ENOENT);
	map_fixture_free(map);
}

/* A program's update takes from the reserve; a system call's leaves it as full as it was. */
static void lpm_has_a_reserve(struct kunit *test)
{
	/* Nodes of more than 128 KiB: the reserve is two of them. */
	struct modbpf_map *map = map_fixture_make(test, (struct map_attr)
						  LPM(8, 200 * 1024, 8, 0));
	struct { u32 len; u32 data; } key = { .len = 32 };
	u8 *value = kunit_kzalloc(test, 200 * 1024, GFP_KERNEL);
	u32 try;
	long err;

	KUNIT_ASSERT_NOT_NULL(test, value);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, value, MODBPF_ANY), 0);
	key.data = 1;
	/* A leaf and a fork: both nodes. */
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &key, value, MODBPF_ANY), 0);
	key.data = 2;
	KUNIT_EXPECT_EQ(test, map->ops->update(map, &key, value, MODBPF_ANY), -ENOMEM);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, value, MODBPF_ANY), 0);
	/* What is deleted comes back after a while. */
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, &key), 0);
	key.data = 4;
	for (try = 0; try < 500; try++) {
		err = map->ops->update(map, &key, value, MODBPF_ANY);
		if (err != -ENOMEM)
			break;
		msleep(10);
	}
	KUNIT_EXPECT_EQ(test, err, 0);
	map_fixture_free(map);
}

#define STORM_THREADS 3
#define STORM_ROUNDS 1500

/* 10/8 stays; longer prefixes come and go below it. */
static void storm_thread(struct map_storm *storm, u32 number)
{
	struct modbpf_map *map = storm->map;
	struct { u32 len; u8 data[4]; } key;
	u32 i, *found;
	long err;

	for (i = 0; i < STORM_ROUNDS; i++) {
		key.len = 9 + i * 7 % 24;
		key.data[0] = 10;
		key.data[1] = i * 31;
		key.data[2] = i * 17;
		key.data[3] = i;
		if (i & 1)
			err = map_fixture_update(map, &key, &key.len, MODBPF_ANY);
		else
			err = map->ops->delete(map, &key);
		if (err && err != -ENOENT && err != -ENOSPC)
			atomic_inc(&storm->wrong);
		key.len = 32;
		rcu_read_lock();
		found = map->ops->lookup(map, &key);
		if (!found || READ_ONCE(*found) < 8 || READ_ONCE(*found) > 32)
			atomic_inc(&storm->wrong);
		rcu_read_unlock();
	}
}

static void lpm_survives_a_storm(struct kunit *test)
{
	struct map_storm storm = { .thread = storm_thread };
	struct { u32 len; u8 data[4]; } key = { 8, { 10 } };
	u32 value = 8;

	storm.map = map_fixture_make(test, (struct map_attr)LPM(8, 4, 60, 0));
	KUNIT_EXPECT_EQ(test, map_fixture_update(storm.map, &key, &value, MODBPF_ANY), 0);
	map_storm_over(test, &storm, STORM_THREADS);
	map_fixture_free(storm.map);
}

#define CHARGED_ROUNDS 60

/* New keys only, of values that are more than a step of what is charged: never less than there is. */
static void charged_thread(struct map_storm *storm, u32 number)
{
	struct modbpf_map *map = storm->map;
	struct { u32 len; u8 data[4]; } key = { 32, { 10, number } };
	u64 memory;
	u8 *value;

	value = kvzalloc(map->value_size, GFP_KERNEL);
	for (; value && key.data[3] < CHARGED_ROUNDS; key.data[3]++) {
		if (map_fixture_update(map, &key, value, MODBPF_ANY))
			atomic_inc(&storm->wrong);
		memory = READ_ONCE(map->memory);
		smp_rmb();	/* both only grow: what is charged after is at least that */
		if (READ_ONCE(map->obj.charge.used[QUOTA_MAP_BYTES]) < memory)
			atomic_inc(&storm->wrong);
	}
	kvfree(value);
}

static void lpm_charges_for_what_there_is(struct kunit *test)
{
	struct map_storm storm = { .thread = charged_thread };
	struct caller caller = { .cred = current_cred() };
	struct quota_charge *charge;

	storm.map = map_fixture_make(test, (struct map_attr)LPM(8, 60 * 1024, 256, 0));
	charge = &storm.map->obj.charge;
	KUNIT_EXPECT_EQ(test, quota_open(charge, &caller), 0);
	KUNIT_EXPECT_EQ(test, quota_set(charge, QUOTA_MAP_BYTES, storm.map->memory), 0);
	map_storm_over(test, &storm, STORM_THREADS);
	quota_close(charge);
	map_fixture_free(storm.map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lpm_finds_the_longest),
	KUNIT_CASE(lpm_takes_every_length),
	KUNIT_CASE(lpm_iterates_over_deletions),
	KUNIT_CASE(lpm_has_a_reserve),
	KUNIT_CASE(lpm_survives_a_storm),
	KUNIT_CASE(lpm_charges_for_what_there_is),
	{}
};

struct kunit_suite kunit_map_lpm_trie_suite = {
	.name = "map_lpm_trie",
	.test_cases = cases,
};
