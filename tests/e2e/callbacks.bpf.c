// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loops that are made by helpers, and functions that are not static: each program returns
 * a number that tells whether all was done.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u64);
	__type(value, __u64);
} pairs SEC(".maps");

struct bpf_map;

struct sum {
	__u64 rounds, total;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sum);
} kept_sum SEC(".maps");

static int add_index(__u32 index, void *ctx)
{
	struct sum *sum = ctx;

	sum->rounds++;
	sum->total += index;
	return sum->rounds >= 1000;
}

/* 0 + 1 + ... + 99 */
SEC("socket")
int loop(struct __sk_buff *skb)
{
	struct sum sum = {};

	if (bpf_loop(100, add_index, &sum, 0) != 100 || sum.rounds != 100)
		return 1;
	return sum.total;
}

/* The callback ends it in its round 1000. */
SEC("socket")
int loop_ends(struct __sk_buff *skb)
{
	struct sum sum = {};

	return bpf_loop(1 << 20, add_index, &sum, 0);
}

SEC("socket")
int loop_limits(struct __sk_buff *skb)
{
	struct sum sum = {};

	return bpf_loop(1 << 24, add_index, &sum, 0) == -7 && bpf_loop(1, add_index, &sum, 1) == -22 &&
	       bpf_loop(0, add_index, &sum, 0) == 0 && !sum.rounds;
}

static int inner(__u32 index, void *ctx)
{
	struct sum *sum = ctx;

	sum->total += index + 1;
	return 0;
}

static int outer(__u32 index, void *ctx)
{
	bpf_loop(index, inner, ctx, 0);
	return 0;
}

/* The triangular numbers below 10, added up. */
SEC("socket")
int loop_in_loop(struct __sk_buff *skb)
{
	struct sum sum = {};

	bpf_loop(10, outer, &sum, 0);
	return sum.total;
}

static long set_and_sum(struct bpf_map *map, __u32 *key, __u64 *value, void *ctx)
{
	struct sum *sum = ctx;

	*value = *key * 10;
	sum->total += *value;
	return 0;
}

/* 0 + 10 + 20 + 30 + 40, by 5 elements */
SEC("socket")
int each_of_array(struct __sk_buff *skb)
{
	struct sum sum = {};

	return bpf_for_each_map_elem(&table, set_and_sum, &sum, 0) * 1000 + sum.total;
}

static long take_odd(struct bpf_map *map, __u64 *key, __u64 *value, void *ctx)
{
	struct sum *sum = ctx;

	sum->rounds++;
	sum->total += *value;
	if (*key & 1)
		bpf_map_delete_elem(map, key);
	return 0;
}

/* Ten pairs with 1 to 10, the odd keys of which are removed on the way; then what is left. */
SEC("socket")
int each_of_hash(struct __sk_buff *skb)
{
	struct sum all = {}, rest = {};
	__u64 i, value;

	for (i = 0; i < 10; i++) {
		value = i + 1;
		bpf_map_update_elem(&pairs, &i, &value, BPF_ANY);
	}
	bpf_for_each_map_elem(&pairs, take_odd, &all, 0);
	bpf_for_each_map_elem(&pairs, take_odd, &rest, 0);
	return all.rounds * 10000 + all.total * 100 + rest.total;
}

__noinline int add_half(struct sum *sum, __u32 by)
{
	if (!sum)
		return -1;
	sum->rounds++;
	sum->total += by / 2;
	return sum->rounds;
}

__noinline int add_length(struct __sk_buff *skb, struct sum *sum)
{
	return add_half(sum, skb->len) < 0 ? 1000 : add_half(sum, skb->len);
}

/* Twice half of what follows the 14 bytes of the MAC header, in two rounds; null is -1. */
SEC("socket")
int not_static(struct __sk_buff *skb)
{
	struct sum sum = {};
	__u32 zero = 0;

	if (add_length(skb, &sum) != 2 || add_half(0, 1) != -1)
		return 1;
	bpf_map_update_elem(&kept_sum, &zero, &sum, 0);
	return sum.rounds * 1000 + sum.total;
}

char LICENSE[] SEC("license") = "GPL";
