// SPDX-License-Identifier: GPL-2.0-only
/* STACK_TRACE, and the walks that fill it: from here, and through made-up frames of user space. */
#include <asm/ptrace.h>
#include <asm/segment.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/preempt.h>
#include <linux/uaccess.h>

#include "module/helper.h"
#include "module/prog.h"
#include "tests/kunit/map_fixture.h"
#include "tests/kunit/user_memory.h"

#define P(address) ((u64)(unsigned long)(address))
#define DEPTH 16

static struct modbpf_map *make(struct kunit *test, u32 entries)
{
	return map_fixture_make(test, (struct map_attr)
				MAP_PARAMS(STACK_TRACE, 4, DEPTH * 8, entries, 0));
}

/* As a program calls it that runs at @regs. */
static s64 call_at(struct pt_regs *regs, u32 helper, u64 r2, u64 r3, u64 r4)
{
	const struct run_site site = { .regs = regs };
	struct prog_run run = { .site = &site };
	s64 result;

	preempt_disable();
	this_cpu_write(prog_runs, &run);
	result = modbpf_helpers[helper](0, r2, r3, r4, 0);
	this_cpu_write(prog_runs, NULL);
	preempt_enable();
	/* Not a tail call: this function is on the stack. */
	barrier();
	return result;
}

static noinline s64 id_from_one_place(struct modbpf_map *map, u64 flags)
{
	s64 id = call_at(NULL, MODBPF_FUNC_get_stackid, P(map), flags, 0);

	barrier();
	return id;
}

static noinline s64 id_from_another(struct modbpf_map *map, u64 flags)
{
	s64 id = call_at(NULL, MODBPF_FUNC_get_stackid, P(map), flags, 0);

	barrier();
	return id;
}

static s64 id_of_user(struct pt_regs *regs, struct modbpf_map *map, u64 flags)
{
	return call_at(regs, MODBPF_FUNC_get_stackid, P(map), MODBPF_F_USER_STACK | flags, 0);
}

static bool is_in(u64 ip, const char *function)
{
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(name, ip);
	return !strncmp(name, function, strlen(function));
}

static void stacks_begin_with_the_caller(struct kunit *test)
{
	struct modbpf_map *map = make(test, 64);
	u64 ips[DEPTH];
	u32 key, next, i;
	s64 id;

	id = id_from_one_place(map, 0);
	KUNIT_ASSERT_GE(test, id, 0ll);
	key = id;
	for (i = 0; i < 3; i++)
		id = id_from_one_place(map, 0);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, &next), 0);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, ips, 0), 0);
	KUNIT_EXPECT_TRUE(test, is_in(ips[0], "call_at"));
	KUNIT_EXPECT_TRUE(test, is_in(ips[1], "id_from_one_place"));
	KUNIT_EXPECT_TRUE(test, is_in(ips[2], "stacks_begin_with_the_caller"));
	/* Where a stack lies is chance: the next one may need the place of one of these. */
	while (!map_fixture_next(map, NULL, &next))
		KUNIT_ASSERT_EQ(test, map->ops->sys_delete(map, &next), 0);
	id = id_from_one_place(map, 1);
	KUNIT_ASSERT_GE(test, id, 0ll);
	key = id;
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, ips, 0), 0);
	KUNIT_EXPECT_TRUE(test, is_in(ips[0], "id_from_one_place"));
	map_fixture_free(map);
}

