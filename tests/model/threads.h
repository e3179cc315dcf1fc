/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that use maps while programs do (tests/e2e/model.bpf.c), and what they find wrong.
 * keyed.c: maps with keys. other.c: all others. model.c: the threads, begin and end.
 */
#ifndef MODBPF_TESTS_MODEL_THREADS_H
#define MODBPF_TESTS_MODEL_THREADS_H

#include <pthread.h>
#include <stdbool.h>

#include "tests/e2e/model.h"

#define KEYED_ROWS 7
#define VALUE_CPUS 64

struct thread {
	pthread_t pthread;
	__u32 owner, seq;
	__u64 state;
	__u64 known[KEYED_ROWS][KEYS_EACH];	/* the value of my keys; 0: not there */
	__u32 last[OWNERS];			/* number from each, out of the queue */
};

extern __u64 faults[ROWS][FAULTS], tallies[ROWS][TALLIES];	/* the threads'; at the end, the programs', too */
extern int value_cpus;	/* words of a per-CPU value */
extern int cgroup_fd;

static inline void fault(enum row row, enum fault kind)
{
	__atomic_fetch_add(&faults[row][kind], 1, __ATOMIC_RELAXED);
}

static inline void add(enum row row, enum tally kind, __u64 number)
{
	__atomic_fetch_add(&tallies[row][kind], number, __ATOMIC_RELAXED);
}

static inline void wrong_errno(enum row row, int err)
{
	fault(row, WRONG_ERRNO);
	add(row, ERRORS, -err);
}

__u32 draw(struct thread *t, __u32 below);
int error(int result);			/* of libbpf: 0 or -errno */
int model_map(const char *name);	/* fds */
int model_prog(const char *name);

/* --- keyed.c --------------------------------------------------------------------------- */

void keyed_begin(void);
void use_keyed(struct thread *t);
/* All is quiet. Nothing got lost inside: each map holds what it was made for, and no more. */
void check_rooms(void);

/* --- other.c --------------------------------------------------------------------------- */

void use_queue(struct thread *t);
void use_bloom(struct thread *t);
void use_inner(struct thread *t);
void use_jumps(struct thread *t);
void use_stacks(struct thread *t);
void use_cgroups(struct thread *t);
void use_locked(struct thread *t);
/* @value came out: of one producer, in its order. */
void check_order(enum row row, __u32 *last, __u64 value);
/* One of a queue or stack; 0 or -errno. @last: what came from each before, NULL: in any order. */
int pop(enum row row, int fd, __u32 *last);

#endif
