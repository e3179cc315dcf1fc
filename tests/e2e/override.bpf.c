// SPDX-License-Identifier: GPL-2.0-only
/* Functions of the kernel that return what a program says, to the process that is watched. */
#include "tests/e2e/events.bpf.h"

#include "tests/e2e/override.h"

static __always_inline int override(struct pt_regs *regs, long result)
{
	add(ENTRIES, 1);
	if (is_watched() && bpf_override_return(regs, result))
		add(WRONG, 1);
	return 0;
}

SEC("kprobe")
int on_entry(struct pt_regs *regs)
{
	return override(regs, OVERRIDDEN);
}

SEC("kprobe.multi")
int on_many(struct pt_regs *regs)
{
	return override(regs, OVERRIDDEN_BY_MANY);
}

SEC("uprobe")
int on_user(struct pt_regs *regs)
{
	return override(regs, OVERRIDDEN);
}

/* Two that do not override. */
SEC("kprobe")
int on_plain(struct pt_regs *regs)
{
	if (is_watched())
		add(FRAMES, 1);
	return 0;
}

SEC("kprobe.multi")
int on_plain_many(struct pt_regs *regs)
{
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");
