// SPDX-License-Identifier: GPL-2.0-only
/* Loops: counted, over strings and maps, with early exits, nested, histograms. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

#define SLOTS 27

struct hist {
	__u32 slots[SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct hist);
} hists SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[256]);
} scratch SEC(".maps");

__u64 table[64];
char pattern[16] = "passwd";

static __always_inline __u64 log2_of(__u32 v)
{
	__u32 shift, r;

	r = (v > 0xFFFF) << 4;
	v >>= r;
	shift = (v > 0xFF) << 3;
	v >>= shift;
	r |= shift;
	shift = (v > 0xF) << 2;
	v >>= shift;
	r |= shift;
	shift = (v > 0x3) << 1;
	v >>= shift;
	r |= shift;
	r |= v >> 1;
	return r;
}

SEC("kprobe/io")
int histogram(struct pt_regs *ctx)
{
	__u32 key = ctx->rdi & 15;
	struct hist *hist = bpf_map_lookup_elem(&hists, &key);
	__u64 slot;

	if (!hist)
		return 0;
	slot = log2_of(ctx->rsi);
	if (slot >= SLOTS)
		slot = SLOTS - 1;
	__sync_fetch_and_add(&hist->slots[slot], 1);
	return 0;
}

SEC("kprobe/sum")
int sum_of_table(struct pt_regs *ctx)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < 64; i++)
		sum += table[i] * i;
	table[ctx->rdi & 63] = sum;
	return 0;
}

SEC("kprobe/string")
int count_letters(struct pt_regs *ctx)
{
	__u32 key = 0;
	char *text = bpf_map_lookup_elem(&scratch, &key);
	int i, letters = 0;
	long len;

	if (!text)
		return 0;
	len = bpf_probe_read_kernel_str(text, 256, (const void *)ctx->rdi);
	if (len <= 0)
		return 0;
	for (i = 0; i < 256; i++) {
		if (i >= len - 1)
			break;
		if (text[i] >= 'a' && text[i] <= 'z')
			letters++;
	}
	table[0] = letters;
	return 0;
}

SEC("kprobe/match")
int match(struct pt_regs *ctx)
{
	char text[32];
	int i, j;

	if (bpf_probe_read_kernel_str(text, sizeof(text), (const void *)ctx->rdi) < 0)
		return 0;
	for (i = 0; i < 16; i++) {
		for (j = 0; j < 8; j++) {
			if (!pattern[j])
				break;
			if (text[i + j] != pattern[j])
				goto next;
		}
		table[1]++;
		return 0;
next:;
	}
	return 0;
}

SEC("kprobe/bounded")
int bounded_by_argument(struct pt_regs *ctx)
{
	__u64 n = ctx->rdi, i;
	__u64 sum = 0;

	if (n > 64)
		n = 64;
	for (i = 0; i < n; i++)
		sum += table[i & 63];
	table[2] = sum;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
