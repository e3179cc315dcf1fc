// SPDX-License-Identifier: GPL-2.0-only
/*
 * What do programs get from maps that are found in maps? Each program returns 1, or the
 * line whose expectation failed. The maps inside are there before anything runs.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#define WANT(condition) do { if (!(condition)) return __LINE__; } while (0)

struct table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u64);
	__type(value, __u64);
} red SEC(".maps"), blue SEC(".maps");

struct numbers {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} few SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, __u64);
} many SEC(".maps");

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct table);
} colours SEC(".maps") = {
	.values = { [0] = &red, [2] = &blue },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct numbers);
} sizes SEC(".maps") = {
	.values = { [2] = &few, [3] = (void *)&many },
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps") = {
	.values = { &ring },
};

struct pair {
	__u64 cnt, sum;
};

struct bpf_map;

static int add_each(struct bpf_map *map, __u64 *key, __u64 *value, struct pair *pair)
{
	pair->cnt++;
	pair->sum += *key + *value;
	return 0;
}

SEC("socket")
int finds_what_was_put_in(struct __sk_buff *skb)
{
	__u64 key = 7, value = 70, *found;
	struct pair pair = {};
	__u32 slot = 0;
	void *map;

	map = bpf_map_lookup_elem(&colours, &slot);
	WANT(map);
	WANT(!bpf_map_lookup_elem(map, &key));
	WANT(bpf_map_update_elem(map, &key, &value, BPF_NOEXIST) == 0);
	WANT(bpf_map_update_elem(map, &key, &value, BPF_NOEXIST) == -EEXIST);
	found = bpf_map_lookup_elem(map, &key);
	WANT(found && *found == 70);
	*found = 71;
	/* It is the map that has a name, too. */
	found = bpf_map_lookup_elem(&red, &key);
	WANT(found && *found == 71);
	WANT(!bpf_map_lookup_elem(&blue, &key));
	WANT(bpf_for_each_map_elem(map, add_each, &pair, 0) == 1);
	WANT(bpf_map_delete_elem(map, &key) == 0);
	WANT(!bpf_map_lookup_elem(&red, &key));
	return pair.cnt + pair.sum - 78;
}

SEC("socket")
int finds_nothing_where_nothing_is(struct __sk_buff *skb)
{
	__u32 slot;

	slot = 1;
	WANT(!bpf_map_lookup_elem(&colours, &slot));
	slot = 4;
	WANT(!bpf_map_lookup_elem(&colours, &slot));
	slot = -1;
	WANT(!bpf_map_lookup_elem(&colours, &slot));
	slot = 1;
	WANT(!bpf_map_lookup_elem(&sizes, &slot));
	return 1;
}

/* The bounds are those of the map that is met. */
static __noinline int keeps_to_size(__u32 slot, __u32 size)
{
	__u32 key;
	__u64 *found;
	void *map;

	map = bpf_map_lookup_elem(&sizes, &slot);
	WANT(map);
	key = 1;
	found = bpf_map_lookup_elem(map, &key);
	WANT(found);
	*found = slot;
	key = size - 1;
	WANT(bpf_map_lookup_elem(map, &key));
	key = size;
	WANT(!bpf_map_lookup_elem(map, &key));
	key = -1;
	WANT(!bpf_map_lookup_elem(map, &key));
	return 1;
}

SEC("socket")
int keeps_to_each_ones_size(struct __sk_buff *skb)
{
	__u32 key = 1;
	__u64 *found;

	WANT(keeps_to_size(2, 2) == 1);
	WANT(keeps_to_size(3, 1000) == 1);
	found = bpf_map_lookup_elem(&few, &key);
	WANT(found && *found == 2);
	found = bpf_map_lookup_elem(&many, &key);
	WANT(found && *found == 3);
	return 1;
}

SEC("socket")
int writes_to_a_ring(struct __sk_buff *skb)
{
	__u64 *record;
	__u32 slot = 0;
	void *map;

	map = bpf_map_lookup_elem(&rings, &slot);
	WANT(map);
	record = bpf_ringbuf_reserve(map, 8, 0);
	WANT(record);
	*record = 1;
	bpf_ringbuf_discard(record, 0);
	WANT(bpf_ringbuf_query(&ring, BPF_RB_PROD_POS) == 16);
	return 1;
}

/* While others put maps in and out: a map that was found is one to the end. */
SEC("socket")
int counts_in_whatever_is_there(struct __sk_buff *skb)
{
	__u32 slot = 3, i;
	__u64 key, *found, one = 1;
	void *map;

	map = bpf_map_lookup_elem(&colours, &slot);
	if (!map)
		return 2;
	for (i = 0; i < 20; i++) {
		key = i & 3;
		found = bpf_map_lookup_elem(map, &key);
		if (found)
			__sync_fetch_and_add(found, 1);
		else
			bpf_map_update_elem(map, &key, &one, BPF_ANY);
	}
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
