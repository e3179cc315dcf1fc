// SPDX-License-Identifier: GPL-2.0-only
/* MAP_*_BATCH: all elements come, each once; counts and tokens say how far it got. */
#include "tests/kunit/command_call.h"

#include <linux/cpumask.h>
#include <linux/errno.h>

#define LOOKUP MODBPF_CMD_MAP_LOOKUP_BATCH
#define TAKE MODBPF_CMD_MAP_LOOKUP_AND_DELETE_BATCH
#define UPDATE MODBPF_CMD_MAP_UPDATE_BATCH
#define DELETE MODBPF_CMD_MAP_DELETE_BATCH

#define ENTRIES 100

/* Keys 1 to ENTRIES; the value is the key's tenfold. */
static struct batch_room {
	u32 keys[ENTRIES];
	u64 values[ENTRIES * 8];	/* of up to 8 CPUs */
} room;

static u32 cpus_of(u32 type)
{
	return type == MODBPF_MAP_HASH || type == MODBPF_MAP_LRU_HASH || type == MODBPF_MAP_ARRAY ?
	       1 : num_possible_cpus();
}

static union modbpf_attr attr_of(int map, u64 keys, u64 values, u32 count)
{
	return (union modbpf_attr){ .batch = { .keys = keys, .values = values, .count = count,
					       .map_fd = map } };
}

static void fill_room(u32 cpus, u32 first)
{
	u32 i, cpu;

	for (i = 0; i < ENTRIES; i++) {
		room.keys[i] = first + i;
		for (cpu = 0; cpu < cpus; cpu++)
			room.values[i * cpus + cpu] = (first + i) * 10 + cpu;
	}
}

/* @cnt elements came; those of @seen did before. */
static void check_room(struct kunit *test, u32 cnt, u32 cpus, u32 first, bool *seen)
{
	u32 i, cpu, key;

	for (i = 0; i < cnt; i++) {
		key = room.keys[i];
		KUNIT_ASSERT_TRUE(test, key >= first && key < first + ENTRIES);
		KUNIT_ASSERT_FALSE(test, seen[key - first]);
		seen[key - first] = true;
		for (cpu = 0; cpu < cpus; cpu++)
			KUNIT_ASSERT_EQ(test, room.values[i * cpus + cpu], (u64)key * 10 + cpu);
	}
}

/* Read all, in portions of @portion, and see each once. */
static void read_all(struct kunit *test, u32 cmd, int map, u32 cpus, u32 portion, u32 first)
{
	u64 keys = command_put_user(test, NULL, sizeof(room.keys));
	u64 values = command_put_user(test, NULL, sizeof(room.values));
	u64 token = command_put_user(test, NULL, 8);
	union modbpf_attr attr;
	bool seen[ENTRIES] = {};
	u32 total = 0, calls = 0;
	long err = 0;

	while (!err) {
		attr = attr_of(map, keys, values, portion);
		attr.batch.in_batch = calls++ ? token : 0;
		attr.batch.out_batch = token;
		err = command_try(test, cmd, &attr);
		KUNIT_ASSERT_LE(test, attr.batch.count, portion);
		command_get_user(test, room.keys, keys, sizeof(room.keys));
		command_get_user(test, room.values, values, sizeof(room.values));
		check_room(test, attr.batch.count, cpus, first, seen);
		total += attr.batch.count;
		KUNIT_ASSERT_LE(test, calls, (u32)ENTRIES + 1);
	}
	KUNIT_EXPECT_EQ(test, err, (long)-ENOENT);
	KUNIT_EXPECT_EQ(test, total, (u32)ENTRIES);
}

