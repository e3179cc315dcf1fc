// SPDX-License-Identifier: GPL-2.0-only
/* Numbers: division, roots, averages, checksums, bit tricks, generators. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct average {
	__u64 count, sum, ewma, max, min;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct average);
} averages SEC(".maps");

__u32 crc_table[256];
__u64 random_state = 88172645463325252ULL;

SEC("kprobe/average")
int average(struct pt_regs *ctx)
{
	__u32 key = ctx->rdi & 127;
	__u64 v = ctx->rsi;
	struct average *a = bpf_map_lookup_elem(&averages, &key), fresh = { 1, v, v << 8, v, v };

	if (!a) {
		bpf_map_update_elem(&averages, &key, &fresh, BPF_ANY);
		return 0;
	}
	a->count++;
	a->sum += v;
	a->ewma += (v << 8) / 8 - a->ewma / 8;
	if (v > a->max)
		a->max = v;
	if (v < a->min)
		a->min = v;
	return a->count ? a->sum / a->count : 0;
}

/* By Newton's steps; the divisor is never zero, which only the test before it shows. */
SEC("kprobe/isqrt")
int square_root(struct pt_regs *ctx)
{
	__u64 n = ctx->rdi, root = n;
	int i;

	for (i = 0; i < 40; i++) {
		if (!root)
			break;
		root = (root + n / root) >> 1;
	}
	return root;
}

SEC("kprobe/crc32")
int crc32_of_comm(struct pt_regs *ctx)
{
	char comm[16] = {};
	__u32 crc = ~0u;
	int i, k;

	bpf_get_current_comm(comm, sizeof(comm));
	for (i = 0; i < 16; i++) {
		crc ^= (__u8)comm[i];
		for (k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

SEC("kprobe/crc_table")
int crc32_by_table(struct pt_regs *ctx)
{
	__u64 words[4] = { ctx->rdi, ctx->rsi, ctx->rdx, ctx->rcx };
	__u8 *bytes = (__u8 *)words;
	__u32 crc = ~0u, i;

	for (i = 0; i < sizeof(words); i++)
		crc = crc_table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
	return ~crc;
}

SEC("kprobe/bits")
int bit_tricks(struct pt_regs *ctx)
{
	__u64 v = ctx->rdi, set, reversed;

	set = v - (v >> 1 & 0x5555555555555555ULL);
	set = (set & 0x3333333333333333ULL) + (set >> 2 & 0x3333333333333333ULL);
	set = (set + (set >> 4) & 0x0f0f0f0f0f0f0f0fULL) * 0x0101010101010101ULL >> 56;
	reversed = __builtin_bswap64(v);
	reversed = (reversed >> 4 & 0x0f0f0f0f0f0f0f0fULL) | (reversed & 0x0f0f0f0f0f0f0f0fULL) << 4;
	reversed = (reversed >> 2 & 0x3333333333333333ULL) | (reversed & 0x3333333333333333ULL) << 2;
	reversed = (reversed >> 1 & 0x5555555555555555ULL) | (reversed & 0x5555555555555555ULL) << 1;
	return set + (reversed >> 60) + __builtin_bswap32(v) + __builtin_bswap16(v);
}

SEC("kprobe/gcd")
int greatest_divisor(struct pt_regs *ctx)
{
	__u32 a = ctx->rdi, b = ctx->rsi, t;
	int i;

	for (i = 0; i < 48 && b; i++) {
		t = a % b;
		a = b;
		b = t;
	}
	return a;
}

SEC("kprobe/random")
int xorshift(struct pt_regs *ctx)
{
	__u64 x = random_state;
	__u32 i, below = 0;

	for (i = 0; i < 20; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		if ((x >> 40) % 100 < 30)
			below++;
	}
	random_state = x;
	return below;
}

SEC("kprobe/fixed")
int fixed_point(struct pt_regs *ctx)
{
	__s64 x = (__s32)ctx->rdi, y = (__s32)ctx->rsi, z;

	z = x * y >> 16;
	if (z < 0)
		z = -z;
	if (z > 1000000)
		z = 1000000;
	z = z * 3 - 7;
	return z >= 0 ? z >> 3 : -(-z >> 3);
}

SEC("kprobe/fibonacci")
int fibonacci(struct pt_regs *ctx)
{
	__u32 n = ctx->rdi % 90, i;
	__u64 a = 0, b = 1, t;

	for (i = 0; i < 90; i++) {
		if (i >= n)
			break;
		t = a + b;
		a = b;
		b = t;
	}
	return a;
}

char _license[] SEC("license") = "GPL";
