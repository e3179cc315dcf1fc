// SPDX-License-Identifier: GPL-2.0-only
/* Is the arena handed out, written, run and taken back as module/image.h says? */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <asm/pgtable.h>

#include "module/arena.h"
#include "module/image.h"
#include "module/target.h"

#define QUARTER (MODBPF_ARENA_KIB * 1024 / 4)
#define CODE_BYTES 48

/* endbr64; push rbp; mov rbp, rsp; (call @callee;) mov eax, 42; leave; return */
static u32 put_s32(u8 *code, u32 at, s64 value)
{
	s32 word = value;

	memcpy(code + at, &word, sizeof(word));
	return at + sizeof(word);
}

static void assemble(u8 *code, u64 addr, u64 callee)
{
	static const u8 enter[] = { 0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x48, 0x89, 0xe5 };
	u64 thunk = modbpf_target()->return_thunk;
	u32 at = sizeof(enter);

	memset(code, 0xcc, CODE_BYTES);
	memcpy(code, enter, sizeof(enter));
	if (callee) {
		code[at++] = 0xe8;
		at = put_s32(code, at, callee - (addr + at + 4));
	}
	code[at++] = 0xb8;
	at = put_s32(code, at, 42);
	code[at++] = 0xc9;
	if (!thunk) {
		code[at++] = 0xc3;
		return;
	}
	code[at++] = 0xe9;
	put_s32(code, at, thunk - (addr + at + 4));
}

static struct image *new_image(struct kunit *test, u32 bytes)
{
	struct image *image = image_alloc(bytes);

	KUNIT_ASSERT_FALSE(test, IS_ERR(image));
	return image;
}

static u64 run(const struct image *image)
{
	u64 (*entry)(void) = (void *)(unsigned long)image_addr(image);

	return entry();
}

static const u8 *bytes_of(const struct image *image)
{
	return (const u8 *)(unsigned long)image_addr(image);
}

static void code_runs_and_is_gone_when_freed(struct kunit *test)
{
	struct image *image = new_image(test, CODE_BYTES);
	const u8 *at = bytes_of(image);
	u8 code[CODE_BYTES];

	KUNIT_EXPECT_TRUE(test, arena_is_trap(at, CODE_BYTES));
	assemble(code, image_addr(image), 0);
	KUNIT_EXPECT_EQ(test, image_write(image, code, CODE_BYTES), 0);
	KUNIT_EXPECT_EQ(test, memcmp(at, code, CODE_BYTES), 0);
	KUNIT_EXPECT_EQ(test, run(image), 42ULL);
	image_free(image);
	KUNIT_EXPECT_TRUE(test, arena_is_trap(at, CODE_BYTES));
}

static unsigned long trace[32];
static unsigned int trace_cnt;

static noinline void take_trace(void)
{
	trace_cnt = stack_trace_save(trace, ARRAY_SIZE(trace), 0);
}

static void stack_trace_goes_through_an_image(struct kunit *test)
{
	struct image *image = new_image(test, CODE_BYTES);
	u64 start = image_addr(image);
	u8 code[CODE_BYTES];
	char name[64];
	u32 i;

	assemble(code, start, (unsigned long)take_trace);
	KUNIT_ASSERT_EQ(test, image_write(image, code, CODE_BYTES), 0);
	trace_cnt = 0;
	KUNIT_EXPECT_EQ(test, run(image), 42ULL);
	image_free(image);
	for (i = 0; i < trace_cnt; i++)
		if (trace[i] >= start && trace[i] < start + CODE_BYTES)
			break;
	/* The image, this function, and what called it. */
	KUNIT_ASSERT_LT(test, i + 2, trace_cnt);
	snprintf(name, sizeof(name), "%ps", (void *)trace[i + 1]);
	KUNIT_EXPECT_EQ_MSG(test, strncmp(name, "stack_trace_goes", 16), 0, "%s", name);
}

static void images_do_not_overlap(struct kunit *test)
{
	struct image *images[40];
	u32 before = image_arena_used();
	u64 base = (unsigned long)arena_base();
	u8 *fill;
	u32 i;

	fill = kunit_kmalloc(test, 40 * 100, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fill);
	for (i = 0; i < ARRAY_SIZE(images); i++) {
		images[i] = new_image(test, i * 100 + 1);
		KUNIT_EXPECT_EQ(test, image_bytes(images[i]), i * 100 + 1);
		KUNIT_EXPECT_EQ(test, image_addr(images[i]) % ARENA_GRANULE, 0ULL);
		KUNIT_EXPECT_GE(test, image_addr(images[i]), base);
		KUNIT_EXPECT_LE(test, image_addr(images[i]) + i * 100 + 1, base + ARENA_BYTES);
		memset(fill, i, i * 100 + 1);
		KUNIT_EXPECT_EQ(test, image_write(images[i], fill, i * 100 + 1), 0);
	}
	for (i = 0; i < ARRAY_SIZE(images); i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(bytes_of(images[i]), i, i * 100 + 1));
	KUNIT_EXPECT_GT(test, image_arena_used(), before);
	for (i = 0; i < ARRAY_SIZE(images); i++)
		image_free(images[i]);
	KUNIT_EXPECT_EQ(test, image_arena_used(), before);
}

