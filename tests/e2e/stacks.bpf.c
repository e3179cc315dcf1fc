// SPDX-License-Identifier: GPL-2.0-only
/* Which calls led to umask(2)? Asked in each way that a program can hang there. */
#include "tests/e2e/events.bpf.h"
#include "tests/e2e/stacks.h"

/*
 * One for each kind: two stacks with one hash, which have one place, are refused as they should be, but
 * where user space lies is chance.
 */
struct stacks {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 256);
	__uint(key_size, 4);
	__uint(value_size, STACK_DEPTH * 8);
} kernel_stacks SEC(".maps"), user_stacks SEC(".maps");

/* By the number of the stack of the kernel, and that of user space. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct stack_pair);
	__type(value, __u64);
} counts SEC(".maps");

/* What get_stack gave last. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct stack_copy);
} copies SEC(".maps");

static __always_inline int count(void *ctx)
{
	struct stack_pair pair = {};
	__u64 one = 1, *cnt;

	if (!is_watched())
		return 0;
	pair.kernel = bpf_get_stackid(ctx, &kernel_stacks, 0);
	pair.user = bpf_get_stackid(ctx, &user_stacks, BPF_F_USER_STACK);
	cnt = bpf_map_lookup_elem(&counts, &pair);
	if (cnt)
		__sync_fetch_and_add(cnt, 1);
	else
		bpf_map_update_elem(&counts, &pair, &one, BPF_NOEXIST);
	return 0;
}

static __always_inline void copy(void *ctx, __u32 slot, __u64 flags)
{
	struct stack_copy *stack = bpf_map_lookup_elem(&copies, &slot);

	if (stack)
		stack->bytes = bpf_get_stack(ctx, stack->ips, sizeof(stack->ips), flags);
}

SEC("kprobe/__x64_sys_umask")
int on_kprobe(void *regs)
{
	return count(regs);
}

SEC("tracepoint/syscalls/sys_enter_umask")
int on_tracepoint(void *record)
{
	return count(record);
}

SEC("tracepoint/sched/sched_process_fork")
int on_fork(void *record)
{
	return count(record);
}

SEC("raw_tp/sys_enter")
int on_raw_tracepoint(__u64 *args)
{
	if (!is_watched() || args[1] != NR_UMASK)
		return 0;
	copy(args, 0, 0);
	copy(args, 1, BPF_F_USER_STACK);
	return count(args);
}

SEC("uprobe")
int on_uprobe(void *regs)
{
	return count(regs);
}