static void get_stack_fills_all(struct kunit *test)
{
	u64 ips[DEPTH + 1];
	s64 bytes;
	u32 i;

	memset(ips, 0xff, sizeof(ips));
	bytes = call_at(NULL, MODBPF_FUNC_get_stack, P(ips), sizeof(ips) - 8, 0);
	KUNIT_ASSERT_GE(test, bytes, 16ll);
	KUNIT_EXPECT_EQ(test, bytes % 8, 0ll);
	KUNIT_EXPECT_TRUE(test, is_in(ips[0], "call_at"));
	KUNIT_EXPECT_TRUE(test, is_in(ips[1], "get_stack_fills_all"));
	for (i = bytes / 8; i < DEPTH; i++)
		KUNIT_EXPECT_EQ(test, ips[i], 0ull);
	KUNIT_EXPECT_EQ(test, ips[DEPTH], ~0ull);
	memset(ips, 0xff, sizeof(ips));
	bytes = call_at(NULL, MODBPF_FUNC_get_stack, P(ips), 12, 0);
	KUNIT_EXPECT_EQ(test, bytes, (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, ips[0], 0ull);
	KUNIT_EXPECT_EQ(test, ips[1], 0xffffffffull << 32);
	/* Of nothing, nothing. */
	KUNIT_EXPECT_EQ(test, call_at(NULL, MODBPF_FUNC_get_stack, P(ips), 0, 0), 0ll);
	KUNIT_EXPECT_EQ(test, call_at(NULL, MODBPF_FUNC_get_stack, P(ips), 8, 1 << 12), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, call_at(NULL, MODBPF_FUNC_get_stack, P(ips), 8,
				      MODBPF_F_USER_BUILD_ID), (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, call_at(NULL, MODBPF_FUNC_get_stack, P(ips), 8,
				      MODBPF_F_USER_BUILD_ID | MODBPF_F_USER_STACK),
			(s64)-EOPNOTSUPP);
	/* The thread that runs this is the kernel's. */
	KUNIT_EXPECT_EQ(test, call_at(NULL, MODBPF_FUNC_get_stack, P(ips), 8, MODBPF_F_USER_STACK),
			(s64)-EFAULT);
	KUNIT_EXPECT_EQ(test, call_at(NULL, MODBPF_FUNC_get_stack, P(ips), 8, 126), (s64)-EFAULT);
}

/* Two frames of @word bytes each at @at; the second leads nowhere. */
static void put_frames(struct kunit *test, u64 at, u32 word)
{
	const u64 words[4] = { at + 2 * word, 0x2222, 8, 0x3333 };
	u32 i;

	for (i = 0; i < 4; i++)
		KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)(at + i * word), &words[i], word), 0ul);
}

/* Chains of either width give the same stack, below 4 GiB. */
static void user_frames_are_followed(struct kunit *test)
{
	struct pt_regs regs = { .cs = __USER_CS, .ip = 0x1111 };
	struct modbpf_map *map = make(test, 64);
	struct user_memory mem;
	u64 ips[DEPTH];
	u32 key;

	user_memory_begin(test, &mem, PAGE_SIZE);
	regs.bp = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, 0);
	KUNIT_ASSERT_LT(test, regs.bp, (unsigned long)U32_MAX);
	put_frames(test, regs.bp, 8);
	key = id_of_user(&regs, map, 0);
	KUNIT_ASSERT_EQ(test, map->ops->sys_lookup(map, &key, ips, 0), 0);
	KUNIT_EXPECT_EQ(test, ips[0], 0x1111ull);
	KUNIT_EXPECT_EQ(test, ips[1], 0x2222ull);
	KUNIT_EXPECT_EQ(test, ips[2], 0x3333ull);
	KUNIT_EXPECT_EQ(test, ips[3], 0ull);
	KUNIT_EXPECT_EQ(test, ips[DEPTH - 1], 0ull);
	KUNIT_EXPECT_EQ(test, id_of_user(&regs, map, 3), (s64)-EFAULT);
	/* The stack of the kernel, at a place in user space: there is none. */
	KUNIT_EXPECT_EQ(test, call_at(&regs, MODBPF_FUNC_get_stackid, P(map), 0, 0), (s64)-EFAULT);
	put_frames(test, regs.bp, 4);
	KUNIT_EXPECT_NE(test, id_of_user(&regs, map, 0), (s64)key);
	regs.cs = __USER32_CS;
	KUNIT_EXPECT_EQ(test, id_of_user(&regs, map, 0), (s64)key);
	vm_munmap(regs.bp, PAGE_SIZE);
	user_memory_end(&mem);
	map_fixture_free(map);
}

