// SPDX-License-Identifier: GPL-2.0-only
/* Programs of all types that have dynptrs of packets: what do they see in a test run? */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/nf_ctx.bpf.h"
#include "tests/e2e/packet_dynptr.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct packet_told);
} told_map SEC(".maps");

/* As Linux declares them. */
extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr__uninit) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *ptr, __u32 offset, void *buffer, __u32 buffer__szk) __ksym;
extern __u32 bpf_dynptr_size(const struct bpf_dynptr *ptr) __ksym;
extern _Bool bpf_dynptr_is_rdonly(const struct bpf_dynptr *ptr) __ksym;
extern void *bpf_cast_to_kern_ctx(void *obj) __ksym;

static __always_inline struct packet_told *tell(struct __sk_buff *packet)
{
	__u32 slot = 0;
	struct packet_told *told = bpf_map_lookup_elem(&told_map, &slot);
	struct bpf_dynptr dynptr;
	__u8 room[4], *bytes;

	if (!told || bpf_dynptr_from_skb(packet, 0, &dynptr))
		return NULL;
	told->size = bpf_dynptr_size(&dynptr);
	told->is_rdonly = bpf_dynptr_is_rdonly(&dynptr);
	bytes = bpf_dynptr_slice(&dynptr, 0, room, sizeof(room));
	if (!bytes)
		return NULL;
	__builtin_memcpy(told->bytes, bytes, sizeof(room));
	told->written = bpf_dynptr_write(&dynptr, 1, "w", 1, 0);
	return told;
}

/* What the packet's own structure says. */
static __always_inline int tell_all(struct __sk_buff *packet)
{
	const struct sk_buff *skb = bpf_cast_to_kern_ctx(packet);
	struct packet_told *told = tell(packet);

	if (!told)
		return 0;
	told->length = skb->len;
	told->protocol = skb->protocol;
	told->in = skb->dev->ifindex;
	return 1;
}

SEC("tc")
int of_sched_cls(struct __sk_buff *skb)
{
	return tell_all(skb);
}

SEC("cgroup_skb/ingress")
int of_cgroup_skb(struct __sk_buff *skb)
{
	return tell_all(skb);
}

SEC("netfilter")
int of_netfilter(struct bpf_nf_ctx *ctx)
{
	const struct nf_hook_state *state = ctx->state;
	struct packet_told *told = tell((struct __sk_buff *)ctx->skb);

	if (!told)
		return 0;
	told->hook = state->hook;
	told->family = state->pf;
	told->in = state->in->ifindex;
	told->out = state->out->ifindex;
	told->protocol = ctx->skb->protocol;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
