/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of tracepoints, by their formats. */
#ifndef MODBPF_TESTS_E2E_RECORDS_BPF_H
#define MODBPF_TESTS_E2E_RECORDS_BPF_H

#include <linux/types.h>

/* task/task_rename */
struct rename_record {
	__u64 common;
	__s32 pid;
	char old[16], new[16];
};

/* syscalls/sys_enter_umask */
struct umask_record {
	__u64 common;
	__s32 number, hole;
	__u64 mask;
};

/* sched/sched_wakeup and sched/sched_stat_runtime begin with the task that they are about. */
struct task_record {
	__u64 common;
	char name[16];
	__s32 pid;
};

/* Of more than 40 pages, what no record has. */
struct long_record {
	__u64 words[1000];
};

#endif