static void one_bucket_holds_one_stack(struct kunit *test)
{
	struct pt_regs regs = { .cs = __USER_CS, .ip = 0x1111 }, other = { .cs = __USER_CS };
	struct modbpf_map *map = make(test, 1);
	u32 key = 0, wrong = 1, next;
	u64 ips[DEPTH];

	KUNIT_EXPECT_EQ(test, id_of_user(&regs, map, 0), 0ll);
	KUNIT_EXPECT_EQ(test, id_of_user(&regs, map, 0), 0ll);
	KUNIT_EXPECT_EQ(test, id_of_user(&other, map, 0), (s64)-EEXIST);
	KUNIT_EXPECT_EQ(test, id_of_user(&other, map, MODBPF_F_FAST_STACK_CMP), (s64)-EEXIST);
	KUNIT_EXPECT_EQ(test, id_of_user(&regs, map, MODBPF_F_FAST_STACK_CMP), 0ll);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, ips, 0), 0);
	KUNIT_EXPECT_EQ(test, ips[0], 0x1111ull);
	other.ip = 0x4444;
	KUNIT_EXPECT_EQ(test, id_of_user(&other, map, MODBPF_F_REUSE_STACKID), 0ll);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, ips, 0), 0);
	KUNIT_EXPECT_EQ(test, ips[0], 0x4444ull);
	KUNIT_EXPECT_EQ(test, id_of_user(&other, map, 1 << 11), (s64)-EINVAL);

	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &wrong, ips, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, map->ops->sys_lookup(map, &key, ips, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, map_fixture_update(map, &key, ips, 0), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, &key, &next), -ENOENT);
	KUNIT_EXPECT_EQ(test, map->ops->sys_delete(map, &wrong), -E2BIG);
	memset(ips, 0, sizeof(ips));
	KUNIT_EXPECT_EQ(test, map->ops->sys_take(map, &key, ips), 0);
	KUNIT_EXPECT_EQ(test, ips[0], 0x4444ull);
	KUNIT_EXPECT_EQ(test, map->ops->sys_delete(map, &key), -ENOENT);
	KUNIT_EXPECT_EQ(test, map_fixture_next(map, NULL, &next), -ENOENT);
	KUNIT_EXPECT_EQ(test, id_of_user(&regs, map, 0), 0ll);
	KUNIT_EXPECT_EQ(test, map->ops->sys_delete(map, &key), 0);
	map_fixture_free(map);
}

/* Three stacks, four buckets: what comes then finds no room, until one has gone. */
static void full_maps_refuse(struct kunit *test)
{
	struct modbpf_map *map = make(test, 3);
	struct pt_regs regs = { .cs = __USER_CS };
	u32 key, next, cnt = 0, full = 0;
	s64 id;

	for (regs.ip = 1; regs.ip < 1000 && !full; regs.ip++) {
		id = id_of_user(&regs, map, 0);
		KUNIT_ASSERT_LT(test, id, 4ll);
		cnt += id >= 0;
		full += id == -ENOMEM;
	}
	KUNIT_EXPECT_EQ(test, cnt, 3u);
	KUNIT_EXPECT_EQ(test, full, 1u);
	for (cnt = 0; !map_fixture_next(map, cnt ? &key : NULL, &next); cnt++)
		key = next;
	KUNIT_EXPECT_EQ(test, cnt, 3u);
	KUNIT_EXPECT_EQ(test, map->ops->sys_delete(map, &key), 0);
	regs.ip--;
	KUNIT_EXPECT_GE(test, id_of_user(&regs, map, 0), 0ll);
	map_fixture_free(map);
}

static void places_have_numbers_of_their_own(struct kunit *test)
{
	struct modbpf_map *map = make(test, 1 << 12);
	s64 one = id_from_one_place(map, 0), another = id_from_another(map, 0);

	KUNIT_EXPECT_GE(test, one, 0ll);
	/* Or no number, where chance gives both one place. */
	KUNIT_EXPECT_TRUE(test, another >= 0 || another == -EEXIST);
	KUNIT_EXPECT_NE(test, one, another);
	map_fixture_free(map);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(stacks_begin_with_the_caller),
	KUNIT_CASE(get_stack_fills_all),
	KUNIT_CASE(user_frames_are_followed),
	KUNIT_CASE(one_bucket_holds_one_stack),
	KUNIT_CASE(full_maps_refuse),
	KUNIT_CASE(places_have_numbers_of_their_own),
	{}
};

struct kunit_suite kunit_map_stack_trace_suite = {
	.name = "map_stack_trace",
	.test_cases = cases,
};