static void write_all(struct kunit *test, int map, u32 cpus, u32 first)
{
	union modbpf_attr attr;

	fill_room(cpus, first);
	attr = attr_of(map, command_put_user(test, room.keys, sizeof(room.keys)),
		       command_put_user(test, room.values, sizeof(room.values)), ENTRIES);
	KUNIT_ASSERT_EQ(test, command_try(test, UPDATE, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.batch.count, (u32)ENTRIES);
}

static void run_on(struct kunit *test, u32 type, u32 portion)
{
	bool is_array = type == MODBPF_MAP_ARRAY || type == MODBPF_MAP_PERCPU_ARRAY;
	int map = command_make_map(test, type, 4, 8, ENTRIES, 0);
	u32 cpus = cpus_of(type), first = is_array ? 0 : 1;

	if (cpus > 8)
		return;
	KUNIT_ASSERT_GE(test, map, 0);
	write_all(test, map, cpus, first);
	read_all(test, LOOKUP, map, cpus, portion, first);
	read_all(test, LOOKUP, map, cpus, ENTRIES, first);
	if (!is_array) {
		union modbpf_attr attr = attr_of(map, 0, 0, 10);

		read_all(test, TAKE, map, cpus, portion, first);
		attr.batch.keys = command_put_user(test, NULL, sizeof(room.keys));
		attr.batch.values = command_put_user(test, NULL, sizeof(room.values));
		attr.batch.out_batch = command_put_user(test, NULL, 4);
		KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -ENOENT);
		KUNIT_EXPECT_EQ(test, attr.batch.count, 0u);
		/* And all room is there again. */
		write_all(test, map, cpus, first);
		read_all(test, LOOKUP, map, cpus, ENTRIES, first);
	}
	command_close(test, map);
}

/* Each type in a case of its own: user memory is as large as one needs. */
#define GIVES_EACH_ONCE(name, type, portion) \
static void name##_gives_each_element_once(struct kunit *test) \
{ \
	run_on(test, MODBPF_MAP_##type, portion); \
}

GIVES_EACH_ONCE(hash, HASH, 20)
GIVES_EACH_ONCE(percpu_hash, PERCPU_HASH, 20)
GIVES_EACH_ONCE(lru_hash, LRU_HASH, 33)
GIVES_EACH_ONCE(lru_percpu_hash, LRU_PERCPU_HASH, ENTRIES)
GIVES_EACH_ONCE(array, ARRAY, 7)
GIVES_EACH_ONCE(percpu_array, PERCPU_ARRAY, 50)

static void batches_of_prefixes(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_LPM_TRIE, 8, 4, 8, MODBPF_F_NO_PREALLOC);
	static const u32 prefixes[3][2] = { { 8, 10 }, { 16, 10 }, { 32, 0x0100007f } };
	static const u32 numbers[3] = { 1, 2, 3 };
	u64 keys = command_put_user(test, prefixes, sizeof(prefixes)), got;
	union modbpf_attr attr = attr_of(map, keys, command_put_user(test, numbers, 12), 3);
	u32 values[3], i, sum = 0;

	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 3u);
	got = command_put_user(test, NULL, 12);
	attr = attr_of(map, command_put_user(test, NULL, 24), got, 3);
	attr.batch.out_batch = command_put_user(test, NULL, 8);
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 3u);
	command_get_user(test, values, got, 12);
	for (i = 0; i < 3; i++)
		sum |= 1 << values[i];
	KUNIT_EXPECT_EQ(test, sum, 0xeu);
	attr.batch.in_batch = attr.batch.out_batch;
	attr.batch.count = 3;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -ENOENT);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 0u);
	attr = attr_of(map, keys, 0, 2);
	KUNIT_EXPECT_EQ(test, command_try(test, DELETE, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 2u);
	attr = attr_of(map, keys, 0, 2);
	KUNIT_EXPECT_EQ(test, command_try(test, DELETE, &attr), -ENOENT);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 0u);
	attr = attr_of(map, keys, got, 2);
	KUNIT_EXPECT_EQ(test, command_try(test, TAKE, &attr), -ENOTSUPP);
}

