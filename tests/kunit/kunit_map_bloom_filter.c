// SPDX-License-Identifier: GPL-2.0-only
/* BLOOM_FILTER: what is in is always found; what is not is found about as often as is promised. */
#include "tests/kunit/map_fixture.h"

static struct modbpf_map *bloom_make(struct kunit *test, u32 value_size, u32 entries, u64 hashes)
{
	struct map_attr params = MAP_PARAMS(BLOOM_FILTER, 0, value_size, entries, 0);

	params.extra = hashes;
	return map_fixture_make(test, params);
}

/* A value of up to 12 bytes. */
static void *value_of(u32 number, u32 *room)
{
	room[0] = number * 2654435761u;
	room[1] = number;
	room[2] = ~number;
	return room;
}

/*
 * With 7/5 bits a hash and entry, rounded up, a full filter is at most half full: a
 * value that is not there is found with probability 2^-hashes at most.
 */
static void fill_and_count(struct kunit *test, u32 value_size, u64 hashes, u32 wrong_max)
{
	struct modbpf_map *map = bloom_make(test, value_size, 1000, hashes);
	u32 room[3], i, wrong = 0;

	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, map->ops->peek(map, value_of(0, room)), -ENOENT);
	for (i = 1; i <= 1000; i++)
		KUNIT_ASSERT_EQ(test, map->ops->push(map, value_of(i, room), MODBPF_ANY), 0);
	for (i = 1; i <= 1000; i++)
		KUNIT_ASSERT_EQ(test, map->ops->peek(map, value_of(i, room)), 0);
	for (i = 1001; i <= 11000; i++)
		wrong += !map->ops->peek(map, value_of(i, room));
	KUNIT_EXPECT_LE(test, wrong, wrong_max);
	map_fixture_free(map);
}

static void bloom_finds_what_is_in(struct kunit *test)
{
	/* 2^-hashes of 10,000, and a half more for chance. */
	fill_and_count(test, 12, 1, 7500);
	fill_and_count(test, 8, 3, 1875);
	fill_and_count(test, 4, 0, 470);
	fill_and_count(test, 9, 5, 470);
	fill_and_count(test, 7, 15, 5);
}

static void bloom_minds_its_flags(struct kunit *test)
{
	struct modbpf_map *map = bloom_make(test, 4, 1, 0);
	u32 value = 5;

	KUNIT_EXPECT_EQ(test, map->ops->push(map, &value, MODBPF_NOEXIST), -EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->push(map, &value, MODBPF_EXIST), -EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->peek(map, &value), -ENOENT);
	KUNIT_EXPECT_EQ(test, map->ops->push(map, &value, MODBPF_ANY), 0);
	KUNIT_EXPECT_EQ(test, map->ops->peek(map, &value), 0);
	/* It is asked, not filled. */
	KUNIT_EXPECT_EQ(test, value, 5u);
	KUNIT_EXPECT_NULL(test, map->ops->pop);
	KUNIT_EXPECT_EQ(test, map->ops->delete(map, NULL), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, map->ops->next_key(map, NULL, NULL), -EOPNOTSUPP);
	map_fixture_free(map);
}

static u64 bit_bytes(struct kunit *test, u32 entries, u64 hashes)
{
	struct modbpf_map *map = bloom_make(test, 4, entries, hashes);
	u64 bytes = map->memory;

	map_fixture_free(map);
	return bytes;
}

/* Bits: hashes * entries * 7/5, up to the next power of two, and at least a word. */
static void bloom_is_as_large_as_needed(struct kunit *test)
{
	u64 least = bit_bytes(test, 1, 1);

	KUNIT_EXPECT_EQ(test, bit_bytes(test, 46, 1), least);
	KUNIT_EXPECT_EQ(test, bit_bytes(test, 47, 1), least + 8);
	KUNIT_EXPECT_EQ(test, bit_bytes(test, 1000, 5), least - 8 + 1024);
	KUNIT_EXPECT_EQ(test, bit_bytes(test, 1000, 0), least - 8 + 1024);
	KUNIT_EXPECT_EQ(test, bit_bytes(test, 100000, 15), least - 8 + (1 << 19));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bloom_finds_what_is_in),
	KUNIT_CASE(bloom_minds_its_flags),
	KUNIT_CASE(bloom_is_as_large_as_needed),
	{}
};

struct kunit_suite kunit_map_bloom_filter_suite = {
	.name = "map_bloom_filter",
	.test_cases = cases,
};
