// SPDX-License-Identifier: GPL-2.0-only
/* Functions that are not static: each is verified once, against its declaration. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[16]);
} slots SEC(".maps");

struct span {
	__u32 from, to;
	__u64 sum;
};

enum mood { CALM, BUSY, LOST };

__u64 totals[4];

__noinline int grow(struct span *span, __u32 by)
{
	if (!span)
		return -1;
	span->to += by;
	span->sum += (__u64)by * span->from;
	return span->to > span->from;
}

__noinline __u64 weigh(enum mood mood, int value)
{
	switch (mood) {
	case CALM:
		return value;
	case BUSY:
		return (__u64)value * 3;
	default:
		return 0;
	}
}

__noinline int twice(struct span *span, __u32 by)
{
	struct span other = { .from = by, .to = by };

	if (!span || grow(span, by) < 0)
		return -1;
	grow(&other, by + 1);
	span->sum ^= other.sum;
	return grow(span, other.to & 0xff);
}

__noinline int mark_of(struct __sk_buff *skb, __u32 shift)
{
	return skb->mark >> (shift & 31) & 0xff;
}

__noinline int has_magic(const char (*bytes)[8])
{
	int i, sum = 0;

	if (!bytes)
		return 0;
	for (i = 0; i < 8; i++)
		sum += (*bytes)[i];
	return sum == 42;
}

SEC("socket")
int spans_on_the_stack(struct __sk_buff *skb)
{
	struct span span = { .from = 3, .to = 7 };

	if (twice(&span, skb->len) < 0)
		return 0;
	totals[0] += span.sum;
	return span.to;
}

SEC("socket")
int spans_in_a_map(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *values = bpf_map_lookup_elem(&slots, &key);

	/* May be null: the function asks. */
	return grow((struct span *)values, 5) > 0;
}

SEC("tc")
int marks(struct __sk_buff *skb)
{
	int mark = mark_of(skb, 8);

	/* Any number: what is an index has to be bounded here. */
	totals[mark & 3]++;
	return weigh(mark & 1 ? BUSY : CALM, mark) & 3;
}

SEC("tc")
int magic_in_the_packet(struct __sk_buff *skb)
{
	char *data = (char *)(long)skb->data, *end = (char *)(long)skb->data_end;

	if (data + 8 > end)
		return 0;
	return has_magic((const char (*)[8])data);
}

SEC("kprobe")
int nothing_to_grow(struct pt_regs *ctx)
{
	return grow(0, 1) + weigh(LOST, 1);
}

char LICENSE[] SEC("license") = "GPL";
