// SPDX-License-Identifier: GPL-2.0-only
/*
 * All operations that programs have on maps, in a test run, an interrupt and a kprobe on
 * each CPU, while threads do theirs: each answer is compared with what model.h says may be.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/model.h"

#define MAP(name, kind, entries, key_type, value_type, flags) \
	struct { \
		__uint(type, BPF_MAP_TYPE_##kind); \
		__uint(max_entries, entries); \
		__uint(map_flags, flags); \
		__type(key, key_type); \
		__type(value, value_type); \
	} name SEC(".maps")
#define LIST(name, kind, entries) \
	struct { \
		__uint(type, BPF_MAP_TYPE_##kind); \
		__uint(max_entries, entries); \
		__type(value, __u64); \
	} name SEC(".maps")
#define OUTER(name, kind) \
	struct { \
		__uint(type, BPF_MAP_TYPE_##kind); \
		__uint(max_entries, 2); \
		__type(key, __u32); \
		__array(values, struct inner); \
	} name SEC(".maps")
#define PLAIN(name, kind, entries, value_bytes) \
	struct { \
		__uint(type, BPF_MAP_TYPE_##kind); \
		__uint(max_entries, entries); \
		__uint(key_size, 4); \
		__uint(value_size, value_bytes); \
	} name SEC(".maps")
#define RING(name, kind) \
	struct { \
		__uint(type, BPF_MAP_TYPE_##kind); \
		__uint(max_entries, RING_BYTES); \
	} name SEC(".maps")

struct locked {
	struct bpf_spin_lock lock;
	__u32 pad;
	__u64 words[4];
};

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
};

MAP(array, ARRAY, KEY_IDS, __u32, struct pair, 0);
MAP(hash, HASH, HASH_ENTRIES, struct model_key, struct pair, 0);
MAP(percpu_array, PERCPU_ARRAY, KEY_IDS, __u32, struct pair, 0);
MAP(percpu_hash, PERCPU_HASH, HASH_ENTRIES, struct model_key, struct pair, 0);
MAP(lru_hash, LRU_HASH, LRU_ENTRIES, struct model_key, struct pair, 0);
MAP(lru_percpu, LRU_PERCPU_HASH, LRU_ENTRIES, struct model_key, struct pair, 0);
MAP(lpm, LPM_TRIE, HASH_ENTRIES, struct model_key, struct pair, BPF_F_NO_PREALLOC);
MAP(locked, HASH, 1, __u32, struct locked, 0);
LIST(queue, QUEUE, QUEUE_ENTRIES);
LIST(stack, STACK, QUEUE_ENTRIES);
LIST(bloom, BLOOM_FILTER, 4096);
OUTER(outer_array, ARRAY_OF_MAPS);
OUTER(outer_hash, HASH_OF_MAPS);
RING(ring, RINGBUF);
RING(user_ring, USER_RINGBUF);
PLAIN(events, PERF_EVENT_ARRAY, MAX_CPUS, 4);
PLAIN(jumps, PROG_ARRAY, 3, 4);
PLAIN(stacks, STACK_TRACE, 64, 64);
PLAIN(cgroups, CGROUP_ARRAY, 1, 4);

/* What is counted, three times; for each context. */
MAP(counts, ARRAY, CONTEXTS, __u32, __u64, 0);
MAP(counts_percpu, PERCPU_ARRAY, CONTEXTS, __u32, __u64, 0);
MAP(counts_hash, HASH, CONTEXTS, __u32, __u64, 0);
MAP(faults, ARRAY, ROWS * FAULTS, __u32, __u64, 0);
MAP(tallies, ARRAY, ROWS * TALLIES, __u32, __u64, 0);
MAP(drained, ARRAY, 1, __u32, __u64, 0);	/* the last number from the user's ring */

static __always_inline void fault(__u32 row, __u32 kind)
{
	__u32 at = row * FAULTS + kind;
	__u64 *cnt = bpf_map_lookup_elem(&faults, &at);

	if (cnt)
		__sync_fetch_and_add(cnt, 1);
}

static __always_inline void add(__u32 row, __u32 kind, __u64 number)
{
	__u32 at = row * TALLIES + kind;
	__u64 *sum = bpf_map_lookup_elem(&tallies, &at);

	if (sum)
		__sync_fetch_and_add(sum, number);
}

static __always_inline void wrong_errno(__u32 row, long err)
{
	fault(row, WRONG_ERRNO);
	add(row, ERRORS, -err);
}

/* Done? What cannot be done now says so. */
static __always_inline int is_done(__u32 row, long err)
{
	if (!err)
		return 1;
	if (err == -EBUSY)
		add(row, BUSY, 1);
	else
		wrong_errno(row, err);
	return 0;
}

