// SPDX-License-Identifier: GPL-2.0-only
/* Kprobes: registers, process, strings, ring buffer, hash, configuration in .rodata. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 time;
	__u32 pid, uid;
	char comm[16];
	char file[128];
	__u32 len;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct event);
} started SEC(".maps");

const volatile __u32 wanted_pid = 0;
const volatile __u8 want_names = 1;
__u64 missed;

SEC("kprobe/do_sys_openat2")
int open_entry(struct pt_regs *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct event *event;
	long len;

	if (wanted_pid && wanted_pid != id >> 32)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&missed, 1);
		return 0;
	}
	event->time = bpf_ktime_get_ns();
	event->pid = id >> 32;
	event->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	event->len = 0;
	if (want_names) {
		len = bpf_probe_read_user_str(event->file, sizeof(event->file),
					      (const void *)ctx->rsi);
		if (len < 0) {
			bpf_ringbuf_discard(event, 0);
			return 0;
		}
		event->len = len;
	}
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("kprobe/start")
int remember(struct pt_regs *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid();
	struct event event = {};

	event.time = bpf_ktime_get_ns();
	event.pid = pid;
	bpf_get_current_comm(&event.comm, sizeof(event.comm));
	bpf_probe_read_kernel(&event.file, 32, (const void *)ctx->rdi);
	bpf_map_update_elem(&started, &pid, &event, BPF_ANY);
	return 0;
}

SEC("kretprobe/start")
int finish(struct pt_regs *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid();
	struct event *event = bpf_map_lookup_elem(&started, &pid);

	if (!event)
		return 0;
	event->time = bpf_ktime_get_ns() - event->time;
	event->len = ctx->rax;
	bpf_ringbuf_output(&events, event, sizeof(*event), 0);
	bpf_map_delete_elem(&started, &pid);
	bpf_printk("%d took %llu", pid, event->time);
	bpf_printk("done");
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
