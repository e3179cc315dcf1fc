// SPDX-License-Identifier: GPL-2.0-only
/* LINK_CREATE, LINK_DETACH and OBJ_GET_INFO_BY_FD. A suite each. */
#include <linux/netfilter.h>

#include "tests/kunit/command_call.h"

#define CREATE MODBPF_CMD_LINK_CREATE
#define INFO MODBPF_CMD_OBJ_GET_INFO_BY_FD

static union modbpf_attr link_attr(int prog)
{
	union modbpf_attr attr = {};

	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = MODBPF_ATTACH_NETFILTER;
	attr.link_create.netfilter.pf = NFPROTO_IPV4;
	attr.link_create.netfilter.hooknum = NF_INET_LOCAL_IN;
	return attr;
}

static long info(struct kunit *test, int fd, u64 at, u32 bytes, union modbpf_attr *attr)
{
	memset(attr, 0, sizeof(*attr));
	attr->info.bpf_fd = fd;
	attr->info.info_len = bytes;
	attr->info.info = at;
	return command_try(test, INFO, attr);
}

static void create_hooks_and_closing_unhooks(struct kunit *test)
{
	int prog = command_load_trivial(test, MODBPF_PROG_NETFILTER), link;
	union modbpf_attr attr = link_attr(prog);

	link = command_try(test, CREATE, &attr);
	KUNIT_EXPECT_GE(test, link, 0);
	/* The link keeps its program. */
	command_close(test, prog);
	command_close(test, link);
}

static void create_refuses_bad_attrs(struct kunit *test)
{
	union modbpf_attr attr = link_attr(250);
	int map = command_make_map(test, MODBPF_MAP_ARRAY, 4, 8, 1, 0);

	KUNIT_EXPECT_EQ(test, command_try(test, CREATE, &attr), -EBADF);
	attr = link_attr(map);
	KUNIT_EXPECT_EQ(test, command_try(test, CREATE, &attr), -EINVAL);
	attr = link_attr(command_load_trivial(test, MODBPF_PROG_SOCKET_FILTER));
	KUNIT_EXPECT_EQ(test, command_try(test, CREATE, &attr), -EINVAL);
	attr.link_create.attach_type = 1000;
	KUNIT_EXPECT_EQ(test, command_try(test, CREATE, &attr), -EINVAL);
	attr.link_create.attach_type = MODBPF_ATTACH_PERF_EVENT;
	attr.link_create.target_fd = -1;
	KUNIT_EXPECT_EQ(test, command_try(test, CREATE, &attr), -EBADF);
	attr.link_create.target_fd = map;
	KUNIT_EXPECT_EQ(test, command_try(test, CREATE, &attr), -EINVAL);
}

static struct kunit_case create_cases[] = {
	KUNIT_CASE(create_hooks_and_closing_unhooks),
	KUNIT_CASE(create_refuses_bad_attrs),
	{}
};

struct kunit_suite kunit_link_create_command_suite = {
	.name = "modbpf-command-link-create",
	.init = command_begin,
	.exit = command_end,
	.test_cases = create_cases,
};

static void detach_is_idempotent(struct kunit *test)
{
	int prog = command_load_trivial(test, MODBPF_PROG_NETFILTER), link;
	union modbpf_attr attr = link_attr(prog);

	link = command_try(test, CREATE, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.link_detach.link_fd = prog;
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_LINK_DETACH, &attr), -EINVAL);
	attr.link_detach.link_fd = 250;
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_LINK_DETACH, &attr), -EBADF);
	attr.link_detach.link_fd = link;
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_LINK_DETACH, &attr), 0);
	KUNIT_EXPECT_EQ(test, command_try(test, MODBPF_CMD_LINK_DETACH, &attr), 0);
}

static struct kunit_case detach_cases[] = {
	KUNIT_CASE(detach_is_idempotent),
	{}
};

struct kunit_suite kunit_link_detach_command_suite = {
	.name = "modbpf-command-link-detach",
	.init = command_begin,
	.exit = command_end,
	.test_cases = detach_cases,
};

/* --- OBJ_GET_INFO_BY_FD ------------------------------------------------------------------ */