/* Across many pages and off their boundaries. */
static void large_image_arrives_whole(struct kunit *test)
{
	u32 bytes = 3 * 32 * PAGE_SIZE + 77;
	struct image *first = new_image(test, 100);
	struct image *image = new_image(test, bytes);
	u8 *code = kvmalloc(bytes, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, code);
	for (i = 0; i < bytes; i++)
		code[i] = i ^ i >> 8 ^ i >> 16;
	KUNIT_EXPECT_EQ(test, image_write(image, code, bytes), 0);
	KUNIT_EXPECT_EQ(test, memcmp(bytes_of(image), code, bytes), 0);
	image_free(image);
	image_free(first);
	kvfree(code);
}

static void size_is_checked(struct kunit *test)
{
	struct image *image;

	KUNIT_EXPECT_EQ(test, PTR_ERR(image_alloc(0)), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(image_alloc(QUARTER + 1)), (long)-ENOSPC);
	KUNIT_EXPECT_EQ(test, PTR_ERR(image_alloc(U32_MAX)), (long)-ENOSPC);
	image = new_image(test, QUARTER);
	image_free(image);
	image_free(NULL);
}

static void full_arena_is_enospc_until_something_goes(struct kunit *test)
{
	struct image *images[5];
	u32 before = image_arena_used();
	u32 cnt = 0;

	while (cnt < ARRAY_SIZE(images)) {
		images[cnt] = image_alloc(QUARTER);
		if (IS_ERR(images[cnt]))
			break;
		cnt++;
	}
	/* Four quarters do not fit: the arena's ends are taken. */
	KUNIT_EXPECT_EQ(test, cnt, 3U);
	if (cnt < ARRAY_SIZE(images))
		KUNIT_EXPECT_EQ(test, PTR_ERR(images[cnt]), (long)-ENOSPC);
	while (cnt)
		image_free(images[--cnt]);
	KUNIT_EXPECT_EQ(test, image_arena_used(), before);
}

static void hole_is_used_again(struct kunit *test)
{
	struct image *low = new_image(test, 1000);
	struct image *high = new_image(test, 1000);
	u64 addr = image_addr(low);

	image_free(low);
	low = new_image(test, 1000);
	KUNIT_EXPECT_EQ(test, image_addr(low), addr);
	image_free(low);
	image_free(high);
}

static void executable_mapping_is_not_writable(struct kunit *test)
{
	struct image *image = new_image(test, CODE_BYTES);
	unsigned int level;
	pte_t *pte = lookup_address(image_addr(image), &level);

	KUNIT_ASSERT_NOT_NULL(test, pte);
	KUNIT_EXPECT_TRUE(test, pte_exec(*pte));
	KUNIT_EXPECT_FALSE(test, !!pte_write(*pte));
	image_free(image);
}

/* thunk.S: does nothing but return. */
extern const u8 modbpf_sample_return[];

static struct task_struct *starved;

/* vmap() finds no memory, for one task. */
static int refuse_alias(struct kprobe *kprobe, struct pt_regs *regs)
{
	if (current != starved)
		return 0;
	regs->ax = 0;
	regs->ip = (unsigned long)modbpf_sample_return;
	return 1;
}

static void freeing_without_memory_is_made_up_for(struct kunit *test)
{
	struct kprobe vmap_probe = { .symbol_name = "vmap", .pre_handler = refuse_alias };
	struct image *image = new_image(test, CODE_BYTES);
	struct image *other;
	u32 used = image_arena_used();
	u64 addr = image_addr(image);
	u8 code[CODE_BYTES];

	assemble(code, addr, 0);
	KUNIT_EXPECT_EQ(test, image_write(image, code, CODE_BYTES), 0);
	starved = current;
	KUNIT_ASSERT_EQ(test, register_kprobe(&vmap_probe), 0);
	image_free(image);
	KUNIT_EXPECT_EQ(test, image_arena_used(), used);
	/* What is not filled with traps yet is not given to anybody. */
	other = new_image(test, CODE_BYTES);
	KUNIT_EXPECT_NE(test, image_addr(other), addr);
	KUNIT_EXPECT_EQ(test, image_write(other, code, CODE_BYTES), -ENOMEM);
	unregister_kprobe(&vmap_probe);
	image_free(other);
	KUNIT_EXPECT_EQ(test, image_arena_used(), used - ARENA_GRANULE);
	image = new_image(test, CODE_BYTES);
	KUNIT_EXPECT_EQ(test, image_addr(image), addr);
	KUNIT_EXPECT_TRUE(test, arena_is_trap(bytes_of(image), CODE_BYTES));
	image_free(image);
}

static struct kunit_case image_cases[] = {
	KUNIT_CASE(code_runs_and_is_gone_when_freed),
	KUNIT_CASE(stack_trace_goes_through_an_image),
	KUNIT_CASE(images_do_not_overlap),
	KUNIT_CASE(large_image_arrives_whole),
	KUNIT_CASE(size_is_checked),
	KUNIT_CASE(full_arena_is_enospc_until_something_goes),
	KUNIT_CASE(hole_is_used_again),
	KUNIT_CASE(executable_mapping_is_not_writable),
	KUNIT_CASE(freeing_without_memory_is_made_up_for),
	{}
};

struct kunit_suite kunit_image_suite = {
	.name = "image",
	.test_cases = image_cases,
};
