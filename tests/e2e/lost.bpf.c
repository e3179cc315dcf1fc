// SPDX-License-Identifier: GPL-2.0-only
/* Programs that put records into a ring that nobody reads. */
#include "tests/e2e/events.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

/* 8 bytes and 8 of the header, each time in another one of the ways that there are. */
static __always_inline int put(void)
{
	__u32 slot = FRAMES;
	__u64 *turns = bpf_map_lookup_elem(&numbers, &slot), value = 7, *record;
	struct bpf_dynptr dynptr;
	long err = 0;

	if (!turns)
		return 0;
	switch (__sync_fetch_and_add(turns, 1) % 3) {
	case 0:
		err = bpf_ringbuf_output(&ring, &value, sizeof(value), 0);
		break;
	case 1:
		record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
		if (record)
			bpf_ringbuf_submit(record, 0);
		else
			err = -1;
		break;
	default:
		err = bpf_ringbuf_reserve_dynptr(&ring, sizeof(value), 0, &dynptr);
		bpf_ringbuf_submit_dynptr(&dynptr, 0);
	}
	add(err ? WRONG : ENTRIES, 1);
	return 0;
}

SEC("kprobe")
int on_umask(struct pt_regs *ctx)
{
	return is_watched() ? put() : 0;
}

/* Records that no ring of that size ever takes are not lost. */
SEC("kprobe")
int too_large(struct pt_regs *ctx)
{
	void *record;

	if (!is_watched())
		return 0;
	record = bpf_ringbuf_reserve(&ring, 8192, 0);
	if (record)
		bpf_ringbuf_discard(record, 0);
	add(record ? ENTRIES : WRONG, 1);
	return 0;
}

SEC("kprobe")
int calls_on(struct pt_regs *ctx)
{
	bpf_tail_call(ctx, &next, 0);
	return 0;
}

SEC("raw_tp/sys_enter")
int in_test(__u64 *args)
{
	return put();
}

SEC("cgroup_skb/ingress")
int on_packet(struct __sk_buff *skb)
{
	put();
	return 1;
}

SEC("cgroup_skb/egress")
int on_output(struct __sk_buff *skb)
{
	if (is_watched())
		put();
	return 1;
}