static void info_of_a_map(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 16, 0);
	u64 room = command_put_user(test, NULL, 256);
	struct modbpf_map_info map_info;
	union modbpf_attr attr;

	KUNIT_EXPECT_EQ(test, info(test, map, room, sizeof(map_info), &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.info.info_len, (u32)sizeof(map_info));
	command_get_user(test, &map_info, room, sizeof(map_info));
	KUNIT_EXPECT_EQ(test, map_info.type, (u32)MODBPF_MAP_HASH);
	KUNIT_EXPECT_EQ(test, map_info.max_entries, 16u);
}

static void info_of_a_program(struct kunit *test)
{
	int prog = command_load_trivial(test, MODBPF_PROG_NETFILTER);
	u64 room = command_put_user(test, NULL, 512);
	struct modbpf_prog_info prog_info;
	union modbpf_attr attr;

	KUNIT_EXPECT_EQ(test, info(test, prog, room, sizeof(prog_info), &attr), 0);
	command_get_user(test, &prog_info, room, sizeof(prog_info));
	KUNIT_EXPECT_EQ(test, prog_info.type, (u32)MODBPF_PROG_NETFILTER);
	KUNIT_EXPECT_EQ(test, prog_info.xlated_prog_len, 16u);
	KUNIT_EXPECT_TRUE(test, prog_info.gpl_compatible);
	KUNIT_EXPECT_GT(test, prog_info.jited_prog_len, 0u);
	KUNIT_EXPECT_EQ(test, prog_info.nr_jited_ksyms, 1u);
}

static void info_of_a_link(struct kunit *test)
{
	int prog = command_load_trivial(test, MODBPF_PROG_NETFILTER), link;
	union modbpf_attr attr = link_attr(prog);
	u64 room = command_put_user(test, NULL, 256);
	struct modbpf_link_info link_info;

	link = command_try(test, CREATE, &attr);
	KUNIT_EXPECT_EQ(test, info(test, link, room, sizeof(link_info), &attr), 0);
	command_get_user(test, &link_info, room, sizeof(link_info));
	KUNIT_EXPECT_EQ(test, link_info.type, (u32)MODBPF_LINK_TYPE_NETFILTER);
	KUNIT_EXPECT_GT(test, link_info.prog_id, 0u);
	KUNIT_EXPECT_EQ(test, link_info.netfilter.hooknum, (u32)NF_INET_LOCAL_IN);
}

static void info_minds_its_size(struct kunit *test)
{
	int map = command_make_map(test, MODBPF_MAP_HASH, 4, 8, 16, 0);
	u64 room = command_put_user(test, NULL, 8192);
	union modbpf_attr attr;
	u32 two[2], byte = 1;

	KUNIT_EXPECT_EQ(test, info(test, 250, room, 64, &attr), -EBADF);
	KUNIT_EXPECT_EQ(test, info(test, map, BAD_ADDRESS, 64, &attr), -EFAULT);
	KUNIT_EXPECT_EQ(test, info(test, map, room, 5000, &attr), -E2BIG);
	KUNIT_EXPECT_EQ(test, info(test, map, room, 4096, &attr), 0);
	KUNIT_EXPECT_EQ(test, attr.info.info_len, (u32)sizeof(struct modbpf_map_info));
	room = command_put_user(test, NULL, sizeof(struct modbpf_map_info));
	command_put_user(test, &byte, sizeof(byte));
	KUNIT_EXPECT_EQ(test, info(test, map, room, sizeof(struct modbpf_map_info) + 8, &attr), -E2BIG);
	room = command_put_user(test, NULL, 8);
	KUNIT_EXPECT_EQ(test, info(test, map, room, 4, &attr), 0);
	command_get_user(test, two, room, sizeof(two));
	KUNIT_EXPECT_EQ(test, two[0], (u32)MODBPF_MAP_HASH);
	KUNIT_EXPECT_EQ(test, two[1], 0u);
}

static struct kunit_case info_cases[] = {
	KUNIT_CASE(info_of_a_map),
	KUNIT_CASE(info_of_a_program),
	KUNIT_CASE(info_of_a_link),
	KUNIT_CASE(info_minds_its_size),
	{}
};

struct kunit_suite kunit_info_command_suite = {
	.name = "modbpf-command-info",
	.init = command_begin,
	.exit = command_end,
	.test_cases = info_cases,
};
