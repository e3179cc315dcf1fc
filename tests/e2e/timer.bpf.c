// SPDX-License-Identifier: GPL-2.0-only
/* Timers in values of each kind of map that has them, set and started as map "asked" says. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/timer.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct asked);
} asked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct timed);
} in_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct timed);
} in_array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct timed);
} in_lru SEC(".maps");

/* Calls of all timers' callbacks, whatever became of their values. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} total SEC(".maps");

static int ticks(void *map, __u32 *key, struct timed *value)
{
	__u32 zero = 0;
	__u64 *calls = bpf_map_lookup_elem(&total, &zero);

	if (calls)
		__sync_fetch_and_add(calls, 1);
	value->calls++;
	value->key = *key;
	value->cpu = bpf_get_smp_processor_id();
	if (value->period)
		bpf_timer_start(&value->timer, value->period, 0);
	return 0;
}

static int cancels_itself(void *map, __u32 *key, struct timed *value)
{
	value->result = bpf_timer_cancel(&value->timer);
	value->calls++;
	return 0;
}

static int deletes_itself(void *map, __u32 *key, struct timed *value)
{
	__u32 own = *key;

	value->result = bpf_map_delete_elem(map, &own);
	value->calls++;
	return 0;
}

static __always_inline int begin(void *map, const struct asked *what, struct timed *value)
{
	int err = bpf_timer_init(&value->timer, map, what->clock);

	if (!err)
		err = bpf_timer_set_callback(&value->timer, ticks);
	return err ? : bpf_timer_start(&value->timer, what->nsecs, what->flags);
}

/* Define program NAME: do DO with the value of MAP that is asked for. */
#define PROGRAM(name, map_name, do) \
	SEC("tc") \
	int name(struct __sk_buff *skb) \
	{ \
		__u32 zero = 0, key; \
		struct asked *what = bpf_map_lookup_elem(&asked, &zero); \
		struct timed *value; \
		if (!what) \
			return 1; \
		key = what->key; \
		value = bpf_map_lookup_elem(&map_name, &key); \
		return value ? do : 1; \
	}

PROGRAM(begins, in_hash, begin(&in_hash, what, value))
PROGRAM(begins_in_array, in_array, begin(&in_array, what, value))
PROGRAM(begins_in_lru, in_lru, begin(&in_lru, what, value))
PROGRAM(inits, in_hash, bpf_timer_init(&value->timer, &in_hash, what->clock))
PROGRAM(sets, in_hash, bpf_timer_set_callback(&value->timer, ticks))
PROGRAM(sets_canceller, in_hash, bpf_timer_set_callback(&value->timer, cancels_itself))
PROGRAM(sets_deleter, in_hash, bpf_timer_set_callback(&value->timer, deletes_itself))
PROGRAM(starts, in_hash, bpf_timer_start(&value->timer, what->nsecs, what->flags))
PROGRAM(cancels, in_hash, bpf_timer_cancel(&value->timer))
PROGRAM(cancels_in_array, in_array, bpf_timer_cancel(&value->timer))

/* Anything of the above, of any element; whatever comes of it. */
SEC("tc")
int storms(struct __sk_buff *skb)
{
	__u32 key = bpf_get_prandom_u32() % 4, do_what = bpf_get_prandom_u32() % 8;
	struct timed *value = bpf_map_lookup_elem(&in_hash, &key), fresh = {};

	if (!value) {
		fresh.period = 1000;
		bpf_map_update_elem(&in_hash, &key, &fresh, 0);
		return 0;
	}
	switch (do_what) {
	case 0:
		bpf_map_delete_elem(&in_hash, &key);
		break;
	case 1:
	case 2:
		bpf_timer_cancel(&value->timer);
		break;
	case 3:
		bpf_timer_init(&value->timer, &in_hash, key & 1 ? 7 : 1);
		break;
	case 4:
	case 5:
		bpf_timer_set_callback(&value->timer, ticks);
		break;
	default:
		bpf_timer_start(&value->timer, 1000, do_what & 1 ? 2 : 0);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
