// SPDX-License-Identifier: GPL-2.0-only
/* Subprograms: static and not, pointers to the caller's stack, a switch, tail calls. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u64);
} seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} jumps SEC(".maps");

struct pair {
	__u64 a, b;
};

__u64 results[8];

static __noinline __u64 mix(__u64 a, __u64 b)
{
	a ^= b >> 7;
	a *= 0x9e3779b97f4a7c15ULL;
	return a ^ a >> 32;
}

static __noinline int fill(struct pair *pair, __u64 seed)
{
	pair->a = mix(seed, 1);
	pair->b = mix(seed, pair->a);
	return pair->a > pair->b;
}

static __noinline __u64 *find(__u64 key)
{
	return bpf_map_lookup_elem(&seen, &key);
}

__noinline int classify(__u32 kind, __u64 value)
{
	switch (kind) {
	case 0:
		return value & 0xff;
	case 1:
		return value >> 8 & 0xff;
	case 2:
		return value % 10;
	case 3:
		return value / 3;
	case 4:
		return mix(value, value);
	case 5:
		return -1;
	case 9:
		return value * 7;
	default:
		return 0;
	}
}

SEC("kprobe/pairs")
int pairs(struct pt_regs *ctx)
{
	struct pair pair;
	__u64 *found, one = 1;
	int order = fill(&pair, ctx->rdi);

	found = find(pair.a);
	if (found)
		*found += order;
	else
		bpf_map_update_elem(&seen, &pair.b, &one, BPF_ANY);
	results[order & 7] = classify(ctx->rsi, pair.a);
	return 0;
}

SEC("kprobe/chain")
int chain(struct pt_regs *ctx)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < 8; i++)
		sum += classify(i, ctx->rdi + i);
	results[0] = sum;
	bpf_tail_call(ctx, &jumps, 2);
	return 1;
}

static __noinline int leave(struct pt_regs *ctx)
{
	bpf_tail_call(ctx, &jumps, 1);
	return 5;
}

SEC("kprobe/leave")
int leave_from_below(struct pt_regs *ctx)
{
	int result = leave(ctx);

	results[1] = result;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
