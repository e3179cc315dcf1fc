/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs and threads that change the same maps at once agree on: who owns which key,
 * and what a value says of its writer. For model.bpf.c and model.c.
 */
#ifndef MODBPF_TESTS_E2E_MODEL_H
#define MODBPF_TESTS_E2E_MODEL_H

#include <linux/types.h>

#define USERS 8		/* threads */
#define MAX_CPUS 4
/* Where a program runs: in a test run, in an interrupt, in a kprobe. One of each at a time on a CPU. */
enum context { IN_TEST_RUN, IN_INTERRUPT, IN_KPROBE, CONTEXTS };
#define OWNERS (USERS + MAX_CPUS * CONTEXTS)
#define NOBODY OWNERS	/* the keys of whom are everybody's */

/* A key: whose it is, and which one of his. */
#define KEYS_EACH 4
#define KEY_ID(owner, which) ((owner) << 4 | (which))
#define KEY_IDS KEY_ID(NOBODY + 1, 0)
#define BASE 15		/* which: the LPM trie's prefix of all of an owner's, always there */
#define INNER_ID 0x7fff	/* what maps in maps have */

#define HASH_ENTRIES (KEY_IDS / 2)	/* more than there can be keys: 4 each, and 8 */
#define LRU_ENTRIES 40			/* less */
#define QUEUE_ENTRIES 24
#define RING_BYTES 16384

enum row {
	ROW_ARRAY, ROW_HASH, ROW_PERCPU_ARRAY, ROW_PERCPU_HASH, ROW_LRU_HASH, ROW_LRU_PERCPU_HASH, ROW_LPM_TRIE,
	ROW_QUEUE, ROW_STACK, ROW_RINGBUF, ROW_PERF_EVENT_ARRAY, ROW_USER_RINGBUF, ROW_BLOOM_FILTER,
	ROW_ARRAY_OF_MAPS, ROW_HASH_OF_MAPS, ROW_PROG_ARRAY, ROW_STACK_TRACE, ROW_CGROUP_ARRAY, ROW_LOCKED,
	ROW_COUNTS, ROWS
};

/* What can be wrong with an answer. */
enum fault {
	WRONG_ERRNO, LOST, NOT_THERE_BUT_FOUND, OTHER_VALUE, NOT_WRITTEN_BY_ANYONE, OUT_OF_ORDER, DIFFERENT_SUM,
	TOO_MANY, ENDLESS, FAULTS
};

/* Of a row, summed up by programs and threads. */
enum tally {
	STEPS, BUSY, IN_CNT, IN_SUM, OUT_CNT, OUT_SUM, DROPPED,
	ERRORS,	/* with WRONG_ERRNO: their numbers, negated */
	TALLIES
};

struct model_key {
	__u32 prefixlen, data;
};

struct pair {
	__u64 first, second;
};

/* Key, writer and his number of it, and bits that follow from these: a word of two halves has not. */
static inline __attribute__((always_inline)) __u64 stamp(__u32 id, __u32 owner, __u32 seq)
{
	__u64 said = (__u64)id << 48 | (__u64)owner << 40 | (__u64)(seq & 0xffffff) << 16;
	__u64 mixed = said * 0x9e3779b97f4a7c15ULL;

	return said | mixed >> 48;
}

static inline __attribute__((always_inline)) __u32 stamp_owner(__u64 value)
{
	return value >> 40 & 0xff;
}

static inline __attribute__((always_inline)) __u32 stamp_seq(__u64 value)
{
	return value >> 16 & 0xffffff;
}

static inline __attribute__((always_inline)) int is_stamp(__u64 value)
{
	return stamp(value >> 48, stamp_owner(value), stamp_seq(value)) == value;
}

static inline __attribute__((always_inline)) int is_stamp_of(__u64 value, __u32 id)
{
	return value >> 48 == id && is_stamp(value);
}

/* 10.OWNER.WHICH.0, in network order, of which an LPM trie takes 24 bits. */
static inline __attribute__((always_inline)) struct model_key key_of(__u32 id)
{
	struct model_key key = { 24, __builtin_bswap32(10 << 24 | id >> 4 << 16 | (id & 15) << 8) };

	return key;
}

#endif
