// SPDX-License-Identifier: GPL-2.0-only
/* Arrays in place: sorting, searching, matrices, sieves, queues kept by hand, bitmaps. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct numbers {
	__u32 v[64];
};

struct ring {
	__u32 head, tail;
	__u64 slots[32];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct numbers);
} tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct ring);
} rings SEC(".maps");

const __u32 thresholds[16] = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000,
			       20000, 50000, 100000 };
__u64 bitmap[16];
__u32 left[16], right[16], product[16];

static __always_inline struct numbers *table(__u32 index)
{
	return bpf_map_lookup_elem(&tables, &index);
}

SEC("kprobe/insertion")
int insertion_sort(struct pt_regs *ctx)
{
	struct numbers *t = table(0);
	int i, j;

	if (!t)
		return 0;
	for (i = 1; i < 12; i++) {
		__u32 v = t->v[i];

		for (j = i; j > 0; j--) {
			if (t->v[j - 1] <= v)
				break;
			t->v[j] = t->v[j - 1];
		}
		t->v[j] = v;
	}
	return t->v[0];
}

SEC("kprobe/bubble")
int bubble_on_stack(struct pt_regs *ctx)
{
	__u32 v[6] = { ctx->rdi, ctx->rsi, ctx->rdx, ctx->rcx, ctx->r8, ctx->r9 }, t;
	int i, j;

	for (i = 0; i < 5; i++)
		for (j = 0; j < 5 - i; j++)
			if (v[j] > v[j + 1]) {
				t = v[j];
				v[j] = v[j + 1];
				v[j + 1] = t;
			}
	return v[3];
}

SEC("kprobe/search")
int binary_search(struct pt_regs *ctx)
{
	__u32 low = 0, high = 16, wanted = ctx->rdi;
	int i;

	for (i = 0; i < 5 && low < high; i++) {
		__u32 middle = (low + high) / 2;

		if (middle >= 16)
			return -1;
		if (thresholds[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

SEC("kprobe/sieve")
int sieve(struct pt_regs *ctx)
{
	__u32 i, j, primes = 0;

	for (i = 0; i < 16; i++)
		bitmap[i] = 0;
	for (i = 2; i < 128; i++) {
		if (bitmap[i >> 6] >> (i & 63) & 1)
			continue;
		primes++;
		for (j = i * 2; j < 128; j += i)
			bitmap[j >> 6 & 15] |= 1ULL << (j & 63);
	}
	return primes;
}

SEC("kprobe/matrix")
int matrix(struct pt_regs *ctx)
{
	int i, j, k;

	for (i = 0; i < 4; i++)
		for (j = 0; j < 4; j++) {
			__u32 sum = 0;

			for (k = 0; k < 4; k++)
				sum += left[i * 4 + k] * right[k * 4 + j];
			product[i * 4 + j] = sum;
		}
	return product[0];
}

SEC("kprobe/ring")
int ring_by_hand(struct pt_regs *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id() & 7;
	struct ring *ring = bpf_map_lookup_elem(&rings, &cpu);

	if (!ring)
		return 0;
	ring->slots[ring->head & 31] = ctx->rdi;
	ring->head++;
	if (ring->head - ring->tail > 32)
		ring->tail++;
	return ring->slots[ring->tail % 32];
}

SEC("kprobe/bitmap")
int bitmap_range(struct pt_regs *ctx)
{
	__u32 from = ctx->rdi & 1023, to = ctx->rsi & 1023, i, n = 0;

	for (i = 0; i < 16; i++) {
		__u32 low = i * 64, high = low + 63;

		if (high < from || low > to)
			continue;
		bitmap[i] |= low >= from && high <= to ? ~0ULL : 1ULL << (from & 63);
		n++;
	}
	return n;
}

SEC("kprobe/max")
int maximum(struct pt_regs *ctx)
{
	__u32 index = ctx->rdi, i, best = 0, at = 0;
	struct numbers *t = table(index);

	if (!t)
		return 0;
	for (i = 0; i < 24; i++)
		if (t->v[i] > best) {
			best = t->v[i];
			at = i;
		}
	return t->v[at];
}

char _license[] SEC("license") = "GPL";
