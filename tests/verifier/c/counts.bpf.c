// SPDX-License-Identifier: GPL-2.0-only
/* Callbacks that count in their context, for as many rounds as a map has elements. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, __u64);
} elements SEC(".maps");

struct stats {
	__u32 cnt, max;
	__u64 sum;
};

struct found {
	__u32 cnt, wanted;
	__u64 keys[16];
};

__u64 out[4], firsts[16];

static long add_up(void *map, __u64 *key, __u64 *value, struct stats *stats)
{
	stats->cnt++;
	stats->sum += *value;
	if (*value > stats->max)
		stats->max = *value;
	return 0;
}

SEC("kprobe/statistics")
int statistics(struct pt_regs *ctx)
{
	struct stats stats = {};

	bpf_for_each_map_elem(&elements, add_up, &stats, 0);
	if (stats.cnt > 10)
		out[0] = stats.sum;
	if (stats.max > 1000)
		out[1] = stats.sum / stats.cnt;
	return 0;
}

static long count_one(void *map, __u64 *key, __u64 *value, __u64 *cnt)
{
	++*cnt;
	return 0;
}

SEC("kprobe/number")
int number_of_elements(struct pt_regs *ctx)
{
	__u64 cnt = 0;

	bpf_for_each_map_elem(&elements, count_one, &cnt, 0);
	if (cnt == 3)
		out[0] = 1;
	else if (cnt < 4)
		out[cnt] = 2;
	return 0;
}

static long collect(void *map, __u64 *key, __u64 *value, struct found *found)
{
	if (*value != found->wanted)
		return 0;
	if (found->cnt >= 16)
		return 1;
	found->keys[found->cnt++] = *key;
	return 0;
}

SEC("kprobe/collect")
int collect_keys(struct pt_regs *ctx)
{
	struct found found = { .wanted = ctx->rdi };
	__u32 i;

	bpf_for_each_map_elem(&elements, collect, &found, 0);
	for (i = 0; i < found.cnt && i < 16; i++)
		firsts[i] ^= found.keys[i];
	return 0;
}

static long weigh(__u32 i, struct stats *stats)
{
	if (stats->cnt > 100)
		return 1;
	stats->cnt += i & 3;
	stats->sum++;
	return 0;
}

SEC("kprobe/weigh")
int weigh_rounds(struct pt_regs *ctx)
{
	struct stats stats = {};

	bpf_loop(ctx->rdi & 0xffff, weigh, &stats, 0);
	if (stats.cnt > 50 || stats.sum == 9)
		out[0] = stats.sum;
	return 0;
}

char _license[] SEC("license") = "GPL";
