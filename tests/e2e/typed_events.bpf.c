// SPDX-License-Identifier: GPL-2.0-only
/* What do typed pointers lead to? Each program compares it with what is known otherwise. */
#include "tests/e2e/events.bpf.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* As much of the kernel's structures as is looked at; where it lies is for libbpf to say. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct {
	int pid, tgid;
	struct task_struct *group_leader;
	char comm[16];
};

struct inode {
	unsigned long i_ino;
};

struct file {
	struct inode *f_inode;
};

struct filename {
	const char *name;
};
#pragma clang attribute pop

/* The one argument, asked for by its number. */
static __always_inline void check_args(void *ctx, const struct pt_regs *regs)
{
	__u64 value = 1;

	if (bpf_get_func_arg_cnt(ctx) != 1 || bpf_get_func_arg(ctx, 0, &value) || value != (__u64)regs)
		add(WRONG, 1);
	value = 1;
	if (bpf_get_func_arg(ctx, 1, &value) != -22 || value)
		add(WRONG, 1);
}

SEC("fentry/__x64_sys_umask")
int BPF_PROG(on_entry, const struct pt_regs *regs)
{
	__u64 value = 1;

	if (!is_watched())
		return 0;
	add(ENTRIES, 1);
	add(MASKS, regs->rdi);
	check_args(ctx, regs);
	/* Nothing has been returned yet. */
	if (bpf_get_func_ret(ctx, &value) != -95 || value)
		add(WRONG, 1);
	return 0;
}

/* Takes the place of the one above. */
SEC("fentry/__x64_sys_umask")
int BPF_PROG(on_entry_too, const struct pt_regs *regs)
{
	if (is_watched())
		add(FRAMES, 1);
	return 0;
}

SEC("fexit/__x64_sys_umask")
int BPF_PROG(on_exit, const struct pt_regs *regs, long result)
{
	__u64 value = 1;

	if (!is_watched())
		return 0;
	add(RETURNS, 1);
	add(RESULTS, result);
	add(MASKS, regs->rdi);
	check_args(ctx, regs);
	if (bpf_get_func_ret(ctx, &value) || value != result)
		add(WRONG, 1);
	return 0;
}

/* A second one at the same exit. */
SEC("fexit/__x64_sys_umask")
int BPF_PROG(on_exit_too, const struct pt_regs *regs, long result)
{
	if (!is_watched())
		return 0;
	add(FORKS, 1);
	if (regs->rdi > 0777 || result < 0)
		add(WRONG, 1);
	return 0;
}

/* Of who sleeps, while the program is taken off. */
SEC("fexit/hrtimer_nanosleep")
int BPF_PROG(on_wake, long time)
{
	if (is_watched())
		add(FORKS, 1);
	return 0;
}

/* Ten arguments, four of them on the stack; its last one is the flags of sendto(). */
SEC("fentry/ip_make_skb")
int BPF_PROG(on_packet, void *sock, void *flow, void *getfrag, void *from, int length, int header,
	     void *ipc, void *route, void *cork, __u32 flags)
{
	__u64 value = 0;

	if (!is_watched())
		return 0;
	add(ENTRIES, 1);
	add(MASKS, flags);
	if (length != 8 + PACKET_BYTES || header != 8 || bpf_get_func_arg_cnt(ctx) != 10 ||
	    bpf_get_func_arg(ctx, 9, &value) || value != flags)
		add(WRONG, 1);
	return 0;
}

SEC("fexit/ip_make_skb")
int BPF_PROG(on_packet_made, void *sock, void *flow, void *getfrag, void *from, int length, int header,
	     void *ipc, void *route, void *cork, __u32 flags, const void *packet)
{
	if (!is_watched())
		return 0;
	add(RETURNS, 1);
	add(RESULTS, flags);
	if (length != 8 + PACKET_BYTES || header != 8 || !packet || packet == (void *)(long)flags)
		add(WRONG, 1);
	return 0;
}

/* AT_FDCWD, "/proc/self/..."; the file that was opened. */
SEC("fexit/do_filp_open")
int BPF_PROG(on_open, int dfd, struct filename *name, void *flags, struct file *file)
{
	char start[6] = "";

	if (!is_watched())
		return 0;
	bpf_probe_read_kernel_str(start, sizeof(start), name->name);
	if (start[0] != '/' || start[1] != 'e' || start[2] != 't' || start[3] != 'c')
		return 0;
	add(ENTRIES, 1);
	add(dfd == -100 ? RETURNS : WRONG, 1);
	/* Of an error there is nothing to be read. */
	add(RESULTS, file->f_inode->i_ino);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, _Bool preempt, struct task_struct *prev, struct task_struct *next)
{
	char comm[16];
	__u32 slot = WATCHED;
	__u64 *watched = bpf_map_lookup_elem(&numbers, &slot);

	if (!watched || prev->tgid != *watched)
		return 0;
	bpf_get_current_comm(comm, sizeof(comm));
	add(SWITCHES, 1);
	if (prev->group_leader->pid != prev->tgid || prev->comm[0] != comm[0] ||
	    prev->comm[1] != comm[1] || prev->pid != (__u32)bpf_get_current_pid_tgid())
		add(WRONG, 1);
	if (next->group_leader->group_leader->pid != next->tgid)
		add(WRONG, 1);
	return 0;
}

/* What its own helper calls: the second is missed, and counted. */
SEC("fentry/copy_from_kernel_nofault")
int BPF_PROG(on_itself, void *dst, const void *src, unsigned long bytes)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), ctx);
	add(FRAMES, 1);
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_any, struct pt_regs *regs, long id)
{
	__u64 number;

	if (is_watched() && id == NR_UMASK) {
		bpf_probe_read_kernel(&number, sizeof(number), regs);
		add(ENTRIES, 1);
	}
	return 5;
}

/* What was said when each was attached. */
SEC("fentry/__x64_sys_umask")
int BPF_PROG(cookie_at_entry, const struct pt_regs *regs)
{
	if (is_watched())
		add(ENTRIES, bpf_get_attach_cookie(ctx));
	return 0;
}

SEC("fexit/__x64_sys_umask")
int BPF_PROG(cookie_at_exit, const struct pt_regs *regs, long result)
{
	if (is_watched())
		add(RETURNS, bpf_get_attach_cookie(ctx));
	return 0;
}

SEC("fexit/__x64_sys_umask")
int BPF_PROG(cookie_at_exit_too, const struct pt_regs *regs, long result)
{
	if (is_watched())
		add(RESULTS, bpf_get_attach_cookie(ctx));
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(cookie_of_event, struct pt_regs *regs, long id)
{
	if (is_watched() && id == NR_UMASK)
		add(SWITCHES, bpf_get_attach_cookie(ctx));
	return 0;
}