/* Values are fds on the way in, numbers on the way out; what is taken is gone. */
static void batches_of_maps(struct kunit *test)
{
	int inner = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 1, 0);
	union modbpf_attr attr = { .map_type = MODBPF_MAP_HASH_OF_MAPS, .key_size = 4,
				   .value_size = 4, .max_entries = ENTRIES, .inner_map_fd = inner };
	int outer = command_try(test, MODBPF_CMD_MAP_CREATE, &attr);
	u32 fds[3], ids[4] = {}, got_keys[4], i, seen = 0;
	static const u32 key[4] = { 1, 2, 3, 4 };
	u64 keys = command_put_user(test, key, sizeof(key)), values, out, token;

	KUNIT_ASSERT_GE(test, outer, 0);
	for (i = 0; i < 3; i++)
		fds[i] = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 1, 0);
	values = command_put_user(test, fds, sizeof(fds));
	out = command_put_user(test, NULL, sizeof(ids));
	token = command_put_user(test, NULL, 4);
	attr = attr_of(outer, keys, values, 3);
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 3u);
	for (i = 0; i < 3; i++)
		command_close(test, fds[i]);
	attr = attr_of(outer, command_put_user(test, NULL, 16), out, 4);
	attr.batch.out_batch = token;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -ENOENT);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 3u);
	command_get_user(test, got_keys, attr.batch.keys, sizeof(got_keys));
	command_get_user(test, ids, out, sizeof(ids));
	for (i = 0; i < 3; i++) {
		seen |= 1 << got_keys[i];
		attr = (union modbpf_attr){ .map_id = ids[i] };
		fds[i] = command_try(test, MODBPF_CMD_MAP_GET_FD_BY_ID, &attr);
		KUNIT_EXPECT_GE(test, (int)fds[i], 0);
		command_close(test, fds[i]);
	}
	KUNIT_EXPECT_EQ(test, seen, 0xeu);
	attr = attr_of(outer, keys, 0, 1);
	KUNIT_EXPECT_EQ(test, command_try(test, DELETE, &attr), 0);
	attr = attr_of(outer, command_put_user(test, NULL, 16), out, 4);
	attr.batch.out_batch = token;
	KUNIT_EXPECT_EQ(test, command_try(test, TAKE, &attr), -ENOENT);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 2u);
	attr.batch.count = 4;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -ENOENT);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 0u);
	/* What was taken has no other reference, nor had what was deleted. */
	for (i = 0; i < 3; i++) {
		attr = (union modbpf_attr){ .map_id = ids[i] };
		KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_MAP_GET_FD_BY_ID, &attr),
				-ENOENT);
	}
	/* A map that does not fit ends the batch there. */
	fds[0] = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 1, 0);
	fds[1] = command_make_map(test, MODBPF_MAP_ARRAY, 4, 4, 1, 0);
	attr = attr_of(outer, keys, command_put_user(test, fds, 8), 2);
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), -EINVAL);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 1u);
}

/* With one bucket, all or nothing. */
static void batches_keep_buckets_whole(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 1, 0);
	u32 number = 7;
	u64 key = command_put_user(test, &number, 4), value = command_put_user(test, NULL, 8);
	u64 token = command_put_user(test, NULL, 4);
	union modbpf_attr attr = attr_of(map, key, value, 1);

	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), 0);
	attr.batch.out_batch = token;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -ENOENT);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 1u);
	command_get_user(test, &number, token, 4);
	KUNIT_EXPECT_EQ(test, number, 1u);
	/* Behind the last bucket is nothing. */
	attr.batch.in_batch = token;
	attr.batch.count = 1;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -ENOENT);
	number = U32_MAX;
	attr.batch.in_batch = command_put_user(test, &number, 4);
	attr.batch.count = 1;
	KUNIT_EXPECT_EQ(test, command_try(test, TAKE, &attr), -ENOENT);
}

