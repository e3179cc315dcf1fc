// SPDX-License-Identifier: GPL-2.0-only
/*
 * What has conntrack made of a packet? Programs of each type that hooks of netfilter have read it
 * in the packet's own structure.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/nf.h"
#include "tests/e2e/nf_ctx.bpf.h"

#define STATE_BITS 7

/* As Linux declares it. */
extern void *bpf_cast_to_kern_ctx(void *obj) __ksym;

/*
 * By state, as Linux numbers it: 0 established, 2 new; then those that have none. For each type:
 * from CT_* on.
 */
enum { CT_NETFILTER, CT_CGROUP_SKB = 16, CT_SCHED_CLS = 32 };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CT_SCHED_CLS + STATE_BITS + 2);
	__type(key, __u32);
	__type(value, __u64);
} ct_states SEC(".maps");

static __always_inline void count_state(const struct sk_buff *skb, __u32 first)
{
	unsigned long ct = skb->_nfct;
	__u32 slot = first + (ct & ~(unsigned long)STATE_BITS ? ct & STATE_BITS : STATE_BITS + 1);
	__u64 *value = bpf_map_lookup_elem(&ct_states, &slot);

	if (value && skb->len == NF_LENGTH)
		__sync_fetch_and_add(value, 1);
}

SEC("netfilter/ipv4/local_in")
int counts_states(struct bpf_nf_ctx *ctx)
{
	count_state(ctx->skb, CT_NETFILTER);
	return NF_ACCEPT;
}

SEC("cgroup_skb/ipv4/local_in")
int counts_cgroup_skb(struct __sk_buff *skb)
{
	count_state(bpf_cast_to_kern_ctx(skb), CT_CGROUP_SKB);
	return 1;	/* keep */
}

SEC("tc/ipv4/local_in")
int counts_sched_cls(struct __sk_buff *skb)
{
	count_state(bpf_cast_to_kern_ctx(skb), CT_SCHED_CLS);
	return 0;	/* keep */
}

char LICENSE[] SEC("license") = "GPL";
