// SPDX-License-Identifier: GPL-2.0-only
/* The commands on maps: MAP_CREATE, the element commands, MAP_FREEZE. A suite each. */
#include "tests/kunit/command_call.h"

#define LOOKUP MODBPF_CMD_MAP_LOOKUP_ELEM
#define UPDATE MODBPF_CMD_MAP_UPDATE_ELEM
#define DELETE MODBPF_CMD_MAP_DELETE_ELEM
#define TAKE MODBPF_CMD_MAP_LOOKUP_AND_DELETE_ELEM
#define NEXT_KEY MODBPF_CMD_MAP_GET_NEXT_KEY

static u64 put_u32(struct kunit *test, u32 number)
{
	return command_put_user(test, &number, sizeof(number));
}

static u64 put_u64(struct kunit *test, u64 number)
{
	return command_put_user(test, &number, sizeof(number));
}

static u64 get_u64(struct kunit *test, u64 from)
{
	u64 number = 0;

	command_get_user(test, &number, from, sizeof(number));
	return number;
}

/* --- MAP_CREATE ---------------------------------------------------------------------- */

static void create_gives_an_fd(struct kunit *test)
{
	int fd = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);

	KUNIT_EXPECT_GE(test, fd, 0);
	command_close(test, fd);
}

static void create_refuses_bad_attrs(struct kunit *test)
{
	union modbpf_attr attr = { .map_type = MODBPF_MAP_ARRAY, .key_size = 4, .value_size = 8,
				   .max_entries = 1, .map_name = "no-name" };

	KUNIT_EXPECT_EQ(test, command_make_map(test, 0, 4, 8, 4, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_make_map(test, MODBPF_MAP_ARRAY, 5, 8, 4, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 1u << 31), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_MAP_CREATE, &attr), -EINVAL);
	attr.map_name[2] = '_';
	attr.btf_value_type_id = 1;
	attr.btf_fd = 250;
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_MAP_CREATE, &attr), -EBADF);
}

static struct kunit_case create_cases[] = {
	KUNIT_CASE(create_gives_an_fd),
	KUNIT_CASE(create_refuses_bad_attrs),
	{}
};

/* --- MAP_LOOKUP_ELEM ------------------------------------------------------------------ */

static void lookup_copies_out(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, 0);
	u64 key = put_u32(test, 7), value = put_u64(test, 99), room = put_u64(test, 0);

	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, room, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, room, 0), 0);
	KUNIT_EXPECT_EQ(test, get_u64(test, room), 99ULL);
}

static void lookup_refuses_bad_input(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	int ring = command_make_map(test, MODBPF_MAP_RINGBUF, 0, 0, 4096, 0);
	int prog = command_load_trivial(test, MODBPF_PROG_SOCKET_FILTER);
	int blind = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, MODBPF_F_WRONLY);
	u64 key = put_u32(test, 0), room = put_u64(test, 0);

	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, 250, key, room, 0), -EBADF);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, prog, key, room, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, BAD_ADDRESS, room, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, BAD_ADDRESS, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, room, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, room, MODBPF_F_LOCK), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, ring, 0, room, 0), -ENOTSUPP);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, blind, key, room, 0), -EPERM);
}

/* A queue shows what comes next; a filter says whether it has what it is shown. */
static void lookup_peeks(struct kunit *test)
{
	int queue = command_make_map(test, MODBPF_MAP_QUEUE, 0, 8, 1, 0);
	int bloom = command_make_map(test, MODBPF_MAP_BLOOM_FILTER, 0, 8, 1, 0);
	u64 value = put_u64(test, 5), room = put_u64(test, 77);

	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, queue, 0, room, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, queue, 0, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, queue, 0, room, 0), 0);
	KUNIT_EXPECT_EQ(test, get_u64(test, room), 5ULL);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, queue, value, room, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, queue, 0, BAD_ADDRESS, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, bloom, 0, value, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, bloom, 0, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, bloom, 0, value, 0), 0);
	KUNIT_EXPECT_EQ(test, get_u64(test, value), 5ULL);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, bloom, 0, BAD_ADDRESS, 0), -EFAULT);
}

static struct kunit_case lookup_cases[] = {
	KUNIT_CASE(lookup_peeks),
	KUNIT_CASE(lookup_copies_out),
	KUNIT_CASE(lookup_refuses_bad_input),
	{}
};

/* --- MAP_UPDATE_ELEM -------------------------------------------------------------------- */

static void update_minds_its_flags(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, 0);
	u64 key = put_u32(test, 7), value = put_u64(test, 1);

	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, MODBPF_EXIST), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, MODBPF_NOEXIST), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, MODBPF_NOEXIST), -EEXIST);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, 64), -EINVAL);
}

static void update_refuses_bad_input(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	int reader = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, MODBPF_F_RDONLY);
	u64 key = put_u32(test, 0), value = put_u64(test, 1);

	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, 250, key, value, 0), -EBADF);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, BAD_ADDRESS, value, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, BAD_ADDRESS, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, reader, key, value, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, put_u32(test, 4), value, 0), -E2BIG);
}

static void update_pushes(struct kunit *test)
{
	int stack = command_make_map(test, MODBPF_MAP_STACK, 0, 8, 1, 0);
	int bloom = command_make_map(test, MODBPF_MAP_BLOOM_FILTER, 0, 8, 1, 0);
	u64 value = put_u64(test, 5);

	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, stack, 0, value, MODBPF_NOEXIST), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, stack, 0, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, stack, 0, value, 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, stack, 0, value, MODBPF_EXIST), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, stack, value, value, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, bloom, 0, value, MODBPF_EXIST), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, stack, 0, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, bloom, 0, 0, 0), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, stack, 0, value, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, bloom, 0, value, 0), -EOPNOTSUPP);
}

