/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the pure code (isa/, verifier/, jit/) may ask of its surroundings.
 *
 * This is the one header that knows whether it is compiled into the module or
 * into user space. Everything else in the pure folders is freestanding C.
 *
 * Memory: modbpf_zalloc() returns zeroed memory or NULL, may sleep, and is
 * never called with a lock held. modbpf_yield() lets others run; it returns
 * -EINTR when the caller is being killed, and then the work is to be given up.
 *
 * Speculation: modbpf_index_nospec() is an index that was found to be below the
 * limit, and that is below it where the processor guessed so. Behind
 * modbpf_fence() nothing is guessed. User space has no secrets from itself.
 */
#ifndef MODBPF_ISA_PLATFORM_H
#define MODBPF_ISA_PLATFORM_H

#ifdef __KERNEL__
#include <asm/barrier.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

static inline void *modbpf_zalloc(size_t bytes)
{
	return kvzalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

static inline void modbpf_free(const void *mem)
{
	kvfree(mem);
}

static inline int modbpf_yield(void)
{
	/* Being preempted is not enough for those who wait until all tasks have been off a trampoline. */
	cond_resched_tasks_rcu_qs();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

static inline u32 modbpf_index_nospec(u32 index, u32 limit)
{
	return array_index_nospec(index, limit);
}

static inline void modbpf_fence(void)
{
	barrier_nospec();
}
#else
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define static_assert _Static_assert
#define fallthrough __attribute__((__fallthrough__))
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))

/* user/platform.c; a test makes the Nth allocation fail. */
void *modbpf_zalloc(size_t bytes);
void modbpf_free(const void *mem);
int modbpf_yield(void);

static inline u32 modbpf_index_nospec(u32 index, u32 limit)
{
	return index;
}

static inline void modbpf_fence(void)
{
}
#endif

#endif