/* --- maps with keys ----------------------------------------------------------------- */

#define INDEXED 1	/* the key is the id, always there */
#define FORGETS 2	/* it may be gone at any time */
#define HAS_BASE 4	/* what is not there is in the owner's larger prefix */
#define KEY(key, id, traits) ((traits) & INDEXED ? (void *)(id) : (void *)(key))

/* All elements may be in others' hands, all nodes wait for a grace period. */
static __always_inline int is_put(__u32 row, __u32 traits, long err)
{
	if (err == -ENOMEM && traits & (FORGETS | HAS_BASE)) {
		add(row, BUSY, 1);
		return 0;
	}
	return is_done(row, err);
}

/* A key that nobody else changes: the map does what it is told. */
static __always_inline void own_key(void *map, __u32 row, __u32 traits, __u32 owner, __u32 seq)
{
	__u32 id = KEY_ID(owner, seq / ROWS % KEYS_EACH);
	struct model_key key = key_of(id), whole = key;
	__u64 word = stamp(id, owner, seq);
	struct pair value = { word, word }, *at;
	long err;

	if (traits & HAS_BASE)
		whole.prefixlen = 32;
	err = bpf_map_update_elem(map, KEY(&key, &id, traits), &value, BPF_ANY);
	if (!is_put(row, traits, err))
		return;
	at = bpf_map_lookup_elem(map, KEY(&whole, &id, traits));
	if (!at && !(traits & FORGETS))
		fault(row, LOST);
	/* After an eviction the memory may be another's. */
	if (at && (traits & FORGETS ? !is_stamp(at->first) : at->first != word || at->second != word))
		fault(row, OTHER_VALUE);
	if (traits & INDEXED || seq / ROWS & 4)
		return;
	err = bpf_map_delete_elem(map, &key);
	if (traits & FORGETS && err == -ENOENT)
		return;
	if (!is_done(row, err))
		return;
	at = bpf_map_lookup_elem(map, &whole);
	if (traits & HAS_BASE ? !at || !is_stamp_of(at->first, KEY_ID(owner, BASE)) : !!at)
		fault(row, NOT_THERE_BUT_FOUND);
}

/* One that all change: what is there was written by somebody. */
static __always_inline void shared_key(void *map, __u32 row, __u32 traits, __u32 owner, __u32 seq)
{
	__u32 draw = bpf_get_prandom_u32(), id = KEY_ID(NOBODY, draw % 8);
	struct model_key key = key_of(id);
	__u64 word = stamp(id, owner, seq);
	struct pair value = { word, word }, *at;
	long err;

	at = bpf_map_lookup_elem(map, KEY(&key, &id, traits));
	if (at && (!is_stamp(at->first) || !is_stamp(at->second)) && at->first)
		fault(row, NOT_WRITTEN_BY_ANYONE);
	err = bpf_map_update_elem(map, KEY(&key, &id, traits), &value, draw >> 8 & 1 ? BPF_ANY : BPF_EXIST);
	if (err != -ENOENT)
		is_put(row, traits, err);
	if (traits & INDEXED || draw >> 9 & 1)
		return;
	err = bpf_map_delete_elem(map, &key);
	if (err != -ENOENT)
		is_done(row, err);
}

#define KEYED(name, map, row, traits) \
	static __noinline int name(__u32 owner, __u32 seq) \
	{ \
		own_key(&map, row, traits, owner, seq); \
		shared_key(&map, row, traits, owner, seq); \
		return 0; \
	}
KEYED(step_array, array, ROW_ARRAY, INDEXED)
KEYED(step_percpu_array, percpu_array, ROW_PERCPU_ARRAY, INDEXED)
KEYED(step_hash, hash, ROW_HASH, 0)
KEYED(step_percpu_hash, percpu_hash, ROW_PERCPU_HASH, 0)
KEYED(step_lru_hash, lru_hash, ROW_LRU_HASH, FORGETS)
KEYED(step_lru_percpu, lru_percpu, ROW_LRU_PERCPU_HASH, FORGETS)
KEYED(step_lpm, lpm, ROW_LPM_TRIE, HAS_BASE)

static long look(void *map, struct model_key *key, struct pair *value, void *cookie)
{
	if (!is_stamp(value->first))
		fault(ROW_HASH, NOT_WRITTEN_BY_ANYONE);
	return 0;
}

/* --- what goes in comes out ------------------------------------------------------------ */

