// SPDX-License-Identifier: GPL-2.0-only
/* Programs on dynptrs: what they do, and where, the test says (dynptr.c). */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tests/e2e/dynptr.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dynptr_io);
} io_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

/* Passed on by its address. */
static __noinline long read_number(struct bpf_dynptr *dynptr, struct dynptr_io *io)
{
	__u64 number = 1;
	long err = bpf_dynptr_read(&number, sizeof(number), dynptr, io->from, 0);

	io->read = number;
	return err;
}

/* A number to one place of the buffer, another read from one, a slice at its start. */
SEC("tc")
int in_value(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct dynptr_io *io = bpf_map_lookup_elem(&io_map, &zero);
	struct bpf_dynptr dynptr;
	__u64 number, *slice;

	if (!io)
		return 0;
	number = io->number;
	io->made = bpf_dynptr_from_mem(io->buffer, io->size & (DYNPTR_BYTES - 1), io->flags, &dynptr);
	io->written = bpf_dynptr_write(&dynptr, io->to, &number, sizeof(number), 0);
	io->was_read = read_number(&dynptr, io);
	slice = bpf_dynptr_data(&dynptr, 0, sizeof(*slice));
	io->sliced = slice ? *slice : 0;
	return 1;
}

/* Of two records as long as is asked for, the one that is filled in two ways is kept. */
SEC("tc")
int in_ring(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct dynptr_io *io = bpf_map_lookup_elem(&io_map, &zero);
	struct bpf_dynptr kept, dropped;
	__u64 number, *slice;

	if (!io)
		return 0;
	number = io->number;
	io->made = bpf_ringbuf_reserve_dynptr(&ring, io->size, io->flags, &kept);
	io->other = bpf_ringbuf_reserve_dynptr(&ring, io->size, io->flags, &dropped);
	io->written = bpf_dynptr_write(&kept, 8, &number, sizeof(number), 0);
	slice = bpf_dynptr_data(&kept, 0, sizeof(*slice));
	if (slice)
		*slice = ~io->number;
	bpf_ringbuf_submit_dynptr(&kept, 0);
	bpf_ringbuf_discard_dynptr(&dropped, 0);
	io->read = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
