// SPDX-License-Identifier: GPL-2.0-only
/* Programs that read the record of task_rename, each with a slot of its own. */
#include "tests/e2e/events.bpf.h"
#include "tests/e2e/records.bpf.h"

/* What is in front of the fields, perf's function writes into it: all zero where that was left out. */
static __always_inline int is_direct(void *record)
{
	__u64 common = 1;

	bpf_probe_read_kernel(&common, sizeof(common), record);
	return !common;
}

static __always_inline int see(struct rename_record *record, __u32 slot)
{
	if (!is_watched())
		return 0;
	add(slot, 1);
	if (is_direct(record))
		add(MASKS, 1);
	if (record->pid != (__s32)bpf_get_current_pid_tgid() || record->new[0] != 'a')
		add(WRONG, 1);
	return 0;
}

SEC("tracepoint/task/task_rename")
int first(struct rename_record *record)
{
	return see(record, ENTRIES);
}

SEC("tracepoint/task/task_rename")
int second(struct rename_record *record)
{
	return see(record, RETURNS);
}

SEC("tracepoint/task/task_rename")
int third(struct rename_record *record)
{
	return see(record, FRAMES);
}

SEC("tracepoint/task/task_rename")
int fourth(struct rename_record *record)
{
	return see(record, FORKS);
}

SEC("tracepoint/syscalls/sys_enter_umask")
int on_umask(struct umask_record *record)
{
	if (is_watched())
		add(record->number == NR_UMASK ? RESULTS : WRONG, 1);
	return 0;
}

struct kprobe_record {
	__u64 common, ip;
};

SEC("tracepoint/kprobes/modbpf_idle")
int on_idle(struct kprobe_record *record)
{
	add(record->ip ? ENTRIES : WRONG, 1);
	return 0;
}

/* Those count that wake the task in MASKS. */
SEC("tracepoint/sched/sched_wakeup")
int on_wakeup(struct task_record *record)
{
	__u32 slot = MASKS;
	__u64 *woken = bpf_map_lookup_elem(&numbers, &slot);

	if (is_watched() && woken && record->pid == (__s32)*woken)
		add(ENTRIES, 1);
	return 0;
}

/* Looks behind the end of the record. */
SEC("tracepoint/task/task_rename")
int behind(struct long_record *record)
{
	if (is_watched())
		add(record->words[6] | record->words[999] ? WRONG : RESULTS, 1);
	return 0;
}

/* Where perf's function for records returns to is not changed by who takes its place. */
SEC("kretprobe/perf_tp_event")
int on_return(struct pt_regs *regs)
{
	if (is_watched())
		add(SWITCHES, 1);
	return 0;
}
