// SPDX-License-Identifier: GPL-2.0-only
/*
 * How does a program read memory by address, and write it? With copies that survive a
 * fault. The destination is written whole in every case, because the verifier
 * counts it as initialised afterwards.
 */
#include "module/helper/probe.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "module/helper/functions.h"

/* Strings are read in pieces that never cross a page, not even a cache line. */
#define PROBE_PIECE 64

static long probe_copy_user(void *dst, u32 size, u64 from)
{
	/* A kernel thread has no user memory; what is mapped is somebody else's. */
	if (!current->mm)
		return -EFAULT;
	return copy_from_user_nofault(dst, (const void __user *)(unsigned long)from, size);
}

static long probe_copy(enum probe_space space, void *dst, u32 size, u64 from)
{
	if (space == PROBE_EITHER)
		space = from < TASK_SIZE_MAX ? PROBE_USER : PROBE_KERNEL;
	if (space == PROBE_USER)
		return probe_copy_user(dst, size, from);
	/* Refuses what is not a kernel address with -ERANGE. */
	return copy_from_kernel_nofault(dst, (const void *)(unsigned long)from, size);
}

static long probe_read(enum probe_space space, u64 to, u64 size, u64 from)
{
	void *dst = (void *)(unsigned long)to;
	long err;

	if (unlikely(!(u32)size))
		return 0;
	err = probe_copy(space, dst, size, from);
	if (unlikely(err))
		memset(dst, 0, (u32)size);
	return err;
}

long probe_read_string(enum probe_space space, char *dst, u32 size, u64 from)
{
	u32 done = 0, piece, len;
	long err;

	while (done < size) {
		piece = min_t(u32, size - done, PROBE_PIECE - (from + done) % PROBE_PIECE);
		err = probe_copy(space, dst + done, piece, from + done);
		if (err) {
			memset(dst, 0, size);
			return err;
		}
		len = strnlen(dst + done, piece);
		done += len;
		if (len == piece)
			continue;
		memset(dst + done, 0, size - done);
		return done + 1;
	}
	if (size)
		dst[size - 1] = '\0';
	return size;
}

void probe_read_any(void *dst, u32 size, u64 from)
{
	if (probe_copy(PROBE_EITHER, dst, size, from))
		memset(dst, 0, size);
}

static long probe_read_str(enum probe_space space, u64 to, u64 size, u64 from)
{
	return probe_read_string(space, (char *)(unsigned long)to, size, from);
}

/*
 * where to, data, size. Only into the process that was interrupted, and not in an
 * interrupt, where that is any process. While tasks are switched, or kernel text is patched, the
 * memory that is mapped is not that of `current`: the function that reads looks for that, the
 * one that writes does not, and no other is exported.
 */
notrace u64 helper_probe_write_user(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	u8 byte;

	if (in_interrupt() || current->flags & (PF_KTHREAD | PF_EXITING) || !current->mm)
		return -EPERM;
	if (probe_copy_user(&byte, sizeof(byte), r1))
		return -EFAULT;
	return copy_to_user_nofault((void __user *)(unsigned long)r1,
				    (const void *)(unsigned long)r2, (u32)r3);
}

notrace u64 helper_probe_read(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return probe_read(PROBE_EITHER, r1, r2, r3);
}

notrace u64 helper_probe_read_str(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return probe_read_str(PROBE_EITHER, r1, r2, r3);
}

notrace u64 helper_probe_read_user(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return probe_read(PROBE_USER, r1, r2, r3);
}

notrace u64 helper_probe_read_user_str(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return probe_read_str(PROBE_USER, r1, r2, r3);
}

notrace u64 helper_probe_read_kernel(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return probe_read(PROBE_KERNEL, r1, r2, r3);
}

notrace u64 helper_probe_read_kernel_str(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5)
{
	return probe_read_str(PROBE_KERNEL, r1, r2, r3);
}
