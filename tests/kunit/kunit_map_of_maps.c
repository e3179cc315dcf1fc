// SPDX-License-Identifier: GPL-2.0-only
/* Maps of maps through the commands: which maps come in, what is seen, when they go. */
#include <linux/err.h>
#include <linux/rcupdate.h>

#include "module/object.h"
#include "tests/kunit/command_call.h"
#include "tests/kunit/map_fixture.h"

#define LOOKUP MODBPF_CMD_MAP_LOOKUP_ELEM
#define UPDATE MODBPF_CMD_MAP_UPDATE_ELEM
#define DELETE MODBPF_CMD_MAP_DELETE_ELEM
#define TAKE MODBPF_CMD_MAP_LOOKUP_AND_DELETE_ELEM
#define NEXT_KEY MODBPF_CMD_MAP_GET_NEXT_KEY

static u64 put_u32(struct kunit *test, u32 number)
{
	return command_put_user(test, &number, sizeof(number));
}

static u32 get_u32(struct kunit *test, u64 from)
{
	u32 number = 0;

	command_get_user(test, &number, from, sizeof(number));
	return number;
}

static long make(struct kunit *test, u32 type, u32 entries, int inner)
{
	union modbpf_attr attr = { .map_type = type, .key_size = 4, .value_size = 4,
				   .max_entries = entries, .inner_map_fd = inner };

	return command_try(test, MODBPF_CMD_MAP_CREATE, &attr);
}

/* The map with that number, with a reference; NULL: it is gone. */
static struct modbpf_map *by_id(u32 id)
{
	struct object *obj = object_get_by_id(&modbpf_map_ids, id);

	return obj ? container_of(obj, struct modbpf_map, obj) : NULL;
}

static bool is_there(u32 id)
{
	struct modbpf_map *map = by_id(id);

	if (map)
		map_put(map);
	return map;
}

/* The number of the map at @key, 0: none. */
static u32 id_at(struct kunit *test, int outer, u32 key)
{
	u64 room = put_u32(test, 0);

	return command_element(test, LOOKUP, outer, put_u32(test, key), room, 0) ? 0 :
	       get_u32(test, room);
}

static long update(struct kunit *test, int outer, u32 key, int inner, u64 flags)
{
	return command_element(test, UPDATE, outer, put_u32(test, key), put_u32(test, inner), flags);
}

static void only_likes_come_in(struct kunit *test)
{
	int array = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	int larger = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 5, 0);
	int hash = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 4, 0);
	int flagged = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, MODBPF_F_INNER_MAP);
	int flagged5 = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 5, MODBPF_F_INNER_MAP);
	int prog = command_load_trivial(test, MODBPF_PROG_SOCKET_FILTER);
	int progs = command_make_map(test, MODBPF_MAP_PROG_ARRAY, 4, 4, 4, 0);
	int outer = make(test, MODBPF_MAP_ARRAY_OF_MAPS, 2, array);

	KUNIT_ASSERT_GE(test, outer, 0);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, array, 0), 0l);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, larger, 0), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, hash, 0), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, flagged, 0), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, outer, 0), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, prog, 0), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, 250, 0), (long)-EBADF);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, array, MODBPF_NOEXIST), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, update(test, outer, 2, array, 0), (long)-E2BIG);
	KUNIT_EXPECT_NE(test, id_at(test, outer, 0), 0u);
	command_close(test, outer);
	outer = make(test, MODBPF_MAP_ARRAY_OF_MAPS, 2, flagged);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, flagged5, 0), 0l);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, array, 0), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, make(test, MODBPF_MAP_ARRAY_OF_MAPS, 2, outer), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, make(test, MODBPF_MAP_HASH_OF_MAPS, 2, outer), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, make(test, MODBPF_MAP_HASH_OF_MAPS, 2, progs), (long)-ENOTSUPP);
	KUNIT_EXPECT_EQ(test, make(test, MODBPF_MAP_HASH_OF_MAPS, 2, prog), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, make(test, MODBPF_MAP_HASH_OF_MAPS, 2, 250), (long)-EBADF);
}

