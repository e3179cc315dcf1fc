// SPDX-License-Identifier: GPL-2.0-only
/* Does the command table keep bad attrs away from the commands? */
#include <linux/mm.h>

#include "tests/kunit/command_call.h"

static void sizes(struct kunit *test)
{
	union modbpf_attr attr = {};
	u64 big = command_put_user(test, NULL, 2 * PAGE_SIZE);

	KUNIT_EXPECT_NE(test, big, 0ULL);
	KUNIT_EXPECT_EQ(test, command_try_sized(test, MODBPF_CMD_MAP_CREATE, &attr, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, command_try_sized(test, MODBPF_CMD_MAP_CREATE, &attr, PAGE_SIZE + 1),
			-E2BIG);
	/* What follows the attr in the test's memory is the call, which is not zero. */
	KUNIT_EXPECT_EQ(test, command_try_sized(test, MODBPF_CMD_MAP_CREATE, &attr,
						sizeof(attr) + 8), -E2BIG);
}

static void unknown_commands(struct kunit *test)
{
	union modbpf_attr attr = {};
	static const u32 absent[] = {
		MODBPF_CMD_TOKEN_CREATE, MODBPF_CMD_COUNT, 1000, U32_MAX,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(absent); i++)
		KUNIT_EXPECT_EQ(test, command_try(test, absent[i], &attr), -EINVAL);
}

/* Every command refuses a byte behind its last field. */
static void stray_bytes(struct kunit *test)
{
	union modbpf_attr attr;
	u32 cmd;

	for (cmd = 0; cmd < MODBPF_CMD_COUNT; cmd++) {
		if (cmd == MODBPF_CMD_PROG_LOAD)	/* the longest: nothing is behind */
			continue;
		memset(&attr, 0, sizeof(attr));
		((u8 *)&attr)[sizeof(attr) - 1] = 1;
		KUNIT_EXPECT_EQ(test, command_try(test, cmd, &attr), -EINVAL);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sizes),
	KUNIT_CASE(unknown_commands),
	KUNIT_CASE(stray_bytes),
	{}
};

struct kunit_suite kunit_command_suite = {
	.name = "modbpf-command",
	.init = command_begin,
	.exit = command_end,
	.test_cases = cases,
};
