/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as module/map/hash*.c and lpm_trie.c need to run in one thread of a
 * benchmark: one processor, no interrupts, nothing is freed late. Never for tests.
 * It stands for all <linux/...> that they include.
 */
#ifndef MODBPF_TESTS_BENCH_KERNEL_SHIM_H
#define MODBPF_TESTS_BENCH_KERNEL_SHIM_H

#include <stdlib.h>
#include <sys/random.h>

#include "isa/platform.h"

typedef u64 __be64;
typedef u32 __be32, __poll_t;
typedef int atomic_t, refcount_t, raw_spinlock_t, spinlock_t, wait_queue_head_t;
struct poll_table_struct;
struct mutex { int held; };
struct idr { int none; };
struct work_struct { int none; };
struct rcu_work { int none; };
struct irq_work { int none; };

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define noinline __attribute__((__noinline__))
#define notrace
#define __aligned(bytes) __attribute__((__aligned__(bytes)))
#define ____cacheline_aligned_in_smp __aligned(64)
#define __rcu
#define __percpu
#define __force
#define __acquire(lock)
#define __release(lock)
#define container_of(at, type, member) ((type *)((char *)(at) - offsetof(type, member)))
#define READ_ONCE(at) (*(const volatile __typeof__(at) *)&(at))
#define WRITE_ONCE(at, value) (*(volatile __typeof__(at) *)&(at) = (value))
#define smp_load_acquire(at) __atomic_load_n(at, __ATOMIC_ACQUIRE)
#define smp_store_release(at, value) __atomic_store_n(at, value, __ATOMIC_RELEASE)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_mb__after_spinlock() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define cpu_relax() __builtin_ia32_pause()
#define cmpxchg(at, old, new) __sync_val_compare_and_swap(at, old, new)
#define cmpxchg_acquire(at, old, new) __sync_val_compare_and_swap(at, old, new)
#define xchg(at, new) __atomic_exchange_n(at, new, __ATOMIC_SEQ_CST)
#define refcount_inc(at) (++*(at))
#define atomic_set(at, value) (*(at) = (value))
#define atomic_inc_return(at) __atomic_add_fetch(at, 1, __ATOMIC_SEQ_CST)
#define rcu_dereference_check(at, condition) READ_ONCE(at)
#define rcu_dereference_protected(at, condition) (at)
#define rcu_access_pointer(at) READ_ONCE(at)
#define rcu_assign_pointer(at, value) smp_store_release(&(at), value)
#define RCU_INIT_POINTER(at, value) WRITE_ONCE(at, value)
#define rcu_read_lock() do { } while (0)
#define rcu_read_unlock() do { } while (0)
#define synchronize_rcu() do { } while (0)
#define cond_resched() do { } while (0)
#define fatal_signal_pending(task) 0
#define swap(a, b) do { __typeof__(a) was = (a); (a) = (b); (b) = was; } while (0)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define min_t(type, a, b) min((type)(a), (type)(b))
#define clamp_t(type, at, low, high) ((type)(at) < (type)(low) ? (type)(low) : min_t(type, at, high))
#define round_up(number, to) (((number) + (to) - 1) & ~((__typeof__(number))(to) - 1))
#define DIV_ROUND_UP(number, by) (((number) + (by) - 1) / (by))
#define roundup_pow_of_two(number) (1U << (32 - __builtin_clz((number) - 1)))
#define fls(number) ((number) ? 32 - __builtin_clz(number) : 0)
#define fls64(number) ((number) ? 64 - __builtin_clzll(number) : 0)
#define be32_to_cpu(number) __builtin_bswap32(number)
#define be64_to_cpu(number) __builtin_bswap64(number)

#define ERR_PTR(number) ((void *)(long)(number))
#define IS_ERR(at) ((unsigned long)(at) >= -4095UL)
#define U32_MAX (~0U)
#define NUMA_NO_NODE (-1)
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define GFP_KERNEL_ACCOUNT 0
#define __GFP_ZERO 0
#define __GFP_NOWARN 0
#define __GFP_RETRY_MAYFAIL 0
#define kzalloc(bytes, gfp) calloc(1, bytes)
#define kmalloc_node(bytes, gfp, node) calloc(1, bytes)
#define kfree(at) free((void *)(at))
#define get_random_bytes(at, bytes) ((void)!getrandom(at, bytes, 0))

/* As many instructions as the kernel's: atomic where it is, interrupts not there. */
#define raw_spin_lock_init(lock) (*(lock) = 0)
#define raw_spin_trylock(lock) __sync_bool_compare_and_swap(lock, 0, 1)
#define raw_spin_lock(lock) do { } while (!raw_spin_trylock(lock))
#define raw_spin_unlock(lock) smp_store_release(lock, 0)
#define local_irq_save(flags) ((flags) = 0)
#define local_irq_restore(flags) ((void)(flags))
#define in_nmi() 0
#define DECLARE_PER_CPU(type, name) extern type name
#define DEFINE_PER_CPU(type, name) type name
#define __this_cpu_inc_return(name) (++(name))
#define __this_cpu_dec(name) ((name)--)
#define __this_cpu_read(name) (name)
#define raw_cpu_ptr(at) (at)
#define per_cpu_ptr(at, cpu) (at)
#define raw_smp_processor_id() 0
#define num_possible_cpus() 1
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)

#define init_irq_work(work, fn) ((void)(fn))
#define irq_work_queue(work) ((void)(work))
#define irq_work_sync(work) ((void)(work))
#define INIT_WORK(work, fn) ((void)(fn))
#define schedule_work(work) ((void)(work))
#define cancel_work_sync(work) ((void)(work))

#endif
