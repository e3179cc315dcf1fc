// SPDX-License-Identifier: GPL-2.0-only
/* User memory for the threads of KUnit. */
#include "tests/kunit/user_memory.h"

#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

static struct mm_struct *first_process_mm(void)
{
	struct pid *pid = find_get_pid(1);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = NULL;

	put_pid(pid);
	if (task) {
		mm = get_task_mm(task);
		put_task_struct(task);
	}
	return mm;
}

void user_memory_begin(struct kunit *test, struct user_memory *mem, unsigned long bytes)
{
	mem->mm = first_process_mm();
	KUNIT_ASSERT_NOT_NULL(test, mem->mm);
	kthread_use_mm(mem->mm);
	mem->bytes = bytes;
	mem->used = 0;
	mem->start = vm_mmap(NULL, 0, bytes, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(mem->start))
		user_memory_end(mem);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(mem->start));
}

void user_memory_end(struct user_memory *mem)
{
	if (!mem->mm)
		return;
	if (!IS_ERR_VALUE(mem->start))
		vm_munmap(mem->start, mem->bytes);
	kthread_unuse_mm(mem->mm);
	mmput(mem->mm);
	mem->mm = NULL;
}

u64 user_memory_put(struct kunit *test, struct user_memory *mem, const void *src, size_t bytes)
{
	void __user *at = (void __user *)(mem->start + mem->used);
	unsigned long left;

	KUNIT_ASSERT_LE(test, mem->used + bytes, mem->bytes);
	left = src ? copy_to_user(at, src, bytes) : clear_user(at, bytes);
	KUNIT_ASSERT_EQ(test, left, 0UL);
	mem->used += ALIGN(bytes, 8);
	return (unsigned long)at;
}

void user_memory_get(struct kunit *test, void *dst, u64 from, size_t bytes)
{
	KUNIT_ASSERT_EQ(test, copy_from_user(dst, (void __user *)(unsigned long)from, bytes), 0UL);
}
