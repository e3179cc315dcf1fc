// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine under a SYN flood: what TCP has to look at is bounded. Each source may ask for
 * so many connections a second, all together for so many; those in syn_allowed are not
 * counted. Packets of connections that are there are not touched, and it stands before
 * connection tracking, which never hears of what is dropped.
 *
 *	Whom a flood must not keep out, 192.0.2.0/24 (bits 96 + 24):
 *	    modbpf map update name syn_allowed value 1 0 0 0 \
 *		key hex 78 00 00 00  00 00 00 00 00 00 00 00 00 00 ff ff c0 00 02 00
 *	8 a second for a source and 200 for all, instead of the usual:
 *	    modbpf map update name syn_settings key 0 0 0 0 value 8 0 0 0  200 0 0 0
 */
#include "examples/headers.h"
#include "examples/rate.h"

#define SOURCES 65536
#define ALLOWED 1024
#define USUAL_PER_SOURCE 20
#define USUAL_TOTAL 1000

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ALLOWED);
	__type(key, struct source_prefix);
	__type(value, __u32);
} syn_allowed SEC(".maps");

struct settings {
	__u32 per_source, total;	/* SYNs a second; 0: the usual */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} syn_settings SEC(".maps");

/* Buckets, see rate.h. Sources that have not come for long make room for others. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SOURCES);
	__type(key, struct source_prefix);
	__type(value, __u64);
} syn_sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} syn_total SEC(".maps");

enum { COUNT_PASSED, COUNT_ALLOWED, COUNT_OVER_SOURCE, COUNT_OVER_TOTAL, COUNT_MALFORMED, COUNTS };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} syn_counts SEC(".maps");

static __always_inline int count(__u32 slot, int verdict)
{
	__u64 *value = bpf_map_lookup_elem(&syn_counts, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
	return verdict;
}

static __always_inline int judge(const struct source_prefix *source)
{
	__u64 now = bpf_ktime_get_ns(), *bucket, *total;
	const struct settings *settings;
	__u32 zero = 0, per_source, all;

	if (bpf_map_lookup_elem(&syn_allowed, source))
		return count(COUNT_ALLOWED, 1);
	settings = bpf_map_lookup_elem(&syn_settings, &zero);
	total = bpf_map_lookup_elem(&syn_total, &zero);
	if (!settings || !total)
		return 0;	/* arrays have their elements */
	per_source = settings->per_source ? : USUAL_PER_SOURCE;
	all = settings->total ? : USUAL_TOTAL;
	bucket = rate_bucket(&syn_sources, source);
	if (bucket && !rate_take(bucket, now, per_source, per_source))
		return count(COUNT_OVER_SOURCE, 0);
	if (!rate_take(total, now, all, all))
		return count(COUNT_OVER_TOTAL, 0);
	return count(COUNT_PASSED, 1);
}

SEC("cgroup_skb/inet/prerouting/-300")
int synguard(struct __sk_buff *skb)
{
	struct headers h;

	switch (headers_of_syn(skb, &h)) {
	case HEADERS_WHOLE:
		return judge(&h.source);
	case HEADERS_OTHER:
		return 1;
	default:
		return count(COUNT_MALFORMED, 0);
	}
}

char LICENSE[] SEC("license") = "GPL";
