// SPDX-License-Identifier: GPL-2.0-only
/* PROG_ARRAY: who may meet in it, what a slot holds, when references go. */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "isa/bind.h"
#include "module/caller.h"
#include "module/map/prog_array.h"
#include "module/prog.h"
#include "tests/kunit/c_prog.h"
#include "tests/kunit/map_fixture.h"

static struct modbpf_map *make(struct kunit *test, u32 entries)
{
	return map_fixture_make(test, (struct map_attr)MAP_PARAMS(PROG_ARRAY, 4, 4, entries, 0));
}

static void prog_array_is_of_one_kind(struct kunit *test)
{
	struct modbpf_map *map = make(test, 4);

	KUNIT_EXPECT_EQ(test, prog_array_claim(map, MODBPF_PROG_KPROBE, 0, true), 0);
	KUNIT_EXPECT_EQ(test, prog_array_claim(map, MODBPF_PROG_KPROBE, 0, true), 0);
	KUNIT_EXPECT_EQ(test, prog_array_claim(map, MODBPF_PROG_KPROBE, 0, false), -EINVAL);
	KUNIT_EXPECT_EQ(test, prog_array_claim(map, MODBPF_PROG_SCHED_CLS, 0, true), -EINVAL);
	map_fixture_free(map);
}

/* What enters as a filter of incoming packets must not end with a verdict for outgoing ones. */
static void prog_array_is_of_one_result(struct kunit *test)
{
	const u32 in = MODBPF_ATTACH_CGROUP_INGRESS, out = MODBPF_ATTACH_CGROUP_EGRESS;
	struct modbpf_map *map = make(test, 4);

	KUNIT_EXPECT_EQ(test, prog_array_claim(map, MODBPF_PROG_CGROUP_SKB, in, true), 0);
	KUNIT_EXPECT_EQ(test, prog_array_claim(map, MODBPF_PROG_CGROUP_SKB, out, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, prog_array_claim(map, MODBPF_PROG_CGROUP_SKB, in, true), 0);
	map_fixture_free(map);
}

/* A program that nobody can run, with a descriptor. */
static struct modbpf_prog *make_prog(struct kunit *test, const struct caller *caller, u32 type,
				     u64 entry, int *fd)
{
	struct modbpf_prog *prog = c_prog_new(test, type, NULL);

	prog->tail_entry = entry;
	KUNIT_ASSERT_EQ(test, object_publish(&modbpf_prog_ids, &prog->obj), 0);
	*fd = caller_fd_install(caller, "bpf-prog", &modbpf_prog_fops, prog_get(prog), O_RDWR);
	KUNIT_ASSERT_GE(test, *fd, 0);
	return prog;
}

static void prog_array_holds_programs(struct kunit *test)
{
	struct modbpf_map *map = make(test, 4);
	struct modbpf_prog *first, *second, *foreign;
	int first_fd, second_fd, foreign_fd, no_fd = 1000000;
	u32 slot = 2, behind = 4, id;
	struct map_bind bind = {};
	struct caller caller;
	u64 *words;

	caller_init_current(&caller);
	first = make_prog(test, &caller, MODBPF_PROG_KPROBE, 0x1110, &first_fd);
	second = make_prog(test, &caller, MODBPF_PROG_KPROBE, 0x2220, &second_fd);
	foreign = make_prog(test, &caller, MODBPF_PROG_CGROUP_SKB, 0x3330, &foreign_fd);
	map->ops->bind(map, &bind);
	words = (u64 *)(unsigned long)bind.values;
	KUNIT_EXPECT_EQ(test, bind.max_entries, 4u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &slot, &id, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, map->ops->sys_delete(map, &slot), -ENOENT);
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &first_fd, 0), 0);
	KUNIT_EXPECT_EQ(test, words[2], 0x1110ull);
	KUNIT_EXPECT_EQ(test, words[0] | words[1] | words[3], 0ull);
	KUNIT_EXPECT_EQ(test, refcount_read(&first->obj.refs), 3u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &slot, &id, 0), 0);
	KUNIT_EXPECT_EQ(test, id, first->obj.id);
	/* Refusals leave the slot as it is, and no reference behind. */
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &foreign_fd, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &no_fd, 0), -EBADF);
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &second_fd, MODBPF_EXIST),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &behind, &second_fd, 0), -E2BIG);
	second->verified->uses_override = true;
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &second_fd, 0), -EINVAL);
	second->verified->uses_override = false;
	KUNIT_EXPECT_EQ(test, words[2], 0x1110ull);
	KUNIT_EXPECT_EQ(test, refcount_read(&second->obj.refs), 2u);
	KUNIT_EXPECT_EQ(test, refcount_read(&foreign->obj.refs), 2u);
	/* Replacing and deleting give the references back. */
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &second_fd, 0), 0);
	KUNIT_EXPECT_EQ(test, words[2], 0x2220ull);
	KUNIT_EXPECT_EQ(test, refcount_read(&first->obj.refs), 2u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_delete(map, &slot), 0);
	KUNIT_EXPECT_EQ(test, words[2], 0ull);
	KUNIT_EXPECT_EQ(test, refcount_read(&second->obj.refs), 2u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_delete(map, &behind), -E2BIG);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &behind, &id, 0), -ENOENT);
	/* The last descriptor of the array empties it, and so does its end. */
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &first_fd, 0), 0);
	map->ops->release_fds(map);
	KUNIT_EXPECT_EQ(test, words[2], 0ull);
	KUNIT_EXPECT_EQ(test, refcount_read(&first->obj.refs), 2u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_update(&caller, map, &slot, &first_fd, 0), 0);
	map_fixture_free(map);
	KUNIT_EXPECT_EQ(test, refcount_read(&first->obj.refs), 2u);
	close_fd(first_fd);
	close_fd(second_fd);
	close_fd(foreign_fd);
	prog_put(first);
	prog_put(second);
	prog_put(foreign);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(prog_array_is_of_one_kind),
	KUNIT_CASE(prog_array_is_of_one_result),
	KUNIT_CASE(prog_array_holds_programs),
	{}
};

struct kunit_suite kunit_map_prog_array_suite = {
	.name = "map_prog_array",
	.test_cases = cases,
};
