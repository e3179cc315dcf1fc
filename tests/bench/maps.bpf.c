// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does an operation on a map cost? Each program carries one out OPS times and says how
 * often that succeeded. "empty" and its like do the rest only: keys, and the loop.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/bench/maps.h"

#define ABSENT 0x80000000U	/* in keys that are in no map */

struct wide {
	__u32 words[4];
};

struct lpm_key {
	__u32 bits, addr;
};

#define MAP(name, map_type, key_type, entries) \
	struct { \
		__uint(type, map_type); \
		__uint(max_entries, entries); \
		__uint(map_flags, FLAGS); \
		__type(key, key_type); \
		__type(value, __u64); \
	} name SEC(".maps")

#define FLAGS 0
MAP(array, BPF_MAP_TYPE_ARRAY, __u32, 1024);
MAP(percpu_array, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, 1024);
#undef FLAGS
/* The same chains in each run. There is room for what is put in and taken out. */
#define FLAGS BPF_F_ZERO_SEED
MAP(hash4_1k, BPF_MAP_TYPE_HASH, __u32, 1024 + 64);
MAP(hash4_64k, BPF_MAP_TYPE_HASH, __u32, 65536 + 64);
MAP(hash16_1k, BPF_MAP_TYPE_HASH, struct wide, 1024 + 64);
MAP(hash16_64k, BPF_MAP_TYPE_HASH, struct wide, 65536 + 64);
MAP(percpu_hash, BPF_MAP_TYPE_PERCPU_HASH, __u32, 1024 + 64);
/* A CPU of Linux keeps 128 elements for itself, which others cannot use. */
MAP(lru, BPF_MAP_TYPE_LRU_HASH, __u32, 2048);
MAP(lru_full, BPF_MAP_TYPE_LRU_HASH, __u32, 1024);

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, PREFIXES + 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lpm_key);
	__type(value, __u64);
} lpm SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1024);
	__type(value, __u64);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} ringbuf SEC(".maps");

static __u32 at;	/* the next key's number */

static __always_inline void make4(__u32 *key, __u32 number)
{
	*key = number;
}

static __always_inline void make16(struct wide *key, __u32 number)
{
	key->words[0] = number;
	key->words[1] = ~number;
	key->words[2] = 3;
	key->words[3] = number;
}

/* The compiler must have written @key by now. */
static __always_inline void keep(void *key)
{
	asm volatile("" : : "r"(key) : "memory");
}

/* A program @name: @operation, an expression that is 1 if all went well, for each key. */
#define EACH(name, key_type, make, number, operation) \
	SEC("tc") int name(void *ctx) \
	{ \
		__u32 from = at, done = 0, i; \
		__u64 one = 1; \
		key_type key; \
		at = from + OPS; \
		for (i = 0; i < OPS; i++) { \
			make(&key, number); \
			keep(&key); \
			keep(&one); \
			done += operation; \
		} \
		return done; \
	}

#define LOOKUP(map) (bpf_map_lookup_elem(&map, &key) != NULL)
#define UPDATE(map) (bpf_map_update_elem(&map, &key, &one, BPF_ANY) == 0)
#define DELETE(map) (bpf_map_delete_elem(&map, &key) == 0)
#define IN(entries) scatter(from + i) & ((entries) - 1)

#define HASH(map, key_type, make, entries) \
	EACH(map ## _fill, key_type, make, IN(entries), UPDATE(map)) \
	EACH(map ## _hit, key_type, make, IN(entries), LOOKUP(map)) \
	EACH(map ## _miss, key_type, make, scatter(from + i) | ABSENT, LOOKUP(map)) \
	EACH(map ## _update, key_type, make, IN(entries), UPDATE(map)) \
	EACH(map ## _insert, key_type, make, scatter(from + i) | ABSENT, UPDATE(map) && DELETE(map))

EACH(empty4, __u32, make4, IN(1024), 1)
EACH(empty16, struct wide, make16, IN(1024), 1)
EACH(array_lookup, __u32, make4, IN(1024), LOOKUP(array))
EACH(array_update, __u32, make4, IN(1024), UPDATE(array))
EACH(percpu_array_lookup, __u32, make4, IN(1024), LOOKUP(percpu_array))
HASH(hash4_1k, __u32, make4, 1024)
HASH(hash4_64k, __u32, make4, 65536)
HASH(hash16_1k, struct wide, make16, 1024)
HASH(hash16_64k, struct wide, make16, 65536)
HASH(percpu_hash, __u32, make4, 1024)
EACH(lru_fill, __u32, make4, IN(1024), UPDATE(lru))
EACH(lru_hit, __u32, make4, IN(1024), LOOKUP(lru))
EACH(lru_evict, __u32, make4, from + i, UPDATE(lru_full))
EACH(queue_push_pop, __u32, make4, from + i,
     bpf_map_push_elem(&queue, &one, BPF_ANY) == 0 && bpf_map_pop_elem(&queue, &one) == 0)

static __always_inline void make_lpm(struct lpm_key *key, __u32 number)
{
	key->bits = 32;
	key->addr = prefix_addr(number) ^ (number & 3) << 30;
}

EACH(lpm_lookup, struct lpm_key, make_lpm, from + i, LOOKUP(lpm))
EACH(lpm_empty, struct lpm_key, make_lpm, from + i, 1)

static __always_inline int reserve_submit(void)
{
	__u64 *record = bpf_ringbuf_reserve(&ringbuf, sizeof(*record), 0);

	if (!record)
		return 0;
	*record = 1;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 1;
}

EACH(ringbuf_reserve_submit, __u32, make4, IN(1024), reserve_submit())
EACH(ringbuf_output, __u32, make4, IN(1024),
     bpf_ringbuf_output(&ringbuf, &one, sizeof(one), BPF_RB_NO_WAKEUP) == 0)

static int round(__u32 nr, void *context)
{
	return 0;
}

SEC("tc") int loop(void *ctx)
{
	return bpf_loop(OPS, round, NULL, 0);
}

SEC("tc") int loop_empty(void *ctx)
{
	return bpf_loop(0, round, NULL, 0) + OPS;
}

int tail(void *ctx);
int tail_counted(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__array(values, int(void *ctx));
} progs SEC(".maps") = {
	.values = { (void *)&tail },
};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__array(values, int(void *ctx));
} counted_progs SEC(".maps") = {
	.values = { (void *)&tail_counted },
};

/* To itself, until there have been too many. */
SEC("tc") int tail(void *ctx)
{
	bpf_tail_call(ctx, &progs, 0);
	return TAIL_RESULT;
}

SEC("tc") int tail_empty(void *ctx)
{
	bpf_tail_call(ctx, &progs, 1);
	return TAIL_RESULT;
}

/* How often that is. */
SEC("tc") int tail_counted(struct __sk_buff *skb)
{
	skb->mark++;
	bpf_tail_call(skb, &counted_progs, 0);
	return skb->mark - 1;
}

char _license[] SEC("license") = "GPL";