static struct kunit_case update_cases[] = {
	KUNIT_CASE(update_pushes),
	KUNIT_CASE(update_minds_its_flags),
	KUNIT_CASE(update_refuses_bad_input),
	{}
};

/* --- MAP_DELETE_ELEM --------------------------------------------------------------------- */

static void delete_removes(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, 0);
	int array = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	u64 key = put_u32(test, 7), value = put_u64(test, 1);

	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, map, key, value, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, map, key, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, map, key, 0, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, array, key, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, 250, key, 0, 0), -EBADF);
}

static struct kunit_case delete_cases[] = {
	KUNIT_CASE(delete_removes),
	{}
};

/* --- MAP_LOOKUP_AND_DELETE_ELEM -------------------------------------------------------------- */

static void take_reads_and_removes(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 1, 0);
	u64 key = put_u32(test, 7), room = put_u64(test, 0);

	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, map, key, room, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, get_u64(test, room), 0ULL);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, put_u64(test, 99), 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, map, key, room, 0), 0);
	KUNIT_EXPECT_EQ(test, get_u64(test, room), 99ULL);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, room, 0), -ENOENT);
	/* The only element is free again. */
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, put_u32(test, 8), room, 0), 0);
}

static void take_refuses_bad_input(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, 0);
	int array = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	int reader = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, MODBPF_F_RDONLY);
	int writer = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, MODBPF_F_WRONLY);
	u64 key = put_u32(test, 7), room = put_u64(test, 5);

	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, room, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, 250, key, room, 0), -EBADF);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, reader, key, room, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, writer, key, room, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, array, key, room, 0), -ENOTSUPP);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, map, BAD_ADDRESS, room, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, map, key, room, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, map, key, room, MODBPF_F_LOCK), -EINVAL);
	/* What was refused has removed nothing; what cannot be copied out is gone. */
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, room, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, map, key, BAD_ADDRESS, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, room, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, room, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, MODBPF_CMD_MAP_FREEZE, map, 0, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, map, key, room, 0), -EPERM);
}

static void take_pops(struct kunit *test)
{
	int queue = command_make_map(test, MODBPF_MAP_QUEUE, 0, 8, 1, 0);
	int bloom = command_make_map(test, MODBPF_MAP_BLOOM_FILTER, 0, 8, 1, 0);
	u64 value = put_u64(test, 5), room = put_u64(test, 77);

	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, queue, 0, room, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, get_u64(test, room), 77ULL);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, queue, 0, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, queue, value, room, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, queue, 0, room, MODBPF_F_LOCK), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, queue, 0, room, 0), 0);
	KUNIT_EXPECT_EQ(test, get_u64(test, room), 5ULL);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, queue, 0, room, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, bloom, 0, room, 0), -ENOTSUPP);
}

static struct kunit_case take_cases[] = {
	KUNIT_CASE(take_pops),
	KUNIT_CASE(take_reads_and_removes),
	KUNIT_CASE(take_refuses_bad_input),
	{}
};

/* --- MAP_GET_NEXT_KEY ------------------------------------------------------------------------ */

static void next_key_walks(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 2, 0);
	int ring = command_make_map(test, MODBPF_MAP_RINGBUF, 0, 0, 4096, 0);
	u64 room = put_u32(test, 77);
	u32 key = 77;

	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, map, 0, room, 0), 0);
	command_get_user(test, &key, room, sizeof(key));
	KUNIT_EXPECT_EQ(test, key, 0u);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, map, room, room, 0), 0);
	command_get_user(test, &key, room, sizeof(key));
	KUNIT_EXPECT_EQ(test, key, 1u);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, map, room, room, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, map, 0, BAD_ADDRESS, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, map, 0, room, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, ring, 0, room, 0), -ENOTSUPP);
}

static struct kunit_case next_key_cases[] = {
	KUNIT_CASE(next_key_walks),
	{}
};

/* --- MAP_FREEZE ------------------------------------------------------------------------------- */

static void freeze_ends_writing(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 2, 0);
	int reader = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 2, MODBPF_F_RDONLY);
	u64 key = put_u32(test, 0), value = put_u64(test, 1);

	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, MODBPF_CMD_MAP_FREEZE, map, 0, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, MODBPF_CMD_MAP_FREEZE, map, 0, 0, 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, map, key, value, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, map, key, value, 0), 0);
	KUNIT_EXPECT_EQ(test, command_element(test, MODBPF_CMD_MAP_FREEZE, reader, 0, 0, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, command_element(test, MODBPF_CMD_MAP_FREEZE, 250, 0, 0, 0), -EBADF);
}

static struct kunit_case freeze_cases[] = {
	KUNIT_CASE(freeze_ends_writing),
	{}
};

#define COMMAND_SUITE(what) \
struct kunit_suite kunit_map_##what##_command_suite = { \
	.name = "modbpf-command-map-" #what, \
	.init = command_begin, \
	.exit = command_end, \
	.test_cases = what##_cases, \
}

COMMAND_SUITE(create);
COMMAND_SUITE(lookup);
COMMAND_SUITE(update);
COMMAND_SUITE(delete);
COMMAND_SUITE(take);
COMMAND_SUITE(next_key);
COMMAND_SUITE(freeze);
