// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do programs get from maps of each kind? Each program returns 1, or the line
 * whose expectation failed.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
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

char LICENSE[] SEC("license") = "GPL";
