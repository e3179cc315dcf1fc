// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often does the process "umasks" call umask(2), with what, and what comes
 * back? Slots of the map: 0 entries, 1 returns, 2 sum of arguments, 3 sum of
 * results, 4 calls of anybody else.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} call_counts SEC(".maps");

static __always_inline void add(__u32 slot, __u64 number)
{
	__u64 *value = bpf_map_lookup_elem(&call_counts, &slot);

	if (value)
		__sync_fetch_and_add(value, number);
}

static __always_inline int is_ours(void)
{
	char comm[16] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	return comm[0] == 'u' && comm[1] == 'm' && comm[2] == 'a' && comm[3] == 's' &&
	       comm[4] == 'k' && comm[5] == 's' && !comm[6];
}

SEC("ksyscall/umask")
int umask_entry(struct pt_regs *ctx)
{
	unsigned long mask = 0;

	if (!is_ours()) {
		add(4, 1);
		return 0;
	}
	/* A system call's function gets the caller's registers in a struct of their own. */
	bpf_probe_read_kernel(&mask, sizeof(mask), &((struct pt_regs *)ctx->rdi)->rdi);
	add(0, 1);
	add(2, mask);
	return 0;
}

SEC("kretsyscall/umask")
int umask_return(struct pt_regs *ctx)
{
	if (is_ours()) {
		add(1, 1);
		add(3, ctx->rax);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
