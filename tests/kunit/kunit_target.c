// SPDX-License-Identifier: GPL-2.0-only
/* Do the loads that may fault give what they can, and 0 for what they cannot? */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/nospec-branch.h>

#include "module/helper.h"
#include "module/target.h"

/* As machine code calls it: address in rax, value out. Other registers are looked at too. */
static u64 probe(struct kunit *test, u32 size_index, u64 addr)
{
	u64 thunk = modbpf_target()->probe_load[size_index];
	unsigned long rax = addr, rcx = 0x1111, rdx = 0x2222, rsi = 0x3333, rdi = 0x4444;

	asm volatile(CALL_NOSPEC
		     : "+a" (rax), "+c" (rcx), "+d" (rdx), "+S" (rsi), "+D" (rdi),
		       ASM_CALL_CONSTRAINT
		     : THUNK_TARGET(thunk) : "cc", "memory");
	KUNIT_EXPECT_EQ(test, rcx, 0x1111UL);
	KUNIT_EXPECT_EQ(test, rdx, 0x2222UL);
	KUNIT_EXPECT_EQ(test, rsi, 0x3333UL);
	KUNIT_EXPECT_EQ(test, rdi, 0x4444UL);
	return rax;
}

static void loads_give_the_value(struct kunit *test)
{
	static const u64 wanted[] = { 0x88, 0x9988, 0xbbaa9988, 0xffeeddccbbaa9988ULL };
	u64 *value = kunit_kmalloc(test, sizeof(*value), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, value);
	*value = 0xffeeddccbbaa9988ULL;
	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		KUNIT_EXPECT_EQ(test, probe(test, i, (unsigned long)value), wanted[i]);
}

/* A page that is not there, the end of one that is, user, vsyscall, not canonical, the ends. */
static void bad_addresses_give_zero(struct kunit *test)
{
	u8 *page = vmalloc(PAGE_SIZE);	/* a guard page follows */
	const u64 bad[] = {
		(unsigned long)page + PAGE_SIZE, 0, 1, 0x1000, PAGE_SIZE - 1, TASK_SIZE_MAX - 8,
		TASK_SIZE_MAX, 0x7fffffffffffffffULL, 0x8000000000000000ULL,
		0xfff0000000000000ULL, 0xffffffffff600000ULL, 0xffffffffff5fffffULL,
		0xffffffffff600fffULL, 0xffffffffff601000ULL, 0xfffffffffffffff8ULL,
		0xfffffffffffffffcULL, 0xffffffffffffffffULL,
	};
	u32 i, size;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memset(page, 0xff, PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		for (size = 0; size < 4; size++)
			KUNIT_EXPECT_EQ_MSG(test, probe(test, size, bad[i]), 0ULL,
					    "address %llx", bad[i]);
	for (size = 1; size < 4; size++)
		KUNIT_EXPECT_EQ(test, probe(test, size, (unsigned long)page + PAGE_SIZE - 1),
				0ULL);
	KUNIT_EXPECT_EQ(test, probe(test, 0, (unsigned long)page + PAGE_SIZE - 1), 0xffULL);
	vfree(page);
}

static void everything_is_in_reach(struct kunit *test)
{
	const struct jit_target *target = modbpf_target();
	u64 here = (unsigned long)everything_is_in_reach;
	const u64 places[] = {
		target->probe_load[0], target->probe_load[3],
		target->return_thunk ? target->return_thunk : here,
		target->indirect_thunk ? target->indirect_thunk : here,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		KUNIT_EXPECT_EQ(test, (s64)(places[i] - here), (s64)(s32)(places[i] - here));
	for (i = 0; i < MODBPF_FUNC_LIMIT; i++)
		KUNIT_EXPECT_EQ(test, target->helpers[i], (u64)(unsigned long)modbpf_helpers[i]);
}

static struct kunit_case target_cases[] = {
	KUNIT_CASE(loads_give_the_value),
	KUNIT_CASE(bad_addresses_give_zero),
	KUNIT_CASE(everything_is_in_reach),
	{}
};

struct kunit_suite kunit_target_suite = {
	.name = "target",
	.test_cases = target_cases,
};
