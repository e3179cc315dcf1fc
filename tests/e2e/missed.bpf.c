// SPDX-License-Identifier: GPL-2.0-only
/* How many calls of rt_sigsuspend() begin, and how many of them are seen to end? */
#include "tests/e2e/events.bpf.h"

#include <bpf/bpf_tracing.h>

SEC("kprobe/__x64_sys_rt_sigsuspend")
int on_entry(struct pt_regs *regs)
{
	if (is_watched())
		add(ENTRIES, 1);
	return 0;
}

SEC("kretprobe/__x64_sys_rt_sigsuspend")
int on_return(struct pt_regs *regs)
{
	if (is_watched())
		add(RETURNS, 1);
	return 0;
}

SEC("kretprobe.multi/__x64_sys_rt_sigsuspend")
int on_many(struct pt_regs *regs)
{
	if (is_watched())
		add(RETURNS, 1);
	return 0;
}

SEC("fexit/__x64_sys_rt_sigsuspend")
int BPF_PROG(on_exit, const struct pt_regs *regs, long result)
{
	if (is_watched())
		add(RETURNS, 1);
	return 0;
}
