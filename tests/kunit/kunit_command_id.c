// SPDX-License-Identifier: GPL-2.0-only
/* *_GET_NEXT_ID and *_GET_FD_BY_ID of programs, maps, links and BTF: a suite each. */
#include <linux/netfilter.h>

#include "module/btf.h"
#include "module/link.h"
#include "module/map.h"
#include "module/prog.h"
#include "tests/kunit/command_call.h"

/* One kind of object: how it is made, and its commands. */
struct kind {
	long (*make)(struct kunit *test);
	struct object_ids *ids;
	u32 next_cmd, fd_cmd;
};

static long make_prog(struct kunit *test)
{
	return command_load_trivial(test, MODBPF_PROG_SCHED_CLS);
}

static long make_map(struct kunit *test)
{
	return command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 1, 0);
}

static long make_link(struct kunit *test)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = make_prog(test);
	attr.link_create.attach_type = MODBPF_ATTACH_NETFILTER;
	attr.link_create.netfilter.pf = NFPROTO_IPV4;
	return command_try(test, MODBPF_CMD_LINK_CREATE, &attr);
}

static long make_btf(struct kunit *test)
{
	static const u32 btf[] = { 0x0001eb9f, 24, 0, 16, 16, 1, 0, 1 << 24, 4, 32, 0 };	/* an INT */
	union modbpf_attr attr = { .btf_size = 41 };

	attr.btf = command_put_user(test, btf, sizeof(btf));
	return command_try(test, MODBPF_CMD_BTF_LOAD, &attr);
}

static const struct kind progs = { make_prog, &modbpf_prog_ids, MODBPF_CMD_PROG_GET_NEXT_ID,
	MODBPF_CMD_PROG_GET_FD_BY_ID };
static const struct kind maps = { make_map, &modbpf_map_ids, MODBPF_CMD_MAP_GET_NEXT_ID,
	MODBPF_CMD_MAP_GET_FD_BY_ID };
static const struct kind links = { make_link, &modbpf_link_ids, MODBPF_CMD_LINK_GET_NEXT_ID,
	MODBPF_CMD_LINK_GET_FD_BY_ID };
static const struct kind btfs = { make_btf, &modbpf_btf_ids, MODBPF_CMD_BTF_GET_NEXT_ID,
	MODBPF_CMD_BTF_GET_FD_BY_ID };

/* The last one that is there, 0: none is. Whoever looks for BTF finds that of our functions. */
static u32 last_id(struct kunit *test, const struct kind *kind)
{
	union modbpf_attr attr = {};
	u32 id = 0, cnt = 0;

	while (!command_try(test, kind->next_cmd, &attr)) {
		id = attr.next_id;
		cnt++;
		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
	}
	KUNIT_EXPECT_EQ(test, cnt, (u32)(kind->ids == &modbpf_btf_ids));
	return id;
}

static void walk(struct kunit *test, const struct kind *kind)
{
	union modbpf_attr attr = { .start_id = last_id(test, kind) };
	u32 first;

	KUNIT_EXPECT_EQ(test, command_try(test, kind->next_cmd, &attr), -ENOENT);
	KUNIT_EXPECT_GE(test, kind->make(test), 0L);
	KUNIT_EXPECT_GE(test, kind->make(test), 0L);
	KUNIT_EXPECT_EQ(test, command_try(test, kind->next_cmd, &attr), 0);
	first = attr.next_id;
	KUNIT_EXPECT_GT(test, first, 0u);
	memset(&attr, 0, sizeof(attr));
	attr.start_id = first;
	KUNIT_EXPECT_EQ(test, command_try(test, kind->next_cmd, &attr), 0);
	KUNIT_EXPECT_GT(test, attr.next_id, first);
	attr.start_id = attr.next_id;
	attr.next_id = 0;
	KUNIT_EXPECT_EQ(test, command_try(test, kind->next_cmd, &attr), -ENOENT);
	attr.start_id = INT_MAX;
	KUNIT_EXPECT_EQ(test, command_try(test, kind->next_cmd, &attr), -EINVAL);
	attr.start_id = 0;
	attr.next_id = 1;
	KUNIT_EXPECT_EQ(test, command_try(test, kind->next_cmd, &attr), -EINVAL);
}

static void find(struct kunit *test, const struct kind *kind)
{
	u32 before = last_id(test, kind), id;
	long fd = kind->make(test), second;
	union modbpf_attr attr = {};

	id = object_next_id(kind->ids, before);

	attr.start_id = id;
	second = command_try(test, kind->fd_cmd, &attr);
	KUNIT_EXPECT_GE(test, second, 0L);
	/* The object lives as long as either fd does. */
	command_close(test, fd);
	KUNIT_EXPECT_EQ(test, object_next_id(kind->ids, before), id);
	command_close(test, second);
	KUNIT_EXPECT_EQ(test, command_try(test, kind->fd_cmd, &attr), -ENOENT);
	attr.start_id = 0;
	KUNIT_EXPECT_EQ(test, command_try(test, kind->fd_cmd, &attr), -ENOENT);
	attr.start_id = U32_MAX;
	KUNIT_EXPECT_EQ(test, command_try(test, kind->fd_cmd, &attr), -ENOENT);
}

#define ID_SUITES(kind_name) \
static void kind_name##_walk(struct kunit *test) { walk(test, &kind_name##s); } \
static void kind_name##_find(struct kunit *test) { find(test, &kind_name##s); } \
static struct kunit_case kind_name##_walk_cases[] = { KUNIT_CASE(kind_name##_walk), {} }; \
static struct kunit_case kind_name##_find_cases[] = { KUNIT_CASE(kind_name##_find), {} }; \
struct kunit_suite kunit_##kind_name##_next_id_command_suite = { \
	.name = "modbpf-command-" #kind_name "-next-id", \
	.init = command_begin, .exit = command_end, \
	.test_cases = kind_name##_walk_cases, \
}; \
struct kunit_suite kunit_##kind_name##_fd_by_id_command_suite = { \
	.name = "modbpf-command-" #kind_name "-fd-by-id", \
	.init = command_begin, .exit = command_end, \
	.test_cases = kind_name##_find_cases, \
}

ID_SUITES(prog);
ID_SUITES(map);
ID_SUITES(link);
ID_SUITES(btf);
