// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that leave the packet to another one, of each type that hangs at a netfilter hook: the other sees
 * the same packet, and its verdict counts. The others hang where no packet passes.
 */
#include "tests/e2e/families.bpf.h"

enum { BY_CGROUP_SKB, BY_SCHED_CLS, BY_NETFILTER, STAYED, DROPS, SLOTS };	/* DROPS: a bit for each type */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} hops SEC(".maps");

#define OTHERS(name, other) \
	struct { \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY); \
		__uint(max_entries, 1); \
		__uint(key_size, 4); \
		__array(values, int(void *ctx)); \
	} name SEC(".maps") = { .values = { (void *)&(other) } }

static __always_inline int shall_drop(__u32 type)
{
	count_in(&hops, type);
	return setting_in(&hops, DROPS) >> type & 1;
}

SEC("cgroup_skb/ipv4/forward") int other_cgroup_skb(struct __sk_buff *skb)
{
	return !is_ping(skb) || !shall_drop(BY_CGROUP_SKB);
}

SEC("tc/ipv4/forward") int other_sched_cls(struct __sk_buff *skb)
{
	return is_ping(skb) && shall_drop(BY_SCHED_CLS) ? 2 : 0;
}

/* Nothing but pings comes there; what it would look into the packet with is not everybody's (nf.bpf.c). */
SEC("netfilter/ipv4/forward") int other_netfilter(void *ctx)
{
	return !shall_drop(BY_NETFILTER);
}

OTHERS(of_cgroup_skb, other_cgroup_skb);
OTHERS(of_sched_cls, other_sched_cls);
OTHERS(of_netfilter, other_netfilter);

SEC("cgroup_skb/ipv4/local_in/30") int one_cgroup_skb(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &of_cgroup_skb, 0);
	count_in(&hops, STAYED);
	return 1;
}

SEC("tc/ipv4/local_in/31") int one_sched_cls(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &of_sched_cls, 0);
	count_in(&hops, STAYED);
	return 0;
}

SEC("netfilter/ipv4/local_in/32") int one_netfilter(void *ctx)
{
	bpf_tail_call(ctx, &of_netfilter, 0);
	count_in(&hops, STAYED);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
