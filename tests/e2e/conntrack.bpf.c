// SPDX-License-Identifier: GPL-2.0-only
/* What has conntrack made of a packet? A netfilter program reads it in the packet's own structure. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/nf.h"
#include "tests/e2e/nf_ctx.bpf.h"

#define STATE_BITS 7

/* By state, as Linux numbers it: 0 established, 2 new; then those that have none. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STATE_BITS + 2);
	__type(key, __u32);
	__type(value, __u64);
} ct_states SEC(".maps");

SEC("netfilter/ipv4/local_in")
int counts_states(struct bpf_nf_ctx *ctx)
{
	const struct sk_buff *skb = ctx->skb;
	unsigned long ct = skb->_nfct;
	__u32 slot = ct & ~(unsigned long)STATE_BITS ? ct & STATE_BITS : STATE_BITS + 1;
	__u64 *value = bpf_map_lookup_elem(&ct_states, &slot);

	if (value && skb->len == NF_LENGTH)
		__sync_fetch_and_add(value, 1);
	return NF_ACCEPT;
}

char LICENSE[] SEC("license") = "GPL";
