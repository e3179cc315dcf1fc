// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many TCP connections a second may a source prefix begin? The longest prefix in
 * rl_limits decides; sources that are in none are not limited. Connections that are
 * there go on, whatever the rate.
 *
 *	ratelimit.bpf.o is loaded by "modbpf load"; a limit is set by "modbpf map update":
 *	10.0.0.0/8 (bits 96 + 8), for each /24 in it 5 a second, 10 at once:
 *	    modbpf map update name rl_limits \
 *		key hex 68 00 00 00  00 00 00 00 00 00 00 00 00 00 ff ff 0a 00 00 00 \
 *		value 5 0 0 0  10 0 0 0  120 0 0 0  0 0 0 0  0 0 0 0 0 0 0 0
 */
#include "examples/headers.h"
#include "examples/rate.h"

#define BUCKETS 65536
#define LIMITS 1024

struct limit {
	__u32 per_second, burst;
	__u32 bits;		/* sources that have so many bits in common share a bucket */
	__u32 pad;
	__u64 full_at;		/* the bucket of those that get none in rl_buckets */
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, LIMITS);
	__type(key, struct source_prefix);
	__type(value, struct limit);
} rl_limits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);	/* whoever has not come for long makes room */
	__uint(max_entries, BUCKETS);
	__type(key, struct source_prefix);
	__type(value, __u64);
} rl_buckets SEC(".maps");

enum { COUNT_PASSED, COUNT_DROPPED, COUNT_NO_LIMIT, COUNT_NO_BUCKET, COUNT_MALFORMED, COUNTS };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} rl_counts SEC(".maps");

static __always_inline int count(__u32 slot, int verdict)
{
	__u64 *value = bpf_map_lookup_elem(&rl_counts, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
	return verdict;
}

/* Only the first @bits of the address count. */
static __always_inline void cut(struct source_prefix *prefix, __u32 bits)
{
	__u32 i;

	prefix->bits = bits;
	for (i = 0; i < 16; i++) {
		__u32 left = bits > 8 * i ? bits - 8 * i : 0;

		if (left < 8)
			prefix->addr[i] &= 0xff00 >> left;
	}
}

static __always_inline __u64 *bucket_of(struct source_prefix *source, struct limit *limit)
{
	__u64 *bucket;

	cut(source, limit->bits);
	bucket = rate_bucket(&rl_buckets, source);
	if (bucket)
		return bucket;
	count(COUNT_NO_BUCKET, 0);
	return &limit->full_at;
}

SEC("cgroup_skb/inet/prerouting/-250")
int ratelimit(struct __sk_buff *skb)
{
	struct headers h;
	struct limit *limit;

	switch (headers_of_syn(skb, &h)) {
	case HEADERS_WHOLE:
		break;
	case HEADERS_OTHER:
		return 1;
	default:
		return count(COUNT_MALFORMED, 0);
	}
	limit = bpf_map_lookup_elem(&rl_limits, &h.source);
	if (!limit)
		return count(COUNT_NO_LIMIT, 1);
	if (rate_take(bucket_of(&h.source, limit), bpf_ktime_get_ns(), limit->per_second,
		      limit->burst))
		return count(COUNT_PASSED, 1);
	return count(COUNT_DROPPED, 0);
}

char LICENSE[] SEC("license") = "GPL";