static __always_inline void push_pop(void *map, __u32 row, __u32 owner, __u32 seq)
{
	__u64 value = stamp(owner, owner, seq);
	long err = bpf_map_push_elem(map, &value, BPF_ANY);

	if (err == -E2BIG) {
		add(row, DROPPED, 1);
	} else if (is_done(row, err)) {
		add(row, IN_CNT, 1);
		add(row, IN_SUM, value);
	}
	if (seq / ROWS & 1)
		return;
	err = bpf_map_pop_elem(map, &value);
	if (err == -ENOENT || !is_done(row, err))
		return;
	if (!is_stamp(value))
		fault(row, NOT_WRITTEN_BY_ANYONE);
	add(row, OUT_CNT, 1);
	add(row, OUT_SUM, value);
}

static __noinline int step_queue(__u32 owner, __u32 seq)
{
	push_pop(&queue, ROW_QUEUE, owner, seq);
	return 0;
}

static __noinline int step_stack(__u32 owner, __u32 seq)
{
	push_pop(&stack, ROW_STACK, owner, seq);
	return 0;
}

static __noinline int step_ring(__u32 owner, __u32 seq)
{
	__u64 value[3] = { stamp(owner, owner, seq), 0, 0 }, *record;

	if (seq / ROWS & 1) {
		record = bpf_ringbuf_reserve(&ring, 8, 0);
		if (!record) {
			add(ROW_RINGBUF, DROPPED, 1);
			return 0;
		}
		*record = value[0];
		if (!(bpf_get_prandom_u32() % 4)) {
			bpf_ringbuf_discard(record, 0);
			return 0;
		}
		bpf_ringbuf_submit(record, 0);
	} else if (bpf_ringbuf_output(&ring, value, sizeof(value), 0)) {
		add(ROW_RINGBUF, DROPPED, 1);
		return 0;
	}
	add(ROW_RINGBUF, IN_CNT, 1);
	add(ROW_RINGBUF, IN_SUM, value[0]);
	return 0;
}

static __always_inline void put_event(void *ctx, __u32 owner, __u32 seq)
{
	__u64 value = stamp(owner, owner, seq);

	if (bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &value, sizeof(value))) {
		add(ROW_PERF_EVENT_ARRAY, DROPPED, 1);
		return;
	}
	add(ROW_PERF_EVENT_ARRAY, IN_CNT, 1);
	add(ROW_PERF_EVENT_ARRAY, IN_SUM, value);
}

/* One drains at a time, so each number follows the last one. */
static long take(struct bpf_dynptr *sample, void *cookie)
{
	__u32 zero = 0;
	__u64 *last = bpf_map_lookup_elem(&drained, &zero), number = 0;

	if (!last)
		return 0;
	if (bpf_dynptr_read(&number, sizeof(number), sample, 0, 0) || number != *last + 1)
		fault(ROW_USER_RINGBUF, OUT_OF_ORDER);
	*last = number;
	add(ROW_USER_RINGBUF, OUT_CNT, 1);
	return 0;
}

static __noinline int step_bloom(__u32 owner, __u32 seq)
{
	__u64 value = stamp(owner, owner, seq % 64);

	if (!is_done(ROW_BLOOM_FILTER, bpf_map_push_elem(&bloom, &value, BPF_ANY)))
		return 0;
	if (bpf_map_peek_elem(&bloom, &value))
		fault(ROW_BLOOM_FILTER, LOST);
	return 0;
}

/* --- maps in maps, programs, cgroups ------------------------------------------------------ */

static __always_inline void look_inside(void *outer, __u32 row, __u32 which)
{
	void *map = bpf_map_lookup_elem(outer, &which);
	__u32 zero = 0;
	__u64 *value;

	if (!map)
		return;
	value = bpf_map_lookup_elem(map, &zero);
	if (!value)
		fault(row, LOST);
	else if (!is_stamp_of(*value, INNER_ID))
		fault(row, NOT_WRITTEN_BY_ANYONE);
	else
		add(row, OUT_CNT, 1);
}

static __noinline int step_inner(__u32 owner, __u32 seq)
{
	look_inside(&outer_array, ROW_ARRAY_OF_MAPS, seq / ROWS & 1);
	look_inside(&outer_hash, ROW_HASH_OF_MAPS, seq / ROWS & 1);
	return 0;
}

/* All tasks are below the root; nobody is below what is not there. */
static __noinline int step_cgroup(__u32 owner, __u32 seq)
{
	long is_below = bpf_current_task_under_cgroup(&cgroups, 0);

	if (is_below != 1 && is_below != -EAGAIN)
		wrong_errno(ROW_CGROUP_ARRAY, is_below);
	add(ROW_CGROUP_ARRAY, OUT_CNT, is_below == 1);
	return 0;
}

static __always_inline void note_stack(void *ctx)
{
	long id = bpf_get_stackid(ctx, &stacks, 0);

	if (id >= 64 || (id < 0 && id != -EEXIST && id != -EBUSY && id != -EFAULT))
		wrong_errno(ROW_STACK_TRACE, id);
	add(ROW_STACK_TRACE, IN_CNT, id >= 0);
}