/* A bucket of two does not fit in a portion of one. */
static void batches_refuse_too_little_room(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, ENTRIES, MODBPF_F_ZERO_SEED);
	u64 keys, values = command_put_user(test, NULL, sizeof(room.values));
	u64 token = command_put_user(test, NULL, 4);
	union modbpf_attr attr;
	u32 calls = 0;
	long err = 0;

	/* 100 keys in 128 buckets: some bucket has two, as the seed is known and they do not all differ. */
	write_all(test, map, 1, 1);
	keys = command_put_user(test, NULL, sizeof(room.keys));
	while (!err && calls <= 128) {
		attr = attr_of(map, keys, values, 1);
		attr.batch.in_batch = calls++ ? token : 0;
		attr.batch.out_batch = token;
		err = command_try(test, LOOKUP, &attr);
	}
	KUNIT_EXPECT_EQ(test, err, (long)-ENOSPC);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 0u);
	/* The same place, with room. */
	attr.batch.in_batch = token;
	attr.batch.count = ENTRIES;
	KUNIT_EXPECT_EQ(test, command_try(test, TAKE, &attr), -ENOENT);
	KUNIT_EXPECT_GE(test, attr.batch.count, 2u);
}

static void batches_refuse_bad_input(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, 0);
	int array = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	int queue = command_make_map(test, MODBPF_MAP_QUEUE, 0, 8, 4, 0);
	int reader = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, MODBPF_F_RDONLY);
	int writer = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, MODBPF_F_WRONLY);
	static const u32 two[2] = { 1, 2 };
	u64 keys = command_put_user(test, two, 8), values = command_put_user(test, NULL, 16);
	union modbpf_attr attr = attr_of(250, keys, values, 2);
	const union modbpf_attr good = attr_of(map, keys, values, 2);

	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -EBADF);
	attr.batch.map_fd = reader;
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), -EPERM);
	KUNIT_EXPECT_EQ(test, command_try(test, DELETE, &attr), -EPERM);
	KUNIT_EXPECT_EQ(test, command_try(test, TAKE, &attr), -EPERM);
	attr.batch.map_fd = writer;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -EPERM);
	KUNIT_EXPECT_EQ(test, command_try(test, TAKE, &attr), -EPERM);
	attr.batch.map_fd = queue;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -ENOTSUPP);
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), -ENOTSUPP);
	attr.batch.map_fd = array;
	KUNIT_EXPECT_EQ(test, command_try(test, DELETE, &attr), -ENOTSUPP);
	KUNIT_EXPECT_EQ(test, command_try(test, TAKE, &attr), -ENOTSUPP);
	attr = good;
	attr.batch.elem_flags = 8;
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), -EINVAL);
	attr.batch.elem_flags = MODBPF_F_LOCK;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -EINVAL);
	attr = good;
	attr.batch.flags = 1;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -EINVAL);
	attr = good;
	attr.batch.keys = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), -EFAULT);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 0u);
	attr = good;
	attr.batch.in_batch = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -EFAULT);
	attr = good;
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), 0);
	attr = good;
	attr.batch.values = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -EFAULT);
	attr = good;
	attr.batch.out_batch = BAD_ADDRESS;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), -EFAULT);
	attr = good;
	attr.batch.count = 0;
	KUNIT_EXPECT_EQ(test, command_try(test, LOOKUP, &attr), 0);
	/* More than there is room for: the first four are in, and counted. */
	fill_room(1, 1);
	attr = attr_of(map, command_put_user(test, room.keys, sizeof(room.keys)),
		       command_put_user(test, room.values, sizeof(room.values)), ENTRIES);
	KUNIT_EXPECT_EQ(test, command_try(test, UPDATE, &attr), -E2BIG);
	KUNIT_EXPECT_EQ(test, attr.batch.count, 4u);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hash_gives_each_element_once),
	KUNIT_CASE(percpu_hash_gives_each_element_once),
	KUNIT_CASE(lru_hash_gives_each_element_once),
	KUNIT_CASE(lru_percpu_hash_gives_each_element_once),
	KUNIT_CASE(array_gives_each_element_once),
	KUNIT_CASE(percpu_array_gives_each_element_once),
	KUNIT_CASE(batches_of_prefixes),
	KUNIT_CASE(batches_of_maps),
	KUNIT_CASE(batches_keep_buckets_whole),
	KUNIT_CASE(batches_refuse_too_little_room),
	KUNIT_CASE(batches_refuse_bad_input),
	{}
};

struct kunit_suite kunit_map_batch_command_suite = {
	.name = "modbpf-command-map-batch",
	.init = command_begin,
	.exit = command_end,
	.test_cases = cases,
};
