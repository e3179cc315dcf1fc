// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints, raw tracepoints, perf events, and loops made by helpers. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/bpf_perf_event.h>
#include <bpf/bpf_helpers.h>

#define SLOTS 16

struct bpf_map;

struct switch_record {
	__u64 head;
	char prev_comm[16];
	__s32 prev_pid, prev_prio;
	__s64 prev_state;
	char next_comm[16];
	__s32 next_pid, next_prio;
};

struct histogram {
	__u64 slots[SLOTS];
};

struct top {
	__u64 count;
	__u32 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} switches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct histogram);
} histograms SEC(".maps");

SEC("tracepoint/sched/sched_switch")
int count_switches(struct switch_record *record)
{
	__u32 pid = record->next_pid;
	__u64 one = 1, *count = bpf_map_lookup_elem(&switches, &pid);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&switches, &pid, &one, BPF_NOEXIST);
	return record->prev_comm[0];
}

SEC("raw_tracepoint/sys_enter")
int syscall_numbers(struct bpf_raw_tracepoint_args *args)
{
	__u32 slot = args->args[1] & 63;
	struct histogram *h = bpf_map_lookup_elem(&histograms, &slot);

	if (h)
		h->slots[(args->args[1] >> 6) & (SLOTS - 1)]++;
	return 0;
}

SEC("perf_event")
int sample(struct bpf_perf_event_data *data)
{
	__u32 cpu = bpf_get_smp_processor_id() & 63;
	struct histogram *h = bpf_map_lookup_elem(&histograms, &cpu);

	if (!h)
		return 0;
	h->slots[data->regs.rip >> 8 & (SLOTS - 1)] += data->sample_period;
	return 0;
}

static long busiest(struct bpf_map *map, __u32 *key, __u64 *value, void *ctx)
{
	struct top *top = ctx;

	if (*value > top->count) {
		top->count = *value;
		top->pid = *key;
	}
	return 0;
}

SEC("kprobe/busiest")
int find_busiest(struct pt_regs *ctx)
{
	struct top top = {};

	bpf_for_each_map_elem(&switches, busiest, &top, 0);
	return top.pid;
}

struct search {
	struct histogram *h;
	__u64 wanted;
	__s32 found;
};

static int look_at(__u32 index, void *ctx)
{
	struct search *search = ctx;

	if (index >= SLOTS)
		return 1;
	if (search->h->slots[index] != search->wanted)
		return 0;
	search->found = index;
	return 1;
}

SEC("kprobe/search")
int search_histogram(struct pt_regs *ctx)
{
	__u32 key = ctx->rdi & 63;
	struct search search = { .h = bpf_map_lookup_elem(&histograms, &key), .wanted = ctx->rsi, .found = -1 };

	if (!search.h)
		return -1;
	bpf_loop(1 << 20, look_at, &search, 0);
	return search.found;
}

static int clear_row(__u32 row, void *ctx)
{
	__u32 key = row;
	struct histogram *h = bpf_map_lookup_elem(&histograms, &key);
	int i;

	if (!h)
		return 1;
	for (i = 0; i < SLOTS; i++)
		h->slots[i] = 0;
	return 0;
}

SEC("kprobe/clear")
int clear_histograms(struct pt_regs *ctx)
{
	return bpf_loop(ctx->rdi & 127, clear_row, 0, 0);
}

char _license[] SEC("license") = "GPL";