/* One map in all places at once: what is put in, seen and taken out. */
static void check_elements(struct kunit *test, u32 type)
{
	int inner = command_make_map(test, MODBPF_MAP_HASH, 8, 8, 4, 0);
	int outer = make(test, type, 2, inner);
	u64 room = put_u32(test, 0);
	u32 id;

	KUNIT_ASSERT_GE(test, outer, 0);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, outer, put_u32(test, 1), room, 0),
			(long)-ENOENT);
	KUNIT_EXPECT_EQ(test, update(test, outer, 1, inner, 0), 0l);
	id = id_at(test, outer, 1);
	command_close(test, inner);
	KUNIT_EXPECT_TRUE(test, is_there(id));
	KUNIT_EXPECT_EQ(test, command_element(test, TAKE, outer, put_u32(test, 1), room, 0),
			(long)-ENOTSUPP);
	KUNIT_EXPECT_EQ(test, command_element(test, LOOKUP, outer, put_u32(test, 1), room, 4),
			(long)-EINVAL);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, outer, put_u32(test, 1), 0, 0), 0l);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, outer, put_u32(test, 1), 0, 0),
			(long)-ENOENT);
	/* Nobody held it any more. */
	KUNIT_EXPECT_FALSE(test, is_there(id));

	inner = command_make_map(test, MODBPF_MAP_HASH, 8, 8, 100, 0);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, inner, 0), 0l);
	id = id_at(test, outer, 0);
	command_close(test, inner);
	inner = command_make_map(test, MODBPF_MAP_HASH, 8, 8, 100, 0);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, inner, 0), 0l);
	KUNIT_EXPECT_FALSE(test, is_there(id));
	id = id_at(test, outer, 0);
	KUNIT_EXPECT_EQ(test, update(test, outer, 0, inner, 0), 0l);
	KUNIT_EXPECT_EQ(test, id_at(test, outer, 0), id);
	command_close(test, inner);
	KUNIT_EXPECT_TRUE(test, is_there(id));
	command_close(test, outer);
	rcu_barrier();
	flush_workqueue(modbpf_wq);
	KUNIT_EXPECT_FALSE(test, is_there(id));
}

static void arrays_hold_maps(struct kunit *test)
{
	check_elements(test, MODBPF_MAP_ARRAY_OF_MAPS);
}

static void hashes_hold_maps(struct kunit *test)
{
	check_elements(test, MODBPF_MAP_HASH_OF_MAPS);
}

static void hashes_have_their_flags(struct kunit *test)
{
	int inner = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	int outer = make(test, MODBPF_MAP_HASH_OF_MAPS, 2, inner);
	u64 next = put_u32(test, 0);

	KUNIT_EXPECT_EQ(test, update(test, outer, 7, inner, MODBPF_EXIST), (long)-ENOENT);
	KUNIT_EXPECT_EQ(test, update(test, outer, 7, inner, MODBPF_NOEXIST), 0l);
	KUNIT_EXPECT_EQ(test, update(test, outer, 7, inner, MODBPF_NOEXIST), (long)-EEXIST);
	KUNIT_EXPECT_EQ(test, update(test, outer, 7, inner, 3), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, update(test, outer, 8, inner, 0), 0l);
	KUNIT_EXPECT_EQ(test, update(test, outer, 9, inner, 0), (long)-E2BIG);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, outer, 0, next, 0), 0l);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, outer, next, next, 0), 0l);
	KUNIT_EXPECT_EQ(test, command_element(test, NEXT_KEY, outer, next, next, 0), (long)-ENOENT);
}

/* A frozen map of maps stays as it is; the maps inside do not. */
static void freezing_is_not_inherited(struct kunit *test)
{
	int inner = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 4, 0);
	int outer = make(test, MODBPF_MAP_ARRAY_OF_MAPS, 2, inner);
	union modbpf_attr attr = { .map_fd = outer };
	u64 value = 7;

	KUNIT_EXPECT_EQ(test, update(test, outer, 0, inner, 0), 0l);
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_MAP_FREEZE, &attr), 0l);
	KUNIT_EXPECT_EQ(test, update(test, outer, 1, inner, 0), (long)-EPERM);
	KUNIT_EXPECT_EQ(test, command_element(test, DELETE, outer, put_u32(test, 0), 0, 0), (long)-EPERM);
	KUNIT_EXPECT_NE(test, id_at(test, outer, 0), 0u);
	KUNIT_EXPECT_EQ(test, command_element(test, UPDATE, inner, put_u32(test, 0),
					      command_put_user(test, &value, 8), 0), 0l);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(only_likes_come_in),
	KUNIT_CASE(arrays_hold_maps),
	KUNIT_CASE(hashes_hold_maps),
	KUNIT_CASE(hashes_have_their_flags),
	KUNIT_CASE(freezing_is_not_inherited),
	{}
};

struct kunit_suite kunit_map_of_maps_suite = {
	.name = "map_of_maps",
	.init = command_begin,
	.exit = command_end,
	.test_cases = cases,
};
