// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netfilter programs as they are written for Linux: what the hook's and the packet's
 * structures say is compared with what is known otherwise.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/nf.h"

/* As much of the kernel's structures as is looked at; where it lies is for libbpf to say. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct net_device {
	int ifindex;
	char name[16];
};

struct nf_hook_state {
	__u8 hook, pf;
	struct net_device *in, *out;
};

struct sk_buff {
	unsigned int len, mark;
	struct net_device *dev;
};
#pragma clang attribute pop

struct bpf_nf_ctx {
	const struct nf_hook_state *state;
	struct sk_buff *skb;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NF_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} nf_seen SEC(".maps");

static __always_inline void count(__u32 slot)
{
	__u64 *value = bpf_map_lookup_elem(&nf_seen, &slot);

	if (value)
		__sync_fetch_and_add(value, 1);
}

/* Those of a certain length, which came in through veth-right. */
SEC("netfilter/ipv4/local_in")
int nf_fields(struct bpf_nf_ctx *ctx)
{
	const struct nf_hook_state *state = ctx->state;
	const struct sk_buff *skb = ctx->skb;

	if (skb->len != NF_LENGTH)
		return NF_ACCEPT;
	count(state->hook == NF_HOOK_LOCAL_IN && state->pf == NF_FAMILY_IPV4 ? NF_PLACES : NF_WRONG);
	count(state->in->name[0] == 'v' && state->in->name[5] == 'r' &&
	      state->in->ifindex == skb->dev->ifindex ? NF_DEVICES : NF_WRONG);
	/* Nothing goes out here: what is behind null is 0. */
	count(!state->out && !state->out->ifindex ? NF_DEVICES : NF_WRONG);
	return NF_ACCEPT;
}

char LICENSE[] SEC("license") = "GPL";
