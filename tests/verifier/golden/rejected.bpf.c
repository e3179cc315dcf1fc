// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mistakes as people make them, each in a program of its own. What they are told is in
 * c.log, next to this: tests/cli/golden.sh compares, "make golden" writes it anew.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/in.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#define COUNTERS 16

struct event {
	__u8 kind;
	__u64 when;	/* seven bytes of padding in front */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct event);
} latest SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[COUNTERS]);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

char gpl[] SEC("license") = "GPL";

static __u64 *counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&table, &zero);
}

SEC("kprobe/f")
int no_null_check(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *count = bpf_map_lookup_elem(&counts, &pid);

	if (pid > 1)
		*count += 1;
	return 0;
}

SEC("kprobe/f")
int off_by_one(void *ctx)
{
	__u32 which = bpf_get_prandom_u32();
	__u64 *all = counters();

	if (!all || which > COUNTERS)
		return 0;
	all[which]++;
	return 0;
}

SEC("kprobe/f")
int negative_index(void *ctx)
{
	int which = bpf_get_prandom_u32();
	__u64 *all = counters();

	if (!all || which >= COUNTERS)
		return 0;
	all[which]++;
	return 0;
}

SEC("kprobe/f")
int padding(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct event event = { .kind = 1, .when = bpf_ktime_get_ns() };

	return bpf_map_update_elem(&latest, &pid, &event, BPF_ANY);
}

SEC("tc")
int unchecked_packet(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);

	if ((void *)(eth + 1) > end || eth->h_proto != __builtin_bswap16(ETH_P_IP))
		return 0;
	return ip->protocol == IPPROTO_TCP;
}

SEC("tc")
int packet_that_moved(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u8 *first = data;

	if (data + 64 > end)
		return 0;
	bpf_skb_pull_data(skb, 128);
	return *first;
}

SEC("kprobe/f")
int record_is_lost(void *ctx)
{
	__u64 now = bpf_ktime_get_ns();
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	event->when = now;
	if (now & 1)
		return 0;	/* the record is still held */
	event->kind = 1;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("kprobe/f")
int size_of_unknown(void *ctx)
{
	char text[64];
	__u64 *all = counters();

	if (!all)
		return 0;
	bpf_probe_read_kernel(text, all[0], ctx);
	return text[0];
}

SEC("cgroup_skb/ingress")
int wrong_verdict(struct __sk_buff *skb)
{
	return skb->len > 1000 ? 2 : 1;
}

SEC("cgroup_skb/ingress")
int helper_of_others(struct __sk_buff *skb)
{
	__u64 ip[4];

	return bpf_get_stack(skb, ip, sizeof(ip), 0) > 0;
}

SEC("kprobe/f")
int pointer_is_kept(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *count = bpf_map_lookup_elem(&counts, &pid);

	if (count)
		*count = (__u64)ctx;
	return 0;
}

static long visit(__u32 index, __u64 *all)
{
	all[0] += index;
	return index > 100;
}

SEC("kprobe/f")
int callback_reads(void *ctx)
{
	__u64 *all = counters();

	if (all)
		bpf_loop(16, visit, ctx, 0);
	return 0;
}

static __u64 *find(__u32 pid)
{
	return bpf_map_lookup_elem(&counts, &pid);
}

__attribute__((noinline)) int add_to(__u64 *count)
{
	*count += 1;
	return 0;
}

SEC("kprobe/f")
int nothing_passed(void *ctx)
{
	return add_to(find(1));
}

static __attribute__((noinline)) int fill(char *text)
{
	char own[320];
	int i;

	for (i = 0; i < 320; i++)
		own[i] = text[i % 8];
	return own[bpf_get_prandom_u32() & 63];
}

SEC("kprobe/f")
int deep_stack(void *ctx)
{
	char text[240];
	int i;

	for (i = 0; i < 240; i++)
		text[i] = bpf_get_prandom_u32();
	return fill(text);
}
