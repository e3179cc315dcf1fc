// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which commands are run, by whom, and did it work? The entry of execve(2) and
 * execveat(2) notes the file, the return reports it with the result.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "examples/execsnoop/execsnoop.h"

/* What is needed of two kernel structs; libbpf finds the offsets of the running kernel. */
struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct exec_call {
	char file[256] __attribute__((aligned(8)));	/* copied by words */
};

/*
 * Calls on their way, by process: only one thread of a process comes back from
 * a successful exec, and its thread id has changed by then.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct exec_call);
} exec_calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} exec_events SEC(".maps");

/* Events that found the ring buffer full. */
__u64 lost;

static __always_inline int note_call(__u64 file)
{
	__u32 process = bpf_get_current_pid_tgid() >> 32;
	struct exec_call call = {};

	if (bpf_probe_read_user_str(call.file, sizeof(call.file), (const void *)file) < 0)
		call.file[0] = 0;
	bpf_map_update_elem(&exec_calls, &process, &call, BPF_ANY);
	return 0;
}

/* A system call's function gets the caller's registers in a struct of their own. */
static __always_inline __u64 read_register(const unsigned long *reg)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), reg);
	return value;
}

SEC("ksyscall/execve")
int execve_entry(struct pt_regs *ctx)
{
	return note_call(read_register(&((struct pt_regs *)ctx->rdi)->rdi));
}

SEC("ksyscall/execveat")
int execveat_entry(struct pt_regs *ctx)
{
	return note_call(read_register(&((struct pt_regs *)ctx->rdi)->rsi));
}

static __always_inline int report_call(long ret)
{
	__u32 process = bpf_get_current_pid_tgid() >> 32;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct exec_call *call = bpf_map_lookup_elem(&exec_calls, &process);
	struct exec_event *event;

	if (!call)
		return 0;	/* it began before this program was attached */
	event = bpf_ringbuf_reserve(&exec_events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
	} else {
		event->time = bpf_ktime_get_ns();
		event->pid = process;
		event->ppid = BPF_CORE_READ(task, real_parent, tgid);
		event->ret = ret;
		event->pad = 0;
		bpf_get_current_comm(event->comm, sizeof(event->comm));
		__builtin_memcpy(event->file, call->file, sizeof(event->file));
		bpf_ringbuf_submit(event, 0);
	}
	bpf_map_delete_elem(&exec_calls, &process);
	return 0;
}

SEC("kretsyscall/execve")
int execve_return(struct pt_regs *ctx)
{
	return report_call(ctx->rax);
}

SEC("kretsyscall/execveat")
int execveat_return(struct pt_regs *ctx)
{
	return report_call(ctx->rax);
}

char LICENSE[] SEC("license") = "GPL";