static __noinline int step_locked(__u32 owner, __u32 seq)
{
	__u32 zero = 0, i;
	struct locked *value = bpf_map_lookup_elem(&locked, &zero);
	__u64 before;

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	before = value->words[0];
	for (i = 0; i < 4; i++) {
		if (value->words[i] != before)
			seq = 0;
		value->words[i] = before + 1;
	}
	bpf_spin_unlock(&value->lock);
	if (!seq)
		fault(ROW_LOCKED, OTHER_VALUE);
	return 0;
}

/* --- programs ------------------------------------------------------------------------------ */

/* The number of this run in its context on this CPU; 0: there is none. */
static __always_inline __u32 count_run(__u32 context)
{
	__u64 *all = bpf_map_lookup_elem(&counts, &context), *here, *in_hash;

	here = bpf_map_lookup_elem(&counts_percpu, &context);
	in_hash = bpf_map_lookup_elem(&counts_hash, &context);
	if (!all || !here || !in_hash)
		return 0;
	__sync_fetch_and_add(all, 1);
	__sync_fetch_and_add(in_hash, 1);
	*here += 1;
	return *here;
}

static __always_inline void step(void *ctx, __u32 owner, __u32 seq)
{
	__u32 row = seq % ROWS;

	add(row, STEPS, 1);
	switch (row) {
	case ROW_ARRAY:			step_array(owner, seq); break;
	case ROW_HASH:			step_hash(owner, seq); break;
	case ROW_PERCPU_ARRAY:		step_percpu_array(owner, seq); break;
	case ROW_PERCPU_HASH:		step_percpu_hash(owner, seq); break;
	case ROW_LRU_HASH:		step_lru_hash(owner, seq); break;
	case ROW_LRU_PERCPU_HASH:	step_lru_percpu(owner, seq); break;
	case ROW_LPM_TRIE:		step_lpm(owner, seq); break;
	case ROW_QUEUE:			step_queue(owner, seq); break;
	case ROW_STACK:			step_stack(owner, seq); break;
	case ROW_RINGBUF:		step_ring(owner, seq); break;
	case ROW_BLOOM_FILTER:		step_bloom(owner, seq); break;
	case ROW_ARRAY_OF_MAPS:		step_inner(owner, seq); break;
	}
}

SEC("tc")
int in_test_run(struct __sk_buff *skb)
{
	__u32 seq = count_run(IN_TEST_RUN), cpu = bpf_get_smp_processor_id();
	long err;

	if (!seq || cpu >= MAX_CPUS)
		return 0;
	step(skb, USERS + cpu * CONTEXTS + IN_TEST_RUN, seq);
	switch (seq % ROWS) {
	case ROW_USER_RINGBUF:
		err = bpf_user_ringbuf_drain(&user_ring, take, NULL, 0);
		is_done(ROW_USER_RINGBUF, err < 0 ? err : 0);
		break;
	case ROW_LOCKED:
		step_locked(0, 1);
		break;
	case ROW_HASH_OF_MAPS:
		if (!(seq / ROWS % 8))
			bpf_for_each_map_elem(&hash, look, NULL, 0);
		break;
	case ROW_PROG_ARRAY:
		add(ROW_PROG_ARRAY, IN_CNT, 1);
		bpf_tail_call(skb, &jumps, bpf_get_prandom_u32() % 4);
		add(ROW_PROG_ARRAY, DROPPED, 1);
	}
	return 1;
}

/* In its stead, for those that jump. */
SEC("tc")
int jumped_to(struct __sk_buff *skb)
{
	add(ROW_PROG_ARRAY, OUT_CNT, 1);
	return 1;
}

#define TRACING(context) \
	__u32 seq = count_run(context), cpu = bpf_get_smp_processor_id(); \
	if (!seq || cpu >= MAX_CPUS) \
		return 0; \
	step(ctx, USERS + cpu * CONTEXTS + context, seq); \
	if (seq % ROWS == ROW_STACK_TRACE) \
		note_stack(ctx); \
	if (seq % ROWS == ROW_CGROUP_ARRAY) \
		step_cgroup(0, 0); \
	if (seq % ROWS == ROW_PERF_EVENT_ARRAY) \
		put_event(ctx, USERS + cpu * CONTEXTS + context, seq); \
	return 0

SEC("perf_event")
int in_interrupt(void *ctx)
{
	TRACING(IN_INTERRUPT);
}

SEC("kprobe")
int in_kprobe(void *ctx)
{
	TRACING(IN_KPROBE);
}

char LICENSE[] SEC("license") = "GPL";
