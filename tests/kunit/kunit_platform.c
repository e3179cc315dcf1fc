// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does isa/platform.h keep its promises inside the kernel? The pure code relies
 * on them, and user-space tests cannot see this half.
 */
#include <kunit/test.h>

#include "isa/platform.h"

static void zalloc_gives_zeroed_memory(struct kunit *test)
{
	static const size_t sizes[] = { 1, 4096, 300000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *mem = modbpf_zalloc(sizes[i]);

		KUNIT_ASSERT_NOT_NULL(test, mem);
		KUNIT_EXPECT_NULL(test, memchr_inv(mem, 0, sizes[i]));
		memset(mem, 0xa5, sizes[i]);
		modbpf_free(mem);
	}
}

static void zalloc_refuses_what_cannot_be(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, modbpf_zalloc(SIZE_MAX / 2));
}

static void free_takes_null(struct kunit *test)
{
	modbpf_free(NULL);
	KUNIT_SUCCEED(test);
}

static void yield_goes_on_while_nobody_kills(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, modbpf_yield(), 0);
}

static struct kunit_case platform_cases[] = {
	KUNIT_CASE(zalloc_gives_zeroed_memory),
	KUNIT_CASE(zalloc_refuses_what_cannot_be),
	KUNIT_CASE(free_takes_null),
	KUNIT_CASE(yield_goes_on_while_nobody_kills),
	{}
};

struct kunit_suite kunit_platform_suite = {
	.name = "platform",
	.test_cases = platform_cases,
};
