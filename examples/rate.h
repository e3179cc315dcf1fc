/* SPDX-License-Identifier: GPL-2.0-only */
/* So many a second, and so many at once: for eBPF programs on all CPUs at a time. */
#ifndef EXAMPLES_RATE_H
#define EXAMPLES_RATE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#define RATE_SECOND 1000000000ull
#define RATE_TRIES 8	/* others may take one at the same time; then this one is refused */

/*
 * A bucket of tokens in one number: when, in nanoseconds, the bucket will be full again.
 * Each token taken puts that off by what it takes to refill it (the generic cell rate
 * algorithm, ITU-T I.371). @per_second and @burst: zero lets nothing pass.
 */
static __always_inline bool rate_take(__u64 *full_at, __u64 now, __u32 per_second, __u32 burst)
{
	__u64 refill, seen, from;
	int i;

	if (!per_second || !burst)
		return false;
	refill = RATE_SECOND / per_second;
	for (i = 0; i < RATE_TRIES; i++) {
		seen = *(volatile __u64 *)full_at;
		from = seen > now ? seen : now;
		if (from - now > refill * (burst - 1))
			return false;
		if (__sync_val_compare_and_swap(full_at, seen, from + refill) == seen)
			return true;
	}
	return false;
}

/* The bucket of @key in the hash @buckets, a full one if it is new. NULL: there is no room. */
static __always_inline __u64 *rate_bucket(void *buckets, const void *key)
{
	__u64 *bucket = bpf_map_lookup_elem(buckets, key), full = 0;

	if (bucket)
		return bucket;
	bpf_map_update_elem(buckets, key, &full, BPF_NOEXIST);
	return bpf_map_lookup_elem(buckets, key);
}

#endif
