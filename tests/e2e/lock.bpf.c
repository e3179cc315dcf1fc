// SPDX-License-Identifier: GPL-2.0-only
/* Counters that are only right if no two programs change them at once. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/lock.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct locked);
} in_array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct locked);
} in_hash SEC(".maps");

static __always_inline void count(struct locked *value)
{
	int i;

	bpf_spin_lock(&value->lock);
	value->first++;
	/* Long enough for others to come in between. */
	for (i = 0; i < 50; i++)
		value->work += i ^ value->first;
	value->second++;
	bpf_spin_unlock(&value->lock);
}

SEC("tc")
int counts(struct __sk_buff *skb)
{
	struct locked *value;
	__u32 key = 1;

	value = bpf_map_lookup_elem(&in_array, &key);
	if (!value)
		return 0;
	count(value);
	value = bpf_map_lookup_elem(&in_hash, &key);
	if (!value)
		return 0;
	count(value);
	return 1;
}

/* What it puts there is whole for who reads under the lock. */
SEC("tc")
int updates(struct __sk_buff *skb)
{
	struct locked value = {};
	__u32 key = 0;

	value.first = value.second = value.work = bpf_get_prandom_u32();
	return bpf_map_update_elem(&in_array, &key, &value, BPF_F_LOCK) == 0 &&
	       bpf_map_update_elem(&in_hash, &key, &value, BPF_F_LOCK) == 0;
}

char LICENSE[] SEC("license") = "GPL";
