// SPDX-License-Identifier: GPL-2.0-only
/* Programs that take what user space put into a ring; each returns what the helper did. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/samples.h"

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, RING_BYTES);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SAMPLE_NUMBERS);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

static void add(__u32 slot, __u64 number)
{
	__u64 *at = bpf_map_lookup_elem(&numbers, &slot);

	if (at)
		*at += number;
}

/* What is read, and what is seen in place, are the same where nobody writes. */
static long take(struct bpf_dynptr *sample, void *context)
{
	__u64 number, *in_place;

	if (bpf_dynptr_read(&number, sizeof(number), sample, 0, 0)) {
		add(SHORT, 1);
		return 0;
	}
	in_place = bpf_dynptr_data(sample, 0, sizeof(*in_place));
	if (in_place && *in_place == number)
		add(SUM, number);
	return number == LAST_SAMPLE;
}

SEC("socket")
int drains(void *ctx)
{
	return bpf_user_ringbuf_drain(&samples, take, NULL, 0);
}

SEC("socket")
int drains_quietly(void *ctx)
{
	return bpf_user_ringbuf_drain(&samples, take, NULL, BPF_RB_NO_WAKEUP);
}

SEC("socket")
int drains_loudly(void *ctx)
{
	return bpf_user_ringbuf_drain(&samples, take, NULL, BPF_RB_FORCE_WAKEUP);
}

SEC("socket")
int drains_wrongly(void *ctx)
{
	return bpf_user_ringbuf_drain(&samples, take, NULL, 4);
}

static long take_again(struct bpf_dynptr *sample, void *context)
{
	add(NESTED, -bpf_user_ringbuf_drain(&samples, take, NULL, 0));
	return 0;
}

SEC("socket")
int drains_in_itself(void *ctx)
{
	return bpf_user_ringbuf_drain(&samples, take_again, NULL, 0);
}

char LICENSE[] SEC("license") = "GPL";
