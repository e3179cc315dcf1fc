// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of each type that are accepted (ok_) and rejected (no_), each for
 * another reason: does the device say what "modbpf check" says? None is attached.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

static volatile __u64 table[4];
const volatile __u32 inside = 3, outside = 4;

SEC("kprobe/f")
int ok_constant(void *ctx)
{
	return table[inside];
}

SEC("kprobe/f")
int no_constant(void *ctx)
{
	return table[outside];
}

SEC("kprobe/f")
int ok_lookup(void *ctx)
{
	__u32 key = bpf_get_prandom_u32();
	__u64 *value = bpf_map_lookup_elem(&numbers, &key);

	return value ? *value : 0;
}

static __noinline __u64 follow(const __u64 *value)
{
	return *value;
}

SEC("kprobe/f")
int no_lookup(void *ctx)
{
	__u32 key = bpf_get_prandom_u32();

	return follow(bpf_map_lookup_elem(&numbers, &key));
}

SEC("kprobe/f")
int no_release(void *ctx)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return 0;
	*record = 1;
	return 0;
}

SEC("kprobe/f")
int no_end(void *ctx)
{
	asm volatile("again: goto again");
	return 0;
}

SEC("kprobe/f")
int no_field(void *ctx)
{
	return *(int *)(ctx + 4000);
}

SEC("kprobe/f")
int no_helper(void *ctx)
{
	return bpf_skb_load_bytes(ctx, 0, ctx, 8);
}

SEC("tc")
int ok_packet(struct __sk_buff *skb)
{
	const unsigned char *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	return data + 14 <= end ? data[13] : 0;
}

SEC("tc")
int no_packet(struct __sk_buff *skb)
{
	const unsigned char *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	return data + 13 <= end ? data[13] : 0;
}

SEC("tc")
int ok_fields(struct __sk_buff *skb)
{
	skb->mark = skb->len + skb->priority + skb->hash;
	return skb->tc_index + skb->vlan_tci + skb->ifindex;
}

SEC("tc")
int no_napi(struct __sk_buff *skb)
{
	return skb->napi_id;
}

SEC("tc")
int no_gso(struct __sk_buff *skb)
{
	return skb->gso_size;
}

SEC("cgroup_skb/ingress")
int ok_judge(struct __sk_buff *skb)
{
	return skb->len > 100;
}

SEC("cgroup_skb/ingress")
int no_judge(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("socket")
int no_mark(struct __sk_buff *skb)
{
	skb->mark = 1;
	return 0;
}

SEC("netfilter")
int no_verdict(void *ctx)
{
	return bpf_get_prandom_u32();
}

SEC("sk_msg")
int no_type(void *ctx)
{
	return 2;
}

char text[] SEC("license") = "GPL";
