/* SPDX-License-Identifier: GPL-2.0-only */
/* What execsnoop's eBPF side tells its user side: one of these for each exec. */
#ifndef EXECSNOOP_H
#define EXECSNOOP_H

struct exec_event {
	__u64 time;		/* ns of CLOCK_MONOTONIC, when the system call returned */
	__u32 pid;
	__u32 ppid;
	__s32 ret;		/* 0, or -errno of the exec that failed */
	__u32 pad;
	char comm[16];		/* after the exec: the new name, if it succeeded */
	char file[256] __attribute__((aligned(8)));	/* as the caller named it; cut; empty if it could not be read */
};

#endif
