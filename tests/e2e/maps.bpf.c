// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do programs get from maps of each kind? Each program returns 1, or the line
 * whose expectation failed.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

#define WANT(condition) do { if (!(condition)) return __LINE__; } while (0)

struct pair {
	__u64 number, copy;
};

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 3);
	__type(value, struct pair);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 3);
	__type(value, struct pair);
} stack SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 100);
	__uint(map_extra, 3);
	__type(value, struct pair);
} bloom SEC(".maps");

/* 1, 2, 3 fit; 4 drives the oldest out. */
static __always_inline int push_four(void *map)
{
	struct pair pair = { 1, ~1ULL };

	WANT(bpf_map_push_elem(map, &pair, BPF_ANY) == 0);
	pair = (struct pair){ 2, ~2ULL };
	WANT(bpf_map_push_elem(map, &pair, BPF_EXIST) == 0);
	pair = (struct pair){ 3, ~3ULL };
	WANT(bpf_map_push_elem(map, &pair, BPF_NOEXIST) == -EINVAL);
	WANT(bpf_map_push_elem(map, &pair, BPF_ANY) == 0);
	pair = (struct pair){ 4, ~4ULL };
	WANT(bpf_map_push_elem(map, &pair, BPF_ANY) == -E2BIG);
	WANT(bpf_map_push_elem(map, &pair, BPF_EXIST) == 0);
	return 0;
}

static __always_inline int pop_three(void *map, __u64 first, __u64 second, __u64 third)
{
	struct pair pair;

	WANT(bpf_map_peek_elem(map, &pair) == 0 && pair.number == first && pair.copy == ~first);
	WANT(bpf_map_pop_elem(map, &pair) == 0 && pair.number == first && pair.copy == ~first);
	WANT(bpf_map_pop_elem(map, &pair) == 0 && pair.number == second && pair.copy == ~second);
	WANT(bpf_map_pop_elem(map, &pair) == 0 && pair.number == third && pair.copy == ~third);
	WANT(bpf_map_pop_elem(map, &pair) == -ENOENT && pair.number == 0 && pair.copy == 0);
	pair.number = 7;
	WANT(bpf_map_peek_elem(map, &pair) == -ENOENT && pair.number == 0 && pair.copy == 0);
	return 0;
}

SEC("socket")
int keeps_the_order(struct __sk_buff *skb)
{
	int line = push_four(&queue);

	return line ? : pop_three(&queue, 2, 3, 4) ? : 1;
}

SEC("socket")
int turns_the_order(struct __sk_buff *skb)
{
	int line = push_four(&stack);

	return line ? : pop_three(&stack, 4, 3, 2) ? : 1;
}

SEC("socket")
int filters(struct __sk_buff *skb)
{
	struct pair in = { 5, 6 }, out = { 6, 5 };

	WANT(bpf_map_peek_elem(&bloom, &in) == -ENOENT);
	WANT(bpf_map_push_elem(&bloom, &in, BPF_EXIST) == -EINVAL);
	WANT(bpf_map_push_elem(&bloom, &in, BPF_ANY) == 0);
	WANT(bpf_map_peek_elem(&bloom, &in) == 0 && in.number == 5 && in.copy == 6);
	/* 3 bits of 512 that are all among 3: not in this world. */
	WANT(bpf_map_peek_elem(&bloom, &out) == -ENOENT);
	return 1;
}

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct pair);
} percpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct pair);
} lru SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct pair);
} lru_percpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct pair);
} percpu_table SEC(".maps");

struct bpf_map;

static long add_number(struct bpf_map *map, __u32 *key, struct pair *value, void *sum)
{
	*(__u64 *)sum += value->number;
	return 0;
}

/* Here is this CPU; whichever the other one is, it has nothing. */
SEC("socket")
int has_one_for_each_cpu(struct __sk_buff *skb)
{
	__u32 key = 5, here = bpf_get_smp_processor_id(), there = !here;
	struct pair pair = { 8, ~8ULL }, *at;
	__u64 sum = 0;

	WANT(bpf_map_lookup_elem(&percpu, &key) == NULL);
	WANT(bpf_map_update_elem(&percpu, &key, &pair, BPF_NOEXIST) == 0);
	WANT((at = bpf_map_lookup_elem(&percpu, &key)) && at->number == 8 && at->copy == ~8ULL);
	WANT((at = bpf_map_lookup_percpu_elem(&percpu, &key, here)) && at->number == 8);
	at = bpf_map_lookup_percpu_elem(&percpu, &key, there);
	WANT(at && at->number == 0 && at->copy == 0);
	WANT(bpf_map_lookup_percpu_elem(&percpu, &key, 100000) == NULL);
	key = 6;
	WANT(bpf_map_update_elem(&percpu, &key, &pair, BPF_ANY) == 0);
	key = 7;
	WANT(bpf_map_update_elem(&percpu, &key, &pair, BPF_ANY) == -E2BIG);
	WANT(bpf_for_each_map_elem(&percpu, add_number, &sum, 0) == 2 && sum == 16);
	key = 5;
	WANT(bpf_map_delete_elem(&percpu, &key) == 0);
	WANT(bpf_map_delete_elem(&percpu, &key) == -ENOENT);
	key = 3;
	WANT(bpf_map_update_elem(&percpu_table, &key, &pair, BPF_ANY) == 0);
	at = bpf_map_lookup_percpu_elem(&percpu_table, &key, here);
	WANT(at && at->number == 8);
	key = 4;
	WANT(bpf_map_lookup_percpu_elem(&percpu_table, &key, here) == NULL);
	return 1;
}

/* Five into four: what was looked up stays, the oldest other one goes. */
static __always_inline int fill(void *map)
{
	struct pair pair = { 1, ~1ULL }, *at;
	__u32 key;

	for (key = 0; key < 4; key++)
		WANT(bpf_map_update_elem(map, &key, &pair, BPF_ANY) == 0);
	key = 0;
	WANT((at = bpf_map_lookup_elem(map, &key)) && at->number == 1);
	key = 4;
	WANT(bpf_map_update_elem(map, &key, &pair, BPF_ANY) == 0);
	WANT(bpf_map_lookup_elem(map, &key));
	key = 1;
	WANT(!bpf_map_lookup_elem(map, &key));
	key = 0;
	WANT(bpf_map_lookup_elem(map, &key));
	return 0;
}

SEC("socket")
int makes_room(struct __sk_buff *skb)
{
	__u64 sum = 0;
	int line = fill(&lru);

	if (line)
		return line;
	WANT(bpf_for_each_map_elem(&lru, add_number, &sum, 0) == 4 && sum == 4);
	return fill(&lru_percpu) ? : 1;
}

char LICENSE[] SEC("license") = "GPL";
