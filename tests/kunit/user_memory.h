/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User memory for tests of what copies from and to it. KUnit's threads have no
 * address space: they borrow that of the first process.
 */
#ifndef MODBPF_TESTS_KUNIT_USER_MEMORY_H
#define MODBPF_TESTS_KUNIT_USER_MEMORY_H

#include <kunit/test.h>

struct mm_struct;

struct user_memory {
	struct mm_struct *mm;
	unsigned long start;	/* a new mapping */
	unsigned long bytes;
	unsigned long used;
};

/* From the thread that runs the case; fails the test when there is none to be had. */
void user_memory_begin(struct kunit *test, struct user_memory *mem, unsigned long bytes);
void user_memory_end(struct user_memory *mem);
/* User address of a new copy of @bytes at @src, or of as many zeros, aligned to 8. */
u64 user_memory_put(struct kunit *test, struct user_memory *mem, const void *src, size_t bytes);
void user_memory_get(struct kunit *test, void *dst, u64 from, size_t bytes);

#endif
