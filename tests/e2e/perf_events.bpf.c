// SPDX-License-Identifier: GPL-2.0-only
/* What do programs see that hang on events of perf_event_open(2)? */
#include <linux/bpf_perf_event.h>

#include "tests/e2e/events.bpf.h"
#include "tests/e2e/records.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 3);
	__uint(key_size, 4);
	__uint(value_size, 4);
} clocks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_umask")
int on_tracepoint(struct umask_record *record)
{
	if (!is_watched())
		return 0;
	add(ENTRIES, 1);
	add(MASKS, record->mask);
	add(RESULTS, bpf_get_attach_cookie(record));
	if (record->number != NR_UMASK)
		add(WRONG, 1);
	return 0;
}

/* One link, two functions: which is it? */
SEC("kprobe.multi")
int on_many(struct pt_regs *regs)
{
	if (!is_watched())
		return 0;
	add(ENTRIES, 1);
	add(RESULTS, bpf_get_attach_cookie(regs));
	add(FRAMES, bpf_get_func_ip(regs));
	return 0;
}

/* Does not ask what happened. */
SEC("tracepoint/task/task_rename")
int counts_renames(void *record)
{
	if (is_watched())
		add(ENTRIES, 1);
	return 0;
}

SEC("tracepoint/task/task_rename")
int reads_renames(struct rename_record *record)
{
	if (!is_watched())
		return 0;
	add(RETURNS, 1);
	add(MASKS, record->new[0]);
	add(RESULTS, bpf_get_attach_cookie(record));
	if (record->pid != (__s32)bpf_get_current_pid_tgid())
		add(WRONG, 1);
	return 0;
}

/* Behind the fields, where there is none. */
SEC("tracepoint/task/task_rename")
int looks_behind_renames(struct long_record *record)
{
	if (is_watched())
		add(record->words[999] ? WRONG : FRAMES, 1);
	return 0;
}

/* An event that perf counts as many. */
SEC("tracepoint/sched/sched_stat_runtime")
int reads_runtimes(struct task_record *record)
{
	if (record->pid && is_watched())
		add(ENTRIES, 1);
	return 0;
}

SEC("raw_tracepoint/sched_stat_runtime")
int counts_runtimes(void *args)
{
	if (is_watched())
		add(RETURNS, 1);
	return 0;
}

/* Called from the next: looks where no field is. */
SEC("tracepoint/syscalls/sys_enter_umask")
int looks_beyond(struct long_record *record)
{
	__u64 sum = 0;

	sum |= record->words[4] | record->words[100] | record->words[999];
	if (is_watched())
		add(sum ? WRONG : FRAMES, 1);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_umask")
int calls_on(void *record)
{
	bpf_tail_call(record, &next, 0);
	return 0;
}

SEC("kprobe")
int on_entry(struct pt_regs *ctx)
{
	unsigned long mask = 0;

	if (!is_watched())
		return 0;
	bpf_probe_read_kernel(&mask, sizeof(mask), &((struct pt_regs *)ctx->rdi)->rdi);
	add(ENTRIES, 1);
	add(MASKS, mask);
	add(SWITCHES, bpf_get_attach_cookie(ctx));
	return 0;
}

SEC("kretprobe")
int on_return(struct pt_regs *ctx)
{
	if (!is_watched())
		return 0;
	add(RETURNS, 1);
	add(RESULTS, ctx->rax);
	return 0;
}

/* A function of the test itself: two numbers, their sum. */
SEC("uprobe")
int on_user_entry(struct pt_regs *ctx)
{
	add(ENTRIES, 1);
	add(MASKS, ctx->rdi + ctx->rsi);
	add(SWITCHES, bpf_get_attach_cookie(ctx));
	return 0;
}

SEC("uretprobe")
int on_user_return(struct pt_regs *ctx)
{
	add(RETURNS, 1);
	add(RESULTS, ctx->rax);
	return 0;
}

/* What is known of the clock that it is for never becomes less. */
SEC("perf_event")
int on_clock(struct bpf_perf_event_data *ctx)
{
	struct bpf_perf_event_value value;
	static __u64 last;

	if (bpf_perf_prog_read_value(ctx, &value, sizeof(value)) || value.counter <= last ||
	    value.enabled != value.running)
		add(WRONG, 1);
	last = value.counter;
	add(ENTRIES, 1);
	add(MASKS, ctx->sample_period);
	if (ctx->regs.rip == 0)
		add(WRONG, 1);
	return 0;
}

/* Looks at a clock in the map, which may be its own. */
SEC("perf_event")
int looks_at_clock(void *ctx)
{
	bpf_perf_event_read(&clocks, 0);
	return 0;
}

/* What the clock of an index, or of this CPU, shows; both ways to ask agree. */
SEC("kprobe")
int reads_clock(struct pt_regs *ctx)
{
	struct bpf_perf_event_value value;
	__u64 index = 0, first;
	long err;

	if (!is_watched())
		return 0;
	bpf_probe_read_kernel(&index, sizeof(index), &((struct pt_regs *)ctx->rdi)->rdi);
	index = index == 0777 ? BPF_F_CURRENT_CPU : index;
	first = bpf_perf_event_read(&clocks, index);
	err = bpf_perf_event_read_value(&clocks, index, &value, sizeof(value));
	add(ENTRIES, 1);
	add(RESULTS, err ? err : (long)value.counter);
	if (err ? (long)first != err : value.counter < first || value.enabled != value.running)
		add(WRONG, 1);
	if (bpf_perf_event_read_value(&clocks, index, &value, 8) != -22 || value.counter)
		add(WRONG, 1);
	return 0;
}

SEC("kprobe")
int puts_out(struct pt_regs *ctx)
{
	unsigned long record[2] = {};
	long err;

	if (!is_watched())
		return 0;
	bpf_probe_read_kernel(&record[0], sizeof(record[0]), &((struct pt_regs *)ctx->rdi)->rdi);
	record[1] = 0x1122334455667788;
	err = bpf_perf_event_output(ctx, &records, BPF_F_CURRENT_CPU, record, 13);
	add(err ? WRONG : ENTRIES, 1);
	if (err)
		add(RESULTS, -err);
	return 0;
}
