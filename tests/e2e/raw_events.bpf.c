// SPDX-License-Identifier: GPL-2.0-only
/* What do raw tracepoints hand over? */
#include <linux/errno.h>

#include "tests/e2e/events.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

/* struct pt_regs *, long id */
SEC("raw_tp/sys_enter")
int on_enter(__u64 *args)
{
	unsigned long mask = 0;

	if (!is_watched() || args[1] != NR_UMASK)
		return 0;
	bpf_probe_read_kernel(&mask, sizeof(mask), &((struct pt_regs *)args[0])->rdi);
	add(ENTRIES, 1);
	add(MASKS, mask);
	return 0;
}

SEC("raw_tp/sys_enter")
int on_cookie(__u64 *args)
{
	if (is_watched() && args[1] == NR_UMASK)
		add(RESULTS, bpf_get_attach_cookie(args));
	return 0;
}

/* Takes the place of the one above. */
SEC("raw_tp/sys_enter")
int on_enter_too(__u64 *args)
{
	if (is_watched() && args[1] == NR_UMASK)
		add(FRAMES, 1);
	return 0;
}

/* struct pt_regs *, long result */
SEC("raw_tp/sys_exit")
int on_exit(__u64 *args)
{
	unsigned long number = 0;

	if (!is_watched())
		return 0;
	bpf_probe_read_kernel(&number, sizeof(number), &((struct pt_regs *)args[0])->orig_rax);
	if (number != NR_UMASK)
		return 0;
	add(RETURNS, 1);
	add(RESULTS, args[1]);
	return 0;
}

SEC("raw_tp/sched_process_fork")
int on_fork(__u64 *args)
{
	if (is_watched())
		add(FORKS, 1);
	return 0;
}

/* bool preempt, ...: all 64 bits of it are seen. */
SEC("raw_tp/sched_switch")
int on_switch(__u64 *args)
{
	add(SWITCHES, 1);
	if (args[0] > 1)
		add(WRONG, 1);
	return 0;
}

/* Looks further than the tracepoint reaches. */
SEC("raw_tp/sys_enter")
int looks_far(__u64 *args)
{
	return args[2] != 0;
}

/* Called from calls_on: what is not there is zero. */
SEC("raw_tp")
int looks_beyond(__u64 *args)
{
	if (is_watched())
		add(args[2] | args[3] | args[4] | args[5] | args[11] ? WRONG : FRAMES, 1);
	return 0;
}

/* For test runs: where did it run, with what? */
SEC("raw_tp/task_rename")
int tested(__u64 *args)
{
	add(ENTRIES, 1);
	add(FRAMES, bpf_get_smp_processor_id());
	return args[0] + args[1];
}

SEC("raw_tp/sys_enter")
int calls_on(__u64 *args)
{
	if (args[1] == NR_UMASK)
		bpf_tail_call(args, &next, 0);
	return 0;
}

/* The first is the task's own or above it, the second is not, the third is not there. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 3);
	__uint(key_size, 4);
	__uint(value_size, 4);
} groups SEC(".maps");

SEC("raw_tp/sys_enter")
int in_groups(__u64 *args)
{
	if (!is_watched() || args[1] != NR_UMASK)
		return 0;
	add(ENTRIES, bpf_current_task_under_cgroup(&groups, 0) == 1);
	add(RETURNS, bpf_current_task_under_cgroup(&groups, 1) == 0);
	add(MASKS, bpf_current_task_under_cgroup(&groups, 2) == -EAGAIN);
	add(SWITCHES, bpf_current_task_under_cgroup(&groups, 3) == -E2BIG);
	add(RESULTS, bpf_get_current_cgroup_id());
	add(FRAMES, bpf_get_current_ancestor_cgroup_id(1));
	add(WRONG, bpf_get_current_ancestor_cgroup_id(3));
	add(WRONG, bpf_get_current_ancestor_cgroup_id(-1));
	return 0;
}

/* A module's tracepoint: struct p9_client *, s8 type, int tag. */
SEC("raw_tp/9p_client_req")
int on_module(__u64 *args)
{
	add(args[0] >> 63 && args[1] ? FRAMES : WRONG, 1);
	return 0;
}
